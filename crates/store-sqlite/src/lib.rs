//! The embedded storage backend: one SQLite file.
//!
//! One thread writes. What is asked for while it waits for the disk shares the next transaction and its fsync; each job
//! in a savepoint of its own, so that one that fails takes no other with it. Other threads read.

mod batch;
mod domains;
mod failure;
mod schema;
mod store;
mod threads;

pub use store::{Commit, Options, SqliteStore};
