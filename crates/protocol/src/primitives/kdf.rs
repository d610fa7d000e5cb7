//! HKDF with SHA-256 (RFC 5869).

use hkdf::Hkdf;
use sha2::Sha256;

use crate::secret::Secret;

/// Extract and expand.
pub(crate) fn hkdf<const N: usize>(salt: &[u8], key_material: &[u8], info: &[u8]) -> Secret<N> {
    fill(&Hkdf::<Sha256>::new(Some(salt), key_material), info)
}

/// Expand only: `key` is already uniform.
#[expect(clippy::expect_used, reason = "the key is as long as the hash")]
pub(crate) fn expand<const N: usize>(key: &[u8; 32], info: &[u8]) -> Secret<N> {
    fill(&Hkdf::<Sha256>::from_prk(key).expect("a key of 32 bytes"), info)
}

#[expect(
    clippy::expect_used,
    reason = "the length is a constant and checked when compiled"
)]
fn fill<const N: usize>(hkdf: &Hkdf<Sha256>, info: &[u8]) -> Secret<N> {
    const { assert!(N <= 255 * 32, "HKDF gives 255 blocks") };
    Secret::filled(|out| hkdf.expand(info, out).expect("a length within 255 blocks"))
}
