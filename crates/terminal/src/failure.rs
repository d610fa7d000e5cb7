//! Everything that can go wrong, and the exit code of each.

use crate::connection::Trouble;
use crate::cursor::CursorError;
use crate::exit::Exit;
use crate::passphrase::PassphraseError;
use crate::print::Form;
use crate::printable::Printable;
use serde::Serialize;
use sotto_client_store::{CommitError, CreateError, OpenError, ReadError, UnlockError};
use sotto_engine::CommandError;
use sotto_engine::enrol::EnrolError;
use sotto_engine::notification::ShutReason;
use sotto_engine::view;
use sotto_wire::Code;
use sotto_wire::api::Refusal;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line is not understood.
    #[error("{}", one_line(.0))]
    Usage(clap::Error),
    /// There is no usable passphrase.
    #[error(transparent)]
    Passphrase(#[from] PassphraseError),
    /// There is no profile in this folder.
    #[error("there is no profile in {}: register first", .0.display())]
    NoProfile(PathBuf),
    /// The profile's header can't be read.
    #[error("the profile can't be opened: {0}")]
    Open(#[from] OpenError),
    /// The profile can't be unlocked.
    #[error("{}", unlocking(.0))]
    Unlock(#[from] UnlockError),
    /// The profile can't be made.
    #[error("the profile can't be made: {0}")]
    Create(#[from] CreateError),
    /// Something could not be stored. What was stored before is whole.
    #[error("nothing more can be stored: {0}")]
    Commit(#[from] CommitError),
    /// Something could not be read from the store.
    #[error("the store can't be read: {0}")]
    Read(#[from] ReadError),
    /// The store doesn't hold what the engine needs.
    #[error("the store can't be used: {0}")]
    Engine(#[from] sotto_engine::OpenError),
    /// The account can't be made.
    #[error("the account can't be made: {0}")]
    Enrol(#[from] EnrolError),
    /// The engine refused a command.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The server can't be reached.
    #[error("there is no connection to the server: {0}")]
    NoConnection(Trouble),
    /// The connection broke off after the account was sent: nobody knows whether it was made.
    #[error(
        "the connection broke off: the account may have been made or not; `status` tells, and if it is not let in, \
         remove the profile's folder and register again"
    )]
    MayBeRegistered,
    /// The server refused.
    #[error("the server refused ({}): {}", .0.code.name(), Printable(&.0.message))]
    Refused(Refusal),
    /// The server refused a message for now.
    #[error("the server refused ({}); try again in {} s", .code.name(), .retry_after.as_secs().max(1))]
    Held {
        /// Why.
        code: Code,
        /// When trying again makes sense.
        retry_after: std::time::Duration,
    },
    /// What answered isn't this program's server.
    #[error("what answers at this address is not a server of this protocol")]
    NotAServer,
    /// The server doesn't let this device in.
    #[error("{}", shut(*.0))]
    Shut(ShutReason),
    /// A message could not be sent, and won't be by waiting.
    #[error("the message can't be sent: {}", not_sent(*.0))]
    NotSent(view::Failure),
    /// A message was not sent yet.
    #[error("{0}; the message stays queued, and the next run that connects sends it")]
    Queued(Box<Failure>),
    /// Standard output can't be written.
    #[error("the output can't be written: {0}")]
    Output(#[source] io::Error),
    /// How far messages were printed can't be read or noted.
    #[error(transparent)]
    Cursor(#[from] CursorError),
    /// The operating system doesn't let the program wait for anything.
    #[error("the program can't start: {0}")]
    Runtime(#[source] io::Error),
}

impl Failure {
    /// There is no such person.
    pub const NO_SUCH_PERSON: Self = Self::Command(CommandError::NoSuchPerson);

    /// Its exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) | Self::Passphrase(_) => Exit::Usage,
            Self::Unlock(UnlockError::WrongSecret) => Exit::NotLetIn,
            Self::Command(error) => of_command(*error),
            Self::NoConnection(_) | Self::MayBeRegistered => Exit::NoConnection,
            Self::Refused(refusal) => of_code(refusal.code),
            Self::Held { code, .. } => of_code(*code),
            Self::Shut(ShutReason::Revoked | ShutReason::Replaced) => Exit::NotLetIn,
            Self::NotSent(view::Failure::NoSuchPerson) => Exit::NoSuchPerson,
            Self::NotSent(view::Failure::IdentityChanged) => Exit::Failed,
            Self::NotSent(_) => Exit::Refused,
            Self::Queued(cause) => cause.exit(),
            Self::NoProfile(_)
            | Self::Open(_)
            | Self::Unlock(UnlockError::Open(_))
            | Self::Create(_)
            | Self::Commit(_)
            | Self::Read(_)
            | Self::Engine(_)
            | Self::Enrol(_)
            | Self::NotAServer
            | Self::Shut(ShutReason::Incompatible)
            | Self::Output(_)
            | Self::Cursor(_)
            | Self::Runtime(_) => Exit::Failed,
        }
    }
}

fn of_command(error: CommandError) -> Exit {
    match error {
        CommandError::NoSuchPerson | CommandError::NoSuchThing => Exit::NoSuchPerson,
        CommandError::Offline => Exit::NoConnection,
        CommandError::TextLength | CommandError::RateLimited { .. } | CommandError::Refused => Exit::Refused,
        CommandError::Oneself
        | CommandError::Blocked
        | CommandError::IdentityChanged
        | CommandError::NotVerified
        | CommandError::OtherSafetyNumber
        | CommandError::Forged => Exit::Failed,
    }
}

fn of_code(code: Code) -> Exit {
    match code {
        Code::NotFound => Exit::NoSuchPerson,
        Code::Unauthenticated
        | Code::Forbidden
        | Code::UnknownDevice
        | Code::BadSignature
        | Code::Replaced
        | Code::Revoked => Exit::NotLetIn,
        Code::ShuttingDown => Exit::NoConnection,
        Code::Internal | Code::UnsupportedVersion => Exit::Failed,
        _ => Exit::Refused,
    }
}

fn unlocking(error: &UnlockError) -> String {
    match error {
        UnlockError::WrongSecret => "the passphrase is wrong".into(),
        UnlockError::Open(OpenError::InUse) => "another program uses this profile just now".into(),
        UnlockError::Open(error) => format!("the profile can't be opened: {error}"),
    }
}

const fn shut(reason: ShutReason) -> &'static str {
    match reason {
        ShutReason::Revoked => "the server does not know this device, or it was revoked",
        ShutReason::Replaced => "another connection of this device took over",
        ShutReason::Incompatible => "the server does not speak this version's protocol",
    }
}

const fn not_sent(failure: view::Failure) -> &'static str {
    match failure {
        view::Failure::TooLarge => "it is too large for the server",
        view::Failure::MailboxFull => "the other side's mailbox is full",
        view::Failure::NoSuchPerson => "the account is gone",
        view::Failure::IdentityChanged => "the person's identity has changed, compare the safety number",
        view::Failure::Refused => "the server refused it",
    }
}

/// What is wrong with a command line, without the tips and the usage below it.
fn one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = paragraph.split_whitespace().collect();
    let line = words.join(" ");
    let line = line.strip_prefix("error: ").unwrap_or(&line);
    format!("{line} (sotto --help says more)")
}

/// A failure as it is told.
#[derive(Serialize)]
struct Report {
    error: &'static str,
    exit: u8,
    message: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sotto: {}", Printable(&self.message))
    }
}

/// Tells of a failure, in one line on standard error, and gives the exit code.
pub fn report(failure: &Failure, form: Form) -> ExitCode {
    let exit = failure.exit();
    let report = Report {
        error: exit.name(),
        exit: exit.number(),
        message: failure.to_string(),
    };
    if let Ok(line) = form.line(&report) {
        eprintln!("{line}");
    }
    exit.into()
}

/// Tells of something on standard error that isn't a failure; programs aren't told.
pub fn note(form: Form, text: impl fmt::Display) {
    if form == Form::Text {
        eprintln!("sotto: {text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: Code) -> Failure {
        Failure::Refused(Refusal {
            code,
            message: "said\nthe \x1b server".into(),
            retry_after: None,
        })
    }

    #[test]
    fn each_failure_has_its_exit_code() {
        let io = || io::Error::other("x");
        let queued = |cause| Failure::Queued(Box::new(cause));
        for (failure, number) in [
            (Failure::Output(io()), 1),
            (Failure::NoProfile("d".into()), 1),
            (Failure::Unlock(UnlockError::Open(OpenError::InUse)), 1),
            (Failure::Command(CommandError::IdentityChanged), 1),
            (Failure::Passphrase(PassphraseError::Empty), 2),
            (Failure::NO_SUCH_PERSON, 3),
            (Failure::Command(CommandError::NoSuchThing), 3),
            (Failure::NotSent(view::Failure::NoSuchPerson), 3),
            (Failure::Unlock(UnlockError::WrongSecret), 4),
            (Failure::Shut(ShutReason::Revoked), 4),
            (Failure::Shut(ShutReason::Replaced), 4),
            (refusal(Code::BadSignature), 4),
            (Failure::NoConnection(Trouble::TimedOut), 5),
            (Failure::Command(CommandError::Offline), 5),
            (queued(Failure::NoConnection(Trouble::BrokeOff)), 5),
            (refusal(Code::RateLimited), 6),
            (refusal(Code::UsernameTaken), 6),
            (queued(refusal(Code::RateLimited)), 6),
            (Failure::Command(CommandError::TextLength), 6),
            (Failure::NotSent(view::Failure::TooLarge), 6),
            (Failure::NotSent(view::Failure::MailboxFull), 6),
        ] {
            assert_eq!(failure.exit().number(), number, "{failure:?}");
        }
    }

    #[test]
    fn failures_are_told_in_one_line() {
        let usage = crate::arguments::Arguments::read(["sotto", "--profile", "d", "send"].map(Into::into));
        for failure in [Failure::Usage(usage.unwrap_err()), refusal(Code::Internal)] {
            let report = Report {
                error: "x",
                exit: 1,
                message: failure.to_string(),
            };
            let line = report.to_string();
            assert!(!line.contains(char::is_control), "{line:?}");
            assert!(line.len() > 20, "{line:?}");
        }
    }

    #[test]
    fn programs_get_an_object() {
        let report = Report {
            error: Exit::NoConnection.name(),
            exit: Exit::NoConnection.number(),
            message: Failure::NoConnection(Trouble::TimedOut).to_string(),
        };
        assert_eq!(
            Form::Json.line(&report).unwrap(),
            r#"{"error":"no_connection","exit":5,"message":"there is no connection to the server: no answer in time"}"#
        );
    }
}
