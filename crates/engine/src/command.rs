//! What a person can ask of the engine, and what comes of it.

use crate::view::{MessageView, PersonView, Settings};
use serde::{Deserialize, Serialize};
use sotto_keys::{AccountId, Username};
use sotto_wire::api::Me;
use sotto_wire::content::{MessageId, Presence, Typing};

/// Something a person wants.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Finds a person by exact username. → [`Outcome::Person`]
    Find {
        /// Their username.
        username: Username,
    },
    /// Writes a text, and starts the conversation if there is none; answers a request by accepting it. → [`Outcome::Queued`]
    Send {
        /// To whom: an account that was found or has written.
        to: AccountId,
        /// What; 1 to 65,536 bytes.
        text: String,
    },
    /// Tries a failed message again. → [`Outcome::Done`]
    Retry {
        /// Its conversation.
        conversation: AccountId,
        /// The message.
        id: MessageId,
    },
    /// Lets a stranger talk. → [`Outcome::Done`]
    Accept {
        /// The conversation.
        conversation: AccountId,
    },
    /// Drops whatever this person writes from now on. → [`Outcome::Done`]
    Block {
        /// The conversation.
        conversation: AccountId,
    },
    /// Undoes `Block`. → [`Outcome::Done`]
    Unblock {
        /// The conversation.
        conversation: AccountId,
    },
    /// The person has seen everything in a conversation. → [`Outcome::Done`]
    MarkRead {
        /// The conversation.
        conversation: AccountId,
    },
    /// The person types, or stopped. → [`Outcome::Done`]
    SetTyping {
        /// The conversation.
        conversation: AccountId,
        /// Which of the two.
        typing: Typing,
    },
    /// The person is there, or not. → [`Outcome::Done`]
    SetPresence {
        /// Which of the two.
        presence: Presence,
    },
    /// Keeps what was typed and not sent. → [`Outcome::Done`]
    SaveDraft {
        /// The conversation.
        conversation: AccountId,
        /// The draft; empty for none.
        text: String,
    },
    /// The person has compared the safety number and it was equal. → [`Outcome::Done`]
    Verify {
        /// Whose.
        person: AccountId,
        /// The digits that were compared: refused if they are no longer the ones in force.
        digits: String,
    },
    /// The person has seen that an identity changed and goes on without verifying. → [`Outcome::Done`]
    AcceptIdentity {
        /// Whose.
        person: AccountId,
    },
    /// Deletes a message on this device. → [`Outcome::Done`]
    DeleteMessage {
        /// Its conversation.
        conversation: AccountId,
        /// The message.
        id: MessageId,
    },
    /// Deletes a conversation's messages on this device. → [`Outcome::Done`]
    ClearConversation {
        /// The conversation.
        conversation: AccountId,
    },
    /// Changes the settings. → [`Outcome::Done`]
    SetSettings {
        /// The new ones.
        settings: Settings,
    },
    /// Asks the server what it keeps about this account. → [`Outcome::Me`]
    AskServer,
}

/// Shows what is asked, never what is said.
impl core::fmt::Debug for Command {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Find { .. } => "Find",
            Self::Send { .. } => "Send",
            Self::Retry { .. } => "Retry",
            Self::Accept { .. } => "Accept",
            Self::Block { .. } => "Block",
            Self::Unblock { .. } => "Unblock",
            Self::MarkRead { .. } => "MarkRead",
            Self::SetTyping { .. } => "SetTyping",
            Self::SetPresence { .. } => "SetPresence",
            Self::SaveDraft { .. } => "SaveDraft",
            Self::Verify { .. } => "Verify",
            Self::AcceptIdentity { .. } => "AcceptIdentity",
            Self::DeleteMessage { .. } => "DeleteMessage",
            Self::ClearConversation { .. } => "ClearConversation",
            Self::SetSettings { .. } => "SetSettings",
            Self::AskServer => "AskServer",
        })
    }
}

/// What came of a command.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Outcome {
    /// It is done.
    Done,
    /// The person that was looked for.
    Person(PersonView),
    /// The message is stored and will be sent. Its `position` is 0 until it is read back from the store.
    Queued(MessageView),
    /// What the server keeps.
    Me(ServerRecord),
}

/// What the server keeps about one's account: the JSON of [`Me`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ServerRecord(pub String);

impl ServerRecord {
    /// Reads it.
    ///
    /// # Errors
    /// If it isn't what the server should have sent.
    pub fn read(&self) -> Result<Me, serde_json::Error> {
        serde_json::from_str(&self.0)
    }
}

/// Why a command came to nothing. State is as it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
pub enum CommandError {
    /// Nobody has that username, or lets himself be found by it.
    #[error("there is no such person")]
    NoSuchPerson,
    /// There is no such conversation or message.
    #[error("there is no such conversation or message")]
    NoSuchThing,
    /// One can't write to oneself.
    #[error("that is your own account")]
    Oneself,
    /// The text is empty, or longer than the limit.
    #[error("a text has 1 to 65,536 bytes")]
    TextLength,
    /// The person is blocked.
    #[error("you have blocked this person")]
    Blocked,
    /// The identity changed and was not looked at yet.
    #[error("this person's identity has changed: compare the safety number")]
    IdentityChanged,
    /// Settings let one write to verified people only.
    #[error("your settings let you write to verified people only")]
    NotVerified,
    /// The safety number isn't the one in force.
    #[error("the safety number has changed meanwhile")]
    OtherSafetyNumber,
    /// There is no connection to the server.
    #[error("there is no connection to the server")]
    Offline,
    /// Too often; try again after so many milliseconds.
    #[error("too often; try again in {} s", .retry_after.div_ceil(1000))]
    RateLimited {
        /// Milliseconds.
        retry_after: u64,
    },
    /// The server refused or said something that doesn't verify.
    #[error("the server refused")]
    Refused,
    /// What the server says about the person doesn't verify.
    #[error("what the server says about this person does not verify")]
    Forged,
}
