//! Ephemeral frames: passed on, never stored.

use crate::common::TestServer;
use crate::common::ws::Socket;
use sotto_server::config::Rate;
use sotto_store::MailboxSize;
use sotto_wire::frame::{ClientFrame, ServerFrame};

#[tokio::test]
async fn they_reach_who_is_connected_and_leave_no_trace() {
    let server = TestServer::new().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let carol = server.person("carol").await;
    let (mut from, _) = Socket::open(server.address, &alice).await;
    let (mut to, _) = Socket::open(server.address, &bob).await;
    let recipients = vec![carol.recipient(b"nobody is there"), bob.recipient(b"typing")];
    from.frame(&ClientFrame::Ephemeral { recipients }).await;
    let expected = ServerFrame::Ephemeral {
        from: alice.address,
        body: b"typing".to_vec(),
    };
    assert_eq!(to.next().await, expected);
    let (_, backlog) = Socket::open(server.address, &carol).await;
    assert!(backlog.is_empty());
    assert_eq!(
        server.stores.mailboxes.size(bob.address).await,
        Ok(MailboxSize::default())
    );
}

#[tokio::test]
async fn too_many_are_dropped_without_a_word() {
    let two = Rate::per_minute(1, 2);
    let server = TestServer::with(|config| config.rates.ephemeral = two).await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (mut from, _) = Socket::open(server.address, &alice).await;
    let (mut to, _) = Socket::open(server.address, &bob).await;
    for number in 0..5 {
        from.frame(&ClientFrame::Ephemeral {
            recipients: vec![bob.recipient(&[number])],
        })
        .await;
    }
    from.round_trip().await;
    from.send(1, vec![bob.recipient(b"mail")]).await;
    from.accepted().await;
    let mut passed = 0;
    while matches!(to.next().await, ServerFrame::Ephemeral { .. }) {
        passed += 1;
    }
    // Mail may overtake what is passed on; at the most two came.
    assert!(passed <= 2, "{passed}");
}
