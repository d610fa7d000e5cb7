//! The engine: its state, its one entrance, and what can be read of it.

mod answers;
mod commands;
mod ephemeral;
mod online;
pub(crate) use online::sign_in;
mod receive;
mod transmit;

use crate::calls::Calls;
use crate::config::Config;
use crate::conversations::Conversations;
use crate::effects::{Effects, OwnView as OwnTouched};
use crate::inbox::Inbox;
use crate::link::Link;
use crate::outbox::Outbox;
use crate::own::{Own, OwnLoader, RootRecord};
use crate::peers::Peers;
use crate::prekeys::{Maker, Prekeys};
use crate::receipts::Receipts;
use crate::records::RecordError;
use crate::sessions::{Sessions, SessionsLoader};
use crate::view::{ConversationView, OwnView, PersonView, SafetyNumberView, Trust};
use crate::{Input, Notification, Output, Record, Table};
use core::time::Duration;
use rand_core::CryptoRng;
use sotto_keys::{AccountId, SafetyNumber, ScanResult, Timestamp, Username};
use sotto_protocol::Local;
use sotto_wire::content::Presence;

/// The client without I/O. See the [crate's documentation](crate) for the contract.
pub struct Engine {
    config: Config,
    own: Own,
    local: Local,
    peers: Peers,
    sessions: Sessions,
    prekeys: Prekeys,
    outbox: Outbox,
    inbox: Inbox,
    conversations: Conversations,
    receipts: Receipts,
    calls: Calls,
    link: Link,
    presence: OwnPresence,
    /// The last `Wake` that was put out.
    wake: Option<Timestamp>,
}

/// What others are told of this person's presence.
struct OwnPresence {
    now: Presence,
    told_at: Timestamp,
}

/// Why the engine can't be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// There is no account in this store.
    #[error("there is no account here")]
    NoAccount,
    /// A record can't be read: the store is damaged, or from a newer version.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl Engine {
    /// Opens the engine on what the store holds.
    ///
    /// # Errors
    /// If there is no account, or a record can't be read.
    pub fn open(
        records: impl IntoIterator<Item = Record>,
        now: Timestamp,
        config: Config,
    ) -> Result<Self, OpenError> {
        let mut own = OwnLoader::default();
        let mut sessions = SessionsLoader::default();
        let (mut peers, mut prekeys, mut outbox) = (Peers::default(), Prekeys::default(), Outbox::default());
        let (mut inbox, mut conversations) = (Inbox::default(), Conversations::default());
        let mut receipts = Receipts::default();
        for record in records {
            match record.table {
                Table::Own => {
                    own.take(&record)?;
                    prekeys.load_own(&record)?;
                }
                Table::Peer => peers.load(&record)?,
                Table::Session => sessions.take_session(&record)?,
                Table::SkippedKey => sessions.take_skipped(&record)?,
                Table::Prekey => prekeys.load(&record)?,
                Table::Outbox => outbox.load(&record)?,
                Table::Seen => inbox.load_seen(&record)?,
                Table::Conversation => conversations.load(&record)?,
                Table::Waiting => inbox.load_waiting(),
                Table::Receipt => receipts.load(&record)?,
                Table::Unread => conversations.load_unread(&record)?,
            }
        }
        let own = own.finish().ok_or(OpenError::NoAccount)?;
        let address = own.identity.address;
        let root = peers
            .get(address.account)
            .ok_or(OpenError::NoAccount)?
            .account
            .root()
            .clone();
        Ok(Self {
            local: Local {
                address,
                keys: own.keys.clone(),
                root,
            },
            config,
            own,
            peers,
            sessions: sessions.finish()?,
            prekeys,
            outbox,
            inbox,
            conversations,
            receipts,
            calls: Calls::default(),
            link: Link::default(),
            presence: OwnPresence {
                now: Presence::Away,
                told_at: now,
            },
            wake: None,
        })
    }

    /// Takes an input; gives what is to be done, in order.
    pub fn handle(&mut self, input: Input, now: Timestamp, rng: &mut dyn CryptoRng) -> Vec<Output> {
        let mut effects = Effects::new(now, rng);
        match input {
            Input::Command { tag, command } => self.command(tag, command, &mut effects),
            Input::GoOnline => self.go_online(&mut effects),
            Input::GoOffline => self.go_offline(&mut effects),
            Input::Connected => self.connected(&mut effects),
            Input::Disconnected => self.disconnected(&mut effects),
            Input::Frame(bytes) => self.frame(&bytes, &mut effects),
            Input::Answer { id, result } => self.answer(id, result, &mut effects),
            Input::Wake => self.wake = None,
        }
        self.settle(&mut effects);
        let wake = self.next_wake(effects.now);
        let mut outputs = effects.into_outputs();
        if let Some(at) = wake.filter(|_| wake != self.wake) {
            self.wake = wake;
            outputs.push(Output::Wake(at));
        }
        outputs
    }

    /// Does whatever is due, then tells what changed.
    fn settle(&mut self, effects: &mut Effects<'_>) {
        self.keep_link(effects);
        self.keep_presence(effects);
        self.keep_prekeys(effects);
        self.queue_receipts(effects);
        self.pump(effects);
        for account in core::mem::take(&mut effects.touched) {
            if let Some(view) = self.conversation(account, effects.now) {
                effects.notify(Notification::Conversation(view));
            }
        }
        if effects.own_touched == OwnTouched::Changed {
            effects.notify(Notification::Own(self.own()));
        }
    }

    fn next_wake(&self, now: Timestamp) -> Option<Timestamp> {
        let typing = self.conversations.iter().filter_map(|(_, one)| one.typing_until);
        let presence = self
            .conversations
            .iter()
            .filter_map(|(_, one)| one.presence.map(|(_, until)| until));
        let online = self.link.is_online();
        let told_again = self
            .presence
            .told_at
            .saturating_add(self.config.presence_interval);
        let not_before = self.peers.retry_at(self.account()).unwrap_or_default();
        let rotation = Some(self.prekeys.next_rotation(&self.config).max(not_before));
        let candidates = [
            self.link.next_due(),
            self.receipts.next_due(&self.config),
            self.outbox.paused_until.filter(|_| online),
            self.peers.next_retry(now).filter(|_| online),
            Some(told_again).filter(|_| online && self.presence.now == Presence::Online),
            rotation.filter(|_| online && self.prekeys.upload().is_none()),
        ];
        let due = candidates.into_iter().flatten();
        due.chain(typing)
            .chain(presence)
            .map(|at| at.max(now.saturating_add(MIN_WAKE)))
            .min()
    }

    fn keep_prekeys(&mut self, effects: &mut Effects<'_>) {
        let too_soon = self
            .peers
            .retry_at(self.account())
            .is_some_and(|at| at > effects.now);
        if !self.link.is_online() || too_soon {
            return;
        }
        let maker = Maker {
            keys: &self.local.keys,
            address: self.local.address,
            config: &self.config,
            now: effects.now,
        };
        self.prekeys.upkeep(&maker, effects);
        self.upload_prekeys(effects);
    }

    fn account(&self) -> AccountId {
        self.local.address.account
    }

    /// Oneself.
    pub fn own(&self) -> OwnView {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        OwnView {
            account: self.account(),
            device: self.local.address.device,
            username: self.own.identity.username.clone(),
            origin: self.own.identity.origin.clone(),
            root_in_vault: matches!(self.own.root, RootRecord::Vault(_)),
            prekeys: self.prekeys.counts,
            outbox: count(self.outbox.pending_messages()),
            waiting: count(self.inbox.waiting()),
            settings: self.own.settings,
        }
    }

    /// All conversations, newest first, as they are now.
    pub fn conversations(&self, now: Timestamp) -> Vec<ConversationView> {
        let accounts = self.conversations.newest_first();
        accounts
            .into_iter()
            .filter_map(|account| self.conversation(account, now))
            .collect()
    }

    /// How the connection stands.
    pub fn link(&self, now: Timestamp) -> crate::Link {
        self.link.view(now)
    }

    fn conversation(&self, account: AccountId, now: Timestamp) -> Option<ConversationView> {
        self.conversations
            .get(account)
            .map(|conversation| conversation.view(self.person(account), now))
    }

    /// A person, as far as known.
    fn person(&self, account: AccountId) -> PersonView {
        let unknown = || PersonView {
            account,
            username: None,
            trust: Trust::Unverified,
        };
        self.peers
            .get(account)
            .map_or_else(unknown, crate::peers::Peer::view)
    }

    /// The account of the person who is known by that username; `None` if several are: the server's word is all that
    /// ties a name to an account, so a name must not silently mean somebody else.
    pub fn person_by_name(&self, username: &Username) -> Option<AccountId> {
        let mut named = self
            .peers
            .iter()
            .filter(|peer| peer.username.as_ref() == Some(username));
        let first = named.next()?;
        named.next().is_none().then(|| first.account.account())
    }

    /// The safety number with a known person.
    pub fn safety_number(&self, person: AccountId) -> Option<SafetyNumberView> {
        let number = self.safety_number_of(person)?;
        Some(SafetyNumberView {
            person: self.person(person),
            digits: number.digits(),
            qr: number.qr_payload(),
        })
    }

    /// Compares a scanned code with the safety number of a known person.
    pub fn compare_scanned(&self, person: AccountId, scanned: &[u8]) -> Option<ScanResult> {
        self.safety_number_of(person)
            .map(|number| number.matches_scanned(scanned))
    }

    fn safety_number_of(&self, person: AccountId) -> Option<SafetyNumber> {
        let theirs = self.peers.get(person)?.account.root();
        Some(SafetyNumber::between(
            (self.account(), &self.local.root),
            (person, theirs),
        ))
    }
}

/// The engine never asks to be woken sooner than this.
const MIN_WAKE: Duration = Duration::from_millis(10);
