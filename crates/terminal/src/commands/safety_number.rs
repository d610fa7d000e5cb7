//! `safety-number`: what two people compare to know that nobody stands between them.

use crate::driver::Driver;
use crate::failure::Failure;
use crate::people::{Name, call, find};
use crate::print::Form;
use serde::Serialize;
use sotto_engine::view::{SafetyNumberView, Trust};
use sotto_keys::AccountId;
use std::fmt;

#[derive(Serialize)]
struct SafetyNumber {
    person: String,
    account: AccountId,
    /// Twelve groups of five, separated by spaces.
    digits: String,
    trust: &'static str,
}

/// Prints the safety number with a person.
pub async fn run(mut driver: Driver, name: &Name, form: Form) -> Result<(), Failure> {
    let account = find(&mut driver, name).await?;
    let number = driver
        .engine()
        .safety_number(account)
        .ok_or(Failure::NO_SUCH_PERSON)?;
    form.print(&SafetyNumber::from(number))?;
    driver.leave().await
}

impl From<SafetyNumberView> for SafetyNumber {
    fn from(number: SafetyNumberView) -> Self {
        Self {
            person: call(&number.person),
            account: number.person.account,
            digits: number.digits,
            trust: trust_name(number.person.trust),
        }
    }
}

/// How trust is called in JSON.
pub const fn trust_name(trust: Trust) -> &'static str {
    match trust {
        Trust::Unverified => "unverified",
        Trust::Verified => "verified",
        Trust::Changed => "changed",
    }
}

impl fmt::Display for SafetyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.digits)
    }
}
