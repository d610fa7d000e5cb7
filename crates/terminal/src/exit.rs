//! Exit codes.

use std::process::ExitCode;

/// Why the program ended, as its exit code; 0 is done. The numbers and names never change meaning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// 1: anything else.
    Failed,
    /// 2: the command line is not understood.
    Usage,
    /// 3: there is no such person, or no conversation with them.
    NoSuchPerson,
    /// 4: the passphrase is wrong, the device revoked or replaced.
    NotLetIn,
    /// 5: the server can't be reached.
    NoConnection,
    /// 6: the server refused: too often, too large.
    Refused,
}

impl Exit {
    /// The number that a shell sees.
    pub const fn number(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NoSuchPerson => 3,
            Self::NotLetIn => 4,
            Self::NoConnection => 5,
            Self::Refused => 6,
        }
    }

    /// The name that stands in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::NoSuchPerson => "no_such_person",
            Self::NotLetIn => "not_let_in",
            Self::NoConnection => "no_connection",
            Self::Refused => "refused",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.number().into()
    }
}
