//! Things that are kept for some minutes, in memory only, and found by something that nobody can guess.

use sha2::{Digest, Sha256};
use sotto_keys::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Values by the SHA-256 of their key, until they expire. Hashing makes looking up take no time that tells of the key,
/// and keeps the key itself out of memory.
pub(crate) struct Expiring<V> {
    entries: Mutex<HashMap<[u8; 32], Entry<V>>>,
    most: usize,
}

struct Entry<V> {
    expires: Timestamp,
    value: V,
}

/// There are too many already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many are kept already")]
pub(crate) struct TooMany;

impl<V> Expiring<V> {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            entries: Mutex::new(HashMap::new()),
            most,
        }
    }

    /// Keeps a value; what has expired makes room.
    pub(crate) fn insert(
        &self,
        key: &[u8],
        value: V,
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<(), TooMany> {
        let mut entries = self.lock();
        if entries.len() >= self.most {
            entries.retain(|_, entry| entry.expires > now);
        }
        if entries.len() >= self.most {
            return Err(TooMany);
        }
        entries.insert(hash(key), Entry { expires, value });
        Ok(())
    }

    /// Takes a value out, unless it has expired.
    pub(crate) fn take(&self, key: &[u8], now: Timestamp) -> Option<V> {
        let entry = self.lock().remove(&hash(key))?;
        (entry.expires > now).then_some(entry.value)
    }

    /// Looks at, or changes, a value that hasn't expired.
    pub(crate) fn with<T>(
        &self,
        key: &[u8],
        now: Timestamp,
        look: impl FnOnce(&mut V, Timestamp) -> T,
    ) -> Option<T> {
        let mut entries = self.lock();
        let entry = entries.get_mut(&hash(key))?;
        (entry.expires > now).then(|| look(&mut entry.value, entry.expires))
    }

    /// Drops a value.
    pub(crate) fn remove(&self, key: &[u8]) {
        self.lock().remove(&hash(key));
    }

    /// Drops the values that are not to be kept.
    pub(crate) fn retain(&self, keep: impl Fn(&V) -> bool) {
        self.lock().retain(|_, entry| keep(&entry.value));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Entry<V>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(key: &[u8]) -> [u8; 32] {
    Sha256::digest(key).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taken_once_before_it_expires_and_bounded() {
        let at = Timestamp::from_millis;
        let kept = Expiring::new(2);
        kept.insert(b"a", 1, at(10), at(0)).unwrap();
        kept.insert(b"b", 2, at(20), at(0)).unwrap();
        assert_eq!(kept.insert(b"c", 3, at(20), at(9)), Err(TooMany));
        kept.insert(b"c", 3, at(20), at(10)).unwrap();
        assert_eq!(kept.take(b"a", at(9)), None);
        assert_eq!(kept.take(b"b", at(19)), Some(2));
        assert_eq!(kept.take(b"b", at(19)), None);
        assert_eq!(kept.take(b"c", at(20)), None);
    }
}
