//! What travels between two devices: the first messages of a session, ordinary ones, and ephemeral frames.

use core::fmt;

use sotto_keys::codec::{Reader, put_varint};
use sotto_keys::{DecodeError, PrekeyKind, X25519PublicKey};

use crate::braid::Step;
use crate::braid::erasure::{CHUNKS, Chunk};
use crate::primitives::aead::TAG_LEN;
use crate::primitives::kem::CIPHERTEXT_LEN;
use crate::session::skipped::SkippedKeyId;

/// The version of all three formats; it fills the upper half of their first byte.
const VERSION: u8 = 1;
const INITIAL: u8 = VERSION << 4 | 1;
const RATCHET: u8 = VERSION << 4 | 2;
const EPHEMERAL: u8 = VERSION << 4 | 3;

/// Names a session among those with one device: eight bytes out of the key derivation, sent in clear.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId([u8; 8]);

impl SessionId {
    /// Takes an id from its bytes.
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// The id's bytes.
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

/// Lower-case hexadecimal.
impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({self})")
    }
}

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// A version that this code does not know: the sender is newer.
    #[error("unknown message version {0}")]
    UnknownVersion(u8),
    /// A kind that this version does not have.
    #[error("unknown message kind {0}")]
    UnknownKind(u8),
    /// Not what a message of its kind looks like.
    #[error("malformed message: {0}")]
    Malformed(#[from] DecodeError),
}

/// Any message, taken apart but not decrypted. Nothing in it is authentic yet.
#[derive(Clone, Debug)]
pub enum Envelope<'a> {
    /// Starts a session; repeated until the peer has answered.
    Initial(InitialMessage<'a>),
    /// An ordinary message.
    Ratchet(RatchetMessage<'a>),
    /// A frame that nobody stores.
    Ephemeral(EphemeralFrame<'a>),
}

impl<'a> Envelope<'a> {
    /// Takes a message apart.
    ///
    /// # Errors
    /// See [`ParseError`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ParseError> {
        let mut reader = Reader::new(bytes);
        match reader.u8()? {
            INITIAL => InitialMessage::read(bytes, reader).map(Self::Initial),
            RATCHET => RatchetMessage::read(bytes, reader).map(Self::Ratchet),
            EPHEMERAL => EphemeralFrame::read(bytes, reader).map(Self::Ephemeral),
            other if other >> 4 == VERSION => Err(ParseError::UnknownKind(other & 0x0f)),
            other => Err(ParseError::UnknownVersion(other >> 4)),
        }
    }

    /// Which of the sender device's sessions it belongs to.
    pub fn session_id(&self) -> SessionId {
        match self {
            Self::Initial(message) => message.session_id(),
            Self::Ratchet(message) => message.session_id(),
            Self::Ephemeral(frame) => frame.session_id(),
        }
    }

    /// Names the message key that it was encrypted under, which is used once; an ephemeral frame has none.
    pub fn message_key(&self) -> Option<SkippedKeyId> {
        let ratchet = match self {
            Self::Initial(message) => &message.sealed.ratchet,
            Self::Ratchet(message) => &message.sealed.ratchet,
            Self::Ephemeral(_) => return None,
        };
        Some(SkippedKeyId::new(ratchet.ratchet_key, ratchet.number))
    }
}

/// Which of the recipient's prekeys a first message used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PrekeyIds {
    /// The signed prekey.
    pub signed_ec: u32,
    /// The one-time prekey, if there was one.
    pub one_time_ec: Option<u32>,
    /// Whether the KEM key was one-time or the last resort.
    pub kem_kind: PrekeyKind,
    /// The KEM key.
    pub kem: u32,
}

impl PrekeyIds {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.signed_ec.to_be_bytes());
        out.push(u8::from(self.one_time_ec.is_some()));
        out.extend(self.one_time_ec.iter().flat_map(|id| id.to_be_bytes()));
        out.push(self.kem_kind.number());
        out.extend(self.kem.to_be_bytes());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let signed_ec = reader.u32()?;
        let one_time_ec = match reader.u8()? {
            0 => None,
            1 => Some(reader.u32()?),
            _ => return Err(DecodeError::OutOfRange),
        };
        let kem_kind = PrekeyKind::from_number(reader.u8()?)?;
        if !kem_kind.is_kem() {
            return Err(DecodeError::OutOfRange);
        }
        Ok(Self {
            signed_ec,
            one_time_ec,
            kem_kind,
            kem: reader.u32()?,
        })
    }
}

/// What the initiator sends so that the responder can derive the session's first key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Handshake {
    pub(crate) prekeys: PrekeyIds,
    pub(crate) ephemeral: X25519PublicKey,
    pub(crate) kem_ciphertext: Box<[u8; CIPHERTEXT_LEN]>,
}

impl Handshake {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        self.prekeys.write(out);
        out.extend(self.ephemeral.as_bytes());
        out.extend(self.kem_ciphertext.iter());
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            prekeys: PrekeyIds::read(reader)?,
            ephemeral: X25519PublicKey::read(reader)?,
            kem_ciphertext: reader.boxed()?,
        })
    }
}

/// The braid's part of a header: which of its chains the message's key comes from, and what the exchange sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BraidHeader {
    /// The epoch of the chain.
    pub(crate) chain: u32,
    /// The epoch of the exchange: the one behind the chain's, or one more.
    pub(crate) exchange: u32,
    pub(crate) step: Step,
}

impl BraidHeader {
    fn write(&self, out: &mut Vec<u8>) {
        let (kind, chunk) = match &self.step {
            Step::Nothing => (0, None),
            Step::Header(chunk) => (1, Some(chunk)),
            Step::Vector(chunk) => (2, Some(chunk)),
            Step::VectorAcknowledging(chunk) => (3, Some(chunk)),
            Step::Ciphertext1(chunk) => (4, Some(chunk)),
            Step::Ciphertext2(chunk) => (5, Some(chunk)),
        };
        let ahead = u8::from(self.exchange > self.chain.saturating_add(1));
        out.push(ahead << 4 | kind);
        put_varint(out, self.chain);
        if let Some(chunk) = chunk {
            put_varint(out, chunk.index.into());
            out.extend(chunk.bytes);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let first = reader.u8()?;
        let ahead = first >> 4;
        if ahead > 1 {
            return Err(DecodeError::OutOfRange);
        }
        let chain = reader.varint()?;
        let step = match first & 0x0f {
            0 => Step::Nothing,
            1 => Step::Header(read_chunk(reader)?),
            2 => Step::Vector(read_chunk(reader)?),
            3 => Step::VectorAcknowledging(read_chunk(reader)?),
            4 => Step::Ciphertext1(read_chunk(reader)?),
            5 => Step::Ciphertext2(read_chunk(reader)?),
            _ => return Err(DecodeError::OutOfRange),
        };
        Ok(Self {
            chain,
            exchange: chain.saturating_add(1).saturating_add(ahead.into()),
            step,
        })
    }
}

fn read_chunk(reader: &mut Reader<'_>) -> Result<Chunk, DecodeError> {
    let index = u16::try_from(reader.varint()?).map_err(|_| DecodeError::OutOfRange)?;
    if index >= CHUNKS {
        return Err(DecodeError::OutOfRange);
    }
    Ok(Chunk {
        index,
        bytes: reader.array()?,
    })
}

/// The header of both ratchets (Double Ratchet, sections 3.4 and 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RatchetHeader {
    /// The sender's current ratchet key.
    pub(crate) ratchet_key: X25519PublicKey,
    /// How many messages the sender's previous chain had.
    pub(crate) previous_count: u32,
    /// The message's number in its chain, from 0.
    pub(crate) number: u32,
    pub(crate) braid: BraidHeader,
}

impl RatchetHeader {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.ratchet_key.as_bytes());
        put_varint(out, self.previous_count);
        put_varint(out, self.number);
        self.braid.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            ratchet_key: X25519PublicKey::read(reader)?,
            previous_count: reader.varint()?,
            number: reader.varint()?,
            braid: BraidHeader::read(reader)?,
        })
    }
}

/// What precedes the ciphertext of an initial or an ordinary message.
pub(crate) fn write_header(
    session: SessionId,
    handshake: Option<&Handshake>,
    ratchet: &RatchetHeader,
) -> Vec<u8> {
    let mut out = vec![if handshake.is_some() { INITIAL } else { RATCHET }];
    out.extend(session.0);
    if let Some(handshake) = handshake {
        handshake.write(&mut out);
    }
    ratchet.write(&mut out);
    out
}

/// Header and ciphertext of a message that the ratchet decrypts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sealed<'a> {
    pub(crate) ratchet: RatchetHeader,
    /// All bytes before the ciphertext.
    pub(crate) header: &'a [u8],
    pub(crate) ciphertext: &'a [u8],
}

impl<'a> Sealed<'a> {
    fn read(bytes: &'a [u8], mut reader: Reader<'a>) -> Result<Self, ParseError> {
        let ratchet = RatchetHeader::read(&mut reader)?;
        let (header, ciphertext) = split_at_rest(bytes, &reader)?;
        Ok(Self {
            ratchet,
            header,
            ciphertext,
        })
    }
}

/// Cuts a message before what the reader has left, which has to hold a tag at least.
fn split_at_rest<'a>(bytes: &'a [u8], reader: &Reader<'_>) -> Result<(&'a [u8], &'a [u8]), DecodeError> {
    let header_len = bytes.len().saturating_sub(reader.remaining());
    if reader.remaining() < TAG_LEN {
        return Err(DecodeError::Truncated);
    }
    bytes.split_at_checked(header_len).ok_or(DecodeError::Truncated)
}

/// A message that starts a session.
#[derive(Clone, Debug)]
pub struct InitialMessage<'a> {
    session: SessionId,
    pub(crate) handshake: Handshake,
    pub(crate) sealed: Sealed<'a>,
}

impl<'a> InitialMessage<'a> {
    fn read(bytes: &'a [u8], mut reader: Reader<'a>) -> Result<Self, ParseError> {
        let session = SessionId(reader.array()?);
        let handshake = Handshake::read(&mut reader)?;
        Ok(Self {
            session,
            handshake,
            sealed: Sealed::read(bytes, reader)?,
        })
    }

    /// The session that it starts, or has started.
    pub fn session_id(&self) -> SessionId {
        self.session
    }

    /// Which of the recipient's prekeys it used.
    pub fn prekeys(&self) -> PrekeyIds {
        self.handshake.prekeys
    }
}

/// An ordinary message.
#[derive(Clone, Debug)]
pub struct RatchetMessage<'a> {
    session: SessionId,
    pub(crate) sealed: Sealed<'a>,
}

impl<'a> RatchetMessage<'a> {
    fn read(bytes: &'a [u8], mut reader: Reader<'a>) -> Result<Self, ParseError> {
        let session = SessionId(reader.array()?);
        Ok(Self {
            session,
            sealed: Sealed::read(bytes, reader)?,
        })
    }

    /// The session.
    pub fn session_id(&self) -> SessionId {
        self.session
    }
}

/// A frame that is neither stored nor part of the ratchet.
#[derive(Clone, Debug)]
pub struct EphemeralFrame<'a> {
    session: SessionId,
    pub(crate) epoch: u32,
    pub(crate) nonce: [u8; 24],
    pub(crate) header: &'a [u8],
    pub(crate) ciphertext: &'a [u8],
}

impl<'a> EphemeralFrame<'a> {
    fn read(bytes: &'a [u8], mut reader: Reader<'a>) -> Result<Self, ParseError> {
        let session = SessionId(reader.array()?);
        let epoch = reader.varint()?;
        let nonce = reader.array()?;
        let (header, ciphertext) = split_at_rest(bytes, &reader)?;
        Ok(Self {
            session,
            epoch,
            nonce,
            header,
            ciphertext,
        })
    }

    /// The session.
    pub fn session_id(&self) -> SessionId {
        self.session
    }
}

/// What precedes the ciphertext of an ephemeral frame.
pub(crate) fn write_ephemeral_header(session: SessionId, epoch: u32, nonce: &[u8; 24]) -> Vec<u8> {
    let mut out = vec![EPHEMERAL];
    out.extend(session.0);
    put_varint(&mut out, epoch);
    out.extend(nonce);
    out
}
