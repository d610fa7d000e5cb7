//! The clock.

use sotto_keys::Timestamp;
use std::time::{SystemTime, UNIX_EPOCH};

/// The time now.
#[expect(
    clippy::disallowed_methods,
    reason = "the terminal client is a runtime: it owns the clock"
)]
pub fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
}
