//! What was typed and not sent survives.

use crate::browser::timer::Timer;
use crate::browser::window::{listen, window};
use crate::ui::effect;
use crate::worker::Client;
use leptos::prelude::*;
use sotto_web_worker::messages::{AccountId, Command};
use std::time::Duration;

/// After the last key.
const PAUSE: Duration = Duration::from_millis(400);

/// Saves a conversation's draft: a moment after the last key, and whenever the person leaves.
#[derive(Clone, Copy)]
pub struct Draft {
    worker: Client,
    conversation: AccountId,
    text: RwSignal<String>,
    saved: StoredValue<String>,
    timer: Timer,
}

impl Draft {
    /// Watches the text, which holds what was saved.
    pub fn watch(worker: Client, conversation: AccountId, text: RwSignal<String>) -> Self {
        let draft = Self {
            worker,
            conversation,
            text,
            saved: StoredValue::new(text.get_untracked()),
            timer: Timer::new(),
        };
        effect(move || {
            text.track();
            draft.timer.set(PAUSE, move || draft.save());
        });
        listen(&window(), "pagehide", move |_: web_sys::Event| draft.save());
        on_cleanup(move || {
            draft.timer.stop();
            draft.save();
        });
        draft
    }

    /// Saves it, unless it is saved.
    pub fn save(self) {
        let Some(text) = self.text.try_get_untracked() else {
            return;
        };
        if self.saved.try_with_value(|saved| *saved == text) == Some(false) {
            self.saved.set_value(text.clone());
            let conversation = self.conversation;
            self.worker.tell(Command::SaveDraft { conversation, text });
        }
    }
}
