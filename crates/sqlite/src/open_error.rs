//! Why a database could not be opened.

use rusqlite::ErrorCode;

/// Why a database could not be opened. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The key does not open the file, or its first page is damaged, or it is no database: encryption makes the
    /// three look alike.
    #[error("the key does not open this database")]
    WrongKey,
    /// A file that was to be opened without a key is encrypted, damaged or no database.
    #[error("not an unencrypted SQLite database")]
    NotADatabase,
    /// The file or its folder can't be opened, created or written: missing, or no permission.
    #[error("the database file can't be reached")]
    Unreachable,
    /// The storage is full.
    #[error("no space left for the database")]
    Full,
    /// Another connection holds the database.
    #[error("the database is in use")]
    InUse,
    /// Anything else that SQLite reports.
    #[error("the database can't be opened")]
    Sqlite(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotADatabase,
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
                Self::Unreachable
            }
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse,
            _ => Self::Sqlite(error),
        }
    }
}
