//! `verify`: notes that the safety number was compared and is equal.

use crate::arguments::Verify;
use crate::driver::Driver;
use crate::failure::Failure;
use crate::people::find;
use sotto_engine::Command;

/// Verifies; fails if the digits aren't the ones in force.
pub async fn run(mut driver: Driver, verify: &Verify) -> Result<(), Failure> {
    let person = find(&mut driver, &verify.name).await?;
    let digits = verify.digits.join(" ");
    driver.run(Command::Verify { person, digits }).await?;
    driver.leave().await
}
