//! SQLite with page encryption, built once for every target.
//!
//! Natively the amalgamation of SQLite3 Multiple Ciphers is compiled by this crate; in the browser the same release
//! comes with `sqlite-wasm-rs` and keeps its files in the origin private file system. Both are reached through
//! [`rusqlite`], and no other crate names either.
//!
//! The server opens its file without a key, a client with the vault's 32-byte key. Cipher: ChaCha20-Poly1305 with a
//! fresh nonce for every page written (SQLite3 Multiple Ciphers, "sqleet" scheme); rollback journal and write-ahead
//! log are encrypted alike, and temporary tables never leave memory.

mod cipher;
mod migrate;
mod open_error;

#[cfg(not(target_family = "wasm"))]
mod file;
#[cfg(target_family = "wasm")]
mod opfs;

#[cfg(not(target_family = "wasm"))]
pub use file::{open_encrypted, open_plain};
pub use migrate::{MigrateError, migrate};
pub use open_error::OpenError;
#[cfg(target_family = "wasm")]
pub use opfs::{InstallError, Opfs, install_opfs};
pub use rusqlite;
#[cfg(target_family = "wasm")]
pub use {sqlite_wasm_rs, sqlite_wasm_vfs};

/// Length of a database key in bytes. The key must be uniformly random: no derivation is run over it.
pub const KEY_LENGTH: usize = 32;
