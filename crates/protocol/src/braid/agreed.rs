//! What one epoch leaves to the next: the root that its shared secret is mixed into, and the key that authenticates
//! the next exchange (ML-KEM Braid, section 2; Double Ratchet, section 5).

use sotto_keys::codec::Reader;
use sotto_keys::{DecodeError, tag_prefix};

use crate::Role;
use crate::primitives::braid_kem::{CIPHERTEXT1_LEN, CIPHERTEXT2_LEN, HEADER_LEN};
use crate::primitives::kdf;
use crate::secret::Secret;

/// The first keys of an epoch's two chains of message keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EpochChains {
    pub(crate) epoch: u32,
    initiator: Secret<32>,
    responder: Secret<32>,
}

impl EpochChains {
    /// The chain that this side sends along.
    pub(crate) fn of(&self, sender: Role) -> &Secret<32> {
        match sender {
            Role::Initiator => &self.initiator,
            Role::Responder => &self.responder,
        }
    }
}

/// What both sides hold after an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Agreed {
    /// The last epoch whose secret both sides can compute; 0 is the session's start.
    pub(super) epoch: u32,
    pub(super) root: Secret<32>,
    pub(super) authenticator: Secret<32>,
}

impl Agreed {
    /// Begins with what PQXDH gives.
    pub(crate) fn start(secret: &Secret<32>) -> (Self, EpochChains) {
        Self::split(
            0,
            &kdf::expand(secret.expose(), &tag_prefix("sotto/1 braid start")),
        )
    }

    /// Mixes in what an exchange agreed on.
    pub(super) fn mix(&self, shared: &Secret<32>) -> (Self, EpochChains) {
        let epoch = self.epoch.saturating_add(1);
        let info = [&tag_prefix("sotto/1 braid epoch")[..], &epoch.to_be_bytes()].concat();
        Self::split(epoch, &kdf::hkdf(self.root.expose(), shared.expose(), &info))
    }

    fn split(epoch: u32, output: &Secret<128>) -> (Self, EpochChains) {
        let [root, authenticator, initiator, responder] = output.split();
        let agreed = Self {
            epoch,
            root,
            authenticator,
        };
        let chains = EpochChains {
            epoch,
            initiator,
            responder,
        };
        (agreed, chains)
    }

    /// Authenticates the header of the next epoch's key.
    pub(super) fn header_mac(&self, header: &[u8; HEADER_LEN]) -> Secret<32> {
        self.mac("sotto/1 braid header", &[header])
    }

    /// Authenticates the ciphertext that led to this epoch.
    pub(super) fn ciphertext_mac(
        &self,
        first: &[u8; CIPHERTEXT1_LEN],
        second: &[u8; CIPHERTEXT2_LEN],
    ) -> Secret<32> {
        self.mac("sotto/1 braid ciphertext", &[first, second])
    }

    /// HMAC-SHA256, which one block of HKDF's second step is.
    fn mac(&self, purpose: &str, parts: &[&[u8]]) -> Secret<32> {
        let content = [
            &tag_prefix(purpose)[..],
            &self.epoch.to_be_bytes(),
            &parts.concat(),
        ]
        .concat();
        kdf::expand(self.authenticator.expose(), &content)
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.epoch.to_be_bytes());
        out.extend(self.root.expose());
        out.extend(self.authenticator.expose());
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            epoch: reader.u32()?,
            root: Secret::read(reader)?,
            authenticator: Secret::read(reader)?,
        })
    }
}
