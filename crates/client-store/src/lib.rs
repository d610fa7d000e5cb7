//! The client's database: what the engine wants persisted, encrypted under the vault key.
//!
//! A [`Profile`] is one account on one device, in a [`Folder`]: `profile.db`, a small plain header that can be read
//! while the vault is locked, and `store.db`, whose pages are encrypted. Unlocking a profile gives its [`Store`],
//! which carries out the engine's `Persist` and answers what the timeline and the search ask. [`MemoryStore`] does
//! the same without a file, for simulations.

#[cfg(test)]
mod conformance;
mod error;
#[cfg(test)]
mod fixtures;
mod folder;
mod header;
mod memory;
mod profile;
mod schema;
mod search;
mod store;

pub use error::{CommitError, OpenError, ReadError};
pub use folder::Folder;
pub use header::{Header, Wrap};
pub use memory::MemoryStore;
pub use profile::{CreateError, Profile, UnlockError};
pub use sotto_protocol::{PassphraseCost, UnwrapError, VaultKey, WrapKind, WrapSecret, WrappedVaultKey};
pub use store::{PAGE_MAX, Store};
