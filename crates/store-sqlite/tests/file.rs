//! What is particular to a file: what is in it survives, what is too new is left alone, what is full stays readable.

#![allow(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use sotto_store::conformance::{Fixture, UNLIMITED};
use sotto_store::{Appended, Created, StoreError, Stores};
use sotto_store_sqlite::{Commit, Options, SqliteStore};
use std::path::Path;
use std::sync::Arc;

fn options(folder: &Path) -> Options {
    Options {
        path: folder.join("sotto.db"),
        commit: Commit::Batched,
        max_bytes: None,
    }
}

fn open(options: &Options) -> Result<Stores, StoreError> {
    SqliteStore::open(options).map(|store| Stores::of(Arc::new(store)))
}

#[tokio::test]
async fn what_was_stored_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let stores = open(&options(folder.path())).unwrap();
    let fixture = Fixture::new(&stores).await;
    fixture.send(1, b"kept").await;
    drop((fixture, stores));

    let stores = open(&options(folder.path())).unwrap();
    let alice = stores.accounts.create(Fixture::alice()).await.unwrap();
    assert_eq!(alice, Created::Repeated);
    let mail = stores.mailboxes.page(Fixture::BOB, 0, 10, 1000).await.unwrap();
    assert_eq!(mail[0].body, b"kept");
}

#[test]
fn a_database_from_a_newer_version_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    drop(open(&options).unwrap());
    let connection = sotto_sqlite::open_plain(&options.path).unwrap();
    connection.pragma_update(None, "user_version", 4711).unwrap();
    drop(connection);
    let before = std::fs::read(&options.path).unwrap();

    let refused = open(&options).err();
    assert!(
        matches!(refused, Some(StoreError::Newer { found: 4711, .. })),
        "{refused:?}"
    );
    assert_eq!(std::fs::read(&options.path).unwrap(), before);
}

#[tokio::test]
async fn a_full_disk_refuses_writes_whole_and_keeps_on_reading() {
    let folder = tempfile::tempdir().unwrap();
    let stores = open(&Options {
        max_bytes: Some(400_000),
        ..options(folder.path())
    })
    .unwrap();
    let fixture = Fixture::new(&stores).await;
    let body = vec![7; 20_000];
    let mut stored = 0;
    let error = loop {
        match stores
            .mailboxes
            .append(Fixture::outgoing(stored + 1, &body), UNLIMITED)
            .await
        {
            Ok(appended) => assert_eq!(appended, Appended::Stored),
            Err(error) => break error,
        }
        stored += 1;
    };

    assert_eq!(error, StoreError::Full);
    assert!(stored > 5, "{stored}");
    assert_eq!(stores.upkeep.probe().await, Err(StoreError::Full));
    assert_eq!(fixture.waiting().await.len(), usize::from(stored));
    assert_eq!(
        stores.mailboxes.size(Fixture::BOB).await.unwrap().messages,
        u64::from(stored)
    );

    // Room again: the refused send goes through, under the same id.
    let ids = fixture.waiting().await.iter().map(|mail| mail.id).collect();
    assert_eq!(
        stores.mailboxes.acknowledge(Fixture::BOB, ids).await,
        Ok(u64::from(stored))
    );
    let again = Fixture::outgoing(stored + 1, &body);
    assert_eq!(
        stores.mailboxes.append(again, UNLIMITED).await,
        Ok(Appended::Stored)
    );
    assert_eq!(stores.upkeep.probe().await, Ok(()));
}

/// Sends that share a transaction: the one that is refused takes none of the others with it.
#[tokio::test]
async fn a_refused_job_leaves_its_neighbours_alone() {
    let folder = tempfile::tempdir().unwrap();
    let stores = open(&options(folder.path())).unwrap();
    let fixture = Fixture::new(&stores).await;
    let append = |id, body: &[u8]| stores.mailboxes.append(Fixture::outgoing(id, body), UNLIMITED);
    let mut reused = Fixture::outgoing(2, b"other");
    reused.digest = [9; 32];
    // The first keeps the writer busy; the rest queue up behind it.
    let (first, second, refused, third) = (
        append(1, b"one"),
        append(2, b"two"),
        stores.mailboxes.append(reused, UNLIMITED),
        append(3, b"three"),
    );

    assert_eq!(first.await, Ok(Appended::Stored));
    assert_eq!(second.await, Ok(Appended::Stored));
    assert_eq!(refused.await, Ok(Appended::IdReused));
    assert_eq!(third.await, Ok(Appended::Stored));
    let bodies: Vec<_> = fixture
        .waiting()
        .await
        .into_iter()
        .map(|mail| mail.body)
        .collect();
    assert_eq!(bodies, [b"one".to_vec(), b"two".to_vec(), b"three".to_vec()]);
}

#[tokio::test]
async fn a_missing_folder_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let refused = open(&options(&folder.path().join("missing"))).err();
    assert_eq!(refused, Some(StoreError::Unavailable));
}
