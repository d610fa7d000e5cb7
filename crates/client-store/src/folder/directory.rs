//! Natively: a directory.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use sotto_sqlite::KEY_LENGTH;
use sotto_sqlite::rusqlite::Connection;

use crate::OpenError;

/// Held by whoever has the encrypted store open: two engines on one store would use keys twice.
const LOCK: &str = "lock";

/// What SQLite puts beside a database.
const COMPANIONS: [&str; 3] = ["-journal", "-wal", "-shm"];

/// The directory of one profile.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

/// Lets go when dropped, and when the process dies.
pub(crate) struct Lock(#[expect(dead_code, reason = "holds the lock")] File);

impl Folder {
    /// The profile's directory; it is made when a profile is.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes the directory, for its owner alone.
    pub(crate) fn prepare(&self) -> Result<(), OpenError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        Ok(builder.create(&self.0)?)
    }

    pub(crate) fn lock(&self) -> Result<Lock, OpenError> {
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.0.join(LOCK))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    pub(crate) fn holds(&self, name: &str) -> Result<bool, OpenError> {
        Ok(self.0.join(name).try_exists()?)
    }

    pub(crate) fn open_plain(&self, name: &str) -> Result<Connection, OpenError> {
        Ok(sotto_sqlite::open_plain(self.0.join(name))?)
    }

    pub(crate) fn open_encrypted(&self, name: &str, key: &[u8; KEY_LENGTH]) -> Result<Connection, OpenError> {
        Ok(sotto_sqlite::open_encrypted(self.0.join(name), key)?)
    }

    /// Removes a database, if it is there. The file itself first: what is beside it means nothing without it.
    pub(crate) fn remove(&self, name: &str) -> Result<(), OpenError> {
        remove_file(&self.0.join(name))?;
        for suffix in COMPANIONS {
            remove_file(&self.0.join(format!("{name}{suffix}")))?;
        }
        Ok(())
    }
}

fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io(Box::new(error)),
        }
    }
}
