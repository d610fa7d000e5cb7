//! Argon2id (RFC 9106), version 0x13, one lane.

use argon2::{Algorithm, Argon2, Params, Version};

use crate::secret::Secret;

/// Stretches a passphrase. `None` if the cost is below what Argon2 allows.
pub(crate) fn stretch(
    passphrase: &[u8],
    salt: &[u8; 32],
    memory_kib: u32,
    passes: u32,
) -> Option<Secret<32>> {
    let params = Params::new(memory_kib, passes, 1, Some(32)).ok()?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hashed = Ok(());
    let secret = Secret::filled(|out| hashed = argon2.hash_password_into(passphrase, salt, out));
    hashed.ok().map(|()| secret)
}
