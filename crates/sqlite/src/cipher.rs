//! Hands a connection its key.

use std::fmt::Write;

use rusqlite::{Connection, ErrorCode};
use zeroize::Zeroizing;

use crate::{KEY_LENGTH, OpenError};

/// `PRAGMA cipher='chacha20';PRAGMA key='raw:';` and two digits for each byte: reserved at once, so that no grown
/// buffer leaves a copy of the key behind.
const STATEMENT_CAPACITY: usize = 64 + 2 * KEY_LENGTH;

/// Sets cipher and key, then reads the first page to prove the key right. Comes before every other statement.
pub(crate) fn unlock(connection: &Connection, key: &[u8; KEY_LENGTH]) -> Result<(), OpenError> {
    let mut statement = Zeroizing::new(String::with_capacity(STATEMENT_CAPACITY));
    statement.push_str("PRAGMA cipher='chacha20';PRAGMA key='raw:");
    for byte in key {
        // Writing to a String can't fail.
        let _ = write!(statement, "{byte:02x}");
    }
    statement.push_str("';");
    connection.execute_batch(&statement)?;
    first_page(connection).map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => OpenError::WrongKey,
        _ => error.into(),
    })
}

/// Reads the schema, and with it the first page.
pub(crate) fn first_page(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))
}
