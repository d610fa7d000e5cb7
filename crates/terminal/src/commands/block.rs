//! `block`: drops whatever a person writes from now on.

use crate::driver::Driver;
use crate::failure::Failure;
use crate::people::{Name, find_conversation};
use sotto_engine::Command;

/// Blocks. Nobody is told.
pub async fn run(mut driver: Driver, name: &Name) -> Result<(), Failure> {
    let conversation = find_conversation(&mut driver, name).await?;
    driver.run(Command::Block { conversation }).await?;
    driver.leave().await
}
