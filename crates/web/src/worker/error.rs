//! Why a request came to nothing, and what a person reads about it.

use crate::words::words;
use sotto_web_worker::messages::{CommandError, StorageFault, WorkerError};

/// Why a request came to nothing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AskError {
    /// The worker says so.
    #[error(transparent)]
    Refused(#[from] WorkerError),
    /// The worker is gone, or answered something else than was asked.
    #[error("the worker did not answer")]
    Lost,
}

impl AskError {
    /// What happened and what to do.
    pub fn advice(&self) -> String {
        match self {
            Self::Refused(error) => worker_advice(error),
            Self::Lost => words().errors.lost.to_owned(),
        }
    }
}

fn worker_advice(error: &WorkerError) -> String {
    let say = &words().errors;
    let sentence = match error {
        WorkerError::Command(error) => return command_advice(*error),
        WorkerError::RateLimited { retry_after } => return wait(*retry_after),
        WorkerError::WrongSecret => say.wrong_secret,
        WorkerError::PassphraseTooShort => say.too_short,
        WorkerError::UsernameTaken => words().onboarding.username_taken,
        WorkerError::RegistrationClosed => say.registration_closed,
        WorkerError::Unreachable => say.unreachable,
        WorkerError::PasskeyRefused => say.passkey_refused,
        WorkerError::Refused => say.refused,
        WorkerError::WrongPhase => say.wrong_phase,
        WorkerError::Storage(StorageFault::Blocked) => words().broken.blocked,
        WorkerError::Storage(StorageFault::Full) => words().broken.full,
        WorkerError::Storage(StorageFault::Newer) => words().broken.newer,
        WorkerError::Storage(StorageFault::Damaged) => words().broken.damaged,
    };
    sentence.to_owned()
}

fn command_advice(error: CommandError) -> String {
    let say = &words().errors;
    let sentence = match error {
        CommandError::RateLimited { retry_after } => return wait(retry_after),
        CommandError::NoSuchPerson => say.no_such_person,
        CommandError::NoSuchThing => say.no_such_thing,
        CommandError::Oneself => say.oneself,
        CommandError::TextLength => say.text_length,
        CommandError::Blocked => say.blocked,
        CommandError::IdentityChanged => say.identity_changed,
        CommandError::NotVerified => say.not_verified,
        CommandError::OtherSafetyNumber => say.other_number,
        CommandError::Offline => say.offline,
        CommandError::Refused => say.refused,
        CommandError::Forged => say.forged,
    };
    sentence.to_owned()
}

fn wait(milliseconds: u64) -> String {
    let seconds = u32::try_from(milliseconds.div_ceil(1000)).unwrap_or(u32::MAX);
    words().errors.rate_limited.of(seconds)
}
