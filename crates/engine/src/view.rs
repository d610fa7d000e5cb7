//! What a person is shown.

use serde::{Deserialize, Serialize};
use sotto_keys::{AccountId, DeviceId, Timestamp, Username};
use sotto_wire::api::PrekeyCounts;
use sotto_wire::content::{MessageId, Presence};

/// How far a message got.
///
/// One's own go from `Queued` to `Read`; others' are `Received`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum MessageState {
    /// Waits to be sent: a clock.
    Queued,
    /// The server has it: one tick.
    Sent,
    /// A device of the other side has it: two ticks.
    Delivered,
    /// The other side has seen it: two coloured ticks.
    Read,
    /// Couldn't be sent; can be tried again.
    Failed(Failure),
    /// Somebody else's.
    Received,
}

impl MessageState {
    /// The number that stands in databases; never changes, and rises with every step but `Failed` and `Received`.
    pub const fn number(self) -> u8 {
        match self {
            Self::Queued => 1,
            Self::Sent => 2,
            Self::Delivered => 3,
            Self::Read => 4,
            Self::Received => 10,
            Self::Failed(Failure::TooLarge) => 20,
            Self::Failed(Failure::MailboxFull) => 21,
            Self::Failed(Failure::NoSuchPerson) => 22,
            Self::Failed(Failure::IdentityChanged) => 23,
            Self::Failed(Failure::Refused) => 24,
        }
    }

    /// The state with that number.
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Queued,
            2 => Self::Sent,
            3 => Self::Delivered,
            4 => Self::Read,
            10 => Self::Received,
            20 => Self::Failed(Failure::TooLarge),
            21 => Self::Failed(Failure::MailboxFull),
            22 => Self::Failed(Failure::NoSuchPerson),
            23 => Self::Failed(Failure::IdentityChanged),
            24 => Self::Failed(Failure::Refused),
            _ => return None,
        })
    }

    /// Whether a message in state `from` may go to this one.
    pub const fn may_follow(self, from: Self) -> bool {
        match (from, self) {
            (Self::Received, _) | (_, Self::Received) => false,
            (Self::Failed(_), _) | (Self::Queued, Self::Failed(_)) => true,
            (_, Self::Failed(_)) => false,
            (from, to) => to.number() > from.number(),
        }
    }
}

/// Why a message couldn't be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Failure {
    /// It is too large for the server.
    TooLarge,
    /// The other side's mailbox is full.
    MailboxFull,
    /// The account is gone.
    NoSuchPerson,
    /// The other side's identity changed and was not looked at yet.
    IdentityChanged,
    /// The server refused it for another reason.
    Refused,
}

/// A message, as the timeline and the search show it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MessageView {
    /// Its place in the database: rises within a conversation. For paging.
    pub position: i64,
    /// Its conversation.
    pub conversation: AccountId,
    /// Its id.
    pub id: MessageId,
    /// Who wrote it.
    pub author: AccountId,
    /// The author's clock.
    pub sent_at: Timestamp,
    /// When this device took it in or wrote it.
    pub received_at: Timestamp,
    /// The text.
    pub text: String,
    /// How far it got; `Received` says that somebody else wrote it.
    pub state: MessageState,
}

/// A conversation, as the list shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ConversationView {
    /// The other side.
    pub person: PersonView,
    /// Where it stands.
    pub standing: Standing,
    /// The newest message.
    pub last: Option<Preview>,
    /// How many messages were not seen.
    pub unread: u32,
    /// The oldest message that was not seen.
    pub first_unread: Option<MessageId>,
    /// What was typed and not sent.
    pub draft: String,
    /// Whether the other side writes just now.
    pub typing: bool,
    /// Whether the other side is there; `None` if not known.
    pub presence: Option<Presence>,
}

/// Another account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PersonView {
    /// Its id.
    pub account: AccountId,
    /// Its username, as the server says.
    pub username: Option<Username>,
    /// Whether it is who it was.
    pub trust: Trust,
}

impl PersonView {
    /// The username, or the beginning of the account id.
    pub fn name(&self) -> String {
        let short = || self.account.to_string().chars().take(8).collect();
        self.username.as_ref().map_or_else(short, ToString::to_string)
    }
}

/// Whether an identity is what it was, and whether a person has compared it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Trust {
    /// Encrypted, not verified.
    Unverified,
    /// Encrypted and verified: somebody compared the safety number.
    Verified,
    /// The identity changed since it was first seen, or verified: nothing goes out before a person has looked.
    Changed,
}

/// Where a conversation stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Standing {
    /// A stranger wrote: accept or block. Until then they get no receipt.
    Request,
    /// Both may write.
    Accepted,
    /// What they write is dropped.
    Blocked,
}

/// The newest message, in a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Preview {
    /// The message.
    pub id: MessageId,
    /// Its text, at most 200 characters.
    pub text: String,
    /// When it was taken in or written.
    pub at: Timestamp,
    /// How far it got; `Received` says that somebody else wrote it.
    pub state: MessageState,
}

/// A safety number, for comparing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SafetyNumberView {
    /// Whose.
    pub person: PersonView,
    /// 60 digits in twelve groups of five, separated by spaces.
    pub digits: String,
    /// The bytes of the QR code.
    pub qr: Vec<u8>,
}

/// Oneself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OwnView {
    /// One's account.
    pub account: AccountId,
    /// This device.
    pub device: DeviceId,
    /// One's username.
    pub username: Option<Username>,
    /// Where the server is.
    pub origin: String,
    /// Whether the root's private half lies in this device's vault, because nothing else opens the account.
    pub root_in_vault: bool,
    /// What is left on the server of this device's one-time prekeys; `None` before the first connection.
    pub prekeys: Option<PrekeyCounts>,
    /// Messages that are not with the server yet.
    pub outbox: u32,
    /// Messages that wait to be healed.
    pub waiting: u32,
    /// The settings.
    pub settings: Settings,
}

/// What a person can choose.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// Whether to tell others that one has read, and to be told.
    pub read_receipts: Choice,
    /// Whether to tell others that one writes, and to be told.
    pub typing: Choice,
    /// Whether to tell others that one is there, and to be told.
    pub presence: Choice,
    /// Whether to write to verified people only.
    pub only_verified: Choice,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            read_receipts: Choice::On,
            typing: Choice::On,
            presence: Choice::On,
            only_verified: Choice::Off,
        }
    }
}

/// On or off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Choice {
    /// On.
    On,
    /// Off.
    Off,
}
