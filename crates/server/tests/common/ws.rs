//! A raw client of the data plane.

use super::Person;
use futures_util::{SinkExt, StreamExt};
use sotto_wire::Code;
use sotto_wire::frame::{ClientFrame, Delivery, PROTOCOL, Recipient, Refused, Send, SendId, ServerFrame};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// Longest that anything may take here; a test that reaches it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection.
pub struct Socket(pub WebSocketStream<TcpStream>);

impl Socket {
    /// Connects, without a word.
    pub async fn connect(server: SocketAddr) -> Self {
        Self::try_connect(server).await.unwrap()
    }

    pub async fn try_connect(server: SocketAddr) -> Result<Self, Error> {
        let stream = TcpStream::connect(server).await.map_err(Error::Io)?;
        let (socket, _) = client_async(format!("ws://{server}/v1/ws"), stream).await?;
        Ok(Self(socket))
    }

    /// Connects as someone; gives the backlog up to `Drained` too.
    pub async fn open(server: SocketAddr, person: &Person) -> (Self, Vec<Delivery>) {
        let mut socket = Self::connect(server).await;
        socket.hello(person.token_bytes).await;
        assert!(matches!(socket.next().await, ServerFrame::Welcome { .. }));
        let mut backlog = Vec::new();
        loop {
            match socket.next().await {
                ServerFrame::Deliver { items } => backlog.extend(items),
                ServerFrame::Drained => return (socket, backlog),
                other => panic!("{other:?}"),
            }
        }
    }

    pub async fn hello(&mut self, token: [u8; 32]) {
        self.frame(&ClientFrame::Hello {
            token,
            protocol: PROTOCOL,
        })
        .await;
    }

    pub async fn frame(&mut self, frame: &ClientFrame) {
        self.message(Message::Binary(frame.encode().into())).await;
    }

    /// The other side may be gone already: what it said before is what counts.
    pub async fn message(&mut self, message: Message) {
        let _ = self.0.send(message).await;
    }

    pub async fn send(&mut self, id: u8, recipients: Vec<Recipient>) {
        let send = Send {
            id: SendId([id; 16]),
            recipients,
            lists: Vec::new(),
        };
        self.frame(&ClientFrame::Send(send)).await;
    }

    /// The next frame; `None` once the connection has ended.
    pub async fn try_next(&mut self) -> Option<ServerFrame> {
        loop {
            match tokio::time::timeout(PATIENCE, self.0.next())
                .await
                .expect("nothing came")
            {
                Some(Ok(Message::Binary(bytes))) => return Some(ServerFrame::decode(&bytes).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    pub async fn next(&mut self) -> ServerFrame {
        self.try_next().await.expect("the connection ended")
    }

    /// The next frame has to be a refusal.
    pub async fn refused(&mut self) -> Refused {
        match self.next().await {
            ServerFrame::Refused(refused) => refused,
            other => panic!("{other:?}"),
        }
    }

    /// The next frame has to be a goodbye, and the last.
    pub async fn goodbye(&mut self) -> Code {
        let code = match self.next().await {
            ServerFrame::Goodbye { code, .. } => code,
            other => panic!("{other:?}"),
        };
        assert_eq!(self.try_next().await, None);
        code
    }

    /// The next frame has to be mail.
    pub async fn mail(&mut self) -> Vec<Delivery> {
        match self.next().await {
            ServerFrame::Deliver { items } => items,
            other => panic!("{other:?}"),
        }
    }

    pub async fn accepted(&mut self) -> SendId {
        match self.next().await {
            ServerFrame::Accepted { id, .. } => id,
            other => panic!("{other:?}"),
        }
    }

    /// A ping comes back: every frame before it was taken in.
    pub async fn round_trip(&mut self) {
        self.frame(&ClientFrame::Ping { nonce: 99 }).await;
        while self.next().await != (ServerFrame::Pong { nonce: 99 }) {}
    }
}
