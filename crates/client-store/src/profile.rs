//! A profile: one account on one device.

use sotto_engine::Batch;
use sotto_protocol::{UnwrapError, VaultKey, WrapSecret};

use crate::folder::{Folder, Lock};
use crate::{CommitError, Header, OpenError, Store};

const HEADER: &str = "profile.db";
const STORE: &str = "store.db";

/// Names the database key among the vault's.
const DATABASE_KEY: &str = "sotto/1 client store";

/// A complete profile, locked.
#[derive(Clone, Debug)]
pub struct Profile {
    folder: Folder,
    header: Header,
}

/// Why a profile was not made. The folder holds no profile, unless it was there before.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// There is one in this folder.
    #[error("there is a profile already")]
    Exists,
    /// Nothing would unlock it.
    #[error("a profile needs something that unlocks it")]
    NoWrap,
    /// A database could not be made.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The first batch could not be stored.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// Why a profile was not unlocked. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// The secret opens none of the wraps.
    #[error("that does not unlock it")]
    WrongSecret,
    /// The secret is right, but the store can't be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl Profile {
    /// Reads the header of the profile in a folder. `None` if there is no profile, or only the remains of one whose
    /// making or erasing was interrupted.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(folder: &Folder) -> Result<Option<Self>, OpenError> {
        if !folder.holds(HEADER)? {
            return Ok(None);
        }
        let header = Header::read(&mut folder.open_plain(HEADER)?)?;
        Ok(header.map(|header| Self {
            folder: folder.clone(),
            header,
        }))
    }

    /// Makes a profile that is whole or not there: the store with its first batch, then the header.
    ///
    /// # Errors
    /// See [`CreateError`].
    pub fn create(
        folder: &Folder,
        header: Header,
        vault_key: &VaultKey,
        first: &Batch,
    ) -> Result<(Self, Store), CreateError> {
        if header.wraps.is_empty() {
            return Err(CreateError::NoWrap);
        }
        folder.prepare()?;
        let lock = folder.lock()?;
        if Self::open(folder)?.is_some() {
            return Err(CreateError::Exists);
        }
        remove_files(folder)?;
        Self::write(folder, header, vault_key, first, lock).inspect_err(|_| {
            // The error that is told is the first one; remains are no profile, and removed by the next attempt.
            let _ = remove_files(folder);
        })
    }

    fn write(
        folder: &Folder,
        header: Header,
        vault_key: &VaultKey,
        first: &Batch,
        lock: Lock,
    ) -> Result<(Self, Store), CreateError> {
        let mut store = open_store(folder, vault_key, lock)?;
        store.commit(first)?;
        header.write(&mut folder.open_plain(HEADER)?)?;
        let folder = folder.clone();
        Ok((Self { folder, header }, store))
    }

    /// What can be known while the vault is locked.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Opens the store.
    ///
    /// # Errors
    /// See [`UnlockError`]; [`OpenError::InUse`] while another [`Store`] of this profile is open, here or in another
    /// process.
    pub fn unlock(&self, secret: &WrapSecret<'_>) -> Result<Store, UnlockError> {
        let vault_key = self.unwrap(secret).map_err(|_| UnlockError::WrongSecret)?;
        let lock = self.folder.lock()?;
        Ok(open_store(&self.folder, &vault_key, lock)?)
    }

    fn unwrap(&self, secret: &WrapSecret<'_>) -> Result<VaultKey, UnwrapError> {
        self.header
            .wraps
            .iter()
            .find_map(|wrap| wrap.key.unwrap(secret).ok())
            .ok_or(UnwrapError::WrongSecret)
    }

    /// Erases whatever profile is in the folder, even a damaged one: first the wrapped keys, without which the store
    /// is noise, then the files.
    ///
    /// A medium that writes elsewhere than told, such as flash memory, may keep older copies of the wraps.
    ///
    /// # Errors
    /// See [`OpenError`]; [`OpenError::InUse`] while a [`Store`] of it is open. It can be tried again.
    pub fn erase(folder: &Folder) -> Result<(), OpenError> {
        folder.prepare()?;
        let _lock = folder.lock()?;
        if folder.holds(HEADER)? {
            // A header that can't be opened any more is removed all the same.
            let _ = folder
                .open_plain(HEADER)
                .and_then(|connection| Header::destroy(&connection));
        }
        remove_files(folder)
    }
}

fn open_store(folder: &Folder, vault_key: &VaultKey, lock: Lock) -> Result<Store, OpenError> {
    let key = vault_key.subkey(DATABASE_KEY);
    Store::new(folder.open_encrypted(STORE, &key)?, lock)
}

/// The header last: as long as it is there, someone sees that there is something to erase.
fn remove_files(folder: &Folder) -> Result<(), OpenError> {
    folder.remove(STORE)?;
    folder.remove(HEADER)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use sotto_engine::Table;
    use sotto_sqlite::rusqlite::Connection;

    use super::*;
    use crate::fixtures::{ALICE, BOB, SECRET, append, batch, files_hold, folder, header, put, vault_key};

    const MARK: &str = "marked plaintext of a message";
    const VALUE: &[u8] = b"marked value of a record";

    fn first() -> Batch {
        batch([put(Table::Own, b"marked key", VALUE), append(1, MARK)])
    }

    fn create(folder: &Folder) -> (Profile, Store) {
        Profile::create(folder, header(), &vault_key(), &first()).unwrap()
    }

    #[test]
    fn what_was_made_is_there_when_opened_again() {
        let (_directory, folder) = folder();
        assert!(Profile::open(&folder).unwrap().is_none());
        drop(create(&folder));

        let profile = Profile::open(&folder).unwrap().unwrap();
        assert_eq!(profile.header(), &header());
        let store = profile.unlock(&WrapSecret::DeviceKey(&SECRET)).unwrap();
        assert_eq!(store.messages(BOB, None, 10).unwrap()[0].text, MARK);
        assert_eq!(store.records().unwrap()[0].value.as_slice(), VALUE);
    }

    #[test]
    fn files_of_a_profile_leak_nothing() {
        let (_directory, folder) = folder();
        let (_, store) = create(&folder);
        let database_key = vault_key().subkey(DATABASE_KEY);
        let secrets: [&[u8]; 9] = [
            MARK.as_bytes(),
            b"plaintext",
            VALUE,
            b"marked key",
            BOB.as_bytes(),
            &SECRET,
            &database_key[..],
            b"CREATE VIRTUAL",
            b"unicode61",
        ];
        let assert_silent = |when: &str| {
            for secret in secrets {
                let text = String::from_utf8_lossy(secret);
                assert!(!files_hold(folder.path(), secret), "{text} is in a file, {when}");
            }
            assert!(
                files_hold(folder.path(), ALICE.as_bytes()),
                "the search itself is broken"
            );
        };
        assert!(
            folder.path().join("store.db-wal").exists(),
            "no log was looked at"
        );
        assert_silent("while open");
        drop(store);
        assert_silent("when closed");
    }

    #[test]
    fn a_wrong_secret_opens_nothing() {
        let (_directory, folder) = folder();
        let (profile, store) = create(&folder);
        drop(store);
        for wrong in [WrapSecret::DeviceKey(&[0; 32]), WrapSecret::Prf(&SECRET)] {
            assert!(matches!(profile.unlock(&wrong), Err(UnlockError::WrongSecret)));
        }
        profile.unlock(&WrapSecret::DeviceKey(&SECRET)).unwrap();
    }

    #[test]
    fn a_store_is_open_once() {
        let (_directory, folder) = folder();
        let (profile, store) = create(&folder);
        let again = profile.unlock(&WrapSecret::DeviceKey(&SECRET));
        assert!(matches!(again, Err(UnlockError::Open(OpenError::InUse))));
        assert!(matches!(Profile::erase(&folder), Err(OpenError::InUse)));
        assert!(
            Profile::open(&folder).unwrap().is_some(),
            "the header can be read"
        );
        drop(store);
        profile.unlock(&WrapSecret::DeviceKey(&SECRET)).unwrap();
    }

    #[test]
    fn a_profile_is_not_made_over_another() {
        let (_directory, folder) = folder();
        drop(create(&folder));
        let again = Profile::create(&folder, header(), &vault_key(), &Batch::default());
        assert!(matches!(again, Err(CreateError::Exists)));
        let profile = Profile::open(&folder).unwrap().unwrap();
        let store = profile.unlock(&WrapSecret::DeviceKey(&SECRET)).unwrap();
        assert_eq!(store.records().unwrap().len(), 1);
    }

    #[test]
    fn a_profile_without_wraps_is_not_made() {
        let (_directory, folder) = folder();
        let mut header = header();
        header.wraps.clear();
        let made = Profile::create(&folder, header, &vault_key(), &first());
        assert!(matches!(made, Err(CreateError::NoWrap)));
        assert!(Profile::open(&folder).unwrap().is_none());
    }

    #[test]
    fn remains_of_an_interrupted_making_are_no_profile_and_in_nobodys_way() {
        let (_directory, folder) = folder();
        drop(create(&folder));
        // Died after the store was there, before the header; then after the header's tables, before its row.
        fs::remove_file(folder.path().join(HEADER)).unwrap();
        assert!(Profile::open(&folder).unwrap().is_none());
        Header::read(&mut folder.open_plain(HEADER).unwrap()).unwrap();
        assert!(Profile::open(&folder).unwrap().is_none());

        let other_key = VaultKey::generate(&mut crate::fixtures::rng());
        drop(Profile::create(&folder, header(), &other_key, &first()).unwrap());
        assert!(Profile::open(&folder).unwrap().is_some());
    }

    #[test]
    fn erasing_destroys_the_wraps_before_the_files_go() {
        let (_directory, folder) = folder();
        drop(create(&folder));
        let wrap = header().wraps[0].key.encode();
        assert!(files_hold(folder.path(), &wrap));
        Header::destroy(&folder.open_plain(HEADER).unwrap()).unwrap();
        assert!(!files_hold(folder.path(), &wrap[40..]));
        assert!(!files_hold(folder.path(), header().server.as_bytes()));
        assert!(Profile::open(&folder).unwrap().is_none());

        Profile::erase(&folder).unwrap();
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "the lock alone");
        drop(create(&folder));
    }

    #[test]
    fn a_damaged_profile_can_be_erased() {
        let (_directory, folder) = folder();
        drop(create(&folder));
        fs::write(folder.path().join(HEADER), [0xFF; 8192]).unwrap();
        assert!(matches!(Profile::open(&folder), Err(OpenError::Damaged)));
        Profile::erase(&folder).unwrap();
        assert!(Profile::open(&folder).unwrap().is_none());
    }

    #[test]
    fn a_damaged_store_is_told_from_a_wrong_secret() {
        let (_directory, folder) = folder();
        let (profile, store) = create(&folder);
        drop(store);
        fs::write(folder.path().join(STORE), [0xFF; 8192]).unwrap();
        let opened = profile.unlock(&WrapSecret::DeviceKey(&SECRET));
        assert!(matches!(opened, Err(UnlockError::Open(OpenError::Damaged))));
    }

    fn make_newer(connection: &Connection) {
        connection.pragma_update(None, "user_version", 1000).unwrap();
    }

    #[test]
    fn what_a_newer_version_wrote_is_refused_untouched() {
        let (_directory, folder) = folder();
        let (profile, store) = create(&folder);
        drop(store);
        let key = vault_key().subkey(DATABASE_KEY);
        make_newer(&folder.open_encrypted(STORE, &key).unwrap());
        let before = fs::read(folder.path().join(STORE)).unwrap();
        let opened = profile.unlock(&WrapSecret::DeviceKey(&SECRET));
        assert!(matches!(opened, Err(UnlockError::Open(OpenError::Newer))));
        assert_eq!(fs::read(folder.path().join(STORE)).unwrap(), before);

        make_newer(&folder.open_plain(HEADER).unwrap());
        let before = fs::read(folder.path().join(HEADER)).unwrap();
        assert!(matches!(Profile::open(&folder), Err(OpenError::Newer)));
        let over = Profile::create(&folder, header(), &vault_key(), &first());
        assert!(matches!(over, Err(CreateError::Open(OpenError::Newer))));
        assert_eq!(fs::read(folder.path().join(HEADER)).unwrap(), before);
    }

    #[test]
    #[cfg(unix)]
    fn the_directory_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let (_directory, folder) = folder();
        drop(create(&folder));
        let mode = fs::metadata(folder.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
