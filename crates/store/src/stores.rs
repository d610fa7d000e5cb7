//! All that the server needs, in one hand.

use crate::{Accounts, Devices, Mailboxes, Passkeys, Prekeys, Upkeep};
use std::sync::Arc;

/// One store for each domain; a backend may be behind all of them, or several.
#[derive(Clone)]
pub struct Stores {
    /// Accounts.
    pub accounts: Arc<dyn Accounts>,
    /// Devices.
    pub devices: Arc<dyn Devices>,
    /// Prekeys.
    pub prekeys: Arc<dyn Prekeys>,
    /// Mailboxes.
    pub mailboxes: Arc<dyn Mailboxes>,
    /// Passkeys.
    pub passkeys: Arc<dyn Passkeys>,
    /// Upkeep.
    pub upkeep: Arc<dyn Upkeep>,
}

impl Stores {
    /// One backend for everything.
    pub fn of<S>(store: Arc<S>) -> Self
    where
        S: Accounts + Devices + Mailboxes + Passkeys + Prekeys + Upkeep + 'static,
    {
        Self {
            accounts: store.clone(),
            devices: store.clone(),
            prekeys: store.clone(),
            mailboxes: store.clone(),
            passkeys: store.clone(),
            upkeep: store,
        }
    }
}
