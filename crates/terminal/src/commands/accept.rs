//! `accept`: lets a stranger talk.

use super::send_and_leave;
use crate::driver::Driver;
use crate::failure::Failure;
use crate::people::{Name, find_conversation};
use sotto_engine::Command;

/// Accepts; what the person has written is acknowledged to them now.
pub async fn run(mut driver: Driver, name: &Name) -> Result<(), Failure> {
    let conversation = find_conversation(&mut driver, name).await?;
    driver.run(Command::Accept { conversation }).await?;
    send_and_leave(driver).await
}
