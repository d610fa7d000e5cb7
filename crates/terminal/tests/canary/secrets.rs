//! What a profile hides: every secret key in it, got with the passphrase from a copy of its files.

use crate::world::File;
use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use argon2::{Algorithm, Argon2, Params, Version};
use hkdf::Hkdf;
use sha2::Sha256;
use sotto_client_store::{Folder, Profile, WrapSecret};
use sotto_engine::{Record, Table};
use sotto_keys::tag_prefix;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use tempfile::TempDir;
use x25519_dalek::{X25519_BASEPOINT_BYTES, x25519};

/// A profile as it was at some time, unlocked.
#[derive(Clone)]
pub struct Opened {
    pub records: Vec<Record>,
    /// The messages that a word finds.
    pub found: Vec<String>,
}

/// What opens the store.
pub struct VaultSecrets {
    /// What Argon2id made of the passphrase.
    pub stretched: [u8; 32],
    pub wrapping: [u8; 44],
    pub vault_key: Vec<u8>,
    pub database_key: [u8; 32],
}

/// Unlocks a copy of the files.
pub fn open(files: &[File], passphrase: &str, word: &str) -> Opened {
    let (_copy, profile) = copy(files);
    let store = profile.unlock(&WrapSecret::Passphrase(passphrase)).unwrap();
    let found = store.search(word, None, u32::MAX).unwrap();
    Opened {
        records: store.records().unwrap(),
        found: found.into_iter().map(|message| message.text).collect(),
    }
}

/// The original stays as it was left.
fn copy(files: &[File]) -> (TempDir, Profile) {
    let copy = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = copy.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let folder = Folder::new(copy.path().join("profile"));
    (copy, Profile::open(&folder).unwrap().unwrap())
}

impl VaultSecrets {
    /// Unwraps by the letter of the specification: the product's own code gives the keys to nobody.
    pub fn of(files: &[File], passphrase: &str) -> Self {
        let wrap = copy(files).1.header().wraps[0].key.encode();
        let (header, ciphertext) = wrap.split_at(1 + 1 + 4 + 4 + 32);
        let number = |at: usize| u32::from_be_bytes(header[at..at + 4].try_into().unwrap());
        let salt = &header[10..];
        let params = Params::new(number(2), number(6), 1, Some(32)).unwrap();
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let (mut stretched, mut wrapping) = ([0; 32], [0; 44]);
        argon2
            .hash_password_into(passphrase.as_bytes(), salt, &mut stretched)
            .unwrap();
        let bound = [&tag_prefix("sotto/1 vault key")[..], header].concat();
        let hkdf = Hkdf::<Sha256>::new(Some(salt), &stretched);
        hkdf.expand(&bound, &mut wrapping).unwrap();
        let (key, nonce) = wrapping.split_at(32);
        let payload = Payload {
            msg: ciphertext,
            aad: &bound,
        };
        let cipher = Aes256Gcm::new(key.try_into().unwrap());
        let vault_key = cipher.decrypt(nonce.try_into().unwrap(), payload).unwrap();
        let label = [&tag_prefix("sotto/1 vault subkey")[..], b"sotto/1 client store"].concat();
        let mut database_key = [0; 32];
        let hkdf = Hkdf::<Sha256>::from_prk(&vault_key).unwrap();
        hkdf.expand(&label, &mut database_key).unwrap();
        Self {
            stretched,
            wrapping,
            vault_key,
            database_key,
        }
    }
}

/// The records of [`Table::Own`] that hold no key; any other does, until it is listed here.
const OWN_WITHOUT_KEYS: [&[u8]; 3] = [b"identity", b"settings", b"upload"];

/// A ratchet's key pair.
pub struct RatchetKey {
    /// The record that it is in.
    pub session: String,
    pub private: Vec<u8>,
    pub public: Vec<u8>,
}

/// The values that have keys in them, each once, and what they are.
#[derive(Default)]
pub struct Vaults {
    values: BTreeMap<Vec<u8>, (String, Table)>,
    chunks: BTreeSet<Vec<u8>>,
    peers: BTreeSet<Vec<u8>>,
}

impl Vaults {
    pub fn add(&mut self, whose: &str, records: &[Record]) {
        for record in records {
            if is_chunk(record) {
                self.chunks.insert(record.value.to_vec());
                continue;
            }
            if record.table == Table::Peer {
                self.peers.insert(record.value.to_vec());
            }
            let secret = match record.table {
                Table::Own => !OWN_WITHOUT_KEYS.contains(&&record.key[..]),
                Table::Prekey | Table::Session | Table::SkippedKey => true,
                _ => false,
            };
            if secret {
                let name = || {
                    (
                        format!("{whose}'s {:?} {}", record.table, key(record)),
                        record.table,
                    )
                };
                self.values.entry(record.value.to_vec()).or_insert_with(name);
            }
        }
    }

    /// The chunks of the braid's keys and ciphertexts that came in: public, as the other side sent them.
    pub fn chunks(&self) -> &BTreeSet<Vec<u8>> {
        &self.chunks
    }

    /// The hashes of certificates that sessions begin with, behind the version: public if a signed list has them, too.
    pub fn certificate_hashes(&self) -> BTreeSet<Vec<u8>> {
        let sessions = self
            .values
            .iter()
            .filter(|(_, (_, table))| *table == Table::Session);
        let hashes = sessions.filter_map(|(value, _)| value.get(1..33));
        let listed = |hash: &&[u8]| {
            self.peers
                .iter()
                .any(|peer| peer.windows(32).any(|part| part == *hash))
        };
        hashes.filter(listed).map(<[u8]>::to_vec).collect()
    }

    /// How many values there are of a table.
    pub fn count(&self, of: Table) -> usize {
        self.values.values().filter(|(_, table)| *table == of).count()
    }

    /// The ratchets' keys. A public one, which travels in the messages' headers, is recognised by its private half,
    /// which stands before it; if something else was sent in its place, that is no public key.
    pub fn ratchet_keys(&self) -> Vec<RatchetKey> {
        let sessions = self
            .values
            .iter()
            .filter(|(_, (_, table))| *table == Table::Session);
        let pairs = sessions.flat_map(|(value, (name, _))| value.windows(64).map(move |pair| (name, pair)));
        pairs
            .map(|(name, pair)| (name, pair.split_at(32)))
            .filter(|(_, (private, public))| public_key(private) == *public)
            .map(|(name, (private, public))| RatchetKey {
                session: name.clone(),
                private: private.to_vec(),
                public: public.to_vec(),
            })
            .collect()
    }

    /// What is secret in the values: all that is left when what is public is cut out.
    pub fn secrets(&self, public: &BTreeSet<Vec<u8>>) -> Vec<(&str, &[u8])> {
        let mut secrets = Vec::new();
        for (value, (name, table)) in &self.values {
            let pieces = match table {
                Table::Session => cut(value, public),
                _ => vec![&value[..]],
            };
            secrets.extend(pieces.into_iter().map(|piece| (&name[..], piece)));
        }
        secrets
    }
}

/// Whether a record is a chunk that came in: under device and session stand its piece, which is not 0, and its number.
fn is_chunk(record: &Record) -> bool {
    const SESSION_KEY: usize = 24 + 8;
    let row = record.key.get(SESSION_KEY..).filter(|row| row.len() == 3);
    record.table == Table::Session && row.is_some_and(|row| row[0] != 0)
}

/// A record's key, for people.
fn key(record: &Record) -> String {
    match record.table {
        Table::Own => String::from_utf8_lossy(&record.key).into_owned(),
        _ => record.key.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// The pieces between the occurrences of what is public.
fn cut<'a>(value: &'a [u8], public: &BTreeSet<Vec<u8>>) -> Vec<&'a [u8]> {
    let (mut pieces, mut start, mut at) = (Vec::new(), 0, 0);
    while at < value.len() {
        match public.iter().find(|public| value[at..].starts_with(public)) {
            Some(found) => {
                pieces.push(&value[start..at]);
                at += found.len();
                start = at;
            }
            None => at += 1,
        }
    }
    pieces.push(&value[start..]);
    pieces
}

/// The public half of an X25519 key.
pub fn public_key(secret: &[u8]) -> [u8; 32] {
    x25519(secret.try_into().unwrap(), X25519_BASEPOINT_BYTES)
}
