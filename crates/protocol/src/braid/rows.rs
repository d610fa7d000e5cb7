//! The exchange as it is stored: one row that changes when its state does, and one for each chunk that came in. What
//! follows from a seed or from randomness is not stored; nor is anything in a library's own form.

use std::collections::BTreeSet;

use sotto_keys::DecodeError;
use sotto_keys::codec::Reader;
use zeroize::Zeroizing;

use super::Braid;
use super::agreed::Agreed;
use super::ciphertext_side::{
    Ct1Acknowledged, Ct1Sampled, Ct2Sampled, EkReceivedCt1Sampled, Encapsulated, HeaderReceived,
    NoHeaderReceived,
};
use super::erasure::{Added, CHUNK_LEN, CHUNKS, Chunk, Incoming, Outgoing, cut};
use super::key_side::{Ct1Received, EkSentCt1Received, HeaderSent, KeysSampled, KeysUnsampled, vector_of};
use crate::secret::Secret;

/// The version of the exchange's row.
const VERSION: u8 = 1;
/// More than a row takes, so that no copy is left behind by growing.
const CAPACITY: usize = 1_536;

/// Names a row of a session's post-quantum exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BraidRowId(Row);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Row {
    /// The exchange but for its chunks; always there.
    Exchange,
    /// A chunk that came in.
    Chunk(PieceKind, u16),
}

/// Which piece comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum PieceKind {
    Header = 1,
    Vector = 2,
    Ciphertext1 = 3,
    Ciphertext2 = 4,
}

impl BraidRowId {
    /// Length of [`BraidRowId::to_bytes`].
    pub const LEN: usize = 3;
    const EXCHANGE: Self = Self(Row::Exchange);

    /// The piece, then the chunk's number; zeros for the exchange itself.
    pub fn to_bytes(self) -> [u8; Self::LEN] {
        match self.0 {
            Row::Exchange => [0; Self::LEN],
            Row::Chunk(piece, index) => {
                let [high, low] = index.to_be_bytes();
                [piece as u8, high, low]
            }
        }
    }

    /// Takes a name from exactly its bytes.
    ///
    /// # Errors
    /// If the length is another, or there is no such row.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, |reader| {
            let (piece, index) = (reader.u8()?, reader.u16()?);
            let piece = match piece {
                0 if index == 0 => return Ok(Self::EXCHANGE),
                1 => PieceKind::Header,
                2 => PieceKind::Vector,
                3 => PieceKind::Ciphertext1,
                4 => PieceKind::Ciphertext2,
                _ => return Err(DecodeError::OutOfRange),
            };
            if index < CHUNKS {
                Ok(Self(Row::Chunk(piece, index)))
            } else {
                Err(DecodeError::OutOfRange)
            }
        })
    }
}

/// Which rows differ from what is stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct TouchedRows(BTreeSet<BraidRowId>);

/// Rows to store, and rows to delete.
pub(crate) type RowChanges = Vec<(BraidRowId, Option<Zeroizing<Vec<u8>>>)>;

impl TouchedRows {
    /// All rows of an exchange that was never stored.
    pub(crate) fn all(braid: &Braid) -> Self {
        Self(braid.row_ids().collect())
    }

    /// Notes what a step from one state to the next changes.
    pub(crate) fn note(&mut self, before: &Braid, after: &Braid) {
        let same_state = core::mem::discriminant(before) == core::mem::discriminant(after);
        if same_state && before.epoch() == after.epoch() {
            // Chunks only come behind those that are there.
            self.0.extend(after.row_ids().skip(before.row_ids().count()));
        } else {
            let [before, after] = [before, after].map(|braid| braid.row_ids().collect::<BTreeSet<_>>());
            self.0.extend(before.symmetric_difference(&after));
            self.0.insert(BraidRowId::EXCHANGE);
        }
    }

    /// What to store since the last time.
    pub(crate) fn take(&mut self, braid: &Braid) -> RowChanges {
        let touched = core::mem::take(&mut self.0);
        touched.into_iter().map(|id| (id, braid.row(id))).collect()
    }
}

impl Braid {
    /// The names of all rows.
    pub(crate) fn row_ids(&self) -> impl Iterator<Item = BraidRowId> + '_ {
        let chunks = self.incoming().into_iter().flat_map(|(piece, chunks)| {
            chunks
                .iter()
                .map(move |chunk| BraidRowId(Row::Chunk(piece, chunk.index)))
        });
        core::iter::once(BraidRowId::EXCHANGE).chain(chunks)
    }

    fn row(&self, id: BraidRowId) -> Option<Zeroizing<Vec<u8>>> {
        match (id.0, self.incoming()) {
            (Row::Exchange, _) => Some(self.exchange_row()),
            (Row::Chunk(piece, index), Some((incoming, chunks))) if piece == incoming => chunks
                .iter()
                .find(|chunk| chunk.index == index)
                .map(|chunk| Zeroizing::new(chunk.bytes.to_vec())),
            (Row::Chunk(..), _) => None,
        }
    }

    fn incoming(&self) -> Option<(PieceKind, &[Chunk])> {
        match self {
            Self::NoHeaderReceived(state) => Some((PieceKind::Header, state.header.chunks())),
            Self::Ct1Sampled(state) => Some((PieceKind::Vector, state.vector.chunks())),
            Self::Ct1Acknowledged(state) => Some((PieceKind::Vector, state.vector.chunks())),
            Self::HeaderSent(state) => Some((PieceKind::Ciphertext1, state.ciphertext1.chunks())),
            Self::EkSentCt1Received(state) => Some((PieceKind::Ciphertext2, state.ciphertext2.chunks())),
            Self::KeysUnsampled(_)
            | Self::KeysSampled(_)
            | Self::Ct1Received(_)
            | Self::HeaderReceived(_)
            | Self::EkReceivedCt1Sampled(_)
            | Self::Ct2Sampled(_) => None,
        }
    }

    /// The number of the next chunk that goes out; every message changes it, so it is not in the exchange's row.
    pub(crate) fn next_chunk(&self) -> u16 {
        match self {
            Self::KeysSampled(state) => state.header.next(),
            Self::HeaderSent(state) => state.vector.next(),
            Self::Ct1Received(state) => state.vector.next(),
            Self::Ct1Sampled(state) => state.ciphertext1.next(),
            Self::EkReceivedCt1Sampled(state) => state.ciphertext1.next(),
            Self::Ct2Sampled(state) => state.ciphertext2.next(),
            Self::KeysUnsampled(_)
            | Self::EkSentCt1Received(_)
            | Self::NoHeaderReceived(_)
            | Self::HeaderReceived(_)
            | Self::Ct1Acknowledged(_) => 0,
        }
    }

    fn exchange_row(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(CAPACITY));
        out.push(VERSION);
        match self {
            Self::KeysUnsampled(KeysUnsampled { agreed }) => write(&mut out, 1, agreed, &[]),
            Self::KeysSampled(KeysSampled {
                agreed,
                seed,
                header: _,
            }) => write(&mut out, 2, agreed, &[seed.expose()]),
            Self::HeaderSent(HeaderSent {
                agreed,
                seed,
                vector: _,
                ciphertext1: _,
            }) => write(&mut out, 3, agreed, &[seed.expose()]),
            Self::Ct1Received(Ct1Received {
                agreed,
                seed,
                vector: _,
                ciphertext1,
            }) => write(&mut out, 4, agreed, &[seed.expose(), &ciphertext1[..]]),
            Self::EkSentCt1Received(EkSentCt1Received {
                agreed,
                seed,
                ciphertext1,
                ciphertext2: _,
            }) => write(&mut out, 5, agreed, &[seed.expose(), &ciphertext1[..]]),
            Self::NoHeaderReceived(NoHeaderReceived { agreed, header: _ }) => {
                write(&mut out, 6, agreed, &[]);
            }
            Self::HeaderReceived(HeaderReceived { agreed, header }) => write(&mut out, 7, agreed, &[header]),
            Self::Ct1Sampled(Ct1Sampled {
                encapsulated,
                ciphertext1: _,
                vector: _,
            }) => encapsulated.write(&mut out, 8, &[]),
            Self::EkReceivedCt1Sampled(EkReceivedCt1Sampled {
                encapsulated,
                ciphertext1: _,
                vector,
            }) => encapsulated.write(&mut out, 9, &vector[..]),
            Self::Ct1Acknowledged(Ct1Acknowledged {
                encapsulated,
                vector: _,
            }) => encapsulated.write(&mut out, 10, &[]),
            Self::Ct2Sampled(Ct2Sampled { agreed, ciphertext2 }) => {
                write(&mut out, 11, agreed, &[ciphertext2.piece().as_flattened()]);
            }
        }
        out
    }

    /// Takes an exchange back from its rows, which come in any order, and the number of its next chunk.
    pub(crate) fn load<B: AsRef<[u8]>>(
        rows: impl IntoIterator<Item = (BraidRowId, B)>,
        next_chunk: u16,
    ) -> Result<Self, DecodeError> {
        let mut exchange = None;
        let mut chunks = Vec::new();
        for (id, row) in rows {
            match id.0 {
                Row::Exchange => {
                    let read = Reader::read_all(row.as_ref(), |reader| Self::read(reader, next_chunk))?;
                    if exchange.replace(read).is_some() {
                        return Err(DecodeError::OutOfRange);
                    }
                }
                Row::Chunk(piece, index) => {
                    let bytes = Reader::read_all(row.as_ref(), Reader::array::<CHUNK_LEN>)?;
                    chunks.push((piece, Chunk { index, bytes }));
                }
            }
        }
        let mut braid = exchange.ok_or(DecodeError::Truncated)?;
        if braid.next_chunk() != next_chunk || next_chunk >= CHUNKS {
            return Err(DecodeError::OutOfRange);
        }
        for (piece, chunk) in chunks {
            braid = braid.with_chunk(piece, chunk)?;
        }
        Ok(braid)
    }

    fn read(reader: &mut Reader<'_>, next_chunk: u16) -> Result<Self, DecodeError> {
        reader.version(VERSION)?;
        let state = reader.u8()?;
        let agreed = Agreed::read(reader)?;
        Ok(match state {
            1 => KeysUnsampled { agreed }.into(),
            2 => KeysSampled::new(agreed, Secret::read(reader)?)
                .skip_to(next_chunk)
                .into(),
            3 => {
                let seed = Secret::read(reader)?;
                HeaderSent {
                    agreed,
                    vector: vector_of(&seed).skip_to(next_chunk),
                    seed,
                    ciphertext1: Incoming::default(),
                }
                .into()
            }
            4 => {
                let seed = Secret::read(reader)?;
                Ct1Received {
                    agreed,
                    vector: vector_of(&seed).skip_to(next_chunk),
                    seed,
                    ciphertext1: reader.boxed()?,
                }
                .into()
            }
            5 => EkSentCt1Received {
                agreed,
                seed: Secret::read(reader)?,
                ciphertext1: reader.boxed()?,
                ciphertext2: Incoming::default(),
            }
            .into(),
            6 => NoHeaderReceived::new(agreed).into(),
            7 => HeaderReceived {
                agreed,
                header: reader.array()?,
            }
            .into(),
            8 => {
                let encapsulated = Encapsulated::read(agreed, reader)?;
                Ct1Sampled {
                    ciphertext1: encapsulated.ciphertext1().skip_to(next_chunk),
                    encapsulated,
                    vector: Incoming::default(),
                }
                .into()
            }
            9 => {
                let encapsulated = Encapsulated::read(agreed, reader)?;
                EkReceivedCt1Sampled {
                    ciphertext1: encapsulated.ciphertext1().skip_to(next_chunk),
                    encapsulated,
                    vector: reader.boxed()?,
                }
                .into()
            }
            10 => Ct1Acknowledged {
                encapsulated: Encapsulated::read(agreed, reader)?,
                vector: Incoming::default(),
            }
            .into(),
            11 => Ct2Sampled {
                agreed,
                ciphertext2: Outgoing::new(cut::<160, _>(&reader.array()?)).skip_to(next_chunk),
            }
            .into(),
            _ => return Err(DecodeError::OutOfRange),
        })
    }

    fn with_chunk(self, piece: PieceKind, chunk: Chunk) -> Result<Self, DecodeError> {
        Ok(match (self, piece) {
            (Self::NoHeaderReceived(state), PieceKind::Header) => NoHeaderReceived {
                header: add(state.header, chunk)?,
                ..state
            }
            .into(),
            (Self::Ct1Sampled(state), PieceKind::Vector) => Ct1Sampled {
                vector: add(state.vector, chunk)?,
                ..state
            }
            .into(),
            (Self::Ct1Acknowledged(state), PieceKind::Vector) => Ct1Acknowledged {
                vector: add(state.vector, chunk)?,
                ..state
            }
            .into(),
            (Self::HeaderSent(state), PieceKind::Ciphertext1) => HeaderSent {
                ciphertext1: add(state.ciphertext1, chunk)?,
                ..state
            }
            .into(),
            (Self::EkSentCt1Received(state), PieceKind::Ciphertext2) => EkSentCt1Received {
                ciphertext2: add(state.ciphertext2, chunk)?,
                ..state
            }
            .into(),
            _ => return Err(DecodeError::OutOfRange),
        })
    }
}

/// Adds a stored chunk, which is new and never the last.
fn add<const N: usize>(incoming: Incoming<N>, chunk: Chunk) -> Result<Incoming<N>, DecodeError> {
    let before = incoming.chunks().len();
    match incoming.add(chunk) {
        Ok(Added::Partial(incoming)) if incoming.chunks().len() > before => Ok(incoming),
        _ => Err(DecodeError::OutOfRange),
    }
}

fn write(out: &mut Vec<u8>, state: u8, agreed: &Agreed, parts: &[&[u8]]) {
    out.push(state);
    agreed.write(out);
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

impl Encapsulated {
    fn write(&self, out: &mut Vec<u8>, state: u8, rest: &[u8]) {
        let Self {
            agreed,
            header,
            randomness,
        } = self;
        write(out, state, agreed, &[header, randomness.expose(), rest]);
    }

    fn read(agreed: Agreed, reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            agreed,
            header: reader.array()?,
            randomness: Secret::read(reader)?,
        })
    }
}
