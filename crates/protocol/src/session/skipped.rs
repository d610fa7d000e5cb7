//! The keys of messages that have not arrived yet (Double Ratchet, section 2.6).

use std::collections::{BTreeMap, BTreeSet};

use sotto_keys::codec::Reader;
use sotto_keys::{DecodeError, X25519PublicKey};
use zeroize::Zeroizing;

use crate::session::message_key::MessageSeed;

/// Names a skipped message: the sender's ratchet key and the number in its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SkippedKeyId {
    ratchet_key: X25519PublicKey,
    number: u32,
}

impl SkippedKeyId {
    /// Length of [`SkippedKeyId::to_bytes`].
    pub const LEN: usize = 36;

    pub(crate) fn new(ratchet_key: X25519PublicKey, number: u32) -> Self {
        Self { ratchet_key, number }
    }

    /// Ratchet key, then number.
    pub fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..32].copy_from_slice(self.ratchet_key.as_bytes());
        bytes[32..].copy_from_slice(&self.number.to_be_bytes());
        bytes
    }

    /// Takes a name from exactly its bytes.
    ///
    /// # Errors
    /// If the length is another or the key is invalid.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, |reader| {
            Ok(Self::new(X25519PublicKey::read(reader)?, reader.u32()?))
        })
    }
}

/// An age and two seeds.
const ROW_LEN: usize = 72;

/// Skipped seeds by name, and by age.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SkippedKeys {
    seeds: BTreeMap<SkippedKeyId, (u64, MessageSeed)>,
    by_age: BTreeMap<u64, SkippedKeyId>,
    added: BTreeSet<SkippedKeyId>,
    removed: Vec<SkippedKeyId>,
}

/// What is to be stored and deleted since the last time.
pub(crate) struct SkippedChanges {
    pub(crate) added: Vec<(SkippedKeyId, Zeroizing<Vec<u8>>)>,
    pub(crate) removed: Vec<SkippedKeyId>,
}

impl SkippedKeys {
    /// Most seeds kept.
    pub(crate) const MAX: usize = 2_000;

    pub(crate) fn get(&self, id: &SkippedKeyId) -> Option<&MessageSeed> {
        self.seeds.get(id).map(|(_, seed)| seed)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = SkippedKeyId> + '_ {
        self.seeds.keys().copied()
    }

    pub(crate) fn remove(&mut self, id: &SkippedKeyId) {
        if let Some((age, _)) = self.seeds.remove(id) {
            self.by_age.remove(&age);
            if !self.added.remove(id) {
                self.removed.push(*id);
            }
        }
    }

    /// Keeps seeds, the oldest first; the oldest of all make room.
    pub(crate) fn extend(&mut self, seeds: impl IntoIterator<Item = (SkippedKeyId, MessageSeed)>) {
        for (id, seed) in seeds {
            let age = self
                .by_age
                .last_key_value()
                .map_or(0, |(last, _)| last.saturating_add(1));
            self.seeds.insert(id, (age, seed));
            self.by_age.insert(age, id);
            self.added.insert(id);
        }
        while self.seeds.len() > Self::MAX
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.remove(&oldest);
        }
    }

    pub(crate) fn take_changes(&mut self) -> SkippedChanges {
        let added = core::mem::take(&mut self.added);
        let encoded = added.into_iter().filter_map(|id| {
            let (age, seed) = self.seeds.get(&id)?;
            let mut row = Zeroizing::new(Vec::with_capacity(ROW_LEN));
            row.extend(age.to_be_bytes());
            seed.write(&mut row);
            Some((id, row))
        });
        SkippedChanges {
            added: encoded.collect(),
            removed: core::mem::take(&mut self.removed),
        }
    }

    /// Takes back what [`SkippedKeys::take_changes`] gave, in any order.
    pub(crate) fn load<B: AsRef<[u8]>>(
        stored: impl IntoIterator<Item = (SkippedKeyId, B)>,
    ) -> Result<Self, DecodeError> {
        let mut keys = Self::default();
        for (id, bytes) in stored {
            let read = |reader: &mut Reader<'_>| Ok((reader.u64()?, MessageSeed::read(reader)?));
            let (age, seed) = Reader::read_all(bytes.as_ref(), read)?;
            let new = keys.by_age.insert(age, id).is_none() && keys.seeds.insert(id, (age, seed)).is_none();
            if !new || keys.seeds.len() > Self::MAX {
                return Err(DecodeError::OutOfRange);
            }
        }
        Ok(keys)
    }
}
