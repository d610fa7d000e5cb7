//! What the tests share.

use std::fs;
use std::path::Path;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use sotto_engine::view::MessageState;
use sotto_engine::{Batch, Change, Record, StoredMessage, Table};
use sotto_keys::{AccountId, Address, DeviceId, Timestamp};
use sotto_protocol::{PassphraseCost, VaultKey, WrapSecret};
use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::{Folder, Header, Profile, Store, Wrap};

pub(crate) const SECRET: [u8; 32] = *b"the device key of these tests ok";
pub(crate) const ALICE: AccountId = AccountId::from_bytes([0xA1; 16]);
pub(crate) const BOB: AccountId = AccountId::from_bytes([0xB0; 16]);

pub(crate) fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([1; 32])
}

pub(crate) fn vault_key() -> VaultKey {
    VaultKey::generate(&mut rng())
}

pub(crate) fn header() -> Header {
    let key = vault_key().wrap(
        &mut rng(),
        &WrapSecret::DeviceKey(&SECRET),
        PassphraseCost::RECOMMENDED,
    );
    Header {
        address: Address {
            account: ALICE,
            device: DeviceId::from_bytes([7; 8]),
        },
        username: Some("alice".parse().unwrap()),
        server: "https://chat.example.org".to_owned(),
        wraps: vec![Wrap {
            key,
            credential_id: None,
        }],
    }
}

pub(crate) fn folder() -> (TempDir, Folder) {
    let directory = tempfile::tempdir().unwrap();
    let folder = Folder::new(directory.path().join("profile"));
    (directory, folder)
}

/// An open store of a new profile.
pub(crate) fn store() -> (TempDir, Store) {
    let (directory, folder) = folder();
    let (_, store) = Profile::create(&folder, header(), &vault_key(), &Batch::default()).unwrap();
    (directory, store)
}

pub(crate) fn batch(changes: impl IntoIterator<Item = Change>) -> Batch {
    Batch {
        changes: changes.into_iter().collect(),
    }
}

pub(crate) fn put(table: Table, key: &[u8], value: &[u8]) -> Change {
    Change::Put(Record {
        table,
        key: key.to_vec(),
        value: Zeroizing::new(value.to_vec()),
    })
}

/// A message of Bob's in Alice's store.
pub(crate) fn message(id: u8, text: &str) -> StoredMessage {
    StoredMessage {
        conversation: BOB,
        id: [id; 16].as_slice().try_into().unwrap(),
        author: BOB,
        sent_at: Timestamp::from_millis(u64::MAX - u64::from(id)),
        received_at: Timestamp::from_millis(u64::from(id)),
        text: text.to_owned(),
        state: MessageState::Received,
    }
}

pub(crate) fn append(id: u8, text: &str) -> Change {
    Change::Append(message(id, text))
}

/// Whether any file of the folder holds these bytes.
pub(crate) fn files_hold(folder: &Path, needle: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|file| {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        bytes.windows(needle.len()).any(|window| window == needle)
    })
}
