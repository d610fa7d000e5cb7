//! Passkeys: credentials that prove accounts.

use crate::StoreFuture;
use sotto_keys::AccountId;

/// A credential's id, as its authenticator chose it.
pub type CredentialId = Vec<u8>;

/// A credential to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPasskey {
    /// Its id, unique on this server.
    pub id: CredentialId,
    /// Its public key and counter, in the server's own encoding.
    pub state: Vec<u8>,
}

/// A credential that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRecord {
    /// Whose it is.
    pub account: AccountId,
    /// Its public key and counter, in the server's own encoding.
    pub state: Vec<u8>,
}

/// What became of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Updated {
    /// It was made.
    Updated,
    /// The state isn't the one that was expected: someone else used the passkey meanwhile.
    Stale,
}

/// Passkeys.
pub trait Passkeys: Send + Sync {
    /// The credential with that id.
    fn find_passkey(&self, id: CredentialId) -> StoreFuture<'_, Option<PasskeyRecord>>;

    /// How many the account has.
    fn count_passkeys(&self, account: AccountId) -> StoreFuture<'_, u32>;

    /// Replaces a credential's state, if it still is `expected`.
    fn update_passkey(&self, id: CredentialId, expected: Vec<u8>, state: Vec<u8>)
    -> StoreFuture<'_, Updated>;
}
