//! Sessions between two devices: PQXDH at the start, then the Triple Ratchet: the Double Ratchet, and the braid beside it.
//!
//! ```text
//! initiate ─► Opening ──first answer──► Listening ──encrypt──► Talking
//!                                        ▲  ▲ └── receive ──┐    │
//! respond ───────────────────────────────┘  └───────────────┴────┘ receive a new ratchet key
//! ```
//!
//! The sending half of a ratchet step waits until something is sent: a key is drawn no sooner than it is used, and
//! receiving needs no randomness.

pub(crate) mod braid_chain;
pub(crate) mod chain_key;
pub(crate) mod ephemeral;
mod initiate;
pub(crate) mod message_key;
mod respond;
pub(crate) mod root_key;
pub(crate) mod skipped;
mod state;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

use core::fmt;

use rand_core::CryptoRng;
use sotto_keys::codec::MAX_VARINT;
use sotto_keys::{DecodeError, Timestamp, X25519PublicKey};
use zeroize::Zeroizing;

use crate::braid::agreed::EpochChains;
use crate::braid::rows::{BraidRowId, TouchedRows};
use crate::braid::{Braid, Misbehaved, Step};
use crate::message::{
    BraidHeader, Envelope, Handshake, ParseError, RatchetHeader, Sealed, SessionId, write_header,
};
use crate::primitives::aead::Unauthentic;
use crate::primitives::x25519::{self, AllZero};
use crate::secret::Secret;
use braid_chain::BraidChains;
use chain_key::{Advanced, ChainKey, Paired, TooFar};
use ephemeral::{EphemeralError, EpochKeys, FrameContext, NewestEpoch, ReplayWindow};
pub use initiate::InitiateError;
use message_key::MessageSeed;
pub use respond::{PrekeySecretsRef, RespondError};
use root_key::{RootKey, RootStep};
use skipped::{SkippedKeyId, SkippedKeys};

/// Longest plaintext of a message, in bytes.
pub const MAX_PLAINTEXT_LEN: usize = 256 * 1024;

/// Which side of a session this device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// It started the session.
    Initiator,
    /// It was written to.
    Responder,
}

impl Role {
    /// The role's number in the formats.
    pub const fn number(self) -> u8 {
        match self {
            Self::Initiator => 0,
            Self::Responder => 1,
        }
    }

    /// The other side's role.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Initiator => Self::Responder,
            Self::Responder => Self::Initiator,
        }
    }
}

/// A session with one device.
///
/// Every call that changes it is followed by [`Session::take_changes`], and what that gives is stored before a
/// message leaves or a plaintext is shown.
#[cfg_attr(test, derive(Clone))]
pub struct Session {
    fixed: Fixed,
    ratchet: Ratchet,
    braid: Braid,
    touched: TouchedRows,
    /// Repeated in front of each message until the other side has answered.
    handshake: Option<Handshake>,
    skipped: SkippedKeys,
    replays: ReplayWindow,
}

/// What never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fixed {
    id: SessionId,
    role: Role,
    transcript_hash: [u8; 32],
    binding: [u8; 32],
}

impl Fixed {
    /// What a message from that side is bound to, besides its header.
    fn context(&self, sender: Role) -> [u8; 33] {
        let mut context = [sender.number(); 33];
        context[..32].copy_from_slice(&self.binding);
        context
    }
}

/// What each message changes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Ratchet {
    root: RootKey,
    chains: Chains,
    /// How many messages our sending chain before this one had.
    previous_count: u32,
    epochs: EpochKeys,
    braids: BraidChains,
}

/// The chains there are. At least one of the two always is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Chains {
    /// Nothing was received yet.
    Opening(Sending),
    /// The other side has a new ratchet key; ours follows with the next message.
    Listening(Receiving),
    /// Both sides know each other's ratchet key.
    Talking(Sending, Receiving),
}

/// Our ratchet key and the chain that came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sending {
    secret: Secret<32>,
    public: X25519PublicKey,
    chain: ChainKey,
}

/// The other side's ratchet key and the chain that came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Receiving {
    ratchet_key: X25519PublicKey,
    chain: ChainKey,
}

/// Why a plaintext was not encrypted. The session is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// Longer than [`MAX_PLAINTEXT_LEN`].
    #[error("the message is too long")]
    TooLong,
    /// The chain has no numbers left: 2^30 messages went out without an answer. A new session is needed.
    #[error("the session is used up")]
    Exhausted,
    /// The other side's ratchet key agrees on nothing. Such keys are refused when they are read.
    #[error("the ratchet key is of low order")]
    LowOrder,
}

/// Why a message was not decrypted. The session is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecryptError {
    /// Not a message at all.
    #[error(transparent)]
    Malformed(#[from] ParseError),
    /// Longer than a message can be.
    #[error("the message is too long")]
    TooLong,
    /// An ephemeral frame: those have a call of their own.
    #[error("an ephemeral frame is no message")]
    Ephemeral,
    /// Another session's message.
    #[error("the message belongs to another session")]
    WrongSession,
    /// Decrypted before; or its key was evicted.
    #[error("the message was received before")]
    AlreadyReceived,
    /// It would skip more than 2,000 messages.
    #[error("the message skips too many others")]
    JumpTooFar,
    /// Not made by the other side of this session, or damaged on the way.
    #[error("the message is not authentic")]
    Unauthentic,
    /// Authentic, but against the rules of the post-quantum exchange: the other side is broken or malicious.
    #[error("the other side broke the rules")]
    Misbehaved,
}

/// What is to be stored, in one batch, before anything else happens.
pub struct SessionChanges {
    /// The session, without its rows; replaces what was stored.
    pub state: Zeroizing<Vec<u8>>,
    /// Rows of the post-quantum exchange to store, or to delete; most messages change one at most.
    pub braid: Vec<(BraidRowId, Option<Zeroizing<Vec<u8>>>)>,
    /// Skipped keys that are new: one row each.
    pub skipped_added: Vec<(SkippedKeyId, Zeroizing<Vec<u8>>)>,
    /// Skipped keys that were used or evicted.
    pub skipped_removed: Vec<SkippedKeyId>,
}

impl Session {
    /// Names the session among those with this device.
    pub fn id(&self) -> SessionId {
        self.fixed.id
    }

    /// Hash of everything that both sides have seen when the session started. Equal on both sides.
    pub fn transcript_hash(&self) -> [u8; 32] {
        self.fixed.transcript_hash
    }

    /// Which side this device is.
    pub fn role(&self) -> Role {
        self.fixed.role
    }

    /// Whether the other side is known to have the session: always, once a message of its was decrypted.
    pub fn has_answer(&self) -> bool {
        self.handshake.is_none()
    }

    /// Encrypts a message. Until there is an answer, it carries what starts the session.
    ///
    /// # Errors
    /// See [`EncryptError`].
    pub fn encrypt(
        &mut self,
        rng: &mut (impl CryptoRng + ?Sized),
        plaintext: &[u8],
    ) -> Result<Vec<u8>, EncryptError> {
        if plaintext.len() > MAX_PLAINTEXT_LEN {
            return Err(EncryptError::TooLong);
        }
        if let Chains::Listening(receiving) = &self.ratchet.chains {
            let agreed = self.braid.epoch().saturating_sub(1);
            self.ratchet = self
                .ratchet
                .turn(rng, receiving, agreed)
                .map_err(|AllZero| EncryptError::LowOrder)?;
        }
        let previous_count = self.ratchet.previous_count;
        let sending = self.ratchet.chains.sending_mut().ok_or(EncryptError::Exhausted)?;
        let number = sending.chain.next;
        if number >= MAX_VARINT {
            return Err(EncryptError::Exhausted);
        }
        let paired = Paired {
            chain: sending.chain.clone(),
            braid: self.ratchet.braids.sending.clone(),
        };
        let (paired, seed) = paired.step();
        sending.chain = paired.chain;
        self.ratchet.braids.sending = paired.braid;
        let ratchet_key = sending.public;
        let (braid, step, chains) = self.braid.clone().send(rng);
        let header = RatchetHeader {
            ratchet_key,
            previous_count,
            number,
            braid: BraidHeader {
                chain: self.ratchet.braids.sending.epoch,
                exchange: braid.epoch(),
                step,
            },
        };
        self.follow(braid, chains);
        let header = write_header(self.fixed.id, self.handshake.as_ref(), &header);
        Ok(seed.seal(&self.fixed.context(self.fixed.role), header, plaintext))
    }

    /// Decrypts a message, an initial one too if it started this very session.
    ///
    /// # Errors
    /// See [`DecryptError`].
    pub fn decrypt(&mut self, message: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        let envelope = Envelope::parse(message)?;
        if envelope.session_id() != self.fixed.id {
            return Err(DecryptError::WrongSession);
        }
        let sealed = match (&envelope, self.fixed.role) {
            (Envelope::Ratchet(message), _) => &message.sealed,
            (Envelope::Initial(message), Role::Responder) => &message.sealed,
            // Whoever started the session gets no initial messages in it.
            (Envelope::Initial(_), Role::Initiator) => return Err(DecryptError::Unauthentic),
            (Envelope::Ephemeral(_), _) => return Err(DecryptError::Ephemeral),
        };
        check_length(sealed)?;
        let plaintext = self.open(sealed)?;
        self.handshake = None;
        Ok(plaintext)
    }

    /// Tries a skipped key, else moves the ratchet; keeps nothing of a message that is not authentic.
    fn open(&mut self, message: &Sealed<'_>) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        let context = self.fixed.context(self.fixed.role.other());
        let id = SkippedKeyId::new(message.ratchet.ratchet_key, message.ratchet.number);
        let BraidHeader { exchange, step, .. } = message.ratchet.braid;
        if let Some(seed) = self.skipped.get(&id) {
            let plaintext = seed.open(&context, message)?;
            let (braid, chains) = self.ratchet.exchange(&self.braid, exchange, step)?;
            self.skipped.remove(&id);
            self.follow(braid, chains);
            return Ok(plaintext);
        }
        let moved = self.ratchet.receive(&message.ratchet)?;
        let plaintext = moved.seed.open(&context, message)?;
        let (braid, chains) = moved.ratchet.exchange(&self.braid, exchange, step)?;
        self.ratchet = moved.ratchet;
        self.skipped.extend(moved.skipped);
        self.follow(braid, chains);
        Ok(plaintext)
    }

    /// Goes on with the exchange, and keeps the chains of an epoch that came of it.
    fn follow(&mut self, braid: Braid, chains: Option<EpochChains>) {
        self.touched.note(&self.braid, &braid);
        self.braid = braid;
        if let Some(chains) = chains {
            self.ratchet.braids.add(&chains, self.fixed.role);
        }
    }

    /// Encrypts what nobody needs to store. Changes nothing.
    ///
    /// # Errors
    /// [`EphemeralError::TooLong`].
    pub fn seal_ephemeral(
        &self,
        rng: &mut (impl CryptoRng + ?Sized),
        now: Timestamp,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, EphemeralError> {
        let newest = match self.ratchet.chains {
            Chains::Opening(_) | Chains::Talking(..) => NewestEpoch::Ours,
            Chains::Listening(_) => NewestEpoch::Theirs,
        };
        self.frames().seal(rng, newest, now, plaintext)
    }

    /// Decrypts an ephemeral frame that is fresh and was not seen before. Changes nothing that is stored.
    ///
    /// # Errors
    /// See [`EphemeralError`].
    pub fn open_ephemeral(&mut self, now: Timestamp, frame: &[u8]) -> Result<Vec<u8>, EphemeralError> {
        let mut replays = core::mem::take(&mut self.replays);
        let opened = replays.open(&self.frames(), now, frame);
        self.replays = replays;
        opened
    }

    fn frames(&self) -> FrameContext<'_> {
        FrameContext {
            session: self.fixed.id,
            role: self.fixed.role,
            binding: &self.fixed.binding,
            epochs: &self.ratchet.epochs,
        }
    }

    /// What is to be stored since the last call.
    pub fn take_changes(&mut self) -> SessionChanges {
        let skipped = self.skipped.take_changes();
        SessionChanges {
            state: self.to_state(),
            braid: self.touched.take(&self.braid),
            skipped_added: skipped.added,
            skipped_removed: skipped.removed,
        }
    }

    /// The names of all skipped keys that are stored, for deleting them together with the session.
    pub fn skipped_keys(&self) -> impl Iterator<Item = SkippedKeyId> + '_ {
        self.skipped.ids()
    }

    /// The names of all rows of the post-quantum exchange that are stored, for deleting them together with the
    /// session.
    pub fn braid_rows(&self) -> impl Iterator<Item = BraidRowId> + '_ {
        self.braid.row_ids()
    }

    /// Takes a session back from its stored state, the rows of its post-quantum exchange and those of its skipped
    /// keys, in any order.
    ///
    /// # Errors
    /// If the state or a row is not what [`Session::take_changes`] gave, or a row of the exchange is missing.
    pub fn load<B: AsRef<[u8]>, C: AsRef<[u8]>>(
        state: &[u8],
        braid: impl IntoIterator<Item = (BraidRowId, B)>,
        skipped: impl IntoIterator<Item = (SkippedKeyId, C)>,
    ) -> Result<Self, DecodeError> {
        Self::from_state(state, braid, SkippedKeys::load(skipped)?)
    }
}

/// No more than the longest plaintext and its tag.
fn check_length(message: &Sealed<'_>) -> Result<(), DecryptError> {
    let longest = MAX_PLAINTEXT_LEN + crate::primitives::aead::TAG_LEN;
    if message.ciphertext.len() > longest {
        Err(DecryptError::TooLong)
    } else {
        Ok(())
    }
}

/// The ratchet behind a message that was not authenticated yet.
struct Moved {
    ratchet: Ratchet,
    seed: MessageSeed,
    skipped: Vec<(SkippedKeyId, MessageSeed)>,
}

impl Ratchet {
    /// The sending half of a ratchet step: a new key of ours.
    fn turn(
        &self,
        rng: &mut (impl CryptoRng + ?Sized),
        receiving: &Receiving,
        agreed: u32,
    ) -> Result<Self, AllZero> {
        let secret = Secret::random(rng);
        let step = self
            .root
            .step(&x25519::diffie_hellman(&secret, &receiving.ratchet_key)?);
        let sending = Sending {
            public: x25519::public_key(&secret),
            secret,
            chain: step.chain,
        };
        let mut braids = self.braids.clone();
        braids.turn_sending(agreed);
        Ok(Self {
            root: step.root,
            chains: Chains::Talking(sending, receiving.clone()),
            previous_count: self.previous_count,
            epochs: self.epochs.with(step.epoch),
            braids,
        })
    }

    /// Moves behind a message, in the chain that is there or in the one that its new ratchet key begins.
    fn receive(&self, header: &RatchetHeader) -> Result<Moved, DecryptError> {
        match &self.chains {
            Chains::Listening(receiving) | Chains::Talking(_, receiving)
                if receiving.ratchet_key == header.ratchet_key =>
            {
                self.receive_in_chain(receiving, header)
            }
            Chains::Opening(sending) => self.receive_new_key(sending, None, header),
            Chains::Talking(sending, receiving) => self.receive_new_key(sending, Some(receiving), header),
            // The other side takes a new ratchet key only after it has seen ours.
            Chains::Listening(_) => Err(DecryptError::Unauthentic),
        }
    }

    fn receive_in_chain(&self, receiving: &Receiving, header: &RatchetHeader) -> Result<Moved, DecryptError> {
        if header.number < receiving.chain.next {
            return Err(DecryptError::AlreadyReceived);
        }
        if header.braid.chain != self.braids.receiving.epoch {
            return Err(DecryptError::Unauthentic);
        }
        let Advanced {
            paired,
            seed,
            skipped,
        } = self.paired(receiving).advance(header)?;
        let mut ratchet = self.clone();
        ratchet.chains.set_receiving_chain(paired.chain);
        ratchet.braids.receiving = paired.braid;
        Ok(Moved {
            ratchet,
            seed,
            skipped,
        })
    }

    /// The receiving half of a ratchet step: the end of the chain before, the beginning of the new one.
    fn receive_new_key(
        &self,
        sending: &Sending,
        before: Option<&Receiving>,
        header: &RatchetHeader,
    ) -> Result<Moved, DecryptError> {
        let agreed = x25519::diffie_hellman(&sending.secret, &header.ratchet_key)?;
        let RootStep { root, chain, epoch } = self.root.step(&agreed);
        let mut braids = self.braids.clone();
        let mut skipped = Vec::new();
        if let Some(receiving) = before {
            let before = self.paired(receiving);
            let (paired, ended) = before.skip_to(header.previous_count, &receiving.ratchet_key)?;
            braids.receiving = paired.braid;
            skipped = ended;
        }
        if !braids.turn_receiving(header.braid.chain) {
            return Err(DecryptError::Unauthentic);
        }
        let braid = braids.receiving;
        let advanced = Paired { chain, braid }.advance(header)?;
        braids.receiving = advanced.paired.braid;
        skipped.extend(advanced.skipped);
        let receiving = Receiving {
            ratchet_key: header.ratchet_key,
            chain: advanced.paired.chain,
        };
        let ratchet = Self {
            root,
            chains: Chains::Listening(receiving),
            previous_count: sending.chain.next,
            epochs: self.epochs.with(epoch),
            braids,
        };
        Ok(Moved {
            ratchet,
            seed: advanced.seed,
            skipped,
        })
    }

    fn paired(&self, receiving: &Receiving) -> Paired {
        Paired {
            chain: receiving.chain.clone(),
            braid: self.braids.receiving.clone(),
        }
    }

    /// The exchange behind an authentic message. Under one ratchet key of ours it goes on by one epoch at most, since
    /// each further one takes an answer to what was sent under the key.
    fn exchange(
        &self,
        braid: &Braid,
        epoch: u32,
        step: Step,
    ) -> Result<(Braid, Option<EpochChains>), Misbehaved> {
        let (braid, chains) = braid.clone().receive(epoch, step)?;
        let exchange = braid.epoch();
        let within_chain = match self.chains {
            Chains::Listening(_) => true,
            Chains::Opening(_) | Chains::Talking(..) => {
                exchange <= self.braids.sending.epoch.saturating_add(2)
            }
        };
        if within_chain && self.braids.permits(exchange) {
            Ok((braid, chains))
        } else {
            Err(Misbehaved)
        }
    }
}

impl Chains {
    fn sending_mut(&mut self) -> Option<&mut Sending> {
        match self {
            Self::Opening(sending) | Self::Talking(sending, _) => Some(sending),
            Self::Listening(_) => None,
        }
    }

    fn set_receiving_chain(&mut self, chain: ChainKey) {
        match self {
            Self::Listening(receiving) | Self::Talking(_, receiving) => receiving.chain = chain,
            Self::Opening(_) => {}
        }
    }
}

impl From<TooFar> for DecryptError {
    fn from(TooFar: TooFar) -> Self {
        Self::JumpTooFar
    }
}

impl From<AllZero> for DecryptError {
    fn from(AllZero: AllZero) -> Self {
        Self::Unauthentic
    }
}

impl From<Misbehaved> for DecryptError {
    fn from(Misbehaved: Misbehaved) -> Self {
        Self::Misbehaved
    }
}

impl From<Unauthentic> for DecryptError {
    fn from(Unauthentic: Unauthentic) -> Self {
        Self::Unauthentic
    }
}

/// Shows which session it is, and nothing of its keys.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            fixed:
                Fixed {
                    id,
                    role,
                    transcript_hash: _,
                    binding: _,
                },
            ratchet: _,
            braid: _,
            touched: _,
            handshake,
            skipped: _,
            replays: _,
        } = self;
        f.debug_struct("Session")
            .field("id", id)
            .field("role", role)
            .field("has_answer", &handshake.is_none())
            .finish_non_exhaustive()
    }
}

/// Shows how much there is to store, not what.
impl fmt::Debug for SessionChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            state: _,
            braid,
            skipped_added,
            skipped_removed,
        } = self;
        f.debug_struct("SessionChanges")
            .field("braid", &braid.len())
            .field("skipped_added", &skipped_added.len())
            .field("skipped_removed", &skipped_removed.len())
            .finish_non_exhaustive()
    }
}
