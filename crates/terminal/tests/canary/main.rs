//! The canary: two people talk by the real client over the real server, and nothing that is secret is seen outside.
//!
//! Marked texts go through everything. Then every byte that passed between clients and server, that the server stored or
//! logged, that the clients left in files or printed without need, is searched for the texts, the passphrases and every
//! secret key that a vault ever held after a command. A public key, a ciphertext and a name are found in the same places
//! by the same search, so it sees what is there; and planted leaks are found, so it fails when it must.
//!
//! Not searched for: keys that came and went within one run of a program, and the library's expanded forms of keys.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what goes wrong here fails the test"
)]

mod recorder;
mod search;
mod secrets;
mod world;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use recorder::Conversation;
use search::{Finding, Form, Needles};
use secrets::{Opened, VaultSecrets, Vaults, public_key};
use sotto_engine::{Record, Table};
use sotto_keys::{AccountId, Address, DeviceId};
use sotto_wire::frame::{ClientFrame, Recipient, Send, SendId};
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use world::{File, House, Person, files};

const WORD: &str = "canary";
/// Each ends differently before the word, so that no two have so much in common that one is taken for the other.
const TEXTS: [&str; 7] = [
    "a heron stands by the third lock canary",
    "the keeper counts his sluices twice canary",
    "I saw him, and he looked at them canary",
    "bring the long rope and no lantern canary",
    "Übermorgen früh um fünf, oben am Wehr canary",
    "🐦 nobody is to hear of this canary 🐦",
    "then go home, since we are agreed canary",
];

const TO_SERVER: &str = "the bytes to the server";
const SOCKET_TO_SERVER: &str = "the socket's messages to the server";
const TO_CLIENTS: &str = "the bytes to the clients";
const SOCKET_TO_CLIENTS: &str = "the socket's messages to the clients";
const SERVER_FILES: &str = "the server's files";
const SERVER_LOG: &str = "the server's log";

struct Place {
    name: String,
    bytes: Vec<u8>,
}

impl Place {
    fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self {
            name: name.into(),
            bytes,
        }
    }

    fn each(name: &str, files: Vec<File>) -> impl Iterator<Item = Self> {
        files.into_iter().map(move |(_, bytes)| Self::new(name, bytes))
    }
}

/// Someone, and what his vault held at first and in the end.
struct Actor {
    person: Person,
    vault: VaultSecrets,
    first: Opened,
    last: Opened,
}

impl Actor {
    fn files(&self) -> String {
        format!("{}'s files", self.person.name)
    }

    fn printed(&self) -> String {
        format!("what {}'s programs printed", self.person.name)
    }
}

/// What happened, and everything that could be seen of it.
struct Scene {
    house: House,
    actors: Vec<Actor>,
    /// Files as they were at several times.
    kept: Vec<Place>,
    vaults: Vaults,
}

const ALICE: usize = 0;
const BOB: usize = 1;

impl Scene {
    fn open() -> Self {
        let mut scene = Self {
            house: House::open(),
            actors: Vec::new(),
            kept: Vec::new(),
            vaults: Vaults::default(),
        };
        scene.enter("alice_of_the_upper_lock", "seven swans asleep on a slipway");
        scene.enter("bob_of_the_lower_lock", "quarrelsome kingfisher, quiet weir");
        scene
    }

    fn enter(&mut self, name: &'static str, passphrase: &'static str) {
        let person = self.house.person(name, passphrase);
        let made = files(person.home());
        let first = secrets::open(&made, passphrase, WORD);
        self.actors.push(Actor {
            vault: VaultSecrets::of(&made, passphrase),
            last: first.clone(),
            first,
            person,
        });
        self.keep(self.actors.len() - 1, made);
    }

    fn run(&mut self, who: usize, arguments: &[&str]) {
        self.actors[who].person.run(arguments);
        self.look_at(who);
    }

    fn read(&mut self, who: usize, arguments: &[&str]) -> String {
        let read = self.actors[who].person.read(arguments);
        self.look_at(who);
        read
    }

    fn look_at(&mut self, who: usize) {
        let actor = &mut self.actors[who];
        let left = files(actor.person.home());
        actor.last = secrets::open(&left, actor.person.passphrase, WORD);
        self.keep(who, left);
    }

    /// Keeps the files that a command left, and what was in the vault then.
    fn keep(&mut self, who: usize, left: Vec<File>) {
        let actor = &self.actors[who];
        self.vaults.add(actor.person.name, &actor.last.records);
        self.kept.extend(Place::each(&actor.files(), left));
    }

    fn look_at_server(&mut self) {
        let stored = files(self.house.data());
        self.kept.extend(Place::each(SERVER_FILES, stored));
    }

    /// Two people talk: a request that waits, answers, ticks, several steps of the ratchets.
    fn play(&mut self) {
        let [alice, bob] = [ALICE, BOB].map(|who| self.actors[who].person.name);
        self.run(ALICE, &["send", bob, TEXTS[0]]);
        self.run(ALICE, &["send", bob, TEXTS[1]]);
        self.look_at_server();
        let came = self.read(BOB, &["receive", "--json"]);
        assert!(came.contains(TEXTS[0]) && came.contains(TEXTS[1]), "{came}");
        self.run(BOB, &["accept", alice]);
        self.run(BOB, &["send", alice, TEXTS[2]]);
        self.read(ALICE, &["receive"]);
        self.read(ALICE, &["history", bob]);
        self.run(ALICE, &["send", bob, TEXTS[3]]);
        self.look_at_server();
        self.read(BOB, &["receive"]);
        self.run(BOB, &["send", alice, TEXTS[4]]);
        self.read(BOB, &["conversations"]);
        self.read(ALICE, &["receive"]);
        let long = TEXTS[5].repeat(300);
        self.run(ALICE, &["send", bob, &long]);
        self.look_at_server();
        self.read(BOB, &["receive"]);
        self.read(BOB, &["history", alice, "--json"]);
        self.run(BOB, &["send", alice, TEXTS[6]]);
        self.read(ALICE, &["receive"]);
        let told = self.read(ALICE, &["history", bob, "--json"]);
        assert_eq!(told.matches("\"read\"").count(), 4, "{told}");
        self.run(ALICE, &["safety-number", bob]);
        self.run(BOB, &["status", "--json"]);
    }

    /// Everything that there is to be seen now.
    fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        for Conversation { to_server, to_client } in self.house.recorder.conversations() {
            for (bytes, messages, stream) in [
                (TO_SERVER, SOCKET_TO_SERVER, to_server),
                (TO_CLIENTS, SOCKET_TO_CLIENTS, to_client),
            ] {
                places.extend(
                    stream
                        .messages()
                        .into_iter()
                        .map(|message| Place::new(messages, message)),
                );
                places.push(Place::new(bytes, stream.0));
            }
        }
        places.extend(Place::each(SERVER_FILES, files(self.house.data())));
        places.push(Place::new(SERVER_LOG, self.house.log.bytes()));
        for actor in &self.actors {
            places.extend(Place::each(&actor.files(), files(actor.person.home())));
            places.push(Place::new(actor.printed(), actor.person.said.bytes()));
        }
        places
    }

    /// The ciphertexts that were sent.
    fn ciphertexts(&self) -> Vec<Vec<u8>> {
        let conversations = self.house.recorder.conversations();
        let messages = conversations
            .iter()
            .flat_map(|conversation| conversation.to_server.messages());
        let sends = messages.filter_map(|message| match ClientFrame::decode(&message) {
            Ok(ClientFrame::Send(send)) => Some(send.recipients),
            _ => None,
        });
        sends.flatten().map(|recipient| recipient.body).collect()
    }

    /// All that must not be seen.
    fn needles(&self) -> Needles {
        let mut needles = Needles::new();
        for (number, text) in (1..).zip(TEXTS) {
            needles.text(&format!("text {number}"), text);
        }
        for Actor { person, vault, .. } in &self.actors {
            let name = person.name;
            needles.text(&format!("{name}'s passphrase"), person.passphrase);
            needles.key(&format!("{name}'s stretched passphrase"), &vault.stretched);
            needles.key(&format!("{name}'s wrapping key"), &vault.wrapping);
            needles.key(&format!("{name}'s vault key"), &vault.vault_key);
            needles.key(&format!("{name}'s database key"), &vault.database_key);
        }
        let ratchet_keys = self.vaults.ratchet_keys().into_iter();
        let mut public: BTreeSet<_> = ratchet_keys.map(|key| key.public).collect();
        assert!(public.len() >= 4, "the ratchets stood still");
        public.extend(self.ciphertexts().iter().filter_map(|message| handshake(message)));
        public.extend(self.vaults.chunks().iter().cloned());
        public.extend(self.vaults.certificate_hashes());
        for (name, secret) in self.vaults.secrets(&public) {
            needles.key(name, secret);
        }
        needles
    }
}

/// The ephemeral key and the KEM ciphertext of a message that begins a session: public, and only as a whole.
fn handshake(message: &[u8]) -> Option<Vec<u8>> {
    const INITIAL: u8 = 0x11;
    let (kind, rest) = message.split_first()?;
    let one_time_key = 8 + 4;
    let ids = one_time_key + 1 + if rest.get(one_time_key)? == &1 { 4 } else { 0 } + 1 + 4;
    (*kind == INITIAL).then(|| rest[ids..ids + 32 + 1568].to_vec())
}

/// The search.
fn search<'a>(needles: &Needles, places: impl IntoIterator<Item = &'a Place>) -> BTreeSet<Finding> {
    let found = |place: &Place| needles.search(&place.name, &place.bytes);
    places.into_iter().flat_map(found).collect()
}

fn value(records: &[Record], table: Table, key: &[u8]) -> Vec<u8> {
    let found = records
        .iter()
        .find(|record| record.table == table && record.key == key);
    found.unwrap().value.to_vec()
}

#[test]
fn nothing_that_is_secret_is_seen_outside() {
    let mut scene = Scene::open();
    scene.play();
    scene.house.stop();

    let places = scene.places();
    let all = || places.iter().chain(&scene.kept);
    let searched: usize = all().map(|place| place.bytes.len()).sum();
    assert!(searched > 5_000_000, "{searched} bytes are too few to be all");
    what_is_public_is_found(&scene, &search(&known(&scene), all()));
    let needles = scene.needles();
    assert!(
        needles.len() > 10_000,
        "{} windows are too few to be all",
        needles.len()
    );
    assert_eq!(search(&needles, all()), BTreeSet::new());

    scene.house.start();
    let planted = plant(&scene);
    scene.house.stop();
    assert_eq!(search(&needles, &scene.places()), planted);

    println!(
        "{searched} bytes searched for {} windows of 16 bytes",
        needles.len()
    );
}

/// What may be seen.
fn known(scene: &Scene) -> Needles {
    let alice = &scene.actors[ALICE];
    let device_keys = value(&alice.last.records, Table::Own, b"device keys");
    let mut known = Needles::new();
    known.text("her name", alice.person.name);
    known.key("her device", &public_key(&device_keys[1..33]));
    known.key("her first message", &scene.ciphertexts()[0]);
    for key in scene.vaults.ratchet_keys() {
        known.key("a ratchet's public key", &key.public);
    }
    known
}

/// The same search finds what may be seen, wherever it has to be; and what was said is in the vaults.
fn what_is_public_is_found(scene: &Scene, found: &BTreeSet<Finding>) {
    let [alice, bob] = [ALICE, BOB].map(|who| &scene.actors[who]);
    for (needle, place, form) in [
        ("her name", TO_SERVER, Form::Plain),
        ("her name", SERVER_FILES, Form::Plain),
        ("her name", &alice.files(), Form::Plain),
        ("her name", &alice.printed(), Form::Plain),
        ("her device", TO_SERVER, Form::Base64),
        ("her device", TO_CLIENTS, Form::Base64),
        ("her device", SERVER_FILES, Form::Plain),
        ("her first message", SOCKET_TO_SERVER, Form::Plain),
        ("her first message", SERVER_FILES, Form::Plain),
        ("her first message", SOCKET_TO_CLIENTS, Form::Plain),
        ("a ratchet's public key", SOCKET_TO_SERVER, Form::Plain),
        ("a ratchet's public key", SERVER_FILES, Form::Plain),
    ] {
        let finding = Finding::new(needle, place, form);
        assert!(found.contains(&finding), "no {finding:?} but {found:#?}");
    }
    let masked = Finding::new("her first message", TO_SERVER, Form::Plain);
    assert!(!found.contains(&masked), "clients mask what they send");

    let sent = scene.ciphertexts().len();
    assert!(sent >= 7 + 4, "{sent} messages and receipts");
    let log = String::from_utf8(scene.house.log.bytes()).unwrap();
    assert_eq!(log.matches("an account was made").count(), 2, "{log}");
    assert!(log.contains("DEBUG") && log.contains("shutting down"), "{log}");
    for Conversation { to_client, .. } in scene.house.recorder.conversations() {
        let (head, _) = to_client.split_head();
        for hides in [
            "content-encoding",
            "transfer-encoding",
            "sec-websocket-extensions",
        ] {
            assert!(
                !head.contains(hides),
                "the search doesn't see through this: {head}"
            );
        }
    }

    for Actor { first, last, .. } in [alice, bob] {
        for text in TEXTS {
            assert!(last.found.iter().any(|found| found.contains(text)), "{text}");
        }
        assert_eq!(first.found, [""; 0]);
    }
    let left = |prekey: &&Record| bob.last.records.iter().any(|record| record.key == prekey.key);
    let used = bob.first.records.iter().filter(|record| !left(record));
    assert!(used.count() >= 2, "her first message used up two of his prekeys");
    for (table, least) in [(Table::Own, 5), (Table::Prekey, 200), (Table::Session, 10)] {
        assert!(scene.vaults.count(table) >= least, "{table:?}");
    }
}

/// Leaks of every kind, one of each, and how each has to be found.
fn plant(scene: &Scene) -> BTreeSet<Finding> {
    let [alice, bob] = [ALICE, BOB].map(|who| &scene.actors[who]);
    let device_keys = value(&alice.last.records, Table::Own, b"device keys");
    let root = value(&bob.last.records, Table::Own, b"root");
    let prekey = bob.first.records.iter().find(|record| {
        let gone = bob.last.records.iter().all(|left| left.key != record.key);
        record.table == Table::Prekey && gone
    });
    let prekey = &prekey.unwrap().value;
    let key = prekey.last_chunk::<32>().unwrap();

    tracing::error!(target: "sotto_server", text = TEXTS[0]);
    tracing::trace!(target: "sotto_server", key = ?&key[..]);
    send_in_clear(scene, TEXTS[1]);
    post(
        scene,
        &format!("{{\"debug\":\"{}\"}}", URL_SAFE.encode(&device_keys)),
    );
    fs::write(scene.house.data().join("dump"), &root).unwrap();
    let ratchet_key = scene.vaults.ratchet_keys().pop().unwrap();
    fs::write(scene.house.data().join("sessions"), &ratchet_key.private).unwrap();
    let temporary = bob.person.home().join("temporary");
    fs::write(
        temporary,
        TEXTS[2]
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>(),
    )
    .unwrap();
    let hex = |key: &[u8]| key.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let crash = alice.person.home().join("profile/crash");
    fs::write(crash, hex(&alice.vault.database_key)).unwrap();
    alice.person.said.write(bob.person.passphrase.as_bytes());

    let (alice_is, bob_is) = (alice.person.name, bob.person.name);
    let prekey_name = {
        let mut only = Vaults::default();
        only.add(bob_is, &bob.first.records);
        let secrets = only.secrets(&BTreeSet::new());
        let found = secrets.iter().find(|(_, secret)| secret == &&prekey[..]);
        found.unwrap().0.to_owned()
    };
    [
        Finding::new("text 1", SERVER_LOG, Form::Plain),
        Finding::new(&prekey_name, SERVER_LOG, Form::Decimal),
        Finding::new("text 2", SOCKET_TO_SERVER, Form::Plain),
        Finding::new(&format!("{alice_is}'s Own device keys"), TO_SERVER, Form::Base64),
        Finding::new(&format!("{bob_is}'s Own root"), SERVER_FILES, Form::Plain),
        Finding::new(&ratchet_key.session, SERVER_FILES, Form::Plain),
        Finding::new("text 3", &bob.files(), Form::Plain),
        Finding::new(&format!("{alice_is}'s database key"), &alice.files(), Form::Hex),
        Finding::new(&format!("{bob_is}'s passphrase"), &alice.printed(), Form::Plain),
    ]
    .into()
}

/// A client that forgot to encrypt, on a socket as the protocol has it.
fn send_in_clear(scene: &Scene, text: &str) {
    let mut socket = TcpStream::connect(scene.house.recorder.address()).unwrap();
    let head = "GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    socket.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte).unwrap();
        answer.extend(byte);
    }
    assert!(answer.starts_with(b"HTTP/1.1 101 "));
    let address = Address {
        account: AccountId::from_bytes([7; AccountId::LEN]),
        device: DeviceId::from_bytes([7; DeviceId::LEN]),
    };
    let frame = ClientFrame::Send(Send {
        id: SendId([7; 16]),
        recipients: vec![Recipient {
            address,
            body: text.into(),
        }],
        lists: Vec::new(),
    })
    .encode();
    let mask = [0xa1, 0x5c, 0x03, 0x9e];
    let masked = frame
        .iter()
        .zip(mask.iter().cycle())
        .map(|(byte, mask)| byte ^ mask);
    let length = u8::try_from(frame.len()).unwrap();
    assert!(length < 126);
    let head = [&[0x82, 0x80 | length][..], &mask].concat();
    socket
        .write_all(&head.into_iter().chain(masked).collect::<Vec<_>>())
        .unwrap();
    // Until the server, which was not told who this is, has closed it.
    let _ = socket.read_to_end(&mut answer);
}

/// A client that sends too much.
fn post(scene: &Scene, body: &str) {
    let mut socket = TcpStream::connect(scene.house.recorder.address()).unwrap();
    let length = body.len();
    let request = format!(
        "POST /v1/challenges HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
        Content-Length: {length}\r\n\r\n{body}"
    );
    socket.write_all(request.as_bytes()).unwrap();
    socket.read_to_end(&mut Vec::new()).unwrap();
}
