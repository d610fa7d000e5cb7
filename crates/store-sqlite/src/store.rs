//! The store: opening it, and getting work to its connections.

use crate::batch::{Job, Task, commit};
use crate::failure::{Work, from_migrate, from_open, from_sqlite};
use crate::schema::MIGRATIONS;
use crate::threads::Threads;
use sotto_sqlite::rusqlite::{self, Connection};
use sotto_sqlite::{migrate, open_plain};
use sotto_store::{StoreError, StoreFuture};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// Threads that read.
const READERS: usize = 2;
/// Prepared statements that each connection keeps.
const STATEMENTS: usize = 64;
/// How long a connection waits for another process's lock.
const BUSY: Duration = Duration::from_secs(5);

/// Where the store is, and how it commits.
#[derive(Clone, Debug)]
pub struct Options {
    /// The database's file. Its folder must exist.
    pub path: PathBuf,
    /// When transactions are committed.
    pub commit: Commit,
    /// Largest size of the file in bytes, above which the storage counts as full; `None` for as large as the disk.
    pub max_bytes: Option<u64>,
}

/// When transactions are committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    /// By a thread of its own, many jobs at a time.
    Batched,
    /// Each job at once, on the thread that asks: for simulations, whose clock a thread would escape.
    Inline,
}

/// Storage in one SQLite file.
pub struct SqliteStore {
    connections: Connections,
}

enum Connections {
    Threads(Threads),
    Inline(Mutex<Connection>),
}

impl SqliteStore {
    /// Opens or creates the store, and brings its schema up to date.
    ///
    /// # Errors
    /// See [`StoreError`]; a store from a newer version is left untouched.
    pub fn open(options: &Options) -> Result<Self, StoreError> {
        let mut writer = connect(&options.path)?;
        migrate(&mut writer, MIGRATIONS).map_err(|error| from_migrate(&error))?;
        if let Some(bytes) = options.max_bytes {
            limit(&writer, bytes).map_err(|error| from_sqlite(&error))?;
        }
        let connections = match options.commit {
            Commit::Inline => Connections::Inline(Mutex::new(writer)),
            Commit::Batched => {
                let readers = (0..READERS)
                    .map(|_| connect(&options.path))
                    .collect::<Result<_, _>>()?;
                Connections::Threads(Threads::start(writer, readers)?)
            }
        };
        Ok(Self { connections })
    }

    /// Writes, in the order of calls; the future is ready once that is durable.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Work<T> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        let (task, receiver) = Task::new(work);
        let job: Box<dyn Job> = Box::new(task);
        match &self.connections {
            Connections::Threads(threads) => threads.write(job),
            Connections::Inline(connection) => {
                commit(
                    &connection.lock().unwrap_or_else(PoisonError::into_inner),
                    vec![job],
                );
            }
        }
        answer(receiver)
    }

    /// Reads.
    pub(crate) fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        let (sender, receiver) = oneshot::channel();
        let query = move |connection: &Connection| {
            // Nobody may be waiting any more.
            let _ = sender.send(work(connection).map_err(|error| from_sqlite(&error)));
        };
        match &self.connections {
            Connections::Threads(threads) => threads.read(Box::new(query)),
            Connections::Inline(connection) => {
                query(&connection.lock().unwrap_or_else(PoisonError::into_inner));
            }
        }
        answer(receiver)
    }
}

/// A dropped sender means that the thread is gone.
fn answer<'a, T: Send + 'static>(receiver: oneshot::Receiver<Result<T, StoreError>>) -> StoreFuture<'a, T> {
    Box::pin(async move { receiver.await.unwrap_or(Err(StoreError::Unavailable)) })
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let connection = open_plain(path).map_err(|error| from_open(&error))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection
        .busy_timeout(BUSY)
        .map_err(|error| from_sqlite(&error))?;
    Ok(connection)
}

fn limit(connection: &Connection, bytes: u64) -> rusqlite::Result<()> {
    let page_size: u64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let pages = bytes.div_ceil(page_size.max(1));
    connection.query_row(&format!("PRAGMA max_page_count={pages}"), [], |_| Ok(()))
}
