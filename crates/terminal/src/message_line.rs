//! A message as it is printed.

use crate::people::call;
use crate::printable::Printable;
use crate::rfc3339::Rfc3339;
use serde::Serialize;
use sotto_engine::Engine;
use sotto_engine::view::{ConversationView, Failure, MessageState, MessageView};
use sotto_keys::AccountId;
use sotto_wire::content::MessageId;
use std::fmt;

/// A message that came in.
#[derive(Serialize)]
pub struct MessageLine {
    id: String,
    /// The author's username, or account in hexadecimal.
    from: String,
    /// The other side's account.
    conversation: AccountId,
    text: String,
    /// By the author's clock.
    sent_at: Rfc3339,
    /// By this device's clock.
    received_at: Rfc3339,
}

/// A message in a conversation's history.
#[derive(Serialize)]
pub struct HistoryLine {
    #[serde(flatten)]
    message: MessageLine,
    state: &'static str,
}

impl MessageLine {
    /// A message of a conversation.
    pub fn new(message: MessageView, conversation: &ConversationView, engine: &Engine) -> Self {
        let from = if message.author == conversation.person.account {
            call(&conversation.person)
        } else {
            let own = engine.own();
            own.username
                .map_or_else(|| own.account.to_string(), |name| name.to_string())
        };
        Self {
            id: message.id.to_string(),
            from,
            conversation: message.conversation,
            text: message.text,
            sent_at: Rfc3339(message.sent_at),
            received_at: Rfc3339(message.received_at),
        }
    }
}

impl HistoryLine {
    /// A message of a conversation.
    pub fn new(message: MessageView, conversation: &ConversationView, engine: &Engine) -> Self {
        Self {
            state: state_name(message.state),
            message: MessageLine::new(message, conversation, engine),
        }
    }
}

/// How a state is called in JSON.
pub const fn state_name(state: MessageState) -> &'static str {
    match state {
        MessageState::Queued => "queued",
        MessageState::Sent => "sent",
        MessageState::Delivered => "delivered",
        MessageState::Read => "read",
        MessageState::Received => "received",
        MessageState::Failed(Failure::TooLarge) => "failed_too_large",
        MessageState::Failed(Failure::MailboxFull) => "failed_mailbox_full",
        MessageState::Failed(Failure::NoSuchPerson) => "failed_no_such_person",
        MessageState::Failed(Failure::IdentityChanged) => "failed_identity_changed",
        MessageState::Failed(Failure::Refused) => "failed_refused",
    }
}

/// A message that was queued or sent.
#[derive(Serialize)]
pub struct SentLine {
    id: String,
    state: &'static str,
}

impl SentLine {
    /// A message of one's own.
    pub fn new(id: MessageId, state: MessageState) -> Self {
        Self {
            id: id.to_string(),
            state: state_name(state),
        }
    }
}

impl fmt::Display for SentLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

impl fmt::Display for MessageLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at, from, text) = (self.sent_at, Printable(&self.from), Printable(&self.text));
        write!(f, "{at} {from}: {text}")
    }
}

impl fmt::Display for HistoryLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        if self.state == state_name(MessageState::Received) {
            return Ok(());
        }
        write!(f, " [{}]", self.state)
    }
}
