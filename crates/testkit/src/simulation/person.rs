//! A person: a store that survives crashes, and an engine that doesn't.

#![expect(clippy::expect_used, reason = "a world that can't be made ends the test")]

use super::Runtime;
use crate::fake_server::FakeServer;
use rand_chacha::ChaCha8Rng;
use rand_core::Rng;
use sotto_client_store::MemoryStore;
use sotto_engine::enrol::{NewAccount, NewIdentity, RootCustody};
use sotto_engine::view::{MessageView, Standing};
use sotto_engine::{Batch, Call, CallId, Change, Config, Engine, Input, Method, Output, Table};
use sotto_keys::{AccountId, Address, Timestamp, Username};
use sotto_wire::api::{Challenge, Proof};
use sotto_wire::content::{MessageId, Presence};
use std::collections::BTreeMap;

/// Which of a person's lives: each crash ends one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Life(u64);

/// A person with one device.
pub struct Person {
    address: Address,
    username: Username,
    store: MemoryStore,
    engine: Option<Engine>,
    life: Life,
    wake: Option<Timestamp>,
    shown: BTreeMap<MessageId, u32>,
}

/// Few prekeys, so that they run out and are made anew.
fn config() -> Config {
    Config {
        prekey_pool: 10,
        prekey_refill: 3,
        ..Config::default()
    }
}

impl Person {
    /// Makes an account on the server, as a runtime does.
    pub(super) fn enrol(server: &mut FakeServer, now: Timestamp, rng: &mut ChaCha8Rng) -> Self {
        let mut account = [0; 16];
        rng.fill_bytes(&mut account);
        let username: Username = format!("p{}", rng.next_u32()).parse().expect("a valid name");
        let identity = NewIdentity {
            account: AccountId::from_bytes(account),
            username: Some(username.clone()),
            origin: "https://sotto.test".to_owned(),
        };
        let new =
            NewAccount::generate(rng, now, identity, RootCustody::Vault, &config()).expect("an account");
        let mut store = MemoryStore::default();
        store.commit(&new.batch());
        let challenge = server.call(&call("/v1/challenges", Vec::new()), now, rng);
        let challenge: Challenge = serde_json::from_slice(&challenge.body).expect("a challenge");
        let register = new
            .register(&challenge, Proof::Anonymous)
            .expect("a registration");
        let body = serde_json::to_vec(&register).expect("JSON");
        assert_eq!(server.call(&call("/v1/accounts", body), now, rng).status, 200);
        Self {
            address: new.address(),
            username,
            store,
            engine: None,
            life: Life(0),
            wake: None,
            shown: BTreeMap::new(),
        }
    }

    /// Where this person is reached.
    pub fn address(&self) -> Address {
        self.address
    }

    pub(super) fn username(&self) -> Username {
        self.username.clone()
    }

    /// Opens the engine on what the store holds, and goes online.
    pub(super) fn start(&mut self, now: Timestamp, rng: &mut ChaCha8Rng) -> Vec<Output> {
        let engine = Engine::open(self.store.records(), now, config()).expect("the store's own records");
        self.engine = Some(engine);
        let presence = sotto_engine::Command::SetPresence {
            presence: Presence::Online,
        };
        self.handle(
            Input::Command {
                tag: sotto_engine::Tag(0),
                command: presence,
            },
            now,
            rng,
        );
        self.handle(Input::GoOnline, now, rng)
    }

    pub(super) fn handle(&mut self, input: Input, now: Timestamp, rng: &mut ChaCha8Rng) -> Vec<Output> {
        match &mut self.engine {
            Some(engine) => engine.handle(input, now, rng),
            None => Vec::new(),
        }
    }

    pub(super) fn commit(&mut self, batch: &Batch, runtime: Runtime) {
        let mut batch = batch.clone();
        if runtime == Runtime::NeverPersistsSeen {
            batch.changes.retain(|change| {
                !matches!(change, Change::Put(record) if matches!(record.table, Table::Seen | Table::Session))
            });
        }
        self.store.commit(&batch);
    }

    pub(super) fn crash(&mut self) {
        self.engine = None;
        self.wake = None;
        self.life = Life(self.life.0 + 1);
    }

    pub(super) fn life(&self) -> Life {
        self.life
    }

    pub(super) fn lives(&self, life: Life) -> bool {
        self.life == life && self.engine.is_some()
    }

    pub(super) fn is_running(&self) -> bool {
        self.engine.is_some()
    }

    pub(super) fn set_wake(&mut self, at: Timestamp) {
        self.wake = Some(at);
    }

    /// Whether that is the wake that was asked for last.
    pub(super) fn wakes(&mut self, life: Life, at: Timestamp) -> bool {
        self.lives(life) && self.wake.take_if(|wake| *wake == at).is_some()
    }

    pub(super) fn knows(&self, username: &Username) -> bool {
        self.engine
            .as_ref()
            .is_some_and(|engine| engine.person_by_name(username).is_some())
    }

    pub(super) fn conversations(&self, now: Timestamp, standing: Standing) -> Vec<AccountId> {
        let all = self
            .engine
            .as_ref()
            .map(|engine| engine.conversations(now))
            .unwrap_or_default();
        all.into_iter()
            .filter(|one| one.standing == standing)
            .map(|one| one.person.account)
            .collect()
    }

    /// A message is shown; gives how often it was by now.
    pub(super) fn shows(&mut self, id: MessageId) -> u32 {
        let times = self.shown.entry(id).or_default();
        *times += 1;
        *times
    }

    pub(super) fn undecryptable(&self) -> u32 {
        self.engine.as_ref().map_or(0, |engine| engine.own().waiting)
    }

    /// A conversation's messages, oldest first.
    pub(super) fn messages(&self, conversation: AccountId) -> Vec<MessageView> {
        self.store.messages(conversation, None, 200)
    }

    pub(super) fn message(&self, conversation: AccountId, id: MessageId) -> Option<MessageView> {
        self.messages(conversation)
            .into_iter()
            .find(|message| message.id == id)
    }
}

fn call(path: &str, body: Vec<u8>) -> Call {
    Call {
        id: CallId(0),
        method: Method::Post,
        path: path.to_owned(),
        body: Some(body),
        token: None,
    }
}
