//! The suite that every backend passes, run against SQLite in both ways of committing.

#![allow(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use sotto_store::Stores;
use sotto_store_sqlite::{Commit, Options, SqliteStore};
use std::sync::Arc;
use tempfile::TempDir;

fn open(commit: Commit) -> (Stores, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        path: folder.path().join("sotto.db"),
        commit,
        max_bytes: None,
    };
    let store = SqliteStore::open(&options).unwrap();
    (Stores::of(Arc::new(store)), folder)
}

fn run(check: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(check);
}

mod batched {
    use super::run;

    fn open() -> (sotto_store::Stores, tempfile::TempDir) {
        super::open(sotto_store_sqlite::Commit::Batched)
    }
    sotto_store::conformance!(run, open);
}

mod inline {
    use super::run;

    fn open() -> (sotto_store::Stores, tempfile::TempDir) {
        super::open(sotto_store_sqlite::Commit::Inline)
    }
    sotto_store::conformance!(run, open);
}
