//! Starting a session (PQXDH, section 3.3).

use rand_core::CryptoRng;
use sotto_keys::VerifiedBundle;

use super::{Chains, Fixed, Ratchet, ReplayWindow, Role, Sending, Session, SkippedKeys};
use crate::braid::Braid;
use crate::braid::rows::TouchedRows;
use crate::message::{Handshake, PrekeyIds};
use crate::pqxdh::{Agreements, Derived, Local, Parties, PrekeyPublics, Remote, transcript_hash};
use crate::primitives::kem;
use crate::primitives::x25519::{self, AllZero};
use crate::secret::Secret;
use crate::session::braid_chain::BraidChains;
use crate::session::ephemeral::EpochKeys;

/// Why a session cannot be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InitiateError {
    /// The prekeys are another device's.
    #[error("the prekeys belong to another device")]
    WrongDevice,
    /// A device holds no sessions with itself.
    #[error("a device holds no session with itself")]
    Oneself,
    /// A key agrees on nothing. Such keys are refused when they are read.
    #[error("a key is of low order")]
    LowOrder,
}

impl Session {
    /// Starts a session with a device from a bundle of its prekeys.
    ///
    /// # Errors
    /// See [`InitiateError`].
    pub fn initiate(
        rng: &mut (impl CryptoRng + ?Sized),
        local: &Local,
        remote: &Remote,
        bundle: &VerifiedBundle,
    ) -> Result<Self, InitiateError> {
        if bundle.address() != remote.device.address() {
            return Err(InitiateError::WrongDevice);
        }
        if local.address == remote.device.address() {
            return Err(InitiateError::Oneself);
        }
        let (ephemeral, ratchet) = (Secret::random(rng), Secret::random(rng));
        let (kem_ciphertext, kem) = kem::encapsulate(&bundle.kem().key, &Secret::random(rng));
        let agreements = agree(local, remote, bundle, &ephemeral, kem)?;
        let handshake = Handshake {
            prekeys: ids(bundle),
            ephemeral: x25519::public_key(&ephemeral),
            kem_ciphertext,
        };
        let parties = Parties::new(Role::Initiator, local, remote);
        let transcript_hash = transcript_hash(&parties, &publics(bundle), &handshake);
        let Derived { root, braid, id } = agreements.derive(&transcript_hash);
        let (braid, chains) = Braid::start(Role::Initiator, &braid);
        let step = root.step(&x25519::diffie_hellman(&ratchet, &bundle.signed_ec().key)?);
        let sending = Sending {
            public: x25519::public_key(&ratchet),
            secret: ratchet,
            chain: step.chain,
        };
        Ok(Self {
            fixed: Fixed {
                id,
                role: Role::Initiator,
                transcript_hash,
                binding: parties.binding(),
            },
            ratchet: Ratchet {
                root: step.root,
                chains: Chains::Opening(sending),
                previous_count: 0,
                epochs: EpochKeys::first(step.epoch),
                braids: BraidChains::first(&chains, Role::Initiator),
            },
            touched: TouchedRows::all(&braid),
            braid,
            handshake: Some(handshake),
            skipped: SkippedKeys::default(),
            replays: ReplayWindow::default(),
        })
    }
}

fn agree(
    local: &Local,
    remote: &Remote,
    bundle: &VerifiedBundle,
    ephemeral: &Secret<32>,
    kem: Secret<32>,
) -> Result<Agreements, AllZero> {
    let signed_ec = &bundle.signed_ec().key;
    Ok(Agreements {
        dh1: local.keys.agree(signed_ec)?,
        dh2: x25519::diffie_hellman(ephemeral, &remote.device.keys().x25519)?,
        dh3: x25519::diffie_hellman(ephemeral, signed_ec)?,
        dh4: bundle
            .one_time_ec()
            .map(|prekey| x25519::diffie_hellman(ephemeral, &prekey.key))
            .transpose()?,
        kem,
    })
}

fn ids(bundle: &VerifiedBundle) -> PrekeyIds {
    PrekeyIds {
        signed_ec: bundle.signed_ec().id,
        one_time_ec: bundle.one_time_ec().map(|prekey| prekey.id),
        kem_kind: bundle.kem().kind,
        kem: bundle.kem().id,
    }
}

fn publics(bundle: &VerifiedBundle) -> PrekeyPublics<'_> {
    PrekeyPublics {
        signed_ec: &bundle.signed_ec().key,
        one_time_ec: bundle.one_time_ec().map(|prekey| &prekey.key),
        kem: &bundle.kem().key,
    }
}

impl From<AllZero> for InitiateError {
    fn from(AllZero: AllZero) -> Self {
        Self::LowOrder
    }
}
