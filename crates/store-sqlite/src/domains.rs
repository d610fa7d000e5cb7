//! The store's traits, one file each.

mod accounts;
mod devices;
mod mailboxes;
mod passkeys;
mod prekeys;
mod upkeep;

use sotto_keys::{AccountId, Address, Timestamp};
use sotto_sqlite::rusqlite::types::{FromSqlError, Type};
use sotto_sqlite::rusqlite::{self, Connection, OptionalExtension, Row};

/// The row number of a device in force.
fn device_in_force(connection: &Connection, address: Address) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM device WHERE address = ?1 AND revoked_at IS NULL")?
        .query_row([address.to_bytes()], |row| row.get(0))
        .optional()
}

/// The row number of an account, and the version of its list in force.
fn account_row(connection: &Connection, account: AccountId) -> rusqlite::Result<Option<(i64, u64)>> {
    connection
        .prepare_cached("SELECT id, list_version FROM account WHERE account = ?1")?
        .query_row([account.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

/// A column that holds an identifier.
fn identifier<T: for<'a> TryFrom<&'a [u8]>>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    T::try_from(row.get_ref(column)?.as_blob()?).map_err(|_| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, Box::new(FromSqlError::InvalidType))
    })
}

/// A column that holds a time.
fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_millis)
}

/// A time as SQLite holds it.
fn millis(time: Timestamp) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// Forgets mail, prekeys and bookkeeping of a device.
fn clear_device(connection: &Connection, device: i64) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM mail WHERE device = ?1",
        "DELETE FROM mailbox WHERE device = ?1",
        "DELETE FROM sent WHERE device = ?1",
        "DELETE FROM prekey WHERE device = ?1",
        "DELETE FROM prekey_batch WHERE device = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([device])?;
    }
    Ok(())
}
