//! Oneself: the account, this device, the settings.

use crate::records::{self, RecordError};
use crate::view::Settings;
use crate::{Record, Table};
use serde::{Deserialize, Serialize};
use sotto_keys::{Address, Timestamp, Username};
use sotto_protocol::{DeviceKeys, RootEnvelope, RootKeys};
use zeroize::Zeroizing;

/// The keys of the records in [`Table::Own`].
pub(crate) mod key {
    pub const IDENTITY: &[u8] = b"identity";
    pub const DEVICE_KEYS: &[u8] = b"device keys";
    pub const ROOT: &[u8] = b"root";
    pub const SETTINGS: &[u8] = b"settings";
    pub const PREKEYS: &[u8] = b"prekeys";
    pub const UPLOAD: &[u8] = b"upload";
}

/// Who this is.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub address: Address,
    pub username: Option<Username>,
    /// What sign-ins name.
    pub origin: String,
    pub created_at: Timestamp,
}

/// Who holds the root's private half.
#[derive(Serialize, Deserialize)]
pub(crate) enum RootRecord {
    /// This vault.
    Vault(Zeroizing<Vec<u8>>),
    /// An envelope that something else opens.
    Envelope(Vec<u8>),
}

impl RootRecord {
    pub fn vault(root: &RootKeys) -> Self {
        Self::Vault(root.to_secret_bytes())
    }

    pub fn envelope(envelope: &RootEnvelope) -> Self {
        Self::Envelope(envelope.encode())
    }
}

/// What [`Table::Own`] holds.
pub(crate) struct Own {
    pub identity: Identity,
    pub keys: DeviceKeys,
    pub root: RootRecord,
    pub settings: Settings,
}

/// Gathers [`Own`] from its records.
#[derive(Default)]
pub(crate) struct OwnLoader {
    identity: Option<Identity>,
    keys: Option<DeviceKeys>,
    root: Option<RootRecord>,
    settings: Option<Settings>,
}

impl OwnLoader {
    /// Takes a record, if it is one of these.
    pub fn take(&mut self, record: &Record) -> Result<(), RecordError> {
        match record.key.as_slice() {
            key::IDENTITY => self.identity = Some(records::decode(&record.value)?),
            key::DEVICE_KEYS => {
                self.keys = Some(DeviceKeys::from_secret_bytes(&record.value).map_err(|_| RecordError)?);
            }
            key::ROOT => self.root = Some(records::decode(&record.value)?),
            key::SETTINGS => self.settings = Some(records::decode(&record.value)?),
            _ => {}
        }
        Ok(())
    }

    /// All of it; `None` if there is no account here.
    pub fn finish(self) -> Option<Own> {
        Some(Own {
            identity: self.identity?,
            keys: self.keys?,
            root: self.root?,
            settings: self.settings.unwrap_or_default(),
        })
    }
}

/// A record of [`Table::Own`].
pub(crate) fn record(key: &[u8], value: &impl Serialize) -> Record {
    Record {
        table: Table::Own,
        key: key.to_vec(),
        value: records::encode(value),
    }
}
