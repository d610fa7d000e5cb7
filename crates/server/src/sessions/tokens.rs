//! Tokens: each stands for a device for an hour. Kept as hashes, in memory only.

use super::TOKEN_LIFE;
use crate::app::State;
use crate::expiring::Expiring;
use crate::refusal::Common;
use core::fmt;
use sotto_keys::{AccountId, Address, Timestamp};
use sotto_wire::api::Session;

/// Most tokens in force at a time.
const IN_FORCE: usize = 1_000_000;

/// 32 random bytes that let a device in.
#[derive(Clone)]
pub(crate) struct Token(pub(crate) [u8; 32]);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

/// The tokens in force.
pub(crate) struct Tokens(Expiring<Address>);

impl Tokens {
    pub(crate) fn new() -> Self {
        Self(Expiring::new(IN_FORCE))
    }

    /// Lets a device in.
    pub(crate) fn give(&self, app: &State, device: Address) -> Result<Session, Common> {
        let token: [u8; 32] = app.environment.bytes()?;
        let now = app.now();
        let expires = now.saturating_add(TOKEN_LIFE);
        self.0.insert(&token, device, expires, now)?;
        Ok(Session {
            token: token.to_vec().into(),
            expires,
        })
    }

    /// Whose token it is.
    pub(crate) fn find(&self, token: &Token, now: Timestamp) -> Option<Address> {
        self.0.with(&token.0, now, |device, _| *device)
    }

    /// Takes one token back.
    pub(crate) fn drop(&self, token: &Token) {
        self.0.remove(&token.0);
    }

    /// Takes back all of a device's.
    pub(crate) fn drop_device(&self, device: Address) {
        self.0.retain(|holder| *holder != device);
    }

    /// Takes back all of an account's.
    pub(crate) fn drop_account(&self, account: AccountId) {
        self.0.retain(|holder| holder.account != account);
    }
}
