//! `sotto`: the terminal client, made for scripts.
//!
//! Each run unlocks a profile, does one thing and leaves. What it prints for programs is one JSON object a line on
//! standard output; what goes wrong is one line on standard error and an exit code, see [`exit::Exit`].

mod arguments;
mod clock;
mod commands;
mod connection;
mod cursor;
mod driver;
mod exit;
mod failure;
mod http;
mod message_line;
mod passphrase;
mod people;
mod print;
mod printable;
mod random;
mod rfc3339;
mod server_url;
mod socket;
mod unlock;

use arguments::Arguments;
use failure::Failure;
use print::Form;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(error) if !error.use_stderr() => {
            // Asked for help or the version.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => return failure::report(&Failure::Usage(error), Form::asked_for(std::env::args_os())),
    };
    let form = arguments.form();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure::report(&failure, form),
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)?;
    let result = runtime.block_on(commands::run(arguments));
    // A name that is still being looked up isn't waited for.
    runtime.shutdown_background();
    result
}
