//! What the engine wants stored: changes that are committed together or not at all.

use crate::view::MessageState;
use sotto_keys::{AccountId, Timestamp};
use sotto_wire::content::MessageId;
use zeroize::Zeroizing;

/// Changes to commit atomically, in order.
#[derive(Clone, Default, Debug)]
pub struct Batch {
    /// The changes.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Clone)]
pub enum Change {
    /// Puts a record, in place of one with the same key.
    Put(Record),
    /// Deletes a record, if it is there.
    Delete {
        /// Where.
        table: Table,
        /// Which one.
        key: Vec<u8>,
    },
    /// Appends a message to its conversation. If its conversation already has one of that author and id, nothing happens.
    Append(StoredMessage),
    /// Raises the state of messages of one's own. A state never falls, but for `Failed`, which any other replaces.
    Raise {
        /// The conversation.
        conversation: AccountId,
        /// Which messages; those that aren't there are passed over.
        ids: Vec<MessageId>,
        /// The new state.
        state: MessageState,
    },
    /// Deletes one message.
    DeleteMessage {
        /// The conversation.
        conversation: AccountId,
        /// The message's id, whoever wrote it.
        id: MessageId,
    },
    /// Deletes all messages of a conversation.
    ClearConversation {
        /// The conversation.
        conversation: AccountId,
    },
}

/// A value that only the engine understands, by table and key.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Where.
    pub table: Table,
    /// Which one.
    pub key: Vec<u8>,
    /// The value; may be secret.
    pub value: Zeroizing<Vec<u8>>,
}

/// Hides the value.
impl core::fmt::Debug for Record {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { table, key, value: _ } = self;
        f.debug_struct("Record")
            .field("table", table)
            .field("key", &hex::encode(key))
            .finish_non_exhaustive()
    }
}

/// Hides what was said.
impl core::fmt::Debug for Change {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Put(record) => write!(f, "Put({record:?})"),
            Self::Delete { table, key } => write!(f, "Delete({table:?}, {})", hex::encode(key)),
            Self::Append(message) => write!(f, "Append({:?})", message.id),
            Self::Raise { ids, state, .. } => write!(f, "Raise({ids:?}, {state:?})"),
            Self::DeleteMessage { id, .. } => write!(f, "DeleteMessage({id:?})"),
            Self::ClearConversation { conversation } => write!(f, "ClearConversation({conversation})"),
        }
    }
}

/// Declares the tables with the numbers that stand in databases.
macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)*) => {
        /// The engine's tables.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Table { $($(#[$doc])* $name = $number,)* }

        impl Table {
            /// The number that stands in databases; never changes.
            pub const fn number(self) -> u8 {
                self as u8
            }

            /// The table with that number.
            pub const fn from_number(number: u8) -> Option<Self> {
                match number { $($number => Some(Self::$name),)* _ => None }
            }
        }
    };
}

tables! {
    /// One's own account and device, settings, counters.
    Own = 1,
    /// Other accounts: root, pinned list, certificates, trust.
    Peer = 2,
    /// Sessions, by device and session id; the rows of their post-quantum exchange behind those.
    Session = 3,
    /// Message keys that were skipped, by device, session and number.
    SkippedKey = 4,
    /// The private halves of prekeys.
    Prekey = 5,
    /// What is to be sent and isn't acknowledged.
    Outbox = 6,
    /// Hashes of ciphertexts that were taken in.
    Seen = 7,
    /// Conversations.
    Conversation = 8,
    /// Messages that wait to be healed.
    Waiting = 9,
    /// Receipts that are to be sent.
    Receipt = 10,
    /// Messages that the person hasn't seen.
    Unread = 11,
}

/// A message as it stands in the database.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// Its conversation: the other side.
    pub conversation: AccountId,
    /// Its id.
    pub id: MessageId,
    /// Who wrote it.
    pub author: AccountId,
    /// The author's clock.
    pub sent_at: Timestamp,
    /// When this device took it in or wrote it.
    pub received_at: Timestamp,
    /// The text; found by search.
    pub text: String,
    /// How far it got.
    pub state: MessageState,
}
