//! In the browser: the origin's private file system.

use std::rc::Rc;

use sotto_sqlite::rusqlite::Connection;
use sotto_sqlite::{InstallError, KEY_LENGTH, Opfs};

use crate::OpenError;

/// The origin's files. The worker that installed them holds them alone.
#[derive(Clone)]
pub struct Folder(Rc<Opfs>);

/// Nothing to hold: no other worker can open the files.
pub(crate) struct Lock;

impl Folder {
    /// The files of this origin.
    pub fn new(files: Opfs) -> Self {
        Self(Rc::new(files))
    }

    /// The files themselves, to let go of them and to take hold of them again.
    pub fn files(&self) -> &Opfs {
        &self.0
    }

    pub(crate) fn prepare(&self) -> Result<(), OpenError> {
        Ok(())
    }

    pub(crate) fn lock(&self) -> Result<Lock, OpenError> {
        Ok(Lock)
    }

    pub(crate) fn holds(&self, name: &str) -> Result<bool, OpenError> {
        Ok(self.0.contains(name)?)
    }

    pub(crate) fn open_plain(&self, name: &str) -> Result<Connection, OpenError> {
        Ok(self.0.open_plain(name)?)
    }

    pub(crate) fn open_encrypted(&self, name: &str, key: &[u8; KEY_LENGTH]) -> Result<Connection, OpenError> {
        Ok(self.0.open_encrypted(name, key)?)
    }

    /// Removes a database, if it is there.
    pub(crate) fn remove(&self, name: &str) -> Result<(), OpenError> {
        Ok(self.0.remove(name)?)
    }
}

impl From<InstallError> for OpenError {
    fn from(error: InstallError) -> Self {
        match error {
            InstallError::Full => Self::Full,
            InstallError::InUse => Self::InUse,
            // An error of the browser isn't `Send`; its text is.
            error => Self::Io(error.to_string().into()),
        }
    }
}

impl core::fmt::Debug for Folder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Folder(the origin's private file system)")
    }
}
