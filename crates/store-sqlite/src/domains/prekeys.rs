//! Prekeys.

use super::{device_in_force, millis};
use crate::SqliteStore;
use crate::failure::{Abort, Work};
use sotto_keys::{Address, PrekeyKind, Timestamp};
use sotto_sqlite::rusqlite::{self, Connection, OptionalExtension, params};
use sotto_store::{ClaimedBundle, MOST_PREKEYS, NewBatch, Prekeys, StoreFuture, Uploaded};
use sotto_wire::frame::PrekeyCounts;

impl Prekeys for SqliteStore {
    fn upload(&self, address: Address, batches: Vec<NewBatch>, now: Timestamp) -> StoreFuture<'_, Uploaded> {
        self.write(move |connection| {
            let Some(device) = device_in_force(connection, address)? else {
                return Ok(Uploaded::NoDevice);
            };
            insert_batches(connection, device, &batches)?;
            if fullest_kind(connection, device)? > MOST_PREKEYS {
                return Err(Abort::Refused(Uploaded::TooMany));
            }
            Ok(Uploaded::Uploaded(count(connection, device, now)?))
        })
    }

    fn claim(&self, addresses: Vec<Address>, now: Timestamp) -> StoreFuture<'_, Vec<Option<ClaimedBundle>>> {
        self.write(move |connection| {
            addresses
                .iter()
                .map(|address| claim(connection, *address, now))
                .collect::<Work<_>>()
        })
    }

    fn counts(&self, address: Address, now: Timestamp) -> StoreFuture<'_, PrekeyCounts> {
        self.read(move |connection| match device_in_force(connection, address)? {
            Some(device) => count(connection, device, now),
            None => Ok(PrekeyCounts::default()),
        })
    }
}

/// Adds batches; one that isn't of one-time keys replaces the former of its kind, one that is there already is passed over.
pub(super) fn insert_batches(
    connection: &Connection,
    device: i64,
    batches: &[NewBatch],
) -> rusqlite::Result<()> {
    for batch in batches {
        let inserted: Option<i64> = connection
            .prepare_cached(
                "INSERT INTO prekey_batch (device, kind, header, expires_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING RETURNING id",
            )?
            .query_row(
                params![
                    device,
                    batch.kind.number(),
                    batch.header,
                    millis(batch.expires_at)
                ],
                |row| row.get(0),
            )
            .optional()?;
        let Some(row) = inserted else { continue };
        if !batch.kind.is_one_time() {
            connection
                .prepare_cached("DELETE FROM prekey WHERE device = ?1 AND kind = ?2")?
                .execute(params![device, batch.kind.number()])?;
        }
        let mut insert = connection
            .prepare_cached("INSERT INTO prekey (batch, device, kind, leaf) VALUES (?1, ?2, ?3, ?4)")?;
        for leaf in &batch.leaves {
            insert.execute(params![row, device, batch.kind.number(), leaf])?;
        }
    }
    Ok(())
}

fn fullest_kind(connection: &Connection, device: i64) -> rusqlite::Result<u32> {
    connection
        .prepare_cached(
            "SELECT coalesce(max(keys), 0)
             FROM (SELECT count(*) AS keys FROM prekey WHERE device = ?1 GROUP BY kind)",
        )?
        .query_row([device], |row| row.get(0))
}

fn count(connection: &Connection, device: i64, now: Timestamp) -> rusqlite::Result<PrekeyCounts> {
    let of = |kind: PrekeyKind| {
        connection
            .prepare_cached(
                "SELECT count(*) FROM prekey JOIN prekey_batch ON prekey_batch.id = batch
                 WHERE prekey.device = ?1 AND prekey.kind = ?2 AND expires_at > ?3",
            )?
            .query_row(params![device, kind.number(), millis(now)], |row| row.get(0))
    };
    Ok(PrekeyCounts {
        one_time_ec: of(PrekeyKind::OneTimeEc)?,
        one_time_kem: of(PrekeyKind::OneTimeKem)?,
    })
}

/// Looks before it takes: a device without a signed or a KEM key loses no one-time key.
fn claim<T>(
    connection: &Connection,
    address: Address,
    now: Timestamp,
) -> Result<Option<ClaimedBundle>, Abort<T>> {
    let Some(device) = device_in_force(connection, address)? else {
        return Ok(None);
    };
    let oldest = |kind| oldest(connection, device, kind, now);
    let Some(signed_ec) = oldest(PrekeyKind::SignedEc)? else {
        return Ok(None);
    };
    let (kem, kem_is_used_up) = match oldest(PrekeyKind::OneTimeKem)? {
        Some(kem) => (kem, true),
        None => match oldest(PrekeyKind::LastResortKem)? {
            Some(kem) => (kem, false),
            None => return Ok(None),
        },
    };
    let one_time_ec = oldest(PrekeyKind::OneTimeEc)?;
    for used in one_time_ec.iter().chain(kem_is_used_up.then_some(&kem)) {
        connection
            .prepare_cached("DELETE FROM prekey WHERE id = ?1")?
            .execute([used.row])?;
    }
    Ok(Some(ClaimedBundle {
        signed_ec: signed_ec.encoded,
        one_time_ec: one_time_ec.map(|prekey| prekey.encoded),
        kem: kem.encoded,
    }))
}

struct Stored {
    row: i64,
    encoded: Vec<u8>,
}

fn oldest(
    connection: &Connection,
    device: i64,
    kind: PrekeyKind,
    now: Timestamp,
) -> rusqlite::Result<Option<Stored>> {
    connection
        .prepare_cached(
            "SELECT prekey.id, header, leaf FROM prekey JOIN prekey_batch ON prekey_batch.id = batch
             WHERE prekey.device = ?1 AND prekey.kind = ?2 AND expires_at > ?3 ORDER BY prekey.id LIMIT 1",
        )?
        .query_row(params![device, kind.number(), millis(now)], |row| {
            let header: Vec<u8> = row.get(1)?;
            let leaf: Vec<u8> = row.get(2)?;
            Ok(Stored {
                row: row.get(0)?,
                encoded: [header, leaf].concat(),
            })
        })
        .optional()
}
