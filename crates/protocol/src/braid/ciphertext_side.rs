//! The side that encapsulates in an epoch: it receives header and vector, and sends the ciphertext
//! (ML-KEM Braid, section 2).
//!
//! ```text
//!  NoHeaderReceived ──all of the header──► HeaderReceived ──send──► Ct1Sampled ──all of the vector──┐
//!        ▲                                                              │                           ▼
//!        │                                     an acknowledging chunk ──┤          EkReceivedCt1Sampled
//!        │                                                              ▼                           │
//!        │                                                      Ct1Acknowledged                     │
//!        │                                                              │ all of the vector         │ an acknowledging
//!        │                                                              ▼                           │ chunk
//!     key side ◄───── a message of the next epoch ───────────────── Ct2Sampled ◄────────────────────┘
//! ```
//!
//! An acknowledging chunk that is also the vector's last leads from `Ct1Sampled` to `Ct2Sampled` at once.

use rand_core::CryptoRng;

use super::agreed::{Agreed, EpochChains};
use super::erasure::{Added, Chunk, Incoming, Outgoing, cut, uncut};
use super::key_side::KeysUnsampled;
use super::pieces::{
    CIPHERTEXT1_CHUNKS, CIPHERTEXT2_CHUNKS, HEADER_CHUNKS, VECTOR_CHUNKS, ciphertext2_piece, split_header,
};
use super::{Braid, Misbehaved};
use crate::primitives::braid_kem::{self, Encapsulation, HEADER_LEN, VECTOR_LEN};
use crate::secret::Secret;

/// The header comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoHeaderReceived {
    pub(super) agreed: Agreed,
    pub(super) header: Incoming<HEADER_CHUNKS>,
}

/// The header is there. Nothing is drawn until something is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HeaderReceived {
    pub(super) agreed: Agreed,
    pub(super) header: [u8; HEADER_LEN],
}

/// What a header and randomness make; the epoch is agreed on already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Encapsulated {
    pub(super) agreed: Agreed,
    pub(super) header: [u8; HEADER_LEN],
    pub(super) randomness: Secret<32>,
}

/// A vector with one more chunk.
enum VectorSoFar {
    Partial(Incoming<VECTOR_CHUNKS>),
    /// And valid.
    Complete(Box<[u8; VECTOR_LEN]>),
}

/// Ciphertext 1 goes out, the vector comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ct1Sampled {
    pub(super) encapsulated: Encapsulated,
    pub(super) ciphertext1: Outgoing<CIPHERTEXT1_CHUNKS>,
    pub(super) vector: Incoming<VECTOR_CHUNKS>,
}

/// The vector is there, ciphertext 1 still goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EkReceivedCt1Sampled {
    pub(super) encapsulated: Encapsulated,
    pub(super) ciphertext1: Outgoing<CIPHERTEXT1_CHUNKS>,
    pub(super) vector: Box<[u8; VECTOR_LEN]>,
}

/// Ciphertext 1 has arrived, the vector still comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ct1Acknowledged {
    pub(super) encapsulated: Encapsulated,
    pub(super) vector: Incoming<VECTOR_CHUNKS>,
}

/// Ciphertext 2 goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ct2Sampled {
    pub(super) agreed: Agreed,
    pub(super) ciphertext2: Outgoing<CIPHERTEXT2_CHUNKS>,
}

impl NoHeaderReceived {
    pub(crate) fn new(agreed: Agreed) -> Self {
        Self {
            agreed,
            header: Incoming::default(),
        }
    }

    /// Takes a chunk of the header, which has to be authentic once it is all there.
    pub(super) fn receive_header(self, chunk: Chunk) -> Result<Braid, Misbehaved> {
        let piece = match self.header.add(chunk)? {
            Added::Partial(header) => return Ok(Self { header, ..self }.into()),
            Added::Complete(piece) => piece,
        };
        let (header, mac) = split_header(&piece);
        if self.agreed.header_mac(&header) != mac {
            return Err(Misbehaved);
        }
        Ok(HeaderReceived {
            agreed: self.agreed,
            header,
        }
        .into())
    }
}

impl HeaderReceived {
    /// Encapsulates: the epoch's secret is there before its key is.
    pub(super) fn encapsulate(self, rng: &mut (impl CryptoRng + ?Sized)) -> (Ct1Sampled, EpochChains) {
        let randomness = Secret::random(rng);
        let encapsulation = Encapsulation::new(&self.header, &randomness);
        let (agreed, chains) = self.agreed.mix(&encapsulation.shared);
        let sampled = Ct1Sampled {
            encapsulated: Encapsulated {
                agreed,
                header: self.header,
                randomness,
            },
            ciphertext1: Outgoing::new(cut(&encapsulation.ciphertext1)),
            vector: Incoming::default(),
        };
        (sampled, chains)
    }
}

impl Encapsulated {
    /// Ciphertext 1 once more.
    pub(super) fn ciphertext1(&self) -> Outgoing<CIPHERTEXT1_CHUNKS> {
        Outgoing::new(cut(
            &Encapsulation::new(&self.header, &self.randomness).ciphertext1
        ))
    }

    /// Takes a chunk of the vector, which has to be the one that the header promised once it is all there.
    fn receive(&self, vector: Incoming<VECTOR_CHUNKS>, chunk: Chunk) -> Result<VectorSoFar, Misbehaved> {
        let piece = match vector.add(chunk)? {
            Added::Partial(vector) => return Ok(VectorSoFar::Partial(vector)),
            Added::Complete(piece) => piece,
        };
        let vector = uncut(&piece);
        if braid_kem::is_valid(&self.header, &vector) {
            Ok(VectorSoFar::Complete(vector))
        } else {
            Err(Misbehaved)
        }
    }

    /// Completes the ciphertext with a vector that was checked.
    fn complete(self, vector: &[u8; VECTOR_LEN]) -> Ct2Sampled {
        let encapsulation = Encapsulation::new(&self.header, &self.randomness);
        let ciphertext2 = encapsulation.ciphertext2(vector);
        let piece = ciphertext2_piece(&self.agreed, &encapsulation.ciphertext1, &ciphertext2);
        Ct2Sampled {
            agreed: self.agreed,
            ciphertext2: Outgoing::new(piece),
        }
    }
}

impl Ct1Sampled {
    /// Takes a chunk of the vector.
    pub(super) fn receive_vector(self, chunk: Chunk) -> Result<Braid, Misbehaved> {
        Ok(match self.encapsulated.receive(self.vector, chunk)? {
            VectorSoFar::Partial(vector) => Self { vector, ..self }.into(),
            VectorSoFar::Complete(vector) => EkReceivedCt1Sampled {
                encapsulated: self.encapsulated,
                ciphertext1: self.ciphertext1,
                vector,
            }
            .into(),
        })
    }

    /// Takes a chunk of the vector that says that ciphertext 1 has arrived.
    pub(super) fn receive_acknowledgement(self, chunk: Chunk) -> Result<Braid, Misbehaved> {
        let acknowledged = Ct1Acknowledged {
            encapsulated: self.encapsulated,
            vector: self.vector,
        };
        acknowledged.receive_vector(chunk)
    }
}

impl EkReceivedCt1Sampled {
    /// Learns that ciphertext 1 has arrived.
    pub(super) fn receive_acknowledgement(self) -> Ct2Sampled {
        self.encapsulated.complete(&self.vector)
    }
}

impl Ct1Acknowledged {
    /// Takes a chunk of the vector.
    pub(super) fn receive_vector(self, chunk: Chunk) -> Result<Braid, Misbehaved> {
        Ok(match self.encapsulated.receive(self.vector, chunk)? {
            VectorSoFar::Partial(vector) => Self { vector, ..self }.into(),
            VectorSoFar::Complete(vector) => self.encapsulated.complete(&vector).into(),
        })
    }
}

impl Ct2Sampled {
    /// Learns that the other side has the epoch's secret: the next epoch's key is this side's.
    pub(super) fn receive_next_epoch(self) -> KeysUnsampled {
        KeysUnsampled { agreed: self.agreed }
    }
}
