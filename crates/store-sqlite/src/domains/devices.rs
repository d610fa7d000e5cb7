//! Devices, and the signed lists that name them.

use super::prekeys::insert_batches;
use super::{account_row, clear_device, identifier, millis};
use crate::SqliteStore;
use crate::failure::{Abort, Work};
use sotto_keys::{AccountId, Address, DeviceId, Timestamp};
use sotto_sqlite::rusqlite::{self, Connection, OptionalExtension, Row, params};
use sotto_store::{DeviceRecord, Devices, ListSwap, NewDevice, StoreFuture, Swapped};

impl Devices for SqliteStore {
    fn lists(&self, account: AccountId) -> StoreFuture<'_, Vec<Vec<u8>>> {
        self.read(move |connection| {
            connection
                .prepare_cached(
                    "SELECT list FROM device_list JOIN account ON account.id = device_list.account
                     WHERE account.account = ?1 ORDER BY version",
                )?
                .query_map([account.as_bytes()], |row| row.get(0))?
                .collect()
        })
    }

    fn in_force(&self, account: AccountId) -> StoreFuture<'_, Vec<DeviceRecord>> {
        self.read(move |connection| {
            connection
                .prepare_cached(
                    "SELECT address, certificate, revoked_at
                     FROM device JOIN account ON account.id = device.account
                     WHERE account.account = ?1 AND revoked_at IS NULL ORDER BY device.id",
                )?
                .query_map([account.as_bytes()], record)?
                .collect()
        })
    }

    fn device(&self, address: Address) -> StoreFuture<'_, Option<DeviceRecord>> {
        self.read(move |connection| {
            connection
                .prepare_cached("SELECT address, certificate, revoked_at FROM device WHERE address = ?1")?
                .query_row([address.to_bytes()], record)
                .optional()
        })
    }

    fn swap(&self, swap: ListSwap) -> StoreFuture<'_, Swapped> {
        self.write(move |connection| apply(connection, &swap))
    }
}

fn apply(connection: &Connection, swap: &ListSwap) -> Work<Swapped> {
    let Some((row, version)) = account_row(connection, swap.account)? else {
        return Ok(Swapped::NoAccount);
    };
    if version.checked_add(1) != Some(swap.version) {
        return Ok(Swapped::Stale);
    }
    let revoked = revoke_others(connection, row, &swap.kept, swap.at)?;
    if let Some(added) = &swap.added
        && !insert_device(connection, row, swap.account, added)?
    {
        return Err(Abort::Refused(Swapped::DeviceExists));
    }
    connection
        .prepare_cached("INSERT INTO device_list (account, version, list) VALUES (?1, ?2, ?3)")?
        .execute(params![row, swap.version, swap.list])?;
    connection
        .prepare_cached("UPDATE account SET list_version = ?2 WHERE id = ?1")?
        .execute(params![row, swap.version])?;
    Ok(Swapped::Swapped { revoked })
}

/// Revokes the account's devices in force but those that are kept.
fn revoke_others(
    connection: &Connection,
    account: i64,
    kept: &[DeviceId],
    at: Timestamp,
) -> rusqlite::Result<Vec<DeviceId>> {
    let mut revoked = connection
        .prepare_cached("SELECT id, address FROM device WHERE account = ?1 AND revoked_at IS NULL")?
        .query_map([account], |row| {
            Ok((row.get::<_, i64>(0)?, identifier::<Address>(row, 1)?.device))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    revoked.retain(|(_, device)| !kept.contains(device));
    for (row, _) in &revoked {
        clear_device(connection, *row)?;
        connection
            .prepare_cached("UPDATE device SET revoked_at = ?2 WHERE id = ?1")?
            .execute(params![row, millis(at)])?;
    }
    Ok(revoked.into_iter().map(|(_, device)| device).collect())
}

/// Adds a device with its prekeys; false if the account had one with that id before.
pub(super) fn insert_device(
    connection: &Connection,
    row: i64,
    account: AccountId,
    new: &NewDevice,
) -> rusqlite::Result<bool> {
    let address = Address {
        account,
        device: new.device,
    };
    let inserted = connection
        .prepare_cached(
            "INSERT INTO device (account, address, certificate) VALUES (?1, ?2, ?3)
             ON CONFLICT DO NOTHING RETURNING id",
        )?
        .query_row(params![row, address.to_bytes(), new.certificate], |row| {
            row.get(0)
        })
        .optional()?;
    match inserted {
        Some(device) => insert_batches(connection, device, &new.prekeys).map(|()| true),
        None => Ok(false),
    }
}

fn record(row: &Row<'_>) -> rusqlite::Result<DeviceRecord> {
    Ok(DeviceRecord {
        device: identifier::<Address>(row, 0)?.device,
        certificate: row.get(1)?,
        revoked_at: row.get::<_, Option<u64>>(2)?.map(Timestamp::from_millis),
    })
}
