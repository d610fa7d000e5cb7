//! A connection, from `Hello` to `Goodbye`.
//!
//! ```text
//! connected --Hello--> Welcome, backlog in pages, Drained --> mail as it is stored, until either side goes
//! ```
//!
//! Mail is read from the storage a page at a time and written before the next is read: a slow reader costs no memory.
//! What was written counts as delivered only once it is acknowledged; the next connection begins at the oldest again.

use super::greeting::{Guest, greet};
use super::hub::Seat;
use super::send::{Pending, conclude, refusal, submit};
use crate::app::{App, State};
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use sotto_keys::Address;
use sotto_store::{Appended, Mail, StoreError};
use sotto_wire::frame::{ClientFrame, Delivery, Recipient, Send, ServerFrame};
use sotto_wire::{Code, DecodeError};
use std::ops::ControlFlow::{self, Break, Continue};
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior};

/// Frames of one connection that are on their way to the disk at a time; further ones wait in the network.
const UNDER_WAY: usize = 64;
/// Most mail in one page.
const PAGE_ITEMS: usize = 64;
/// Most ciphertext in one page, unless a single item has more.
const PAGE_BYTES: usize = 256 * 1024;
/// Frames not understood before the connection is given up.
const NONSENSE: u32 = 32;
/// When to come back after the server was restarted.
const RESTART: Duration = Duration::from_secs(2);

/// Why a connection ends; `None` if there is nobody to tell.
type End = Option<Code>;

/// Serves a connection to its end.
pub(super) async fn run(mut socket: WebSocket, app: App) {
    let _open = app.hub.open();
    let end = match greet(&mut socket, &app).await {
        Ok(guest) => serve(&mut socket, &app, guest).await,
        Err(end) => end,
    };
    if let Some(code) = end {
        goodbye(&mut socket, &app, code).await;
    }
}

async fn serve(socket: &mut WebSocket, app: &State, guest: Guest) -> End {
    let Guest {
        device,
        mut seat,
        prekeys,
    } = guest;
    let mut connection = Connection {
        app,
        socket,
        device,
        under_way: FuturesUnordered::new(),
        delivered: 0,
        paging: false,
        drained: false,
        silent: 0,
        nonsense: 0,
    };
    let welcome = ServerFrame::Welcome {
        time: app.now(),
        heartbeat: app.config.heartbeat,
        prekeys,
    };
    let mut end = connection.write(&welcome).await;
    if end.is_continue() {
        connection.read_page();
        end = connection.serve(&mut seat).await;
    }
    app.hub.leave(device, &seat);
    // What was handed to the storage is concluded all the same: its recipients wait for word of it.
    while let Some(done) = connection.under_way.next().await {
        if let Done::Send(pending, outcome) = done {
            conclude(app, &pending, outcome);
        }
    }
    match end {
        Break(end) => end,
        Continue(()) => None,
    }
}

struct Connection<'a> {
    app: &'a State,
    socket: &'a mut WebSocket,
    device: Address,
    /// What the storage is doing for this connection.
    under_way: FuturesUnordered<BoxFuture<'a, Done>>,
    /// The last mail that was written to this connection.
    delivered: u64,
    /// Whether a page is being read.
    paging: bool,
    /// Whether the backlog was delivered.
    drained: bool,
    /// Pings in a row to which nothing came back.
    silent: u32,
    /// Frames that weren't understood.
    nonsense: u32,
}

/// What the storage has done.
enum Done {
    Send(Pending, Result<Appended, StoreError>),
    Page(Result<Vec<Mail>, StoreError>),
    Ack(Result<u64, StoreError>),
}

impl Connection<'_> {
    async fn serve(&mut self, seat: &mut Seat) -> ControlFlow<End> {
        let mut heartbeat = heartbeat(self.app.config.heartbeat);
        loop {
            tokio::select! {
                _ = seat.farewell.changed() => return Break(*seat.farewell.borrow()),
                Some(done) = self.under_way.next() => self.done(done).await?,
                message = self.socket.recv(), if self.under_way.len() < UNDER_WAY => {
                    self.receive(message).await?;
                }
                () = seat.wake.notified(), if !self.paging => self.read_page(),
                Some(frame) = seat.passing.recv() => self.write(&frame).await?,
                _ = heartbeat.tick() => self.ping().await?,
            }
        }
    }

    async fn done(&mut self, done: Done) -> ControlFlow<End> {
        match done {
            Done::Send(pending, outcome) => {
                let answer = conclude(self.app, &pending, outcome);
                self.write(&answer).await
            }
            Done::Page(Ok(mail)) => self.deliver(mail).await,
            Done::Page(Err(error)) => {
                tracing::error!(%error, "mail can't be read");
                Break(Some(Code::Internal))
            }
            Done::Ack(Ok(deleted)) => {
                self.app.metrics.acknowledged.add(deleted);
                Continue(())
            }
            // The mail is delivered again to the next connection, and dropped there as known.
            Done::Ack(Err(error)) => {
                tracing::error!(%error, "an acknowledgement failed");
                Continue(())
            }
        }
    }

    async fn deliver(&mut self, mail: Vec<Mail>) -> ControlFlow<End> {
        self.paging = false;
        let Some(last) = mail.last() else {
            if !self.drained {
                self.drained = true;
                return self.write(&ServerFrame::Drained).await;
            }
            return Continue(());
        };
        self.delivered = last.id;
        let items = mail.into_iter().map(delivery).collect();
        self.write(&ServerFrame::Deliver { items }).await?;
        self.read_page();
        Continue(())
    }

    fn read_page(&mut self) {
        self.paging = true;
        let mailboxes = &self.app.stores.mailboxes;
        let page = mailboxes.page(self.device, self.delivered, PAGE_ITEMS, PAGE_BYTES);
        self.under_way.push(Box::pin(async { Done::Page(page.await) }));
    }

    async fn receive(&mut self, message: Option<Result<Message, axum::Error>>) -> ControlFlow<End> {
        self.silent = 0;
        match message {
            Some(Ok(Message::Binary(bytes))) => match ClientFrame::decode(&bytes) {
                Ok(frame) => self.frame(frame).await,
                Err(DecodeError::TooLarge) => self.nonsense(Code::TooLarge).await,
                Err(_) => self.nonsense(Code::BadRequest).await,
            },
            Some(Ok(Message::Text(_))) => self.nonsense(Code::BadRequest).await,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Continue(()),
            Some(Ok(Message::Close(_))) | None => Break(None),
            // Over the limit of a whole message, or against the WebSocket protocol.
            Some(Err(_)) => Break(Some(Code::TooLarge)),
        }
    }

    async fn frame(&mut self, frame: ClientFrame) -> ControlFlow<End> {
        match frame {
            ClientFrame::Send(send) => self.send(send).await,
            ClientFrame::Ack { ids } => {
                let acknowledged = self.app.stores.mailboxes.acknowledge(self.device, ids);
                self.under_way
                    .push(Box::pin(async { Done::Ack(acknowledged.await) }));
                Continue(())
            }
            ClientFrame::Ephemeral { recipients } => {
                self.pass(recipients);
                Continue(())
            }
            ClientFrame::Ping { nonce } => self.write(&ServerFrame::Pong { nonce }).await,
            ClientFrame::Hello { .. } => self.nonsense(Code::BadRequest).await,
        }
    }

    async fn send(&mut self, send: Send) -> ControlFlow<End> {
        match submit(self.app, self.device, send) {
            Ok((pending, append)) => {
                let append = async { Done::Send(pending, append.await) };
                self.under_way.push(Box::pin(append));
                Continue(())
            }
            Err(refusal) => self.write(&refusal).await,
        }
    }

    /// Passes ciphertext to whoever is connected; too much of it is dropped without a word.
    fn pass(&self, recipients: Vec<Recipient>) {
        for recipient in recipients {
            if self
                .app
                .limits
                .ephemeral
                .take(self.device.account, self.app.now())
                .is_err()
            {
                self.app.metrics.limited.increment();
                return;
            }
            let frame = ServerFrame::Ephemeral {
                from: self.device,
                body: recipient.body,
            };
            if self.app.hub.pass(recipient.address, frame) {
                self.app.metrics.ephemeral.increment();
            }
        }
    }

    async fn nonsense(&mut self, code: Code) -> ControlFlow<End> {
        self.nonsense += 1;
        self.app.metrics.malformed.increment();
        if self.nonsense > NONSENSE {
            return Break(Some(code));
        }
        self.write(&refusal(None, code, Duration::ZERO, Vec::new())).await
    }

    async fn ping(&mut self) -> ControlFlow<End> {
        if self.silent >= 2 {
            return Break(None);
        }
        self.silent += 1;
        self.write_message(Message::Ping(Vec::new().into())).await
    }

    async fn write(&mut self, frame: &ServerFrame) -> ControlFlow<End> {
        self.write_message(Message::Binary(frame.encode().into())).await
    }

    /// A peer that takes nothing for two heartbeats is gone.
    async fn write_message(&mut self, message: Message) -> ControlFlow<End> {
        let patience = 2 * self.app.config.heartbeat;
        match tokio::time::timeout(patience, self.socket.send(message)).await {
            Ok(Ok(())) => Continue(()),
            Ok(Err(_)) | Err(_) => Break(None),
        }
    }
}

fn heartbeat(period: Duration) -> Interval {
    let mut heartbeat = tokio::time::interval_at(tokio::time::Instant::now() + period, period);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    heartbeat
}

fn delivery(mail: Mail) -> Delivery {
    Delivery {
        id: mail.id,
        from: mail.sender,
        at: mail.at,
        body: mail.body,
    }
}

/// Says why and closes. Whoever doesn't listen is left.
async fn goodbye(socket: &mut WebSocket, app: &State, code: Code) {
    let retry_after = if code == Code::ShuttingDown {
        RESTART
    } else {
        Duration::ZERO
    };
    let frame = ServerFrame::Goodbye { code, retry_after };
    let close = CloseFrame {
        code: close_code::NORMAL,
        reason: code.name().into(),
    };
    let last_words = async {
        let _ = socket.send(Message::Binary(frame.encode().into())).await;
        let _ = socket.send(Message::Close(Some(close))).await;
    };
    let _ = tokio::time::timeout(app.config.heartbeat.min(Duration::from_secs(5)), last_words).await;
}
