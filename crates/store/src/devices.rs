//! Devices, and the signed lists that name them.

use crate::{NewBatch, StoreFuture};
use sotto_keys::{AccountId, Address, DeviceId, Timestamp};

/// A device of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRecord {
    /// Its id.
    pub device: DeviceId,
    /// Its encoded certificate.
    pub certificate: Vec<u8>,
    /// Since when it is no longer of the account; `None` while it is.
    pub revoked_at: Option<Timestamp>,
}

/// A device that joins.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// Its id.
    pub device: DeviceId,
    /// Its encoded certificate.
    pub certificate: Vec<u8>,
    /// Its first prekeys.
    pub prekeys: Vec<NewBatch>,
}

/// Puts a new device list in force.
#[derive(Clone, Debug)]
pub struct ListSwap {
    /// Whose.
    pub account: AccountId,
    /// The new list's version: one more than that of the list in force.
    pub version: u64,
    /// The encoded signed list.
    pub list: Vec<u8>,
    /// The device that it adds, if any.
    pub added: Option<NewDevice>,
    /// The devices in force that it keeps; all others are revoked.
    pub kept: Vec<DeviceId>,
    /// Now.
    pub at: Timestamp,
}

/// What became of a [`ListSwap`]. Unless it was swapped, nothing changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Swapped {
    /// The list is in force. These devices are revoked, their mail, prekeys and bookkeeping gone.
    Swapped {
        /// Which.
        revoked: Vec<DeviceId>,
    },
    /// The list in force is not the one before it.
    Stale,
    /// The added device's id was used before.
    DeviceExists,
    /// There is no such account.
    NoAccount,
}

/// Devices.
pub trait Devices: Send + Sync {
    /// Every encoded signed list of the account, from version 1 to the one in force; none without such an account.
    fn lists(&self, account: AccountId) -> StoreFuture<'_, Vec<Vec<u8>>>;

    /// The devices in force.
    fn in_force(&self, account: AccountId) -> StoreFuture<'_, Vec<DeviceRecord>>;

    /// One device, in force or revoked.
    fn device(&self, address: Address) -> StoreFuture<'_, Option<DeviceRecord>>;

    /// Swaps the list if the one in force is the one before it.
    fn swap(&self, swap: ListSwap) -> StoreFuture<'_, Swapped>;
}
