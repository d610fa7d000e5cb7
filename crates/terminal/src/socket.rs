//! The data plane: the WebSocket, in a task of its own, so that writing never holds up reading.

use crate::connection::{Connection, Trouble, connect};
use crate::server_url::ServerUrl;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use sotto_wire::limits;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// How long the handshake may take once there is a connection.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long what was written may take to leave when the socket is closed.
const CLOSING: Duration = Duration::from_secs(2);
/// Frames that were read and not yet taken: more than that wait on the network.
const READ_AHEAD: usize = 16;
/// Bytes read at a time.
const READ_BUFFER: usize = 16 * 1024;

type WebSocket = WebSocketStream<Connection>;

/// What happens on the socket.
#[derive(Debug)]
pub enum Event {
    /// It is open.
    Opened,
    /// A binary message came in.
    Frame(Vec<u8>),
    /// It is closed, or could not be opened. Nothing follows.
    Closed(Trouble),
}

/// A socket that is open or being opened. Dropping it closes it once what was written has left.
pub struct Socket {
    // The engine bounds what it has under way, so the queue is bounded too.
    frames: mpsc::UnboundedSender<Vec<u8>>,
    events: mpsc::Receiver<Event>,
    task: JoinHandle<()>,
}

impl Socket {
    /// Begins to open it.
    pub fn open(server: ServerUrl) -> Self {
        let (frames, queue) = mpsc::unbounded_channel();
        let (happened, events) = mpsc::channel(READ_AHEAD);
        let task = tokio::spawn(live(server, queue, happened));
        Self { frames, events, task }
    }

    /// Writes a binary message; dropped if the socket is closed.
    pub fn write(&self, frame: Vec<u8>) {
        let _ = self.frames.send(frame);
    }

    /// Waits for what happens next.
    pub async fn next(&mut self) -> Event {
        let event = self.events.recv().await;
        event.unwrap_or(Event::Closed(Trouble::BrokeOff))
    }

    /// Closes it, and waits until what was written has left.
    pub async fn close(self) {
        let Self { frames, events, task } = self;
        drop(frames);
        let _ = tokio::time::timeout(CLOSING, task).await;
        drop(events);
    }
}

async fn live(server: ServerUrl, mut queue: mpsc::UnboundedReceiver<Vec<u8>>, happened: mpsc::Sender<Event>) {
    let closed = match shake_hands(&server).await {
        Ok(socket) => {
            let _ = happened.send(Event::Opened).await;
            let (sink, stream) = socket.split();
            tokio::select! {
                trouble = read(stream, &happened) => trouble,
                trouble = write(sink, &mut queue) => trouble,
            }
        }
        Err(trouble) => trouble,
    };
    let _ = happened.send(Event::Closed(closed)).await;
}

async fn shake_hands(server: &ServerUrl) -> Result<WebSocket, Trouble> {
    let stream = connect(server).await?;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(limits::FRAME))
        .max_frame_size(Some(limits::FRAME));
    let handshake = client_async_with_config(server.socket(), stream, Some(config));
    match tokio::time::timeout(HANDSHAKE, handshake).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(_)) => Err(Trouble::BrokeOff),
        Err(_) => Err(Trouble::TimedOut),
    }
}

async fn read(mut stream: SplitStream<WebSocket>, happened: &mpsc::Sender<Event>) -> Trouble {
    while let Some(Ok(message)) = stream.next().await {
        if let Message::Binary(frame) = message
            && happened.send(Event::Frame(frame.into())).await.is_err()
        {
            // Nobody listens any more; what is still to be written is.
            std::future::pending::<()>().await;
        }
    }
    Trouble::BrokeOff
}

async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    queue: &mut mpsc::UnboundedReceiver<Vec<u8>>,
) -> Trouble {
    while let Some(frame) = queue.recv().await {
        if sink.send(Message::binary(frame)).await.is_err() {
            return Trouble::BrokeOff;
        }
    }
    let _ = sink.close().await;
    Trouble::BrokeOff
}
