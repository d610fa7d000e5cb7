//! The threads that hold the connections.

use crate::batch::{Job, commit};
use sotto_sqlite::rusqlite::Connection;
use sotto_store::StoreError;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Most jobs that share a transaction.
const BATCH: usize = 256;

/// Something to read.
pub(crate) type Query = Box<dyn FnOnce(&Connection) + Send>;

/// One thread that writes, some that read. Dropped, they finish what they were given.
pub(crate) struct Threads {
    jobs: Option<Sender<Box<dyn Job>>>,
    queries: Option<Sender<Query>>,
    handles: Vec<JoinHandle<()>>,
}

impl Threads {
    /// Starts the threads, one for each connection.
    pub(crate) fn start(writer: Connection, readers: Vec<Connection>) -> Result<Self, StoreError> {
        let (jobs, job_queue) = channel();
        let (queries, query_queue) = channel();
        let query_queue = Arc::new(Mutex::new(query_queue));
        let mut handles = vec![spawn("store-writer", move || write(&writer, &job_queue))?];
        for reader in readers {
            let queue = query_queue.clone();
            handles.push(spawn("store-reader", move || read(&reader, &queue))?);
        }
        Ok(Self {
            jobs: Some(jobs),
            queries: Some(queries),
            handles,
        })
    }

    /// Puts a job in the queue. A job that can't be queued is dropped, and whoever waits for it learns that.
    pub(crate) fn write(&self, job: Box<dyn Job>) {
        self.jobs.as_ref().map(|jobs| jobs.send(job));
    }

    /// Puts a query in the queue.
    pub(crate) fn read(&self, query: Query) {
        self.queries.as_ref().map(|queries| queries.send(query));
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.jobs = None;
        self.queries = None;
        for handle in self.handles.drain(..) {
            // A thread that panicked has nothing more to finish.
            let _ = handle.join();
        }
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map_err(|_| StoreError::Unavailable)
}

/// Whatever came in during one transaction goes into the next.
fn write(connection: &Connection, queue: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = queue.recv() {
        let mut jobs = vec![first];
        jobs.extend(queue.try_iter().take(BATCH - 1));
        commit(connection, jobs);
    }
}

fn read(connection: &Connection, queue: &Mutex<Receiver<Query>>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(query) => query(connection),
            Err(_) => return,
        }
    }
}
