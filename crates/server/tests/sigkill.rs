//! SIGKILL at 50 random moments under load: what was acknowledged is there, and nothing is there twice.
//!
//! The real program runs on one folder. Each round, Alice keeps a pipeline of sends to Bob going until the program is
//! killed after a random count of acknowledgements and a random number of further yields; after the restart she repeats
//! what was not acknowledged, byte for byte, as a client does. Bob reads along on another connection, and acknowledges
//! some of what he gets. In the end he must have got everything that was acknowledged, each body under one mailbox id.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what goes wrong here fails the test"
)]

mod common;

use common::Person;
use common::ws::Socket;
use futures_util::{SinkExt, StreamExt};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use sotto_keys::Timestamp;
use sotto_wire::frame::{ClientFrame, Delivery, Send, SendId, ServerFrame};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio_tungstenite::tungstenite::Message;

/// How often the program is killed.
const KILLS: u32 = 50;
/// Most acknowledgements that a round waits for.
const MOST_BEFORE_KILL: u32 = 60;
/// Sends under way at a time.
const PIPELINE: usize = 16;
/// The origin that both sides agree on, whatever the port.
const ORIGIN: &str = "http://localhost:1";

/// The program, killed with the test.
struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    async fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sotto-server"))
            .args([
                "--listen",
                "127.0.0.1:0",
                "--origin",
                ORIGIN,
                "--log-level",
                "off",
            ])
            .args([
                "--messages-per-minute",
                "1000000",
                "--messages-burst",
                "1000000",
                "--data",
            ])
            .arg(data)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .await
            .unwrap();
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .unwrap()
            .parse()
            .unwrap();
        Self { child, address }
    }

    /// SIGKILL, and gone.
    async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// What Alice knows.
#[derive(Default)]
struct Outbox {
    next: u64,
    /// Sent, or to be sent again, and not acknowledged.
    open: BTreeMap<[u8; 16], ClientFrame>,
    acknowledged: BTreeSet<u64>,
}

impl Outbox {
    fn compose(&mut self, to: &Person) -> ClientFrame {
        let number = self.next.to_be_bytes();
        self.next += 1;
        let mut id = [0; 16];
        id[..8].copy_from_slice(&number);
        let body = [&number[..], &[7; 500]].concat();
        let recipients = vec![to.recipient(&body)];
        let frame = ClientFrame::Send(Send {
            id: SendId(id),
            recipients,
            lists: vec![to.claim(1)],
        });
        self.open.insert(id, frame.clone());
        frame
    }

    fn acknowledge(&mut self, id: SendId) {
        self.open.remove(&id.0);
        self.acknowledged.insert(number(&id.0));
    }
}

fn number(bytes: &[u8]) -> u64 {
    u64::from_be_bytes(bytes[..8].try_into().unwrap())
}

/// What Bob got: under which mailbox ids each body came.
#[derive(Default)]
struct Inbox(HashMap<u64, BTreeSet<u64>>);

impl Inbox {
    fn take(&mut self, mail: &[Delivery]) {
        for item in mail {
            self.0.entry(number(&item.body)).or_default().insert(item.id);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the real program goes by the real clock"
)]
fn now() -> Timestamp {
    Timestamp::default().saturating_add(SystemTime::now().duration_since(UNIX_EPOCH).unwrap())
}

/// One life of the program, from start to kill.
async fn round(
    data: &Path,
    rng: &mut ChaCha20Rng,
    people: &mut [Person; 2],
    outbox: &mut Outbox,
    inbox: &mut Inbox,
) {
    let program = Program::start(data).await;
    for person in people.iter_mut() {
        person.sign_in(program.address, ORIGIN).await;
    }
    let [alice, bob] = people;
    let (mut from, _) = Socket::open(program.address, alice).await;
    let (mut to, backlog) = Socket::open(program.address, bob).await;
    inbox.take(&backlog);
    acknowledge_half(&mut to, &backlog).await;
    for frame in outbox.open.values() {
        from.frame(frame).await;
    }
    let until = rng.next_u32() % MOST_BEFORE_KILL;
    let mut seen = 0;
    while seen < until {
        while outbox.open.len() < PIPELINE {
            from.frame(&outbox.compose(bob)).await;
        }
        tokio::select! {
            frame = from.next() => if let ServerFrame::Accepted { id, .. } = frame {
                outbox.acknowledge(id);
                seen += 1;
            } else {
                panic!("{frame:?}");
            },
            frame = to.next() => if let ServerFrame::Deliver { items } = frame {
                inbox.take(&items);
                acknowledge_half(&mut to, &items).await;
            },
        }
    }
    for _ in 0..rng.next_u32() % 50 {
        tokio::task::yield_now().await;
    }
    program.kill().await;
    drain(&mut from, &mut to, outbox, inbox).await;
}

/// What had reached the machine before the program died counts as said.
async fn drain(from: &mut Socket, to: &mut Socket, outbox: &mut Outbox, inbox: &mut Inbox) {
    let _ = from.0.close(None).await;
    while let Some(Ok(message)) = from.0.next().await {
        if let Message::Binary(bytes) = message
            && let ServerFrame::Accepted { id, .. } = ServerFrame::decode(&bytes).unwrap()
        {
            outbox.acknowledge(id);
        }
    }
    let _ = to.0.flush().await;
    while let Some(Ok(message)) = to.0.next().await {
        if let Message::Binary(bytes) = message
            && let ServerFrame::Deliver { items } = ServerFrame::decode(&bytes).unwrap()
        {
            inbox.take(&items);
        }
    }
}

async fn acknowledge_half(to: &mut Socket, mail: &[Delivery]) {
    let ids: Vec<_> = mail.iter().map(|item| item.id).filter(|id| id % 2 == 0).collect();
    for ids in ids.chunks(256) {
        to.frame(&ClientFrame::Ack { ids: ids.to_vec() }).await;
    }
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nothing_is_stored_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(50);
    let mut people = ["alice", "bob"].map(|name| Person::new(name, now()));
    let program = Program::start(folder.path()).await;
    for person in &mut people {
        person.register(program.address, ORIGIN).await;
    }
    program.kill().await;

    let (mut outbox, mut inbox) = (Outbox::default(), Inbox::default());
    for _ in 0..KILLS {
        round(folder.path(), &mut rng, &mut people, &mut outbox, &mut inbox).await;
    }
    let program = Program::start(folder.path()).await;
    people[1].sign_in(program.address, ORIGIN).await;
    let (_, backlog) = Socket::open(program.address, &people[1]).await;
    inbox.take(&backlog);

    assert!(outbox.acknowledged.len() > 500, "{}", outbox.acknowledged.len());
    let lost: Vec<_> = outbox
        .acknowledged
        .iter()
        .filter(|number| !inbox.0.contains_key(number))
        .collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    let twice: Vec<_> = inbox.0.iter().filter(|(_, ids)| ids.len() > 1).collect();
    assert!(twice.is_empty(), "stored twice: {twice:?}");
}
