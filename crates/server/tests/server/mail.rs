//! Mail over the socket: stored before it is acknowledged, delivered until it is.

use crate::common::ws::Socket;
use crate::common::{Person, TestServer, http};
use sotto_server::config::Rate;
use sotto_wire::frame::{ClientFrame, Send, SendId, ServerFrame};
use sotto_wire::{Code, limits};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

fn send(id: u8, to: &Person, version: u64, body: &[u8]) -> ClientFrame {
    let recipients = vec![to.recipient(body)];
    ClientFrame::Send(Send {
        id: SendId([id; 16]),
        recipients,
        lists: vec![to.claim(version)],
    })
}

#[tokio::test]
async fn mail_reaches_who_is_there_and_waits_for_who_is_not() {
    let server = TestServer::new().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (mut from, _) = Socket::open(server.address, &alice).await;
    let (mut to, backlog) = Socket::open(server.address, &bob).await;
    assert!(backlog.is_empty());
    from.send(1, vec![bob.recipient(b"one")]).await;
    assert_eq!(from.accepted().await, SendId([1; 16]));
    let mail = to.mail().await;
    assert_eq!(
        (mail.len(), &mail[0].body[..], mail[0].from),
        (1, &b"one"[..], alice.address)
    );
    assert_eq!(mail[0].at, server.now());

    drop(to);
    from.send(2, vec![bob.recipient(b"two")]).await;
    from.accepted().await;
    // Nothing was acknowledged: the first comes again, and in order.
    let (mut to, backlog) = Socket::open(server.address, &bob).await;
    let bodies: Vec<_> = backlog.iter().map(|mail| &mail.body[..]).collect();
    assert_eq!(bodies, [b"one", b"two"]);
    to.frame(&ClientFrame::Ack {
        ids: vec![backlog[0].id],
    })
    .await;
    to.frame(&ClientFrame::Ack { ids: vec![999_999] }).await;
    to.round_trip().await;
    to.message(Message::Close(None)).await;
    assert_eq!(to.try_next().await, None);
    let (_, backlog) = Socket::open(server.address, &bob).await;
    assert_eq!(backlog.len(), 1);
    assert_eq!(backlog[0].body, b"two");
}

#[tokio::test]
async fn a_repeated_send_is_stored_once() {
    let server = TestServer::new().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (mut from, _) = Socket::open(server.address, &alice).await;
    for _ in 0..3 {
        from.frame(&send(1, &bob, 1, b"once")).await;
        from.accepted().await;
    }
    from.frame(&send(1, &bob, 1, b"other")).await;
    let refused = from.refused().await;
    assert_eq!(
        (refused.id, refused.code),
        (Some(SendId([1; 16])), Code::IdReused)
    );
    let (_, backlog) = Socket::open(server.address, &bob).await;
    assert_eq!(backlog.len(), 1);
}

#[tokio::test]
async fn all_or_nothing_and_the_refusal_says_whose_list_to_fetch() {
    let server = TestServer::new().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let nobody = Person::new("nobody", server.now());
    let (mut from, _) = Socket::open(server.address, &alice).await;
    from.send(1, vec![bob.recipient(b"x"), nobody.recipient(b"x")])
        .await;
    let refused = from.refused().await;
    assert_eq!(
        (refused.code, refused.stale),
        (Code::UnknownDevice, vec![nobody.account()])
    );
    from.frame(&send(2, &bob, 0, b"x")).await;
    let refused = from.refused().await;
    assert_eq!(
        (refused.code, refused.stale),
        (Code::StaleDeviceList, vec![bob.account()])
    );
    from.send(3, vec![alice.recipient(b"to oneself")]).await;
    assert_eq!(from.refused().await.code, Code::BadRequest);
    let (_, backlog) = Socket::open(server.address, &bob).await;
    assert!(backlog.is_empty());
}

#[tokio::test]
async fn a_long_backlog_comes_whole_and_in_order() {
    let many = Rate::per_minute(1000, 1000);
    let server = TestServer::with(|config| config.rates.messages = many).await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (mut from, _) = Socket::open(server.address, &alice).await;
    for number in 0..300_u16 {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&number.to_be_bytes());
        // Every fifth one large: pages are bounded by bytes too.
        let size = if number % 5 == 0 { limits::BODY } else { 2 };
        let mut body = vec![0; size];
        body[..2].copy_from_slice(&number.to_be_bytes());
        let recipients = vec![bob.recipient(&body)];
        from.frame(&ClientFrame::Send(Send {
            id: SendId(id),
            recipients,
            lists: vec![],
        }))
        .await;
    }
    for _ in 0..300 {
        from.accepted().await;
    }
    let (_, backlog) = Socket::open(server.address, &bob).await;
    let numbers: Vec<_> = backlog
        .iter()
        .map(|mail| u16::from_be_bytes([mail.body[0], mail.body[1]]))
        .collect();
    assert_eq!(numbers, (0..300).collect::<Vec<_>>());
    assert!(backlog.is_sorted_by_key(|mail| mail.id));
}

#[tokio::test]
async fn too_many_sends_are_refused_with_when_to_come_back() {
    let two = Rate::per_minute(60, 2);
    let server = TestServer::with(|config| config.rates.messages = two).await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (mut from, _) = Socket::open(server.address, &alice).await;
    for id in 1..=2 {
        from.frame(&send(id, &bob, 1, b"x")).await;
        from.accepted().await;
    }
    from.frame(&send(3, &bob, 1, b"x")).await;
    let refused = from.refused().await;
    assert_eq!(
        (refused.code, refused.retry_after),
        (Code::RateLimited, Duration::from_secs(1))
    );
    server.clock.advance(Duration::from_secs(1));
    from.frame(&send(3, &bob, 1, b"x")).await;
    assert_eq!(from.accepted().await, SendId([3; 16]));
}

#[tokio::test]
async fn a_full_mailbox_refuses_until_it_is_emptied() {
    let server = TestServer::with(|config| config.mailbox_messages = 1).await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (mut from, _) = Socket::open(server.address, &alice).await;
    from.frame(&send(1, &bob, 1, b"x")).await;
    from.accepted().await;
    from.frame(&send(2, &bob, 1, b"x")).await;
    assert_eq!(from.refused().await.code, Code::MailboxFull);
    let (mut to, backlog) = Socket::open(server.address, &bob).await;
    to.frame(&ClientFrame::Ack {
        ids: vec![backlog[0].id],
    })
    .await;
    to.message(Message::Close(None)).await;
    assert_eq!(to.try_next().await, None);
    let (_, backlog) = Socket::open(server.address, &bob).await;
    assert!(backlog.is_empty());
    from.frame(&send(2, &bob, 1, b"x")).await;
    from.accepted().await;
}

#[tokio::test]
async fn a_full_disk_refuses_sends_turns_unready_and_takes_nobody_down() {
    let server = TestServer::with(|config| config.max_database_bytes = Some(1_500_000)).await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    assert_eq!(http::get(server.address, "/health/ready", None).await.status, 200);
    let (mut from, _) = Socket::open(server.address, &alice).await;
    let body = vec![1; limits::BODY];
    let mut stored = 0;
    let code = loop {
        from.frame(&send(stored + 1, &bob, 1, &body)).await;
        match from.next().await {
            ServerFrame::Accepted { .. } => stored += 1,
            ServerFrame::Refused(refused) => break refused.code,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(code, Code::StorageFull);
    server.clock.advance(Duration::from_secs(2));
    let ready = http::get(server.address, "/health/ready", None).await;
    assert_eq!(
        (ready.status, &ready.body[..]),
        (503, &b"the storage is full\n"[..])
    );
    assert_eq!(http::get(server.address, "/health/live", None).await.status, 200);

    let (mut to, backlog) = Socket::open(server.address, &bob).await;
    assert_eq!(backlog.len(), usize::from(stored));
    to.frame(&ClientFrame::Ack {
        ids: backlog.iter().map(|mail| mail.id).collect(),
    })
    .await;
    to.message(Message::Close(None)).await;
    assert_eq!(to.try_next().await, None);
    from.frame(&send(200, &bob, 1, &body)).await;
    from.accepted().await;
    server.clock.advance(Duration::from_secs(2));
    assert_eq!(http::get(server.address, "/health/ready", None).await.status, 200);
}

#[tokio::test]
async fn a_restart_loses_nothing() {
    let server = TestServer::new().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (mut from, _) = Socket::open(server.address, &alice).await;
    from.frame(&send(1, &bob, 1, b"kept")).await;
    from.accepted().await;
    let TestServer { running, stores, .. } = server;
    running.shutdown().await;
    assert_eq!(from.goodbye().await, Code::ShuttingDown);
    let mail = stores.mailboxes.page(bob.address, 0, 10, 1000).await.unwrap();
    assert_eq!(mail[0].body, b"kept");
}
