//! The only place that names a cryptographic library. Another backend replaces the insides of these functions and
//! passes the same vectors (`tests`).

pub(crate) mod aead;
pub(crate) mod braid_kem;
pub(crate) mod kdf;
pub(crate) mod kem;
pub(crate) mod passphrase;
pub(crate) mod signing;
pub(crate) mod x25519;

#[cfg(test)]
mod tests;
