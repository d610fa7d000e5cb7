//! What the engine tells whoever watches.

use crate::view::{ConversationView, MessageState, MessageView, OwnView};
use crate::{CommandError, Outcome, Tag};
use serde::{Deserialize, Serialize};
use sotto_keys::AccountId;
use sotto_wire::Code;
use sotto_wire::content::MessageId;

/// Something that changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Notification {
    /// A command ended.
    Done {
        /// Which one.
        tag: Tag,
        /// How.
        result: Result<Outcome, CommandError>,
    },
    /// A conversation is new or changed.
    Conversation(ConversationView),
    /// A message is new. Its `position` is 0: the store knows it.
    Message(MessageView),
    /// Messages of one's own got further.
    States {
        /// The conversation.
        conversation: AccountId,
        /// Which messages.
        ids: Vec<MessageId>,
        /// Their state.
        state: MessageState,
    },
    /// A message was deleted.
    Deleted {
        /// The conversation.
        conversation: AccountId,
        /// Which one; `None` if all of the conversation's.
        id: Option<MessageId>,
    },
    /// The connection changed.
    Link(Link),
    /// One's own account, settings or queues changed.
    Own(OwnView),
    /// The server has delivered everything that was waiting.
    CaughtUp,
}

/// How the connection to the server stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Link {
    /// Not asked for.
    Offline,
    /// Being made.
    Connecting,
    /// Signed in.
    Online,
    /// Lost or refused; tried again by itself in so many milliseconds.
    Waiting {
        /// Milliseconds until the next try.
        retry_in: u64,
    },
    /// The server doesn't let this device in, and won't by trying again.
    Shut {
        /// Why, as the server's code.
        code: ShutReason,
    },
}

/// Why the server doesn't let this device in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ShutReason {
    /// The device was revoked, or the account deleted.
    Revoked,
    /// Another connection of this device took over.
    Replaced,
    /// The server doesn't speak this client's protocol.
    Incompatible,
}

impl ShutReason {
    /// The reason that a code gives, if it is one of these.
    pub const fn from_code(code: Code) -> Option<Self> {
        match code {
            Code::Revoked | Code::UnknownDevice => Some(Self::Revoked),
            Code::Replaced => Some(Self::Replaced),
            Code::UnsupportedVersion => Some(Self::Incompatible),
            _ => None,
        }
    }
}
