//! Mailboxes: one queue per device, of ciphertext.

use crate::{Digest, StoreFuture};
use sotto_keys::{AccountId, Address, Timestamp};
use sotto_wire::frame::{ListClaim, Recipient, SendId};

/// A send: ciphertext for some devices, all or nothing.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The sending device.
    pub sender: Address,
    /// The sender's id for it.
    pub id: SendId,
    /// SHA-256 over recipients and bodies, to tell a repetition from another send under the same id.
    pub digest: Digest,
    /// Now.
    pub at: Timestamp,
    /// Who gets what.
    pub recipients: Vec<Recipient>,
    /// The versions of the device lists that the sender went by.
    pub lists: Vec<ListClaim>,
}

/// How much mail may wait for one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailboxLimits {
    /// Most items.
    pub messages: u64,
    /// Most bytes of ciphertext.
    pub bytes: u64,
}

/// What became of a send. Unless it was stored, nothing changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is in every recipient's mailbox.
    Stored,
    /// It had been stored before, then.
    Repeated {
        /// When.
        at: Timestamp,
    },
    /// The sender used its id before, for something else.
    IdReused,
    /// The sender is not, or no longer, a device in force.
    UnknownSender,
    /// Of these accounts a device was named that isn't in force.
    UnknownDevice {
        /// Whose.
        accounts: Vec<AccountId>,
    },
    /// Of these accounts a newer list is in force than the sender went by.
    StaleList {
        /// Whose.
        accounts: Vec<AccountId>,
    },
    /// A recipient's mailbox would grow over the limits.
    MailboxFull,
}

/// One item in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its id: rises with every append, and is never used again.
    pub id: u64,
    /// Who sent it.
    pub sender: Address,
    /// When it was stored.
    pub at: Timestamp,
    /// The ciphertext.
    pub body: Vec<u8>,
}

/// How much mail waits for a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailboxSize {
    /// Items.
    pub messages: u64,
    /// Bytes of ciphertext.
    pub bytes: u64,
}

/// Mailboxes.
pub trait Mailboxes: Send + Sync {
    /// Appends a send to every recipient's mailbox. Mail of one device becomes visible in the order of its ids.
    fn append(&self, send: Outgoing, limits: MailboxLimits) -> StoreFuture<'_, Appended>;

    /// The oldest mail with ids above `after`: at most `items`, and no more than fits `bytes` but at least one.
    fn page(&self, device: Address, after: u64, items: usize, bytes: usize) -> StoreFuture<'_, Vec<Mail>>;

    /// Deletes mail of the device; ids that aren't there are passed over. Says how many were.
    fn acknowledge(&self, device: Address, ids: Vec<u64>) -> StoreFuture<'_, u64>;

    /// How much waits.
    fn size(&self, device: Address) -> StoreFuture<'_, MailboxSize>;
}
