//! Ephemeral frames: encrypted, but outside the ratchet, so that typing costs no write.
//!
//! Each step of the root chain exports an epoch key that both sides hold. A frame is sealed under the newest epoch
//! that the other side surely has: the one of its own last ratchet key.

use std::collections::BTreeMap;

use rand_core::CryptoRng;
use sotto_keys::codec::Reader;
use sotto_keys::{DecodeError, Timestamp, tag_prefix};

use crate::Role;
use crate::message::{Envelope, EphemeralFrame, ParseError, SessionId, write_ephemeral_header};
use crate::primitives::{aead, kdf};
use crate::secret::Secret;

/// Longest plaintext of a frame, in bytes.
pub const MAX_EPHEMERAL_LEN: usize = 16 * 1024;
/// How far a frame's time may be from ours, in milliseconds, either way.
pub const FRESHNESS_MILLIS: u64 = 30_000;
/// Most frames remembered at a time.
const MAX_REMEMBERED: usize = 4_096;

/// Why an ephemeral frame was not made or not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EphemeralError {
    /// Longer than [`MAX_EPHEMERAL_LEN`].
    #[error("too long for an ephemeral frame")]
    TooLong,
    /// Not a message at all.
    #[error(transparent)]
    Malformed(#[from] ParseError),
    /// A message, but not an ephemeral frame of this session.
    #[error("not an ephemeral frame of this session")]
    NotOurs,
    /// From an epoch whose key is not there, or not any more.
    #[error("the frame's epoch is unknown")]
    UnknownEpoch,
    /// Not made by the other side of this session.
    #[error("the frame is not authentic")]
    Unauthentic,
    /// More than [`FRESHNESS_MILLIS`] from now.
    #[error("the frame is not fresh")]
    NotFresh,
    /// Seen before.
    #[error("the frame was seen before")]
    Replayed,
    /// More frames than are remembered came within the time that frames stay fresh.
    #[error("too many frames")]
    Flooded,
}

/// The key that one step of the root chain exports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EpochKey(pub(crate) Secret<32>);

impl EpochKey {
    fn frame_key(&self, sender: Role) -> Secret<32> {
        let info = [&tag_prefix("sotto/1 ephemeral")[..], &[sender.number()]].concat();
        kdf::expand(self.0.expose(), &info)
    }
}

/// The epoch keys of the last few steps of the root chain. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EpochKeys {
    /// The number of the newest: steps of the root chain so far.
    newest: u32,
    /// Newest first.
    keys: Vec<EpochKey>,
}

impl EpochKeys {
    /// The sender's last epoch, ours, and one that may still be under way.
    const KEPT: usize = 3;

    pub(crate) fn first(key: EpochKey) -> Self {
        Self {
            newest: 1,
            keys: vec![key],
        }
    }

    /// The next step's key comes in front.
    pub(crate) fn with(&self, key: EpochKey) -> Self {
        let keys = core::iter::once(&key)
            .chain(&self.keys)
            .take(Self::KEPT)
            .cloned()
            .collect();
        Self {
            newest: self.newest.saturating_add(1),
            keys,
        }
    }

    fn get(&self, epoch: u32) -> Option<&EpochKey> {
        self.keys
            .get(usize::try_from(self.newest.checked_sub(epoch)?).ok()?)
    }

    /// The epoch before the newest, if there is one; else the newest.
    fn before_newest(&self) -> Option<(u32, &EpochKey)> {
        match self.keys.as_slice() {
            [_, before, ..] => Some((self.newest.checked_sub(1)?, before)),
            [only] => Some((self.newest, only)),
            [] => None,
        }
    }

    fn newest(&self) -> Option<(u32, &EpochKey)> {
        self.keys.first().map(|key| (self.newest, key))
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.newest.to_be_bytes());
        out.push(u8::try_from(self.keys.len()).unwrap_or(u8::MAX));
        self.keys.iter().for_each(|key| out.extend(key.0.expose()));
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let newest = reader.u32()?;
        let count = usize::from(reader.u8()?);
        if !(1..=Self::KEPT).contains(&count) {
            return Err(DecodeError::OutOfRange);
        }
        let keys = (0..count)
            .map(|_| Secret::read(reader).map(EpochKey))
            .collect::<Result<_, _>>()?;
        Ok(Self { newest, keys })
    }
}

/// Whose ratchet step made the newest epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NewestEpoch {
    /// Ours: the other side may not have it yet.
    Ours,
    /// The other side's.
    Theirs,
}

/// What sealing and opening frames needs of a session.
pub(crate) struct FrameContext<'a> {
    pub(crate) session: SessionId,
    pub(crate) role: Role,
    pub(crate) binding: &'a [u8; 32],
    pub(crate) epochs: &'a EpochKeys,
}

impl FrameContext<'_> {
    pub(crate) fn seal(
        &self,
        rng: &mut (impl CryptoRng + ?Sized),
        newest: NewestEpoch,
        now: Timestamp,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, EphemeralError> {
        if plaintext.len() > MAX_EPHEMERAL_LEN {
            return Err(EphemeralError::TooLong);
        }
        let shared = match newest {
            NewestEpoch::Ours => self.epochs.before_newest(),
            NewestEpoch::Theirs => self.epochs.newest(),
        };
        let (epoch, key) = shared.ok_or(EphemeralError::UnknownEpoch)?;
        let mut nonce = [0; 24];
        rng.fill_bytes(&mut nonce);
        let mut frame = write_ephemeral_header(self.session, epoch, &nonce);
        let content = [&now.as_millis().to_be_bytes()[..], plaintext].concat();
        let bound = self.bound(self.role, &frame);
        frame.extend(aead::xchacha_seal(
            key.frame_key(self.role).expose(),
            &nonce,
            &bound,
            &content,
        ));
        Ok(frame)
    }

    /// Decrypts a frame; gives its nonce, its time and its content.
    fn open(&self, bytes: &[u8]) -> Result<([u8; 24], Timestamp, Vec<u8>), EphemeralError> {
        let frame = match Envelope::parse(bytes)? {
            Envelope::Ephemeral(frame) if frame.session_id() == self.session => frame,
            _ => return Err(EphemeralError::NotOurs),
        };
        let content = self.decrypt(&frame)?;
        let (time, plaintext) = content.split_first_chunk().ok_or(EphemeralError::Unauthentic)?;
        Ok((
            frame.nonce,
            Timestamp::from_millis(u64::from_be_bytes(*time)),
            plaintext.to_vec(),
        ))
    }

    fn decrypt(&self, frame: &EphemeralFrame<'_>) -> Result<zeroize::Zeroizing<Vec<u8>>, EphemeralError> {
        if frame.ciphertext.len() > MAX_EPHEMERAL_LEN + 8 + aead::TAG_LEN {
            return Err(EphemeralError::TooLong);
        }
        let sender = self.role.other();
        let key = self
            .epochs
            .get(frame.epoch)
            .ok_or(EphemeralError::UnknownEpoch)?
            .frame_key(sender);
        aead::xchacha_open(
            key.expose(),
            &frame.nonce,
            &self.bound(sender, frame.header),
            frame.ciphertext,
        )
        .map_err(|aead::Unauthentic| EphemeralError::Unauthentic)
    }

    fn bound(&self, sender: Role, header: &[u8]) -> Vec<u8> {
        [&self.binding[..], &[sender.number()], header].concat()
    }
}

/// The frames seen while they are fresh. Kept in memory only: after a restart a frame could be shown once more.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReplayWindow {
    seen: BTreeMap<[u8; 24], Timestamp>,
}

impl ReplayWindow {
    /// Opens a frame that is fresh and new, and remembers it.
    pub(crate) fn open(
        &mut self,
        context: &FrameContext<'_>,
        now: Timestamp,
        bytes: &[u8],
    ) -> Result<Vec<u8>, EphemeralError> {
        let (nonce, time, plaintext) = context.open(bytes)?;
        if !is_fresh(time, now) {
            return Err(EphemeralError::NotFresh);
        }
        if self.seen.contains_key(&nonce) {
            return Err(EphemeralError::Replayed);
        }
        if self.seen.len() >= MAX_REMEMBERED {
            self.seen.retain(|_, seen| is_fresh(*seen, now));
        }
        if self.seen.len() >= MAX_REMEMBERED {
            return Err(EphemeralError::Flooded);
        }
        self.seen.insert(nonce, time);
        Ok(plaintext)
    }
}

fn is_fresh(time: Timestamp, now: Timestamp) -> bool {
    time.as_millis().abs_diff(now.as_millis()) <= FRESHNESS_MILLIS
}
