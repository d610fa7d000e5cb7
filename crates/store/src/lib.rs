//! What the server needs of storage: one trait per domain, its types, [`StoreError`]. No SQL.
//!
//! Every operation is atomic: it happens whole, durably, before its future is ready, or not at all. What doesn't exist
//! is `None` or a variant of the outcome, never an error; an error means that the storage itself failed.

mod accounts;
mod devices;
mod error;
mod mailbox;
mod passkeys;
mod prekeys;
mod stores;
mod upkeep;

#[cfg(feature = "conformance")]
pub mod conformance;

pub use accounts::{AccountChange, AccountRecord, Accounts, Changed, Created, Digest, NewAccount};
pub use devices::{DeviceRecord, Devices, ListSwap, NewDevice, Swapped};
pub use error::StoreError;
pub use mailbox::{Appended, Mail, MailboxLimits, MailboxSize, Mailboxes, Outgoing};
pub use passkeys::{CredentialId, NewPasskey, PasskeyRecord, Passkeys, Updated};
pub use prekeys::{ClaimedBundle, MOST_PREKEYS, NewBatch, Prekeys, Uploaded};
pub use stores::Stores;
pub use upkeep::{Swept, Upkeep};

use std::pin::Pin;

/// The answer to an operation: boxed, so that a backend can be picked at run time.
///
/// Writes are put in order by the calls, not by the first poll: of two appends the one called first is stored first.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;
