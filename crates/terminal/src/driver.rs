//! The runtime's loop: carries out what the engine puts out, and tells it what happens.

mod unsent;

use crate::clock::now;
use crate::connection::Trouble;
use crate::failure::Failure;
use crate::http::{self, HttpError};
use crate::random::{SystemRandom, system_random};
use crate::server_url::ServerUrl;
use crate::socket::{Event, Socket};
use sotto_client_store::Store;
use sotto_engine::{
    Answer, Call, CallId, Command, Config, Engine, Input, Link, Notification, Outcome, Output, Tag,
    Unreachable,
};
use sotto_keys::Timestamp;
use sotto_wire::Code;
use sotto_wire::api::Refusal;
use sotto_wire::frame::{Refused, ServerFrame};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::task::JoinSet;
use unsent::Unsent;

/// How long a run that is done stays for what is still to be sent, such as receipts.
const SETTLING: Duration = Duration::from_secs(4);
/// If nothing happens for so long, what is still to be sent won't be soon.
const QUIET: Duration = Duration::from_millis(1500);

/// The engine, and everything it acts on.
///
/// If something can't be persisted, what would follow isn't done, and the driver must not be used any more.
pub struct Driver {
    engine: Engine,
    store: Store,
    server: ServerUrl,
    random: SystemRandom,
    socket: Option<Socket>,
    calls: JoinSet<(CallId, Result<Answer, HttpError>)>,
    wake: Option<Timestamp>,
    /// What carrying something out has led to.
    happened: VecDeque<Input>,
    unsent: Unsent,
    mail: Mail,
    setback: Option<Setback>,
    /// The server's last word on messages that it doesn't take for now.
    held: Option<Refused>,
    tags: u64,
}

/// Whether the server has delivered everything that was waiting.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mail {
    MayCome,
    CaughtUp,
}

/// Why the last attempt to connect came to nothing.
enum Setback {
    Trouble(Trouble),
    Refusal(Refusal),
}

impl Driver {
    /// Opens the engine on what is stored.
    pub fn open(store: Store, server: ServerUrl) -> Result<Self, Failure> {
        let records = store.records()?;
        let unsent = Unsent::of(&records);
        Ok(Self {
            engine: Engine::open(records, now(), Config::default())?,
            store,
            server,
            random: system_random(),
            socket: None,
            calls: JoinSet::new(),
            wake: None,
            happened: VecDeque::new(),
            unsent,
            mail: Mail::MayCome,
            setback: None,
            held: None,
            tags: 0,
        })
    }

    /// What is known without asking.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The messages.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where the server is.
    pub fn server(&self) -> &ServerUrl {
        &self.server
    }

    /// How the connection stands.
    pub fn link(&self) -> Link {
        self.engine.link(now())
    }

    /// Carries a command out, and waits for what comes of it.
    pub async fn run(&mut self, command: Command) -> Result<Outcome, Failure> {
        let tag = Tag(self.tags);
        self.tags += 1;
        let mut notifications = self.feed(Input::Command { tag, command })?;
        loop {
            let done = notifications
                .into_iter()
                .find_map(|notification| match notification {
                    Notification::Done { tag: of, result } if of == tag => Some(result),
                    _ => None,
                });
            if let Some(result) = done {
                return Ok(result?);
            }
            notifications = self.step().await?;
        }
    }

    /// Connects, if there is no connection.
    pub async fn online(&mut self) -> Result<(), Failure> {
        if !matches!(self.link(), Link::Online | Link::Connecting) {
            self.feed(Input::GoOnline)?;
        }
        loop {
            match self.link() {
                Link::Online => {
                    self.setback = None;
                    return Ok(());
                }
                Link::Connecting => drop(self.step().await?),
                Link::Offline | Link::Waiting { .. } | Link::Shut { .. } => return Err(self.not_online()),
            }
        }
    }

    /// Why there is no connection.
    pub fn not_online(&mut self) -> Failure {
        if let Link::Shut { code } = self.link() {
            return Failure::Shut(code);
        }
        match self.setback.take() {
            Some(Setback::Refusal(refusal)) => Failure::Refused(refusal),
            Some(Setback::Trouble(trouble)) => Failure::NoConnection(trouble),
            None => Failure::NoConnection(Trouble::BrokeOff),
        }
    }

    /// Connects, and takes in everything that waits at the server.
    pub async fn catch_up(&mut self) -> Result<(), Failure> {
        self.online().await?;
        while !self.is_caught_up() {
            self.step().await?;
            if self.link() != Link::Online {
                return Err(self.not_online());
            }
        }
        Ok(())
    }

    /// Whether everything that waited at the server was taken in. What comes from strangers first has to wait for a
    /// call that tells who they are.
    pub fn is_caught_up(&self) -> bool {
        self.mail == Mail::CaughtUp && self.calls.is_empty()
    }

    /// Why the server doesn't take messages just now, if it said so.
    pub fn held(&self) -> Option<Failure> {
        self.held.as_ref().map(|refused| Failure::Held {
            code: refused.code,
            retry_after: refused.retry_after,
        })
    }

    /// Leaves: waits a little for what is still to be sent, then closes the connection.
    pub async fn leave(mut self) -> Result<(), Failure> {
        let settled = tokio::time::timeout(SETTLING, self.settle()).await;
        settled.unwrap_or(Ok(()))?;
        let socket = self.socket.take();
        self.feed(Input::GoOffline)?;
        if let Some(socket) = socket {
            socket.close().await;
        }
        Ok(())
    }

    async fn settle(&mut self) -> Result<(), Failure> {
        while self.link() == Link::Online && !(self.unsent.is_empty() && self.calls.is_empty()) {
            match tokio::time::timeout(QUIET, self.step()).await {
                Ok(stepped) => drop(stepped?),
                Err(_) => break,
            }
        }
        Ok(())
    }

    /// Waits for one thing to happen, and gives what the engine tells of it. May be dropped while it waits: nothing
    /// is lost.
    pub async fn step(&mut self) -> Result<Vec<Notification>, Failure> {
        let input = self.next_input().await;
        self.feed(input)
    }

    async fn next_input(&mut self) -> Input {
        let wait = self.wake.map(|at| at.since(now()));
        tokio::select! {
            event = next_event(&mut self.socket) => self.socket_event(event),
            () = sleep(wait) => {
                self.wake = None;
                Input::Wake
            }
            // A call that panicked has no answer; the engine's own deadline covers it.
            Some(Ok((id, result))) = self.calls.join_next() => self.answer(id, result),
        }
    }

    fn socket_event(&mut self, event: Event) -> Input {
        match event {
            Event::Opened => Input::Connected,
            Event::Frame(frame) => {
                if let Ok(ServerFrame::Refused(refused)) = ServerFrame::decode(&frame)
                    && matches!(
                        refused.code,
                        Code::RateLimited | Code::StorageFull | Code::Internal
                    )
                {
                    self.held = Some(refused);
                }
                Input::Frame(frame)
            }
            Event::Closed(trouble) => {
                self.socket = None;
                self.setback = Some(Setback::Trouble(trouble));
                Input::Disconnected
            }
        }
    }

    fn answer(&mut self, id: CallId, result: Result<Answer, HttpError>) -> Input {
        let connecting = self.link() == Link::Connecting;
        let result = match result {
            Ok(answer) => {
                if connecting && let Ok(refusal) = serde_json::from_slice(&answer.body) {
                    self.setback = Some(Setback::Refusal(refusal));
                }
                Ok(answer)
            }
            Err(error) => {
                self.setback = Some(Setback::Trouble(error.into_trouble()));
                Err(Unreachable)
            }
        };
        Input::Answer { id, result }
    }

    /// Tells the engine what happened, and carries out what it wants done, in order.
    fn feed(&mut self, input: Input) -> Result<Vec<Notification>, Failure> {
        let mut notifications = Vec::new();
        self.happened.push_back(input);
        while let Some(input) = self.happened.pop_front() {
            for output in self.engine.handle(input, now(), &mut self.random) {
                notifications.extend(self.carry_out(output)?);
            }
        }
        Ok(notifications)
    }

    fn carry_out(&mut self, output: Output) -> Result<Option<Notification>, Failure> {
        match output {
            Output::Persist(batch) => {
                self.store.commit(&batch)?;
                self.unsent.follow(&batch);
            }
            Output::Connect => {
                self.mail = Mail::MayCome;
                self.socket = Some(Socket::open(self.server.clone()));
            }
            Output::Disconnect => {
                if self.socket.take().is_some() {
                    self.happened.push_back(Input::Disconnected);
                }
            }
            Output::Send(frame) => {
                if let Some(socket) = &self.socket {
                    socket.write(frame);
                }
            }
            Output::Call(call) => self.call(call),
            Output::Notify(notification) => {
                if notification == Notification::CaughtUp {
                    self.mail = Mail::CaughtUp;
                }
                return Ok(Some(notification));
            }
            Output::Wake(at) => self.wake = Some(at),
        }
        Ok(None)
    }

    fn call(&mut self, call: Call) {
        let server = self.server.clone();
        self.calls
            .spawn(async move { (call.id, http::perform(&server, &call).await) });
    }
}

async fn next_event(socket: &mut Option<Socket>) -> Event {
    match socket {
        Some(socket) => socket.next().await,
        None => std::future::pending().await,
    }
}

async fn sleep(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}
