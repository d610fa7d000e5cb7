//! Where the worker stands, and how it gets from one phase to the next.
//!
//! ```text
//! Fresh ─ Start ─┬─> Elsewhere ─ TakeOver ─┐
//!                ├─> Broken ───── Erase ──┐│
//!                ├─> Empty <──────────────┘├─> (as after Start)
//!                │     └─ CreateAccount ─> Open
//!                └─> Locked ── Unlock ───> Open ── Lock ─> Locked
//! ```
//!
//! Losing the lock leads from everywhere to `Elsewhere`, erasing from everywhere else to `Empty`.

use core::time::Duration;

use futures_channel::mpsc::UnboundedReceiver;
use getrandom::SysRng;
use js_sys::JsString;
use rand_core::UnwrapErr;
use sotto_client_store::{Folder, PassphraseCost, Profile, Store, WrapKind};
use sotto_engine::{Input, Tag};

use super::effects::Network;
use super::http::Origin;
use super::lock::{Claim, Holder};
use super::socket::SocketEvent;
use super::timer::{Timer, sleep};
use super::{Epoch, Event, Events, NetworkEvent, clock, files, lock, page, report};
use crate::messages::{
    self, Command, FromPage, FromWorker, Link, NewProof, Notification, Phase, Request, Response,
    StorageFault, UnlockKind, Username, VaultSecret, WorkerError,
};
use crate::runtime::{Ceremony, Driver, Means, NewProfile, Secret, answer, begin_passkey, create};

/// When a page is loaded anew, the worker of the former takes a moment to end.
const CLAIM_TRIES: u32 = 5;
const BETWEEN_CLAIMS: Duration = Duration::from_millis(100);

/// After a failed commit the engine stays offline for so long, and twice as long after each further one.
const RESUME_AFTER: Duration = Duration::from_secs(5);
const RESUME_DOUBLINGS: u32 = 6;

/// The worker.
pub(super) struct Worker {
    events: Events,
    state: State,
    /// The origin's files, once they were taken hold of.
    files: Option<Folder>,
    /// Whether this worker holds the lock.
    lock: Option<Held>,
    epochs: u64,
    rng: UnwrapErr<SysRng>,
}

/// The lock is held.
struct Held;

/// A [`Phase`] with what belongs to it.
enum State {
    Fresh,
    Elsewhere,
    Empty { ceremony: Option<Ceremony> },
    Locked(Profile),
    Open(Box<Open>),
    Broken(StorageFault),
}

/// The vault is open: dropping this closes the store and the socket and forgets the keys.
struct Open {
    profile: Profile,
    driver: Driver<Store>,
    network: Network,
    resume: Option<Timer>,
}

type Answer = Result<Response, WorkerError>;

impl Worker {
    pub(super) fn new(events: Events) -> Self {
        Self {
            events,
            state: State::Fresh,
            files: None,
            lock: None,
            epochs: 0,
            rng: UnwrapErr(SysRng),
        }
    }

    /// Takes events in turn, as long as there are any.
    pub(super) async fn run(mut self, mut queue: UnboundedReceiver<Event>) {
        while let Ok(event) = queue.recv().await {
            self.take(event).await;
        }
    }

    async fn take(&mut self, event: Event) {
        match event {
            Event::Page(bytes) => {
                // What isn't understood has no number to answer to.
                if let Ok(FromPage { number, request }) = postcard::from_bytes(&bytes) {
                    self.take_request(number, request).await;
                }
            }
            Event::Network(epoch, event) => self.take_network_event(epoch, event),
            Event::Resume(epoch) => {
                if self.open().is_some_and(|open| open.network.epoch() == epoch) {
                    self.input(Input::GoOnline);
                }
            }
            Event::LockLost => self.lose_lock(),
        }
    }

    async fn take_request(&mut self, number: u64, request: Request) {
        let result = match request {
            Request::Command(command) => return self.command(number, command),
            Request::Start => self.start().await,
            Request::TakeOver => self.take_over().await,
            Request::BeginPasskey { name } => self.begin_passkey(name).await,
            Request::CreateAccount {
                username,
                proof,
                secret,
            } => self.create_account(username, proof, secret).await,
            Request::Unlock { secret } => self.unlock(secret),
            Request::Lock => self.lock(),
            Request::Erase => self.erase().await,
            Request::Network(network) => self.network_changed(network),
            query => self.query(query),
        };
        respond(number, result);
    }
}

/// Storage and lock.
impl Worker {
    async fn start(&mut self) -> Answer {
        if matches!(self.state, State::Fresh | State::Broken(_)) {
            let mut holder = self.claim(Claim::IfFree).await;
            for _ in 1..CLAIM_TRIES {
                if holder != Holder::Elsewhere {
                    break;
                }
                sleep(BETWEEN_CLAIMS).await;
                holder = self.claim(Claim::IfFree).await;
            }
            self.go_on_with(holder).await;
        }
        self.phase()
    }

    async fn take_over(&mut self) -> Answer {
        if matches!(self.state, State::Elsewhere) {
            let holder = self.claim(Claim::Steal).await;
            self.go_on_with(holder).await;
        }
        self.phase()
    }

    async fn claim(&mut self, claim: Claim) -> Holder {
        if self.lock.is_some() {
            return Holder::Here;
        }
        let holder = lock::claim(claim, &self.events).await;
        self.lock = (holder == Holder::Here).then_some(Held);
        holder
    }

    async fn go_on_with(&mut self, holder: Holder) {
        self.state = match holder {
            Holder::Here => self.open_files().await,
            Holder::Elsewhere => State::Elsewhere,
            Holder::Nobody => State::Broken(StorageFault::Blocked),
        };
    }

    async fn open_files(&mut self) -> State {
        match files::take(self.files.as_ref()).await {
            Ok(folder) => read_profile(self.files.insert(folder)),
            Err(fault) => State::Broken(fault),
        }
    }

    /// The other tab waits for the files: everything is closed, then they are let go.
    fn lose_lock(&mut self) {
        self.lock = None;
        self.close();
        self.state = State::Elsewhere;
        if let Some(folder) = &self.files {
            // Every connection is closed, so nothing is left that could be in its way.
            let _ = folder.files().release();
        }
        page::tell(&FromWorker::Phase(Phase::ElsewhereOpen));
    }

    async fn erase(&mut self) -> Answer {
        if self.lock.is_none() {
            return Err(WorkerError::WrongPhase);
        }
        self.close();
        self.state = self.open_files().await;
        let folder = match (&self.state, &self.files) {
            (State::Broken(fault), None) => return Err(WorkerError::Storage(*fault)),
            (_, None) => return Err(WorkerError::WrongPhase),
            (_, Some(folder)) => folder,
        };
        Profile::erase(folder).map_err(StorageFault::from)?;
        self.state = read_profile(folder);
        self.phase()
    }

    /// Closes whatever is open; its requests will not be answered otherwise.
    fn close(&mut self) {
        if let State::Open(open) = &mut self.state {
            for number in open.driver.unanswered() {
                respond(number, Err(WorkerError::WrongPhase));
            }
            self.state = State::Fresh;
        }
    }
}

/// Account and vault.
impl Worker {
    async fn begin_passkey(&mut self, name: String) -> Answer {
        let State::Empty { ceremony } = &mut self.state else {
            return Err(WorkerError::WrongPhase);
        };
        let (begun, options) = begin_passkey(&mut Origin, &mut self.rng, name).await?;
        *ceremony = Some(begun);
        Ok(Response::Passkey { options })
    }

    async fn create_account(
        &mut self,
        username: Option<Username>,
        proof: NewProof,
        secret: VaultSecret,
    ) -> Answer {
        let (State::Empty { ceremony }, Some(folder)) = (&self.state, &self.files) else {
            return Err(WorkerError::WrongPhase);
        };
        let wanted = NewProfile {
            username,
            proof,
            secret: Secret::new(secret, nfkc)?,
            ceremony: ceremony.clone(),
        };
        let means = Means {
            folder,
            now: clock::now(),
            rng: &mut self.rng,
            cost: PassphraseCost::RECOMMENDED,
        };
        let (profile, store) = create(&mut Origin, means, wanted).await?;
        self.run_engine(profile, store)
    }

    fn unlock(&mut self, secret: VaultSecret) -> Answer {
        let State::Locked(profile) = &self.state else {
            return Err(WorkerError::WrongPhase);
        };
        let secret = Secret::new(secret, nfkc)?;
        let store = profile.unlock(&secret.as_wrap_secret())?;
        self.run_engine(profile.clone(), store)
    }

    fn run_engine(&mut self, profile: Profile, store: Store) -> Answer {
        let network = self.new_network();
        // After the answer: what the engine says then belongs to the new phase.
        report(&self.events, Event::Resume(network.epoch()));
        self.state = match Driver::open(store, clock::now()) {
            Ok(driver) => State::Open(Box::new(Open {
                profile,
                driver,
                network,
                resume: None,
            })),
            Err(fault) => State::Broken(fault),
        };
        self.phase()
    }

    fn lock(&mut self) -> Answer {
        if let State::Open(open) = &self.state {
            let profile = open.profile.clone();
            self.close();
            self.state = State::Locked(profile);
        }
        match self.state {
            State::Locked(_) => self.phase(),
            _ => Err(WorkerError::WrongPhase),
        }
    }
}

/// The running engine.
impl Worker {
    fn open(&mut self) -> Option<&mut Open> {
        match &mut self.state {
            State::Open(open) => Some(open),
            _ => None,
        }
    }

    fn command(&mut self, number: u64, command: Command) {
        if self.open().is_none() {
            return respond(number, Err(WorkerError::WrongPhase));
        }
        self.input(Input::Command {
            tag: Tag(number),
            command,
        });
    }

    fn query(&mut self, query: Request) -> Answer {
        let open = self.open().ok_or(WorkerError::WrongPhase)?;
        answer(open.driver.engine(), open.driver.store(), clock::now(), query)
    }

    fn network_changed(&mut self, network: messages::Network) -> Answer {
        if let Some(open) = self.open() {
            match network {
                messages::Network::Up => self.input(Input::GoOnline),
                // The socket would notice a minute later only. The engine goes on trying: browsers err.
                messages::Network::Down => {
                    if open.network.cut().is_some() {
                        self.input(Input::Disconnected);
                    }
                }
            }
        }
        Ok(Response::Done)
    }

    fn take_network_event(&mut self, epoch: Epoch, event: NetworkEvent) {
        let Some(open) = self.open().filter(|open| open.network.epoch() == epoch) else {
            return;
        };
        let input = match event {
            NetworkEvent::Socket(number, _) if !open.network.is_current(number) => return,
            NetworkEvent::Socket(_, SocketEvent::Opened) => Input::Connected,
            NetworkEvent::Socket(_, SocketEvent::Message(frame)) => Input::Frame(frame),
            NetworkEvent::Socket(_, SocketEvent::Closed) => {
                open.network.cut();
                Input::Disconnected
            }
            NetworkEvent::Answer(id, result) => Input::Answer { id, result },
            NetworkEvent::Wake => Input::Wake,
        };
        self.input(input);
    }

    fn input(&mut self, input: Input) {
        let State::Open(open) = &mut self.state else {
            return;
        };
        let handled = open
            .driver
            .handle(input, clock::now(), &mut self.rng, &mut open.network);
        if let Err(fault) = handled {
            self.recover(fault);
        }
    }

    /// The engine is ahead of the store: it is opened anew from what is stored, and stays offline for a while.
    fn recover(&mut self, fault: StorageFault) {
        let network = self.new_network();
        let (epoch, events) = (network.epoch(), self.events.clone());
        let State::Open(open) = &mut self.state else {
            return;
        };
        for number in open.driver.unanswered() {
            respond(number, Err(WorkerError::Storage(fault)));
        }
        let restarted = match fault {
            StorageFault::Full | StorageFault::Blocked => open.driver.restart(clock::now()),
            StorageFault::Damaged | StorageFault::Newer => Err(fault),
        };
        if let Err(fault) = restarted {
            self.state = State::Broken(fault);
            return page::tell(&FromWorker::Phase(Phase::Broken(fault)));
        }
        let doublings = open.driver.failures().saturating_sub(1).min(RESUME_DOUBLINGS);
        open.network = network;
        open.resume = Some(Timer::after(RESUME_AFTER * 2_u32.pow(doublings), move || {
            report(&events, Event::Resume(epoch));
        }));
        page::tell(&FromWorker::Notification(Notification::Own(
            open.driver.engine().own(),
        )));
        page::tell(&FromWorker::Notification(Notification::Link(Link::Offline)));
    }

    fn new_network(&mut self) -> Network {
        self.epochs += 1;
        Network::new(self.events.clone(), Epoch(self.epochs))
    }

    fn phase(&self) -> Answer {
        Ok(Response::Phase(match &self.state {
            State::Fresh => return Err(WorkerError::WrongPhase),
            State::Elsewhere => Phase::ElsewhereOpen,
            State::Empty { .. } => Phase::Empty,
            State::Locked(profile) => locked(profile),
            State::Open(open) => Phase::Open(open.driver.engine().own()),
            State::Broken(fault) => Phase::Broken(*fault),
        }))
    }
}

fn respond(number: u64, result: Answer) {
    page::tell(&FromWorker::Response { number, result });
}

fn read_profile(folder: &Folder) -> State {
    match Profile::open(folder) {
        Ok(Some(profile)) => State::Locked(profile),
        Ok(None) => State::Empty { ceremony: None },
        Err(error) => State::Broken(error.into()),
    }
}

fn locked(profile: &Profile) -> Phase {
    let header = profile.header();
    let unlocks = header.wraps.iter().filter_map(|wrap| match wrap.kind() {
        WrapKind::Prf => Some(UnlockKind::Prf {
            credential_id: wrap.credential_id.clone()?,
        }),
        WrapKind::Passphrase => Some(UnlockKind::Passphrase),
        WrapKind::Recovery | WrapKind::DeviceKey | WrapKind::OpaqueExport => None,
    });
    Phase::Locked {
        username: header.username.clone(),
        unlocks: unlocks.collect(),
    }
}

/// Unicode's compatibility composition, as the browser does it.
fn nfkc(text: &str) -> String {
    JsString::from(text).normalize("NFKC").into()
}
