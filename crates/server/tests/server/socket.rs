//! `/v1/ws`: who is let in, and what bad input comes to.

use crate::common::ws::Socket;
use crate::common::{Person, TestServer, http};
use sotto_wire::frame::{ClientFrame, PROTOCOL, ServerFrame};
use sotto_wire::{Code, limits};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn nobody_gets_in_without_saying_hello_first() {
    let server = TestServer::new().await;
    let alice = server.person("alice").await;
    let hello = |token, protocol| ClientFrame::Hello { token, protocol };
    let refused = [
        (ClientFrame::Ping { nonce: 1 }, Code::Unauthenticated),
        (ClientFrame::Ack { ids: vec![1] }, Code::Unauthenticated),
        (hello([9; 32], PROTOCOL), Code::Unauthenticated),
        (hello(alice.token_bytes, 99), Code::UnsupportedVersion),
    ];
    for (frame, code) in refused {
        let mut socket = Socket::connect(server.address).await;
        socket.frame(&frame).await;
        assert_eq!(socket.goodbye().await, code, "{frame:?}");
    }
    for message in [
        Message::Text("hello".into()),
        Message::Binary(vec![0xff; 9].into()),
    ] {
        let mut socket = Socket::connect(server.address).await;
        socket.message(message).await;
        assert_eq!(socket.goodbye().await, Code::BadRequest);
    }
    server.clock.advance(Duration::from_secs(3600));
    let mut socket = Socket::connect(server.address).await;
    socket.hello(alice.token_bytes).await;
    assert_eq!(socket.goodbye().await, Code::Unauthenticated);
}

#[tokio::test]
async fn the_welcome_tells_time_heartbeat_and_prekeys() {
    let server = TestServer::with(|config| config.heartbeat = Duration::from_secs(7)).await;
    let alice = server.person("alice").await;
    let mut socket = Socket::connect(server.address).await;
    socket.hello(alice.token_bytes).await;
    match socket.next().await {
        ServerFrame::Welcome {
            time,
            heartbeat,
            prekeys,
        } => {
            assert_eq!((time, heartbeat), (server.now(), Duration::from_secs(7)));
            assert_eq!((prekeys.one_time_ec, prekeys.one_time_kem), (2, 2));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(socket.next().await, ServerFrame::Drained);
}

#[tokio::test]
async fn nonsense_is_refused_and_changes_nothing_for_anyone() {
    let server = TestServer::new().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (mut bad, _) = Socket::open(server.address, &alice).await;
    let (mut good, _) = Socket::open(server.address, &bob).await;
    let whole = ClientFrame::Ack { ids: vec![1, 2, 3] }.encode();
    let cut = whole[..whole.len() - 1].to_vec();
    let too_long = ClientFrame::Ephemeral {
        recipients: vec![bob.recipient(&[0; limits::BODY])],
    }
    .encode();
    let frames = [
        (Message::Text("{}".into()), Code::BadRequest),
        (Message::Binary(vec![0xff; 100].into()), Code::BadRequest),
        (Message::Binary(Vec::new().into()), Code::BadRequest),
        (Message::Binary(cut.into()), Code::BadRequest),
        (Message::Binary(too_long.into()), Code::TooLarge),
        (
            Message::Binary(
                ClientFrame::Hello {
                    token: alice.token_bytes,
                    protocol: PROTOCOL,
                }
                .encode()
                .into(),
            ),
            Code::BadRequest,
        ),
    ];
    for (message, code) in frames {
        bad.message(message.clone()).await;
        let refused = bad.refused().await;
        assert_eq!((refused.id, refused.code), (None, code), "{message:?}");
    }
    bad.round_trip().await;
    // On and on: in the end the connection is given up, others are not.
    for _ in 0..40 {
        bad.message(Message::Text("again".into())).await;
    }
    let mut last = None;
    while let Some(frame) = bad.try_next().await {
        last = Some(frame);
    }
    assert!(
        matches!(
            last,
            Some(ServerFrame::Goodbye {
                code: Code::BadRequest,
                ..
            })
        ),
        "{last:?}"
    );
    good.round_trip().await;
}

#[tokio::test]
async fn an_oversized_message_ends_its_connection_and_no_other() {
    let server = TestServer::new().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (mut bad, _) = Socket::open(server.address, &alice).await;
    let (mut good, _) = Socket::open(server.address, &bob).await;
    bad.message(Message::Binary(vec![0; limits::FRAME + 1].into()))
        .await;
    // The goodbye may be lost to the reset that unread bytes cause; the end is what counts.
    while let Some(frame) = bad.try_next().await {
        assert!(
            matches!(
                frame,
                ServerFrame::Goodbye {
                    code: Code::TooLarge,
                    ..
                }
            ),
            "{frame:?}"
        );
    }
    good.round_trip().await;
    Socket::open(server.address, &alice).await.0.round_trip().await;
}

#[tokio::test]
async fn a_second_connection_takes_over() {
    let server = TestServer::new().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (mut first, _) = Socket::open(server.address, &alice).await;
    let (mut second, _) = Socket::open(server.address, &alice).await;
    assert_eq!(first.goodbye().await, Code::Replaced);
    let (mut from, _) = Socket::open(server.address, &bob).await;
    from.send(1, vec![alice.recipient(b"to the second")]).await;
    assert_eq!(second.mail().await[0].body, b"to the second");
}

#[tokio::test]
async fn a_deleted_account_is_disconnected() {
    let server = TestServer::new().await;
    let alice = server.person("alice").await;
    let (mut socket, _) = Socket::open(server.address, &alice).await;
    let deleted = http::json(server.address, "DELETE", "/v1/me", Some(&alice.token), &()).await;
    assert_eq!(deleted.status, 204);
    assert_eq!(socket.goodbye().await, Code::Revoked);
}

#[tokio::test]
async fn whoever_answers_no_ping_is_dropped() {
    let server = TestServer::with(|config| config.heartbeat = Duration::from_millis(50)).await;
    let alice: Person = server.person("alice").await;
    let (socket, _) = Socket::open(server.address, &alice).await;
    // Not read from, it sends no pongs.
    let metric = async || {
        let metrics = http::get(server.address, "/metrics", None).await;
        String::from_utf8(metrics.body)
            .unwrap()
            .contains("sotto_connections 0\n")
    };
    while !metric().await {
        tokio::task::yield_now().await;
    }
    drop(socket);
}

#[tokio::test]
async fn shutting_down_says_goodbye_and_when_to_come_back() {
    let server = TestServer::new().await;
    let alice = server.person("alice").await;
    let (mut socket, _) = Socket::open(server.address, &alice).await;
    let stopping = tokio::spawn(server.running.shutdown());
    match socket.next().await {
        ServerFrame::Goodbye {
            code: Code::ShuttingDown,
            retry_after,
        } => assert!(!retry_after.is_zero()),
        other => panic!("{other:?}"),
    }
    drop(socket);
    stopping.await.unwrap();
    assert!(Socket::try_connect(server.address).await.is_err());
}
