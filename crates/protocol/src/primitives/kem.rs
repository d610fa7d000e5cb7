//! ML-KEM-1024 (FIPS 203). A private key is kept as its seed of 64 bytes (d, then z).

use libcrux_ml_kem::mlkem1024;
use sotto_keys::KemPublicKey;
use zeroize::Zeroize;

use crate::secret::Secret;

/// Length of a ciphertext.
pub(crate) const CIPHERTEXT_LEN: usize = 1568;

/// The public key of a seed.
#[expect(clippy::expect_used, reason = "key generation gives reduced coefficients")]
pub(crate) fn public_key(seed: &Secret<64>) -> KemPublicKey {
    let pair = mlkem1024::generate_key_pair(*seed.expose());
    let (mut private, public) = pair.into_parts();
    private[0..].zeroize();
    KemPublicKey::from_bytes(Box::new(*public.as_slice())).expect("a valid public key")
}

/// Makes a shared secret and its ciphertext out of 32 random bytes.
pub(crate) fn encapsulate(
    key: &KemPublicKey,
    randomness: &Secret<32>,
) -> (Box<[u8; CIPHERTEXT_LEN]>, Secret<32>) {
    let (ciphertext, mut shared) = mlkem1024::encapsulate(&key.as_bytes().into(), *randomness.expose());
    let secret = Secret::copied(&shared);
    shared.zeroize();
    (Box::new(*ciphertext.as_slice()), secret)
}

/// The shared secret of a ciphertext; of a bad one, a secret that nobody else has.
pub(crate) fn decapsulate(seed: &Secret<64>, ciphertext: &[u8; CIPHERTEXT_LEN]) -> Secret<32> {
    let pair = mlkem1024::generate_key_pair(*seed.expose());
    let mut shared = mlkem1024::decapsulate(pair.private_key(), &ciphertext.into());
    let (mut private, _) = pair.into_parts();
    private[0..].zeroize();
    let secret = Secret::copied(&shared);
    shared.zeroize();
    secret
}
