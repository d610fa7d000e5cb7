//! Upkeep.

use super::fixture::{Fixture, UNLIMITED, batch};
use crate::{Appended, MailboxSize, Stores, Swept};
use sotto_keys::{PrekeyKind, Timestamp};

/// A store that works says so.
pub async fn probes(stores: &Stores) {
    assert_eq!(stores.upkeep.probe().await, Ok(()));
    assert_eq!(stores.upkeep.probe().await, Ok(()));
}

/// Old mail, old ids and expired prekeys go; what is young enough stays.
pub async fn sweeps_what_is_old(stores: &Stores) {
    let fixture = Fixture::new(stores).await;
    let prekeys = vec![batch(PrekeyKind::SignedEc, "signed", 1)];
    stores
        .prekeys
        .upload(Fixture::BOB, prekeys, Fixture::NOW)
        .await
        .unwrap();
    fixture.send(1, b"old").await;
    let mut young = Fixture::outgoing(2, b"young");
    young.at = Timestamp::from_millis(Fixture::NOW.as_millis() + 1);
    let at = young.at;
    stores.mailboxes.append(young.clone(), UNLIMITED).await.unwrap();

    assert_eq!(
        stores
            .upkeep
            .sweep(Fixture::NOW, Fixture::NOW, Fixture::NOW)
            .await,
        Ok(Swept::default())
    );
    let swept = stores.upkeep.sweep(at, at, Fixture::EXPIRY).await;
    assert_eq!(
        swept,
        Ok(Swept {
            mail: 1,
            sends: 1,
            batches: 1
        })
    );
    assert_eq!(fixture.waiting().await.len(), 1);
    let size = stores.mailboxes.size(Fixture::BOB).await;
    assert_eq!(
        size,
        Ok(MailboxSize {
            messages: 1,
            bytes: 5
        })
    );
    let repeated = stores.mailboxes.append(young, UNLIMITED).await;
    assert_eq!(repeated, Ok(Appended::Repeated { at }));
}
