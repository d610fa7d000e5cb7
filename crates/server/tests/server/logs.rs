//! Logs never hold content, keys, names, tokens or addresses, at whatever level.

use crate::common::ws::Socket;
use crate::common::{Person, TestServer, http};
use sotto_server::{Log, LogFormat};
use sotto_wire::frame::ClientFrame;
use std::io;
use std::sync::{Arc, Mutex};
use tokio_tungstenite::tungstenite::Message;
use tracing_subscriber::filter::LevelFilter;

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const NAME: &str = "marked.username";
const CONTENT: &[u8] = b"MARKED-CONTENT";

/// A day in the server's life, mishaps included.
async fn everything(server: &TestServer) -> Person {
    let person = server.person(NAME).await;
    let other = server.person("other").await;
    let (mut socket, _) = Socket::open(server.address, &person).await;
    let (mut receiver, _) = Socket::open(server.address, &other).await;
    socket.send(1, vec![other.recipient(CONTENT)]).await;
    socket.accepted().await;
    let mail = receiver.mail().await;
    receiver
        .frame(&ClientFrame::Ack {
            ids: vec![mail[0].id],
        })
        .await;
    socket
        .frame(&ClientFrame::Ephemeral {
            recipients: vec![other.recipient(CONTENT)],
        })
        .await;
    socket.message(Message::Binary(CONTENT.into())).await;
    socket.message(Message::Text("MARKED-CONTENT".into())).await;
    receiver.round_trip().await;
    let name = format!("/v1/accounts/by-username/{NAME}");
    http::get(server.address, &name, Some(&other.token)).await;
    http::get(server.address, &name, Some("garbage")).await;
    http::get(
        server.address,
        &format!("/v1/accounts/{}", person.account()),
        Some(&other.token),
    )
    .await;
    http::get(server.address, &format!("/{NAME}.html"), None).await;
    let mut forged = person.answer(server.address, &server.origin).await;
    forged.signature.0[0] ^= 1;
    http::json(server.address, "POST", "/v1/sessions", None, &forged).await;
    person
}

#[tokio::test]
async fn nothing_that_tells_of_people_is_logged() {
    let kept = Kept::default();
    let log = Log {
        format: LogFormat::Json,
        level: LevelFilter::TRACE,
    };
    let writer = kept.clone();
    let subscriber = log.subscriber(move || writer.clone());
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let server = TestServer::new().await;
    let person = everything(&server).await;
    server.running.shutdown().await;

    let logged = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    assert!(
        logged.contains("/v1/accounts/by-username/{username}"),
        "nothing was logged: {logged}"
    );
    let marks = [
        NAME.to_owned(),
        "MARKED-CONTENT".to_owned(),
        person.account().to_string(),
        person.address.device.to_string(),
        person.token.clone(),
        "127.0.0.1".to_owned(),
        "garbage".to_owned(),
    ];
    for mark in marks {
        assert!(!logged.contains(&mark), "{mark} in {logged}");
    }
}
