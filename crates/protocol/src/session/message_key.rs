//! The keys of single messages.

use sotto_keys::DecodeError;
use sotto_keys::codec::Reader;
use zeroize::Zeroizing;

use crate::message::Sealed;
use crate::primitives::aead::{self, KeyAndNonce, Unauthentic};
use crate::primitives::kdf;
use crate::secret::Secret;

/// The label of a message's key and nonce, its length in front.
pub(super) const LABEL: &[u8] = b"\x13sotto/1 message key";

/// What a message's key and nonce come from: a key out of each of the two chains (Double Ratchet, section 6). Used
/// once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MessageSeed {
    /// The Double Ratchet's.
    pub(crate) classical: Secret<32>,
    /// The braid's.
    pub(crate) post_quantum: Secret<32>,
}

impl MessageSeed {
    /// Appends the ciphertext to the header that it is bound to.
    pub(crate) fn seal(self, context: &[u8; 33], header: Vec<u8>, plaintext: &[u8]) -> Vec<u8> {
        let keys = self.key_and_nonce();
        let ciphertext = aead::aes_seal(keys.key(), keys.nonce(), &bound(context, &header), plaintext);
        let mut message = header;
        message.extend(ciphertext);
        message
    }

    pub(crate) fn open(
        &self,
        context: &[u8; 33],
        message: &Sealed<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Unauthentic> {
        let keys = self.key_and_nonce();
        aead::aes_open(
            keys.key(),
            keys.nonce(),
            &bound(context, message.header),
            message.ciphertext,
        )
    }

    fn key_and_nonce(&self) -> KeyAndNonce {
        KeyAndNonce(kdf::hkdf(
            self.post_quantum.expose(),
            self.classical.expose(),
            LABEL,
        ))
    }

    /// Both seeds.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.classical.expose());
        out.extend(self.post_quantum.expose());
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            classical: Secret::read(reader)?,
            post_quantum: Secret::read(reader)?,
        })
    }
}

/// What a message is bound to: the session's two devices, the direction, the header.
fn bound(context: &[u8; 33], header: &[u8]) -> Vec<u8> {
    [&context[..], header].concat()
}
