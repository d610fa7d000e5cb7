//! A deterministic world: people, a server, and a network that breaks; crashes between any two outputs. A seed
//! reproduces a run.

mod network;
mod person;

pub use person::Person;

use crate::fake_server::{Breach, FakeServer, Socket};
use network::Network;
use person::Life;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use sotto_engine::view::{MessageState, Standing};
use sotto_engine::{Answer, CallId, Command, Input, Notification, Outcome, Output, Unreachable};
use sotto_keys::{AccountId, Timestamp};
use sotto_wire::content::MessageId;
use std::collections::BTreeMap;
use std::time::Duration;

/// How a run goes.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many people there are.
    pub people: usize,
    /// How many things they do.
    pub actions: usize,
    /// Out of 1,000 outputs, how many are followed by a crash.
    pub crashes: u32,
    /// Out of 1,000 frames or calls, how many are lost, and the connection with them.
    pub losses: u32,
    /// The order in which the runtime carries outputs out.
    pub runtime: Runtime,
}

/// The order in which a runtime carries outputs out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Runtime {
    /// As the contract says.
    Faithful,
    /// A planted defect: frames are sent before the batch is committed.
    SendsBeforePersist,
    /// A planted defect: acknowledged before the batch is committed, and crashes in between.
    NeverPersistsSeen,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            people: 3,
            actions: 40,
            crashes: 15,
            losses: 25,
            runtime: Runtime::Faithful,
        }
    }
}

/// What went wrong in a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Violation {
    /// A message that its author's device had taken never came.
    Lost(MessageId),
    /// A message was shown twice.
    ShownTwice(MessageId),
    /// A message came with another text.
    Altered(MessageId),
    /// A message's author wasn't told that it came.
    NotDelivered(MessageId, MessageState),
    /// Messages of one author to one reader came in another order.
    OutOfOrder(MessageId),
    /// Something couldn't be decrypted.
    Undecryptable {
        /// By whom.
        person: usize,
        /// How many.
        count: u32,
    },
    /// A client broke a promise to the server.
    Breach(Breach),
    /// Mail is left that nobody acknowledges.
    LeftInMailboxes(usize),
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Report {
    /// What went wrong.
    pub violations: Vec<Violation>,
    /// Messages that were written.
    pub messages: usize,
    /// Crashes.
    pub crashes: usize,
    /// Connections that broke.
    pub losses: usize,
}

/// Something that happens at a time.
enum Event {
    Act,
    Restart {
        person: usize,
    },
    Input {
        person: usize,
        life: Life,
        input: Box<Input>,
    },
    Wake {
        person: usize,
        life: Life,
        at: Timestamp,
    },
    Call {
        person: usize,
        life: Life,
        call: sotto_engine::Call,
    },
    Opened {
        person: usize,
        life: Life,
    },
    ToServer {
        socket: Socket,
        bytes: Vec<u8>,
    },
    ToClient {
        socket: Socket,
        bytes: Vec<u8>,
    },
    ServerSeesClosed {
        socket: Socket,
    },
    ClientSeesClosed {
        socket: Socket,
    },
    Redeliver {
        person: usize,
    },
}

/// The world.
pub struct Simulation {
    plan: Plan,
    rng: ChaCha8Rng,
    now: Timestamp,
    queue: BTreeMap<(Timestamp, u64), Event>,
    sequence: u64,
    server: FakeServer,
    network: Network,
    people: Vec<Person>,
    written: BTreeMap<MessageId, Written>,
    calm: Weather,
    report: Report,
}

/// Whether things break.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weather {
    Storm,
    Calm,
}

/// A message that somebody wrote, in the order of writing.
struct Written {
    order: usize,
    from: usize,
    to: AccountId,
    text: String,
}

/// When the storm ends.
const STORM: Duration = Duration::from_secs(120);
/// When everything has to have arrived.
const END: Duration = Duration::from_secs(1200);

impl Simulation {
    /// Runs a plan by a seed.
    pub fn run(seed: u64, plan: Plan) -> Report {
        let mut simulation = Self::new(seed, plan);
        simulation.storm();
        simulation.calm();
        simulation.check();
        simulation.report
    }

    fn new(seed: u64, plan: Plan) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let now = Timestamp::from_millis(1_800_000_000_000);
        let mut server = FakeServer::default();
        let people: Vec<_> = (0..plan.people)
            .map(|_| Person::enrol(&mut server, now, &mut rng))
            .collect();
        let mut simulation = Self {
            plan,
            rng,
            now,
            queue: BTreeMap::new(),
            sequence: 0,
            server,
            network: Network::default(),
            people,
            written: BTreeMap::new(),
            calm: Weather::Storm,
            report: Report::default(),
        };
        for person in 0..simulation.people.len() {
            simulation.at(Duration::ZERO, Event::Restart { person });
        }
        for _ in 0..simulation.plan.actions {
            let when = simulation.below(u64::try_from(STORM.as_millis()).unwrap_or(u64::MAX));
            simulation.at(Duration::from_millis(when), Event::Act);
        }
        simulation
    }

    fn storm(&mut self) {
        let end = self.now.saturating_add(STORM);
        self.run_until(end);
    }

    /// Nothing breaks any more; everybody accepts everybody; all that was written has to arrive.
    fn calm(&mut self) {
        self.calm = Weather::Calm;
        let end = self.now.saturating_add(END);
        for round in 0..4 {
            for person in 0..self.people.len() {
                self.accept_all(person);
            }
            let pause = self.now.saturating_add(END / 5);
            self.run_until(if round == 3 { end } else { pause });
        }
    }

    fn run_until(&mut self, end: Timestamp) {
        while let Some(entry) = self.queue.first_entry() {
            if entry.key().0 > end {
                break;
            }
            let ((at, _), event) = entry.remove_entry();
            self.now = self.now.max(at);
            self.happen(event);
        }
        self.now = end;
    }

    fn at(&mut self, delay: Duration, event: Event) {
        self.sequence += 1;
        self.queue
            .insert((self.now.saturating_add(delay), self.sequence), event);
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.rng.next_u64() % bound.max(1)
    }

    /// Whether something happens that happens so many times in a thousand, in bad weather.
    fn strikes(&mut self, per_mille: u32) -> bool {
        let drawn = self.below(1000);
        self.calm == Weather::Storm && drawn < u64::from(per_mille)
    }

    fn delay(&mut self) -> Duration {
        Duration::from_millis(1 + self.below(150))
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Act => self.act(),
            Event::Restart { person } => {
                let (now, rng) = (self.now, &mut self.rng);
                let outputs = self.people[person].start(now, rng);
                self.carry_out(person, outputs);
            }
            Event::Input { person, life, input } if self.people[person].lives(life) => {
                self.input(person, *input);
            }
            Event::Wake { person, life, at } if self.people[person].wakes(life, at) => {
                self.input(person, Input::Wake);
            }
            Event::Call { person, life, call } => self.answer(person, life, &call),
            Event::Opened { person, life } => self.opened(person, life),
            Event::ToServer { socket, bytes } => {
                if self.network.server_end(socket) {
                    let outgoing = self.server.frame(socket, &bytes, self.now);
                    self.send_to_clients(outgoing);
                }
            }
            Event::ToClient { socket, bytes } => {
                if let Some(person) = self.network.client_end(socket) {
                    self.input(person, Input::Frame(bytes));
                }
            }
            Event::ServerSeesClosed { socket } => {
                self.network.close_server_end(socket);
                self.server.closed(socket);
            }
            Event::ClientSeesClosed { socket } => {
                if let Some(person) = self.network.close_client_end(socket) {
                    self.input(person, Input::Disconnected);
                }
            }
            Event::Redeliver { person } => {
                let outgoing = self.server.redeliver(self.people[person].address());
                self.send_to_clients(outgoing);
            }
            Event::Input { .. } | Event::Wake { .. } => {}
        }
    }

    fn input(&mut self, person: usize, input: Input) {
        let (now, rng) = (self.now, &mut self.rng);
        let outputs = self.people[person].handle(input, now, rng);
        self.carry_out(person, outputs);
    }

    /// Carries outputs out, in order; a crash may come before each.
    fn carry_out(&mut self, person: usize, mut outputs: Vec<Output>) {
        if self.plan.runtime == Runtime::SendsBeforePersist {
            outputs.sort_by_key(|output| matches!(output, Output::Persist(_)));
        }
        for output in outputs {
            if self.strikes(self.plan.crashes) {
                self.crash(person);
                return;
            }
            self.carry_out_one(person, output);
        }
    }

    fn carry_out_one(&mut self, person: usize, output: Output) {
        let life = self.people[person].life();
        match output {
            Output::Persist(batch) => self.people[person].commit(&batch, self.plan.runtime),
            Output::Connect => {
                let delay = self.delay();
                if self.strikes(self.plan.losses) {
                    let input = Box::new(Input::Disconnected);
                    self.at(delay, Event::Input { person, life, input });
                } else {
                    self.at(delay, Event::Opened { person, life });
                }
            }
            Output::Disconnect => self.hang_up(person),
            Output::Send(bytes) => self.send_to_server(person, bytes),
            Output::Call(call) => {
                let delay = self.delay();
                self.at(delay, Event::Call { person, life, call });
            }
            Output::Notify(notification) => self.notice(person, notification),
            Output::Wake(at) => {
                self.people[person].set_wake(at);
                self.at(at.since(self.now), Event::Wake { person, life, at });
            }
        }
    }

    fn crash(&mut self, person: usize) {
        self.report.crashes += 1;
        self.people[person].crash();
        if let Some(socket) = self.network.socket_of(person) {
            self.network.close_client_end(socket);
            let delay = self.delay();
            self.at(delay, Event::ServerSeesClosed { socket });
        }
        let delay = Duration::from_millis(100 + self.below(5000));
        self.at(delay, Event::Restart { person });
    }

    /// A call arrives, or is lost on the way there or back.
    fn answer(&mut self, person: usize, life: Life, call: &sotto_engine::Call) {
        let id: CallId = call.id;
        let lost_there = self.strikes(self.plan.losses);
        let result: Result<Answer, Unreachable> = if lost_there {
            Err(Unreachable)
        } else {
            let answer = self.server.call(call, self.now, &mut self.rng);
            if self.strikes(self.plan.losses) {
                Err(Unreachable)
            } else {
                Ok(answer)
            }
        };
        let delay = self.delay();
        self.at(
            delay,
            Event::Input {
                person,
                life,
                input: Box::new(Input::Answer { id, result }),
            },
        );
    }

    fn opened(&mut self, person: usize, life: Life) {
        if !self.people[person].lives(life) {
            return;
        }
        let socket = self.network.open(person);
        self.server.opened(socket);
        self.input(person, Input::Connected);
    }

    fn hang_up(&mut self, person: usize) {
        if let Some(socket) = self.network.socket_of(person) {
            self.network.close_client_end(socket);
            let delay = self.delay();
            self.at(delay, Event::ServerSeesClosed { socket });
        }
        let life = self.people[person].life();
        self.at(
            Duration::from_millis(1),
            Event::Input {
                person,
                life,
                input: Box::new(Input::Disconnected),
            },
        );
    }

    fn send_to_server(&mut self, person: usize, bytes: Vec<u8>) {
        let Some(socket) = self.network.socket_of(person) else {
            return;
        };
        if self.strikes(self.plan.losses) {
            return self.break_connection(socket);
        }
        let delay = self.delay();
        if let Some(at) = self.network.upstream(socket, self.now.saturating_add(delay)) {
            self.at(at.since(self.now), Event::ToServer { socket, bytes });
        }
    }

    fn send_to_clients(&mut self, outgoing: crate::fake_server::Outgoing) {
        for (socket, frame) in outgoing {
            if self.strikes(self.plan.losses) {
                self.break_connection(socket);
                continue;
            }
            let delay = self.delay();
            if let Some(at) = self.network.downstream(socket, self.now.saturating_add(delay)) {
                self.at(
                    at.since(self.now),
                    Event::ToClient {
                        socket,
                        bytes: frame.encode(),
                    },
                );
            }
        }
    }

    /// What was sent last gets through no more; both ends learn of it at their own time.
    fn break_connection(&mut self, socket: Socket) {
        self.report.losses += 1;
        self.network.break_both_ways(socket);
        let (first, second) = (self.delay(), self.delay());
        self.at(first * 4, Event::ServerSeesClosed { socket });
        self.at(second * 4, Event::ClientSeesClosed { socket });
    }

    /// Somebody does something.
    fn act(&mut self) {
        let count = u64::try_from(self.people.len()).unwrap_or(u64::MAX);
        let draw = self.below(count);
        let person = usize::try_from(draw).unwrap_or_default();
        if !self.people[person].is_running() {
            return;
        }
        match self.below(10) {
            0..=6 => self.write(person),
            7 => self.accept_all(person),
            8 => self.read_all(person),
            _ => self.at(Duration::ZERO, Event::Redeliver { person }),
        }
    }

    /// Writes to somebody, looking them up first.
    fn write(&mut self, person: usize) {
        let count = self.people.len();
        let step = 1 + usize::try_from(self.below(u64::try_from(count - 1).unwrap_or(1))).unwrap_or_default();
        let other = (person + step) % count;
        let to = self.people[other].address().account;
        let username = self.people[other].username();
        if self.people[person].knows(&username) {
            let text = format!("{person} to {other}: {}", self.rng.next_u64());
            self.command(person, Command::Send { to, text });
        } else {
            self.command(person, Command::Find { username });
        }
    }

    fn accept_all(&mut self, person: usize) {
        for conversation in self.people[person].conversations(self.now, Standing::Request) {
            self.command(person, Command::Accept { conversation });
        }
    }

    fn read_all(&mut self, person: usize) {
        for conversation in self.people[person].conversations(self.now, Standing::Accepted) {
            self.command(person, Command::MarkRead { conversation });
        }
    }

    fn command(&mut self, person: usize, command: Command) {
        if self.people[person].is_running() {
            let tag = sotto_engine::Tag(self.sequence);
            self.input(person, Input::Command { tag, command });
        }
    }

    fn notice(&mut self, person: usize, notification: Notification) {
        match notification {
            Notification::Message(message)
                if message.state == MessageState::Received && self.people[person].shows(message.id) > 1 =>
            {
                self.report.violations.push(Violation::ShownTwice(message.id));
            }
            Notification::Done {
                result: Ok(Outcome::Queued(message)),
                ..
            } => {
                let order = self.written.len();
                let written = Written {
                    order,
                    from: person,
                    to: message.conversation,
                    text: message.text.clone(),
                };
                self.written.insert(message.id, written);
            }
            _ => {}
        }
    }

    fn check(&mut self) {
        self.report.messages = self.written.len();
        for (id, written) in &self.written {
            let Some(reader) = self.people.iter().find(|one| one.address().account == written.to) else {
                continue;
            };
            let from = &self.people[written.from];
            match reader.message(from.address().account, *id) {
                None => self.report.violations.push(Violation::Lost(*id)),
                Some(message) if message.text != written.text => {
                    self.report.violations.push(Violation::Altered(*id));
                }
                Some(_) => {}
            }
            let state = from.message(written.to, *id).map(|message| message.state);
            match state {
                Some(MessageState::Delivered | MessageState::Read) => {}
                other => {
                    let state = other.unwrap_or(MessageState::Queued);
                    self.report.violations.push(Violation::NotDelivered(*id, state));
                }
            }
        }
        self.check_order();
        for (index, person) in self.people.iter().enumerate() {
            let count = person.undecryptable();
            if count > 0 {
                self.report
                    .violations
                    .push(Violation::Undecryptable { person: index, count });
            }
        }
        self.report
            .violations
            .extend(self.server.breaches.iter().copied().map(Violation::Breach));
        if self.server.waiting() > 0 {
            self.report
                .violations
                .push(Violation::LeftInMailboxes(self.server.waiting()));
        }
    }

    /// Whoever reads, reads each author's messages in the order of their writing.
    fn check_order(&mut self) {
        for reader in &self.people {
            for author in &self.people {
                let mut last = None;
                for message in reader.messages(author.address().account) {
                    let Some(written) = self.written.get(&message.id) else {
                        continue;
                    };
                    if message.state == MessageState::Received
                        && last.is_some_and(|last| last > written.order)
                    {
                        self.report.violations.push(Violation::OutOfOrder(message.id));
                    }
                    if message.state == MessageState::Received {
                        last = Some(written.order);
                    }
                }
            }
        }
    }
}
