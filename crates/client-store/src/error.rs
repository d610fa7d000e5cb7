//! What can go wrong with a store.

use sotto_sqlite::MigrateError;
use sotto_sqlite::rusqlite::{Error, ErrorCode};

/// Why a batch was not committed. Nothing of it is stored.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The storage is full.
    #[error("no space left for the database")]
    Full,
    /// The database is damaged.
    #[error("the database is damaged")]
    Damaged,
    /// Reading or writing failed otherwise.
    #[error("the database can't be written")]
    Io(#[source] Error),
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The database is damaged.
    #[error("the database is damaged")]
    Damaged,
    /// Reading failed otherwise.
    #[error("the database can't be read")]
    Io(#[source] Error),
}

/// Why a profile's header or its encrypted database could not be opened. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer program wrote it.
    #[error("the database was written by a newer version")]
    Newer,
    /// It is damaged, or, if encrypted, belongs to another vault key: the two look alike.
    #[error("the database is damaged")]
    Damaged,
    /// The storage is full.
    #[error("no space left for the database")]
    Full,
    /// Another program or tab has it open.
    #[error("the database is in use")]
    InUse,
    /// The file can't be reached, read or written.
    #[error("the database can't be opened")]
    Io(#[source] Box<dyn core::error::Error + Send + Sync>),
}

/// What an error of SQLite means to whoever stores something.
enum Fault {
    Full,
    Damaged,
    InUse,
    Other,
}

impl Fault {
    fn of(error: &Error) -> Self {
        match error {
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..) => return Self::Damaged,
            _ => {}
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse,
            _ => Self::Other,
        }
    }
}

impl From<Error> for CommitError {
    fn from(error: Error) -> Self {
        match Fault::of(&error) {
            Fault::Full => Self::Full,
            Fault::Damaged => Self::Damaged,
            Fault::InUse | Fault::Other => Self::Io(error),
        }
    }
}

impl From<Error> for ReadError {
    fn from(error: Error) -> Self {
        match Fault::of(&error) {
            Fault::Damaged => Self::Damaged,
            Fault::Full | Fault::InUse | Fault::Other => Self::Io(error),
        }
    }
}

impl From<Error> for OpenError {
    fn from(error: Error) -> Self {
        match Fault::of(&error) {
            Fault::Full => Self::Full,
            Fault::Damaged => Self::Damaged,
            Fault::InUse => Self::InUse,
            Fault::Other => Self::Io(Box::new(error)),
        }
    }
}

impl From<sotto_sqlite::OpenError> for OpenError {
    fn from(error: sotto_sqlite::OpenError) -> Self {
        use sotto_sqlite::OpenError as Cause;
        match error {
            Cause::WrongKey | Cause::NotADatabase => Self::Damaged,
            Cause::Full => Self::Full,
            Cause::InUse => Self::InUse,
            Cause::Sqlite(error) => error.into(),
            Cause::Unreachable => Self::Io(Box::new(error)),
        }
    }
}

impl From<MigrateError> for OpenError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Newer { .. } => Self::Newer,
            MigrateError::Step { source, .. } => source.into(),
            MigrateError::Sqlite(error) => error.into(),
        }
    }
}
