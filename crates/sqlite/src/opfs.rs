//! Databases in the browser's origin private file system.
//!
//! Only in a dedicated worker of a secure context; one worker at a time holds the files, by one connection each. So the
//! write-ahead log needs no memory shared between connections: its index lies on the heap (SQLite, "Use of WAL
//! without shared memory").

use rusqlite::{Connection, OpenFlags};
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_rs::vfs::VfsFilesManager;
use sqlite_wasm_vfs::sahpool::{OpfsSAHError, OpfsSAHPoolCfg, OpfsSAHPoolUtil, install};

use crate::{KEY_LENGTH, OpenError, cipher};

/// The encrypting file system around the pool of OPFS handles.
const FILE_SYSTEM: &str = "multipleciphers-opfs-sahpool";

/// Durable at commit, at the price of one flush; no dangling references, deleted content overwritten.
const PRAGMAS: &str = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;\
                       PRAGMA secure_delete=ON;PRAGMA temp_store=MEMORY;";

/// The pool of files, installed and held by this worker.
pub struct Opfs(OpfsSAHPoolUtil);

/// Why the origin private file system can't be used.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// Not a dedicated worker, not a secure context, or a browser without synchronous file handles.
    #[error("this browser offers no private file system here")]
    Unsupported,
    /// The person or the browser's settings forbid storage.
    #[error("the browser blocks storage for this site")]
    Blocked,
    /// Another tab or worker holds the files.
    #[error("another tab holds the database")]
    InUse,
    /// The browser's quota is spent.
    #[error("no space left for the database")]
    Full,
    /// Anything else that the browser reports.
    #[error("the private file system can't be used")]
    Other(#[source] OpfsSAHError),
}

impl From<OpfsSAHError> for InstallError {
    fn from(error: OpfsSAHError) -> Self {
        let name = match &error {
            OpfsSAHError::NotSupported => return Self::Unsupported,
            OpfsSAHError::DirectoryInUse(_) => return Self::InUse,
            OpfsSAHError::Opfs { value, .. } => exception_name(value),
            _ => None,
        };
        match name.as_deref() {
            Some("SecurityError" | "NotAllowedError") => Self::Blocked,
            Some("NoModificationAllowedError") => Self::InUse,
            Some("QuotaExceededError") => Self::Full,
            _ => Self::Other(error),
        }
    }
}

/// The `name` of a DOMException.
fn exception_name(exception: &wasm_bindgen::JsValue) -> Option<String> {
    js_sys::Reflect::get(exception, &"name".into()).ok()?.as_string()
}

/// Takes hold of the origin's files. Installing again in the same worker returns the same pool.
///
/// # Errors
/// See [`InstallError`]; no file was changed.
pub async fn install_opfs() -> Result<Opfs, InstallError> {
    let pool = install::<WasmOsCallback>(&OpfsSAHPoolCfg::default(), true).await?;
    Ok(Opfs(pool))
}

impl Opfs {
    /// Opens or creates the encrypted database `name`, a plain file name. One connection at a time.
    ///
    /// # Errors
    /// See [`OpenError`]; never [`OpenError::NotADatabase`].
    pub fn open_encrypted(&self, name: &str, key: &[u8; KEY_LENGTH]) -> Result<Connection, OpenError> {
        let connection = open(name)?;
        cipher::unlock(&connection, key)?;
        connection.execute_batch(PRAGMAS)?;
        Ok(connection)
    }

    /// Opens or creates the unencrypted database `name`, a plain file name. One connection at a time.
    ///
    /// # Errors
    /// See [`OpenError`]; never [`OpenError::WrongKey`].
    pub fn open_plain(&self, name: &str) -> Result<Connection, OpenError> {
        let connection = open(name)?;
        cipher::first_page(&connection)?;
        connection.execute_batch(PRAGMAS)?;
        Ok(connection)
    }

    /// Whether there is a database `name`.
    ///
    /// # Errors
    /// [`InstallError::Other`] after [`Opfs::release`].
    pub fn contains(&self, name: &str) -> Result<bool, InstallError> {
        Ok(self.0.contains(name)?)
    }

    /// Removes the database `name` and its log, if they are there. Its connection must be closed before.
    ///
    /// # Errors
    /// [`InstallError::Other`] after [`Opfs::release`], or if the browser fails.
    pub fn remove(&self, name: &str) -> Result<(), InstallError> {
        self.0.remove(name)?;
        self.0.remove(&format!("{name}-wal"))?;
        Ok(())
    }

    /// Lets go of the files, so that another tab can take them. Every connection must be closed before.
    ///
    /// # Errors
    /// [`InstallError::Other`] while a connection is open.
    pub fn release(&self) -> Result<(), InstallError> {
        Ok(self.0.pause()?)
    }

    /// Takes hold of the files again after [`Opfs::release`].
    ///
    /// # Errors
    /// See [`InstallError`].
    pub async fn resume(&self) -> Result<(), InstallError> {
        Ok(self.0.resume().await?)
    }
}

fn open(name: &str) -> Result<Connection, OpenError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs(name, flags, FILE_SYSTEM)?;
    // Before anything is read: a log that a killed tab left behind can be opened in no other way.
    connection.execute_batch("PRAGMA locking_mode=EXCLUSIVE;")?;
    Ok(connection)
}
