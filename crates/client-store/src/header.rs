//! The plain header: what can be known of a profile while its vault is locked.

use sotto_keys::{AccountId, Address, DeviceId, Username};
use sotto_protocol::{WrapKind, WrappedVaultKey};
use sotto_sqlite::migrate;
use sotto_sqlite::rusqlite::{Connection, Error, OptionalExtension, Row, TransactionBehavior, params};

use crate::{OpenError, schema};

/// Who a profile belongs to, and what unlocks it. Anyone who can read the device's files can read it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// The account and this device.
    pub address: Address,
    /// The account's name, if it was made with one.
    pub username: Option<Username>,
    /// Where the server is reached, such as `https://chat.example.org`.
    pub server: String,
    /// The vault key under each secret that opens it; at least one.
    pub wraps: Vec<Wrap>,
}

/// The vault key under one secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wrap {
    /// The wrapped key.
    pub key: WrappedVaultKey,
    /// The raw id of the passkey whose PRF output opens it.
    pub credential_id: Option<Vec<u8>>,
}

impl Wrap {
    /// What kind of secret opens it.
    pub fn kind(&self) -> WrapKind {
        self.key.kind()
    }
}

impl Header {
    /// Reads a header. `None` if it isn't complete: a profile whose making or erasing was interrupted.
    pub(crate) fn read(connection: &mut Connection) -> Result<Option<Self>, OpenError> {
        migrate(connection, schema::HEADER)?;
        let Some((address, username, server)) = connection
            .query_row(
                "SELECT account, device, username, server FROM profile",
                [],
                profile_row,
            )
            .optional()?
        else {
            return Ok(None);
        };
        Ok(Some(Self {
            address,
            username: username
                .map(TryInto::try_into)
                .transpose()
                .map_err(|_| OpenError::Damaged)?,
            server,
            wraps: wraps(connection)?,
        }))
    }

    /// Writes the header at once.
    pub(crate) fn write(&self, connection: &mut Connection) -> Result<(), OpenError> {
        migrate(connection, schema::HEADER)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute(
            "INSERT INTO profile (only, account, device, username, server) VALUES (1, ?1, ?2, ?3, ?4)",
            params![
                self.address.account.as_bytes(),
                self.address.device.as_bytes(),
                self.username.as_ref().map(Username::as_str),
                self.server
            ],
        )?;
        for wrap in &self.wraps {
            transaction.execute(
                "INSERT INTO wrap (wrapped_key, credential_id) VALUES (?1, ?2)",
                params![wrap.key.encode(), wrap.credential_id],
            )?;
        }
        Ok(transaction.commit()?)
    }

    /// Overwrites the wraps, and with them the only way to the vault key, in the file itself.
    pub(crate) fn destroy(connection: &Connection) -> Result<(), OpenError> {
        connection.execute_batch(
            "PRAGMA secure_delete=ON;
             BEGIN IMMEDIATE; DELETE FROM wrap; DELETE FROM profile; COMMIT;
             PRAGMA wal_checkpoint(TRUNCATE);",
        )?;
        Ok(())
    }
}

fn profile_row(row: &Row<'_>) -> Result<(Address, Option<String>, String), Error> {
    let address = Address {
        account: AccountId::from_bytes(row.get(0)?),
        device: DeviceId::from_bytes(row.get(1)?),
    };
    Ok((address, row.get(2)?, row.get(3)?))
}

fn wraps(connection: &Connection) -> Result<Vec<Wrap>, OpenError> {
    let mut statement = connection.prepare("SELECT wrapped_key, credential_id FROM wrap ORDER BY number")?;
    let mut rows = statement.query([])?;
    let mut wraps = Vec::new();
    while let Some(row) = rows.next()? {
        let key: Vec<u8> = row.get(0)?;
        wraps.push(Wrap {
            key: WrappedVaultKey::decode(&key).map_err(|_| OpenError::Damaged)?,
            credential_id: row.get(1)?,
        });
    }
    Ok(wraps)
}
