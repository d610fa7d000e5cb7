//! From SQLite's errors to the store's.

use sotto_sqlite::rusqlite::{Error, ErrorCode};
use sotto_sqlite::{MigrateError, OpenError};
use sotto_store::StoreError;

/// Why a job keeps nothing of what it did.
pub(crate) enum Abort<T> {
    /// The answer is this, and nothing is changed.
    Refused(T),
    /// The storage failed.
    Failed(StoreError),
}

/// What a writing job comes to.
pub(crate) type Work<T> = Result<T, Abort<T>>;

impl<T> From<Error> for Abort<T> {
    fn from(error: Error) -> Self {
        Self::Failed(from_sqlite(&error))
    }
}

impl<T> From<StoreError> for Abort<T> {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// What SQLite's error means to the server.
pub(crate) fn from_sqlite(error: &Error) -> StoreError {
    match error {
        Error::FromSqlConversionFailure(..)
        | Error::InvalidColumnType(..)
        | Error::IntegralValueOutOfRange(..) => {
            return StoreError::Corrupt;
        }
        _ => {}
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt,
        _ => StoreError::Unavailable,
    }
}

/// What it means that the file can't be opened.
pub(crate) fn from_open(error: &OpenError) -> StoreError {
    match error {
        OpenError::Full => StoreError::Full,
        OpenError::WrongKey | OpenError::NotADatabase => StoreError::Corrupt,
        OpenError::Unreachable | OpenError::InUse => StoreError::Unavailable,
        OpenError::Sqlite(error) => from_sqlite(error),
    }
}

/// What it means that the file can't be brought up to date.
pub(crate) fn from_migrate(error: &MigrateError) -> StoreError {
    match error {
        MigrateError::Newer { found, supported } => StoreError::Newer {
            found: *found,
            supported: *supported,
        },
        MigrateError::Step { source, .. } | MigrateError::Sqlite(source) => from_sqlite(source),
    }
}
