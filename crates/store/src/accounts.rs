//! Accounts: who there is.

use crate::{NewDevice, NewPasskey, StoreFuture};
use sotto_keys::{AccountId, DeviceId, Timestamp, Username};
use sotto_wire::api::Discovery;

/// SHA-256 of something, to recognise it again.
pub type Digest = [u8; 32];

/// What is kept about an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    /// Its id.
    pub account: AccountId,
    /// Its name, if it has one.
    pub username: Option<Username>,
    /// Whether the name finds it.
    pub discovery: Discovery,
    /// Its encoded root public key.
    pub root: Vec<u8>,
    /// Its sealed root, if it left one.
    pub root_envelope: Option<Vec<u8>>,
    /// What it was registered with, to recognise the same registration repeated.
    pub registration: Digest,
    /// When it was made, to the day.
    pub created_at: Timestamp,
}

/// An account with its first device.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The account.
    pub record: AccountRecord,
    /// Its first device.
    pub device: NewDevice,
    /// Its encoded signed device list, version 1.
    pub list: Vec<u8>,
    /// Its passkey, if it has one.
    pub passkey: Option<NewPasskey>,
}

/// What became of a [`NewAccount`]. Unless it was created, nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// It exists now.
    Created,
    /// It was created before, with the same [`AccountRecord::registration`].
    Repeated,
    /// Another account has the id.
    AccountExists,
    /// Another account has the username.
    UsernameTaken,
    /// The passkey belongs to an account already.
    PasskeyTaken,
}

/// What to change about an account; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// A new name.
    pub username: Option<Username>,
    /// Whether the name finds it.
    pub discovery: Option<Discovery>,
}

/// What became of an [`AccountChange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It was made.
    Changed,
    /// Another account has the username.
    UsernameTaken,
    /// There is no such account.
    NoAccount,
}

/// Accounts.
pub trait Accounts: Send + Sync {
    /// Makes an account with its first device, list, prekeys and passkey.
    fn create(&self, account: NewAccount) -> StoreFuture<'_, Created>;

    /// The account with that id.
    fn find(&self, account: AccountId) -> StoreFuture<'_, Option<AccountRecord>>;

    /// The account with exactly that name, listed or not.
    fn find_by_username(&self, username: Username) -> StoreFuture<'_, Option<AccountRecord>>;

    /// Changes an account.
    fn change(&self, account: AccountId, change: AccountChange) -> StoreFuture<'_, Changed>;

    /// Deletes an account and everything of it; says which devices were in force, `None` if there is no such account.
    fn delete(&self, account: AccountId) -> StoreFuture<'_, Option<Vec<DeviceId>>>;
}
