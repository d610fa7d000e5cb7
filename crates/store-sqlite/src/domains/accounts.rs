//! Accounts.

use super::devices::insert_device;
use super::{account_row, clear_device, identifier, millis, time};
use crate::SqliteStore;
use crate::failure::{Abort, Work};
use sotto_keys::{AccountId, Address, DeviceId, Username};
use sotto_sqlite::rusqlite::types::Type;
use sotto_sqlite::rusqlite::{self, Connection, OptionalExtension, Row, params};
use sotto_store::{
    AccountChange, AccountRecord, Accounts, Changed, Created, Digest, NewAccount, NewPasskey, StoreFuture,
};
use sotto_wire::api::Discovery;

const COLUMNS: &str = "account, username, listed, root, root_envelope, registration, created_at";

impl Accounts for SqliteStore {
    fn create(&self, account: NewAccount) -> StoreFuture<'_, Created> {
        self.write(move |connection| create(connection, &account))
    }

    fn find(&self, account: AccountId) -> StoreFuture<'_, Option<AccountRecord>> {
        self.read(move |connection| {
            connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM account WHERE account = ?1"))?
                .query_row([account.as_bytes()], record)
                .optional()
        })
    }

    fn find_by_username(&self, username: Username) -> StoreFuture<'_, Option<AccountRecord>> {
        self.read(move |connection| {
            connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM account WHERE username = ?1"))?
                .query_row([username.as_str()], record)
                .optional()
        })
    }

    fn change(&self, account: AccountId, change: AccountChange) -> StoreFuture<'_, Changed> {
        self.write(move |connection| apply(connection, account, &change))
    }

    fn delete(&self, account: AccountId) -> StoreFuture<'_, Option<Vec<DeviceId>>> {
        self.write(move |connection| delete(connection, account))
    }
}

fn create(connection: &Connection, new: &NewAccount) -> Work<Created> {
    let record = &new.record;
    if let Some(registration) = registration(connection, record.account)? {
        let repeated = registration == record.registration;
        return Ok(if repeated {
            Created::Repeated
        } else {
            Created::AccountExists
        });
    }
    if let Some(username) = &record.username
        && username_owner(connection, username)?.is_some()
    {
        return Ok(Created::UsernameTaken);
    }
    let row = insert(connection, record)?;
    connection
        .prepare_cached("INSERT INTO device_list (account, version, list) VALUES (?1, 1, ?2)")?
        .execute(params![row, new.list])?;
    insert_device(connection, row, record.account, &new.device)?;
    match &new.passkey {
        Some(passkey) if !insert_passkey(connection, row, passkey)? => {
            Err(Abort::Refused(Created::PasskeyTaken))
        }
        _ => Ok(Created::Created),
    }
}

fn registration(connection: &Connection, account: AccountId) -> rusqlite::Result<Option<Digest>> {
    connection
        .prepare_cached("SELECT registration FROM account WHERE account = ?1")?
        .query_row([account.as_bytes()], |row| row.get(0))
        .optional()
}

fn username_owner(connection: &Connection, username: &Username) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM account WHERE username = ?1")?
        .query_row([username.as_str()], |row| row.get(0))
        .optional()
}

fn insert(connection: &Connection, record: &AccountRecord) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(&format!(
            "INSERT INTO account ({COLUMNS}, list_version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)"
        ))?
        .insert(params![
            record.account.as_bytes(),
            record.username.as_ref().map(Username::as_str),
            listed(record.discovery),
            record.root,
            record.root_envelope,
            record.registration,
            millis(record.created_at),
        ])
}

/// False if some account has the credential already.
fn insert_passkey(connection: &Connection, account: i64, passkey: &NewPasskey) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "INSERT INTO passkey (credential, account, state) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![passkey.id, account, passkey.state])
        .map(|inserted| inserted == 1)
}

fn apply(connection: &Connection, account: AccountId, change: &AccountChange) -> Work<Changed> {
    let Some((row, _)) = account_row(connection, account)? else {
        return Ok(Changed::NoAccount);
    };
    if let Some(username) = &change.username {
        if username_owner(connection, username)?.is_some_and(|owner| owner != row) {
            return Ok(Changed::UsernameTaken);
        }
        connection
            .prepare_cached("UPDATE account SET username = ?2 WHERE id = ?1")?
            .execute(params![row, username.as_str()])?;
    }
    if let Some(discovery) = change.discovery {
        connection
            .prepare_cached("UPDATE account SET listed = ?2 WHERE id = ?1")?
            .execute(params![row, listed(discovery)])?;
    }
    Ok(Changed::Changed)
}

fn delete(connection: &Connection, account: AccountId) -> Work<Option<Vec<DeviceId>>> {
    let Some((row, _)) = account_row(connection, account)? else {
        return Ok(None);
    };
    let devices = connection
        .prepare_cached("SELECT id, address, revoked_at IS NULL FROM device WHERE account = ?1")?
        .query_map([row], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                identifier::<Address>(row, 1)?,
                row.get::<_, bool>(2)?,
            ))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for (device, ..) in &devices {
        clear_device(connection, *device)?;
    }
    connection
        .prepare_cached("DELETE FROM account WHERE id = ?1")?
        .execute([row])?;
    let in_force = devices
        .into_iter()
        .filter(|(.., in_force)| *in_force)
        .map(|(_, address, _)| address.device);
    Ok(Some(in_force.collect()))
}

fn listed(discovery: Discovery) -> bool {
    discovery == Discovery::Listed
}

fn record(row: &Row<'_>) -> rusqlite::Result<AccountRecord> {
    let username: Option<String> = row.get(1)?;
    let username = username
        .map(Username::try_from)
        .transpose()
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(1, Type::Text, Box::new(error)))?;
    Ok(AccountRecord {
        account: identifier(row, 0)?,
        username,
        discovery: if row.get(2)? {
            Discovery::Listed
        } else {
            Discovery::Unlisted
        },
        root: row.get(3)?,
        root_envelope: row.get(4)?,
        registration: row.get(5)?,
        created_at: time(row, 6)?,
    })
}
