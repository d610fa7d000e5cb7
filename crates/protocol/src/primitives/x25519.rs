//! X25519 (RFC 7748).

use sotto_keys::X25519PublicKey;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroize;

use crate::secret::Secret;

/// The two keys agree on zeros: one of them is of low order.
#[derive(Debug)]
pub(crate) struct AllZero;

/// The public key of a secret.
#[expect(
    clippy::expect_used,
    reason = "a clamped scalar times the base point is canonical and of prime order"
)]
pub(crate) fn public_key(secret: &Secret<32>) -> X25519PublicKey {
    let public = PublicKey::from(&StaticSecret::from(*secret.expose()));
    X25519PublicKey::from_bytes(public.to_bytes()).expect("a valid public key")
}

/// What the two keys agree on.
pub(crate) fn diffie_hellman(secret: &Secret<32>, public: &X25519PublicKey) -> Result<Secret<32>, AllZero> {
    agree(secret.expose(), public.as_bytes())
}

/// [`diffie_hellman`] on bytes.
pub(super) fn agree(secret: &[u8; 32], public: &[u8; 32]) -> Result<Secret<32>, AllZero> {
    let shared = StaticSecret::from(*secret).diffie_hellman(&PublicKey::from(*public));
    if !shared.was_contributory() {
        return Err(AllZero);
    }
    let mut bytes = shared.to_bytes();
    let secret = Secret::copied(&bytes);
    bytes.zeroize();
    Ok(secret)
}
