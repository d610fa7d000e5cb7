//! The browser's clock.

use sotto_keys::Timestamp;

/// Now.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole milliseconds since 1970, for some 285,000 years to come"
)]
pub(super) fn now() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now() as u64)
}
