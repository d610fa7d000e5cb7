//! Passkeys.

use super::identifier;
use crate::SqliteStore;
use sotto_keys::AccountId;
use sotto_sqlite::rusqlite::{OptionalExtension, params};
use sotto_store::{CredentialId, PasskeyRecord, Passkeys, StoreFuture, Updated};

impl Passkeys for SqliteStore {
    fn find_passkey(&self, id: CredentialId) -> StoreFuture<'_, Option<PasskeyRecord>> {
        self.read(move |connection| {
            connection
                .prepare_cached(
                    "SELECT account.account, state FROM passkey JOIN account ON account.id = passkey.account
                     WHERE credential = ?1",
                )?
                .query_row([id], |row| {
                    Ok(PasskeyRecord {
                        account: identifier(row, 0)?,
                        state: row.get(1)?,
                    })
                })
                .optional()
        })
    }

    fn count_passkeys(&self, account: AccountId) -> StoreFuture<'_, u32> {
        self.read(move |connection| {
            connection
                .prepare_cached(
                    "SELECT count(*) FROM passkey JOIN account ON account.id = passkey.account
                     WHERE account.account = ?1",
                )?
                .query_row([account.as_bytes()], |row| row.get(0))
        })
    }

    fn update_passkey(
        &self,
        id: CredentialId,
        expected: Vec<u8>,
        state: Vec<u8>,
    ) -> StoreFuture<'_, Updated> {
        self.write(move |connection| {
            let updated = connection
                .prepare_cached("UPDATE passkey SET state = ?3 WHERE credential = ?1 AND state = ?2")?
                .execute(params![id, expected, state])?;
            Ok(if updated == 1 {
                Updated::Updated
            } else {
                Updated::Stale
            })
        })
    }
}
