//! Mailboxes.

use super::fixture::{Fixture, UNLIMITED, account, address};
use crate::{Appended, MailboxLimits, MailboxSize, Outgoing, Stores};
use sotto_keys::{AccountId, Timestamp};
use sotto_wire::frame::{ListClaim, Recipient};

const BOB: sotto_keys::Address = Fixture::BOB;

async fn append(stores: &Stores, send: Outgoing) -> Appended {
    stores.mailboxes.append(send, UNLIMITED).await.unwrap()
}

fn to(recipients: &[sotto_keys::Address]) -> Outgoing {
    let recipients = recipients.iter().map(|address| Recipient {
        address: *address,
        body: b"body".to_vec(),
    });
    Outgoing {
        recipients: recipients.collect(),
        ..Fixture::outgoing(1, b"")
    }
}

/// Mail comes out in pages, as it went in, until it is acknowledged.
pub async fn stored_paged_and_acknowledged(stores: &Stores) {
    let fixture = Fixture::new(stores).await;
    for id in 1..=5 {
        fixture.send(id, &[id; 10]).await;
    }
    let all = fixture.waiting().await;
    assert_eq!(
        all.iter().map(|mail| mail.body[0]).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
    assert!(
        all.iter()
            .all(|mail| mail.sender == Fixture::ALICE && mail.at == Fixture::NOW)
    );
    let page = |after, items, bytes| stores.mailboxes.page(BOB, after, items, bytes);
    assert_eq!(page(0, 2, 1000).await, Ok(all[..2].to_vec()));
    assert_eq!(page(all[1].id, 10, 1000).await, Ok(all[2..].to_vec()));
    assert_eq!(page(0, 10, 25).await, Ok(all[..2].to_vec()));
    assert_eq!(page(0, 10, 1).await, Ok(all[..1].to_vec()));

    let ids = vec![all[0].id, all[2].id, u64::MAX, all[0].id];
    assert_eq!(stores.mailboxes.acknowledge(BOB, ids).await, Ok(2));
    assert_eq!(fixture.waiting().await.len(), 3);
    assert_eq!(
        stores.mailboxes.size(BOB).await,
        Ok(MailboxSize {
            messages: 3,
            bytes: 30
        })
    );
}

/// The same send again is answered with the time of the first, even after its mail was fetched.
pub async fn repeated_sends_are_stored_once(stores: &Stores) {
    let fixture = Fixture::new(stores).await;
    fixture.send(1, b"once").await;
    let mut again = Fixture::outgoing(1, b"once");
    again.at = Timestamp::from_millis(9_999_999);
    again.lists[0].version = 0;
    assert_eq!(
        append(stores, again.clone()).await,
        Appended::Repeated { at: Fixture::NOW }
    );
    assert_eq!(fixture.waiting().await.len(), 1);
    stores
        .mailboxes
        .acknowledge(BOB, vec![fixture.waiting().await[0].id])
        .await
        .unwrap();
    assert_eq!(
        append(stores, again.clone()).await,
        Appended::Repeated { at: Fixture::NOW }
    );
    assert_eq!(fixture.waiting().await, []);

    again.digest = [9; 32];
    assert_eq!(append(stores, again).await, Appended::IdReused);
    // Ids are the sender's own: Bob may use the same one.
    let from_bob = Outgoing {
        sender: BOB,
        ..to(&[Fixture::ALICE])
    };
    assert_eq!(append(stores, from_bob).await, Appended::Stored);
}

/// A send to several devices of which one isn't there reaches none, and its id stays free.
pub async fn all_or_nothing(stores: &Stores) {
    let fixture = Fixture::new(stores).await;
    let nobody = address(9, 9);
    let accounts = vec![nobody.account];
    assert_eq!(
        append(stores, to(&[BOB, nobody])).await,
        Appended::UnknownDevice { accounts }
    );
    assert_eq!(fixture.waiting().await, []);
    assert_eq!(append(stores, to(&[BOB, Fixture::ALICE])).await, Appended::Stored);
    assert_eq!(fixture.waiting().await.len(), 1);
    assert_eq!(
        stores
            .mailboxes
            .size(Fixture::ALICE)
            .await
            .map(|size| size.messages),
        Ok(1)
    );
}

/// The refusal names whose list to fetch.
pub async fn stale_and_unknown_are_named(stores: &Stores) {
    Fixture::new(stores).await;
    let claim = |account: AccountId, version| ListClaim { account, version };
    let mut send = Fixture::outgoing(1, b"x");
    send.lists = vec![claim(BOB.account, 0), claim(Fixture::ALICE.account, 1)];
    assert_eq!(
        append(stores, send.clone()).await,
        Appended::StaleList {
            accounts: vec![BOB.account]
        }
    );
    send.lists.push(claim(address(9, 9).account, 1));
    let accounts = vec![BOB.account, address(9, 9).account];
    assert_eq!(
        append(stores, send.clone()).await,
        Appended::UnknownDevice { accounts }
    );
    send.sender = address(9, 9);
    assert_eq!(append(stores, send).await, Appended::UnknownSender);
}

/// A mailbox that is full refuses the whole send, and takes mail again once it was emptied.
pub async fn limits_hold(stores: &Stores) {
    let fixture = Fixture::new(stores).await;
    stores
        .accounts
        .create(account(address(3, 1), "carol"))
        .await
        .unwrap();
    let limits = |messages, bytes| MailboxLimits { messages, bytes };
    let both = || Outgoing {
        id: sotto_wire::frame::SendId([7; 16]),
        ..to(&[address(3, 1), BOB])
    };
    fixture.send(1, b"12345").await;
    for limits in [limits(1, 1000), limits(10, 8)] {
        assert_eq!(
            stores.mailboxes.append(both(), limits).await,
            Ok(Appended::MailboxFull)
        );
    }
    assert_eq!(
        stores.mailboxes.size(address(3, 1)).await,
        Ok(MailboxSize::default())
    );
    let waiting = fixture.waiting().await;
    assert_eq!(waiting.len(), 1);
    stores
        .mailboxes
        .acknowledge(BOB, vec![waiting[0].id])
        .await
        .unwrap();
    assert_eq!(
        stores.mailboxes.append(both(), limits(1, 8)).await,
        Ok(Appended::Stored)
    );
}

/// Nobody deletes another device's mail.
pub async fn only_the_owner_deletes(stores: &Stores) {
    let fixture = Fixture::new(stores).await;
    fixture.send(1, b"bob's").await;
    let ids = vec![fixture.waiting().await[0].id];
    assert_eq!(
        stores.mailboxes.acknowledge(Fixture::ALICE, ids.clone()).await,
        Ok(0)
    );
    assert_eq!(stores.mailboxes.acknowledge(address(9, 9), ids).await, Ok(0));
    assert_eq!(fixture.waiting().await.len(), 1);
}

/// An id isn't used again after its mail was deleted: a late acknowledgement must not hit new mail.
pub async fn ids_only_rise(stores: &Stores) {
    let fixture = Fixture::new(stores).await;
    let mut last = 0;
    for send in 1..4 {
        fixture.send(send, b"x").await;
        let id = fixture.waiting().await[0].id;
        assert!(id > last, "{id} after {last}");
        last = id;
        stores.mailboxes.acknowledge(BOB, vec![id]).await.unwrap();
    }
}

/// Appends are in the order in which they were called, whichever is awaited first.
pub async fn in_order_of_calls(stores: &Stores) {
    let fixture = Fixture::new(stores).await;
    let mut appends: Vec<_> = (1..=50)
        .map(|id| stores.mailboxes.append(Fixture::outgoing(id, &[id]), UNLIMITED))
        .collect();
    while let Some(append) = appends.pop() {
        assert_eq!(append.await, Ok(Appended::Stored));
    }
    let bodies: Vec<_> = fixture.waiting().await.iter().map(|mail| mail.body[0]).collect();
    assert_eq!(bodies, (1..=50).collect::<Vec<_>>());
}
