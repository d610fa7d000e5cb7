//! Upkeep.

use super::mailboxes::shrink;
use super::millis;
use crate::SqliteStore;
use sotto_keys::Timestamp;
use sotto_sqlite::rusqlite::{self, Connection, params};
use sotto_store::{MailboxSize, StoreFuture, Swept, Upkeep};

/// Most rows of a table that one sweep looks at, so that it holds nobody up.
const PIECE: u32 = 1000;
/// Bytes that a probe wants room for: more than the longest ciphertext.
const ROOM: u32 = 128 * 1024;

impl Upkeep for SqliteStore {
    fn probe(&self) -> StoreFuture<'_, ()> {
        self.write(|connection| {
            connection
                .prepare_cached("INSERT INTO probe (filler) VALUES (zeroblob(?1))")?
                .execute([ROOM])?;
            connection.prepare_cached("DELETE FROM probe")?.execute([])?;
            Ok(())
        })
    }

    fn sweep(
        &self,
        mail_before: Timestamp,
        sends_before: Timestamp,
        now: Timestamp,
    ) -> StoreFuture<'_, Swept> {
        self.write(move |connection| {
            Ok(Swept {
                mail: sweep_mail(connection, mail_before)?,
                sends: sweep_sends(connection, sends_before)?,
                batches: sweep_batches(connection, now)?,
            })
        })
    }
}

/// Rows are in order of arrival: the oldest are first, and no index on time is needed.
fn sweep_mail(connection: &Connection, before: Timestamp) -> rusqlite::Result<u64> {
    let deleted = connection
        .prepare_cached(
            "DELETE FROM mail WHERE id IN (SELECT id FROM
                 (SELECT id, at FROM mail ORDER BY id LIMIT ?2) WHERE at < ?1)
             RETURNING device, length(body)",
        )?
        .query_map(params![millis(before), PIECE], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, u64>(1)?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for (device, bytes) in &deleted {
        let size = MailboxSize {
            messages: 1,
            bytes: *bytes,
        };
        shrink(connection, *device, size)?;
    }
    Ok(deleted.len() as u64)
}

fn sweep_sends(connection: &Connection, before: Timestamp) -> rusqlite::Result<u64> {
    let deleted = connection
        .prepare_cached(
            "DELETE FROM sent WHERE id IN (SELECT id FROM
                 (SELECT id, at FROM sent ORDER BY id LIMIT ?2) WHERE at < ?1)",
        )?
        .execute(params![millis(before), PIECE])?;
    Ok(deleted as u64)
}

fn sweep_batches(connection: &Connection, now: Timestamp) -> rusqlite::Result<u64> {
    let deleted = connection
        .prepare_cached(
            "DELETE FROM prekey_batch WHERE id IN
                 (SELECT id FROM prekey_batch WHERE expires_at <= ?1 LIMIT ?2)",
        )?
        .execute(params![millis(now), PIECE])?;
    Ok(deleted as u64)
}
