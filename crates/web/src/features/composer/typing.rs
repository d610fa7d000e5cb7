//! Tells the other side that one types: seldom, and no longer than it is true.

use crate::browser::timer::Timer;
use crate::worker::Client;
use leptos::prelude::*;
use sotto_web_worker::messages::{AccountId, Command, Typing};
use std::time::Duration;

/// `Started` at most so often, in milliseconds.
const AGAIN: f64 = 3000.0;
/// `Stopped` so long after the last key.
const IDLE: Duration = Duration::from_secs(5);

/// What the other side was told last.
#[derive(Clone, Copy)]
pub struct TypingSignal {
    worker: Client,
    conversation: AccountId,
    /// When `Started` was told; `None` after `Stopped`.
    told: StoredValue<Option<f64>>,
    idle: Timer,
}

impl TypingSignal {
    /// Says nothing yet; says `Stopped` when the person leaves.
    pub fn new(worker: Client, conversation: AccountId) -> Self {
        let signal = Self {
            worker,
            conversation,
            told: StoredValue::new(None),
            idle: Timer::new(),
        };
        on_cleanup(move || signal.stopped());
        signal
    }

    /// A key was pressed.
    pub fn pressed(self) {
        let now = js_sys::Date::now();
        if self.told.get_value().is_none_or(|told| now - told >= AGAIN) {
            self.told.set_value(Some(now));
            self.tell(Typing::Started);
        }
        self.idle.set(IDLE, move || self.stopped());
    }

    /// Nothing more is typed.
    pub fn stopped(self) {
        self.idle.stop();
        let told = self.told.try_update_value(Option::take).flatten();
        if told.is_some() {
            self.tell(Typing::Stopped);
        }
    }

    fn tell(self, typing: Typing) {
        let conversation = self.conversation;
        self.worker.tell(Command::SetTyping { conversation, typing });
    }
}
