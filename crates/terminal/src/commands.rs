//! What the program does: a command a file.

mod accept;
mod block;
mod conversations;
mod history;
mod receive;
mod register;
mod safety_number;
mod send;
mod status;
mod verify;

use crate::arguments::{Arguments, Command};
use crate::driver::Driver;
use crate::failure::{Failure, note};
use crate::print::Form;
use crate::unlock::unlock;

/// Does what the command line asks for.
pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let form = arguments.form();
    let profile = arguments.profile.as_path();
    match arguments.command {
        Command::Register(register) => register::run(profile, register, form).await,
        Command::Send(send) => send::run(unlock(profile)?, send, form).await,
        Command::Receive(receive) => receive::run(unlock(profile)?, profile, &receive, form).await,
        Command::History(person) => history::run(unlock(profile)?, &person.name, form).await,
        Command::Conversations => conversations::run(unlock(profile)?, form).await,
        Command::Accept(person) => accept::run(unlock(profile)?, &person.name).await,
        Command::Block(person) => block::run(unlock(profile)?, &person.name).await,
        Command::SafetyNumber(person) => safety_number::run(unlock(profile)?, &person.name, form).await,
        Command::Verify(verify) => verify::run(unlock(profile)?, &verify).await,
        Command::Status => status::run(unlock(profile)?, form).await,
    }
}

/// Takes in what waits at the server if there is a connection; goes on without if there is none.
async fn try_to_catch_up(driver: &mut Driver, form: Form) -> Result<(), Failure> {
    match driver.catch_up().await {
        Err(failure @ (Failure::NoConnection(_) | Failure::Refused(_) | Failure::Shut(_))) => {
            note(form, format_args!("{failure}; this is what was received before"));
            Ok(())
        }
        result => result,
    }
}

/// Sends what a command led to, such as receipts, if there is a connection; otherwise the next run does.
async fn send_and_leave(mut driver: Driver) -> Result<(), Failure> {
    match driver.online().await {
        Ok(()) | Err(Failure::NoConnection(_) | Failure::Refused(_) | Failure::Shut(_)) => {
            driver.leave().await
        }
        Err(failure) => Err(failure),
    }
}
