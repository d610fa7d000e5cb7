//! Answering a session that another device has started (PQXDH, section 3.4).

use sotto_keys::PrekeyKind;
use zeroize::Zeroizing;

use super::{Chains, Fixed, Ratchet, Receiving, ReplayWindow, Role, Session, SkippedKeys, check_length};
use crate::braid::rows::TouchedRows;
use crate::braid::{Braid, Misbehaved};
use crate::message::{InitialMessage, PrekeyIds};
use crate::pqxdh::{Agreements, Derived, Local, Parties, PrekeyPublics, Remote, transcript_hash};
use crate::prekeys::PrekeySecret;
use crate::primitives::aead::Unauthentic;
use crate::primitives::kem;
use crate::primitives::x25519::{self, AllZero};
use crate::secret::Secret;
use crate::session::braid_chain::BraidChains;
use crate::session::chain_key::{Paired, TooFar};
use crate::session::ephemeral::EpochKeys;

/// The private halves of the prekeys that an initial message names.
#[derive(Clone, Copy, Debug)]
pub struct PrekeySecretsRef<'a> {
    /// The signed prekey.
    pub signed_ec: &'a PrekeySecret,
    /// The one-time prekey, if the message names one.
    pub one_time_ec: Option<&'a PrekeySecret>,
    /// The KEM key.
    pub kem: &'a PrekeySecret,
}

/// Why an initial message starts no session. Nothing has changed, and no prekey is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RespondError {
    /// The prekeys given are not those that the message names.
    #[error("not the prekeys that the message names")]
    WrongPrekeys,
    /// A device holds no sessions with itself.
    #[error("a device holds no session with itself")]
    Oneself,
    /// Longer than a message can be.
    #[error("the message is too long")]
    TooLong,
    /// It would skip more than 2,000 messages.
    #[error("the message skips too many others")]
    JumpTooFar,
    /// Not made by that device for this one under these roots and prekeys, or damaged on the way.
    #[error("the message is not authentic")]
    Unauthentic,
    /// Authentic, but against the rules of the post-quantum exchange: the other side is broken or malicious.
    #[error("the other side broke the rules")]
    Misbehaved,
}

impl Session {
    /// Answers the session that a message starts, and decrypts the message. One-time prekeys are deleted after
    /// this has succeeded, in the same batch that stores the session.
    ///
    /// # Errors
    /// See [`RespondError`].
    pub fn respond(
        local: &Local,
        remote: &Remote,
        prekeys: PrekeySecretsRef<'_>,
        message: &InitialMessage<'_>,
    ) -> Result<(Self, Zeroizing<Vec<u8>>), RespondError> {
        if local.address == remote.device.address() {
            return Err(RespondError::Oneself);
        }
        check_length(&message.sealed).map_err(|_| RespondError::TooLong)?;
        let secrets = Secrets::of(prekeys, message.prekeys()).ok_or(RespondError::WrongPrekeys)?;
        let parties = Parties::new(Role::Responder, local, remote);
        let transcript_hash = secrets.transcript_hash(&parties, message);
        let Derived { root, braid, id } = secrets.agree(local, remote, message)?.derive(&transcript_hash);
        if id != message.session_id() {
            return Err(RespondError::Unauthentic);
        }
        let fixed = Fixed {
            id,
            role: Role::Responder,
            transcript_hash,
            binding: parties.binding(),
        };
        let header = &message.sealed.ratchet;
        let (braid, chains) = Braid::start(Role::Responder, &braid);
        let mut braids = BraidChains::first(&chains, Role::Responder);
        if !braids.turn_receiving(header.braid.chain) {
            return Err(RespondError::Unauthentic);
        }
        let step = root.step(&x25519::diffie_hellman(secrets.signed_ec, &header.ratchet_key)?);
        let paired = Paired {
            chain: step.chain,
            braid: braids.receiving,
        };
        let advanced = paired
            .advance(header)
            .map_err(|TooFar| RespondError::JumpTooFar)?;
        let plaintext = advanced
            .seed
            .open(&fixed.context(Role::Initiator), &message.sealed)?;
        let receiving = Receiving {
            ratchet_key: header.ratchet_key,
            chain: advanced.paired.chain,
        };
        braids.receiving = advanced.paired.braid;
        // The initiator's first header can't be all there yet, so no epoch comes of it.
        let (braid, _) = braid.receive(header.braid.exchange, header.braid.step)?;
        let ratchet = Ratchet {
            root: step.root,
            chains: Chains::Listening(receiving),
            previous_count: 0,
            epochs: EpochKeys::first(step.epoch),
            braids,
        };
        let mut skipped = SkippedKeys::default();
        skipped.extend(advanced.skipped);
        let session = Self {
            fixed,
            ratchet,
            touched: TouchedRows::all(&braid),
            braid,
            handshake: None,
            skipped,
            replays: ReplayWindow::default(),
        };
        Ok((session, plaintext))
    }
}

/// The private prekeys, known to be the ones that the message names.
struct Secrets<'a> {
    signed_ec: &'a Secret<32>,
    one_time_ec: Option<&'a Secret<32>>,
    kem: &'a Secret<64>,
}

impl<'a> Secrets<'a> {
    fn of(given: PrekeySecretsRef<'a>, named: PrekeyIds) -> Option<Self> {
        let is = |prekey: &PrekeySecret, kind, id| prekey.kind() == kind && prekey.id() == id;
        let one_time_ec = match (given.one_time_ec, named.one_time_ec) {
            (None, None) => None,
            (Some(prekey), Some(id)) if is(prekey, PrekeyKind::OneTimeEc, id) => Some(prekey.ec()?),
            _ => return None,
        };
        let others_match = is(given.signed_ec, PrekeyKind::SignedEc, named.signed_ec)
            && is(given.kem, named.kem_kind, named.kem);
        if !others_match {
            return None;
        }
        Some(Self {
            signed_ec: given.signed_ec.ec()?,
            one_time_ec,
            kem: given.kem.kem()?,
        })
    }

    fn transcript_hash(&self, parties: &Parties<'_>, message: &InitialMessage<'_>) -> [u8; 32] {
        let one_time_ec = self.one_time_ec.map(x25519::public_key);
        let publics = PrekeyPublics {
            signed_ec: &x25519::public_key(self.signed_ec),
            one_time_ec: one_time_ec.as_ref(),
            kem: &kem::public_key(self.kem),
        };
        transcript_hash(parties, &publics, &message.handshake)
    }

    fn agree(
        &self,
        local: &Local,
        remote: &Remote,
        message: &InitialMessage<'_>,
    ) -> Result<Agreements, AllZero> {
        let ephemeral = &message.handshake.ephemeral;
        Ok(Agreements {
            dh1: x25519::diffie_hellman(self.signed_ec, &remote.device.keys().x25519)?,
            dh2: local.keys.agree(ephemeral)?,
            dh3: x25519::diffie_hellman(self.signed_ec, ephemeral)?,
            dh4: self
                .one_time_ec
                .map(|secret| x25519::diffie_hellman(secret, ephemeral))
                .transpose()?,
            kem: kem::decapsulate(self.kem, &message.handshake.kem_ciphertext),
        })
    }
}

impl From<AllZero> for RespondError {
    fn from(AllZero: AllZero) -> Self {
        Self::Unauthentic
    }
}

impl From<Misbehaved> for RespondError {
    fn from(Misbehaved: Misbehaved) -> Self {
        Self::Misbehaved
    }
}

impl From<Unauthentic> for RespondError {
    fn from(Unauthentic: Unauthentic) -> Self {
        Self::Unauthentic
    }
}
