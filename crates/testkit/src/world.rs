//! A small world without weather: clients, a server, and a network that loses nothing and takes no time.

#![expect(clippy::expect_used, reason = "a world that can't be made ends the test")]

use crate::fake_server::{FakeServer, Socket};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use sotto_client_store::MemoryStore;
use sotto_engine::enrol::{NewAccount, NewDevice, NewIdentity, RootCustody};
use sotto_engine::vault::WrapSecret;
use sotto_engine::view::{ConversationView, MessageView};
use sotto_engine::{
    Call, CallId, Command, CommandError, Config, Engine, Input, Method, Notification, Outcome, Output, Tag,
};
use sotto_keys::{AccountId, Address, CertifiedDevice, DeviceCertificate, Timestamp, Username};
use sotto_protocol::{RootEnvelope, RootKeys};
use sotto_wire::api::{Base64, Challenge, Proof};
use std::collections::VecDeque;
use std::time::Duration;

/// Opens the root's envelope of everybody in this world.
const ROOT_SECRET: [u8; 32] = [7; 32];

/// Names a device in the world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Actor(usize);

struct Device {
    address: Address,
    username: Username,
    store: MemoryStore,
    engine: Engine,
    socket: Option<Socket>,
    wake: Option<Timestamp>,
    notifications: Vec<Notification>,
}

/// What is under way.
enum Event {
    Input(usize, Input),
    ToServer(Socket, Vec<u8>),
}

/// The world.
pub struct World {
    rng: ChaCha8Rng,
    /// The time.
    pub now: Timestamp,
    /// The server.
    pub server: FakeServer,
    devices: Vec<Device>,
    events: VecDeque<Event>,
    next: u64,
}

impl Default for World {
    fn default() -> Self {
        Self {
            rng: ChaCha8Rng::seed_from_u64(0),
            now: Timestamp::from_millis(1_800_000_000_000),
            server: FakeServer::default(),
            devices: Vec::new(),
            events: VecDeque::new(),
            next: 0,
        }
    }
}

fn config() -> Config {
    Config {
        prekey_pool: 8,
        prekey_refill: 4,
        ..Config::default()
    }
}

impl World {
    /// Makes an account with one device, online.
    pub fn person(&mut self, name: &str) -> Actor {
        let mut account = [0; 16];
        self.rng.fill_bytes(&mut account);
        self.person_as(AccountId::from_bytes(account), name)
    }

    /// Makes an account under a given id: another root under the id of somebody is an identity change.
    pub fn person_as(&mut self, account: AccountId, name: &str) -> Actor {
        let username: Username = name.parse().expect("a valid name");
        let identity = identity(account, &username);
        let custody = RootCustody::Envelope(WrapSecret::Prf(&ROOT_SECRET));
        let new =
            NewAccount::generate(&mut self.rng, self.now, identity, custody, &config()).expect("an account");
        let mut store = MemoryStore::default();
        store.commit(&new.batch());
        let register = new
            .register(&self.challenge(), Proof::Anonymous)
            .expect("a registration");
        self.post("/v1/accounts", &register);
        self.join(new.address(), username, store)
    }

    /// Adds a device to somebody's account, online.
    pub fn second_device(&mut self, of: Actor) -> Actor {
        let (account, username) = (self.address(of).account, self.devices[of.0].username.clone());
        let mut answer = self
            .server
            .account_answer(account)
            .expect("a known account")
            .clone();
        let envelope = self.server.root_envelope(account).expect("an envelope");
        let envelope = RootEnvelope::decode(&envelope.0).expect("an envelope");
        let root: RootKeys = envelope
            .open(account, &WrapSecret::Prf(&ROOT_SECRET))
            .expect("the root");
        let identity = identity(account, &username);
        let new = NewDevice::generate(
            &mut self.rng,
            self.now,
            identity,
            &root,
            &envelope,
            &answer,
            &config(),
        );
        let new = new.expect("a device");
        let mut store = MemoryStore::default();
        store.commit(&new.batch());
        let add = new
            .add(&self.challenge(), Base64::default())
            .expect("an addition");
        answer.lists.push(add.list);
        answer.certificates.push(add.certificate);
        let decoded = answer
            .certificates
            .iter()
            .map(|bytes| DeviceCertificate::decode(&bytes.0).expect("ours"));
        let certified =
            decoded.map(|certificate| certificate.verify(&root.public(), account).expect("certified"));
        let certified: Vec<CertifiedDevice> = certified.collect();
        self.server.replace_account(answer, certified);
        self.server.put_prekeys(new.address(), &add.prekeys, self.now);
        self.join(new.address(), username, store)
    }

    fn join(&mut self, address: Address, username: Username, store: MemoryStore) -> Actor {
        let engine = Engine::open(store.records(), self.now, config()).expect("the store's own records");
        let (socket, wake, notifications) = (None, None, Vec::new());
        self.devices.push(Device {
            address,
            username,
            store,
            engine,
            socket,
            wake,
            notifications,
        });
        let actor = Actor(self.devices.len() - 1);
        self.events.push_back(Event::Input(actor.0, Input::GoOnline));
        self.settle();
        actor
    }

    fn challenge(&mut self) -> Challenge {
        serde_json::from_slice(&self.post("/v1/challenges", &())).expect("a challenge")
    }

    fn post(&mut self, path: &str, body: &impl serde::Serialize) -> Vec<u8> {
        let body = Some(serde_json::to_vec(body).expect("JSON"));
        let call = Call {
            id: CallId(0),
            method: Method::Post,
            path: path.to_owned(),
            body,
            token: None,
        };
        let answer = self.server.call(&call, self.now, &mut self.rng);
        assert_eq!(answer.status, 200, "{path}");
        answer.body
    }

    /// Where an actor is reached.
    pub fn address(&self, actor: Actor) -> Address {
        self.devices[actor.0].address
    }

    /// Their account.
    pub fn account(&self, actor: Actor) -> AccountId {
        self.address(actor).account
    }

    /// Gives a command, and lets everything that follows from it happen.
    ///
    /// # Errors
    /// As the engine answers.
    pub fn command(&mut self, actor: Actor, command: Command) -> Result<Outcome, CommandError> {
        self.next += 1;
        let tag = Tag(self.next);
        self.events
            .push_back(Event::Input(actor.0, Input::Command { tag, command }));
        self.settle();
        let done =
            self.devices[actor.0]
                .notifications
                .iter()
                .rev()
                .find_map(|notification| match notification {
                    Notification::Done { tag: other, result } if *other == tag => Some(result.clone()),
                    _ => None,
                });
        done.expect("every command is answered")
    }

    /// Finds a person and writes to them.
    ///
    /// # Errors
    /// As the engine answers.
    pub fn write(&mut self, from: Actor, to: Actor, text: &str) -> Result<Outcome, CommandError> {
        let (username, account) = (self.devices[to.0].username.clone(), self.account(to));
        if self.devices[from.0].engine.person_by_name(&username).is_none() {
            self.command(from, Command::Find { username })?;
        }
        self.command(
            from,
            Command::Send {
                to: account,
                text: text.to_owned(),
            },
        )
    }

    /// Two people who have written to each other.
    pub fn two_who_talk(&mut self) -> (Actor, Actor) {
        let (alice, bob) = (self.person("alice"), self.person("bob"));
        self.write(alice, bob, "hello").expect("sent");
        self.write(bob, alice, "hello yourself").expect("sent");
        self.advance(Duration::from_secs(2));
        (alice, bob)
    }

    /// Gives an actor an input, and lets everything that follows from it happen.
    pub fn input(&mut self, actor: Actor, input: Input) {
        self.events.push_back(Event::Input(actor.0, input));
        self.settle();
    }

    /// Cuts an actor's connection; they come back when `GoOnline` is put in, or their wait is over.
    pub fn disconnect(&mut self, actor: Actor) {
        if let Some(socket) = self.devices[actor.0].socket.take() {
            self.server.closed(socket);
        }
        self.input(actor, Input::Disconnected);
    }

    /// Ends an actor's process, and starts it again on what was stored; offline.
    pub fn restart(&mut self, actor: Actor) {
        if let Some(socket) = self.devices[actor.0].socket.take() {
            self.server.closed(socket);
        }
        let device = &mut self.devices[actor.0];
        device.engine = Engine::open(device.store.records(), self.now, config()).expect("own records");
        device.wake = None;
    }

    /// Lets time pass; whatever wants to be woken is.
    pub fn advance(&mut self, duration: Duration) {
        let end = self.now.saturating_add(duration);
        while let Some((at, index)) = self.next_wake().filter(|(at, _)| *at <= end) {
            self.now = self.now.max(at);
            self.devices[index].wake = None;
            self.events.push_back(Event::Input(index, Input::Wake));
            self.settle();
        }
        self.now = end;
    }

    fn next_wake(&self) -> Option<(Timestamp, usize)> {
        let wakes = self.devices.iter().enumerate();
        wakes
            .filter_map(|(index, device)| device.wake.map(|at| (at, index)))
            .min()
    }

    fn settle(&mut self) {
        while let Some(event) = self.events.pop_front() {
            match event {
                Event::Input(index, input) => {
                    let device = &mut self.devices[index];
                    for output in device.engine.handle(input, self.now, &mut self.rng) {
                        self.carry_out(index, output);
                    }
                }
                Event::ToServer(socket, bytes) => {
                    let outgoing = self.server.frame(socket, &bytes, self.now);
                    self.deliver(outgoing);
                }
            }
        }
    }

    /// Brings frames to their sockets.
    pub fn deliver(&mut self, outgoing: crate::fake_server::Outgoing) {
        for (socket, frame) in outgoing {
            let owner = self
                .devices
                .iter()
                .position(|device| device.socket == Some(socket));
            if let Some(index) = owner {
                self.events
                    .push_back(Event::Input(index, Input::Frame(frame.encode())));
            }
        }
    }

    fn carry_out(&mut self, index: usize, output: Output) {
        match output {
            Output::Persist(batch) => self.devices[index].store.commit(&batch),
            Output::Connect => {
                self.next += 1;
                let socket = Socket(self.next);
                self.server.opened(socket);
                self.devices[index].socket = Some(socket);
                self.events.push_back(Event::Input(index, Input::Connected));
            }
            Output::Disconnect => {
                if let Some(socket) = self.devices[index].socket.take() {
                    self.server.closed(socket);
                }
                self.events.push_back(Event::Input(index, Input::Disconnected));
            }
            Output::Send(bytes) => {
                if let Some(socket) = self.devices[index].socket {
                    self.events.push_back(Event::ToServer(socket, bytes));
                }
            }
            Output::Call(call) => {
                let id = call.id;
                let result = Ok(self.server.call(&call, self.now, &mut self.rng));
                self.events
                    .push_back(Event::Input(index, Input::Answer { id, result }));
            }
            Output::Notify(notification) => self.devices[index].notifications.push(notification),
            Output::Wake(at) => self.devices[index].wake = Some(at),
        }
    }

    /// What an actor's store holds of a conversation, oldest first.
    pub fn messages(&self, actor: Actor, with: Actor) -> Vec<MessageView> {
        self.devices[actor.0]
            .store
            .messages(self.account(with), None, 200)
    }

    /// The texts of a conversation, oldest first.
    pub fn texts(&self, actor: Actor, with: Actor) -> Vec<String> {
        self.messages(actor, with)
            .into_iter()
            .map(|message| message.text)
            .collect()
    }

    /// A conversation as an actor sees it.
    pub fn conversation(&self, actor: Actor, with: Actor) -> Option<ConversationView> {
        let account = self.account(with);
        let all = self.devices[actor.0].engine.conversations(self.now);
        all.into_iter().find(|one| one.person.account == account)
    }

    /// An actor's engine, to be read.
    pub fn engine(&self, actor: Actor) -> &Engine {
        &self.devices[actor.0].engine
    }

    /// Takes what an actor was told so far.
    pub fn take_notifications(&mut self, actor: Actor) -> Vec<Notification> {
        core::mem::take(&mut self.devices[actor.0].notifications)
    }
}

fn identity(account: AccountId, username: &Username) -> NewIdentity {
    NewIdentity {
        account,
        username: Some(username.clone()),
        origin: "https://sotto.test".to_owned(),
    }
}
