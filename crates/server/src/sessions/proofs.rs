//! Proofs: that someone proved an account by something other than a device, a few minutes ago.

use super::CHALLENGE_LIFE;
use crate::app::State;
use crate::expiring::Expiring;
use crate::refusal::Common;
use sotto_keys::{AccountId, Timestamp};

/// Most proofs that are open at a time.
const OPEN: usize = 100_000;

/// The proofs that were given.
pub(crate) struct Proofs(Expiring<AccountId>);

impl Proofs {
    pub(crate) fn new() -> Self {
        Self(Expiring::new(OPEN))
    }

    /// Gives a proof, and says until when it is good.
    pub(crate) fn give(&self, app: &State, account: AccountId) -> Result<([u8; 32], Timestamp), Common> {
        let proof: [u8; 32] = app.environment.bytes()?;
        let now = app.now();
        let expires = now.saturating_add(CHALLENGE_LIFE);
        self.0.insert(&proof, account, expires, now)?;
        Ok((proof, expires))
    }

    /// Which account it proves, without spending it.
    pub(crate) fn find(&self, proof: &[u8], now: Timestamp) -> Option<AccountId> {
        self.0.with(proof, now, |account, _| *account)
    }

    /// Spends it; false if someone else just did.
    pub(crate) fn spend(&self, proof: &[u8], now: Timestamp) -> bool {
        self.0.take(proof, now).is_some()
    }
}
