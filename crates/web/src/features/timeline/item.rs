//! A message on the screen.

use leptos::prelude::*;
use sotto_web_worker::messages::view::{MessageState, MessageView};
use sotto_web_worker::messages::{MessageId, Timestamp};
use std::sync::Arc;

/// A message; only its state changes.
#[derive(Clone)]
pub struct Item {
    /// The message as it was when it was read.
    pub message: Arc<MessageView>,
    /// How far it got.
    pub state: ArcRwSignal<MessageState>,
}

/// The same message, whatever its state.
impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Item {
    /// From what the worker said.
    pub fn new(message: MessageView) -> Self {
        Self {
            state: ArcRwSignal::new(message.state),
            message: Arc::new(message),
        }
    }

    /// Its id.
    pub fn id(&self) -> MessageId {
        self.message.id
    }

    /// Whose it is.
    pub fn author(&self) -> Author {
        match self.message.state {
            MessageState::Received => Author::Other,
            _ => Author::Oneself,
        }
    }

    /// When it was written; a clock that goes fast doesn't take it into the future.
    pub fn written_at(&self) -> Timestamp {
        self.message.sent_at.min(self.message.received_at)
    }
}

/// Who wrote a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Author {
    /// The person in front of the screen.
    Oneself,
    /// The other side.
    Other,
}
