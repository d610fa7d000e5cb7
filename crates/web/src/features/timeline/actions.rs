//! What can be done with a message.

use super::item::Item;
use crate::browser::clipboard;
use crate::session::Session;
use crate::worker::Client;
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::{Command, MessageId};

/// Shared by all messages of a timeline: one menu and one dialog at a time.
#[derive(Clone, Copy)]
pub struct Actions {
    session: Session,
    worker: Client,
    /// Whose menu is open.
    pub menu: RwSignal<Option<MessageId>>,
    /// Which message a dialog is about.
    pub about: RwSignal<Option<Item>>,
    /// Whether its times and state are shown.
    pub informing: RwSignal<bool>,
    /// Whether it is asked if it shall be deleted.
    pub deleting: RwSignal<bool>,
}

impl Actions {
    /// Nothing open.
    pub fn new(session: Session, worker: Client) -> Self {
        Self {
            session,
            worker,
            menu: RwSignal::new(None),
            about: RwSignal::new(None),
            informing: RwSignal::new(false),
            deleting: RwSignal::new(false),
        }
    }

    /// Copies its text.
    pub fn copy(self, item: &Item) {
        let text = item.message.text.clone();
        let session = self.session;
        spawn_local(async move {
            if clipboard::copy(&text).await {
                session
                    .announcement
                    .set(crate::words::words().common.copied.to_owned());
            }
        });
    }

    /// Shows its times and state.
    pub fn inform(self, item: &Item) {
        self.about.set(Some(item.clone()));
        self.informing.set(true);
    }

    /// Asks whether to delete it.
    pub fn ask_to_delete(self, item: &Item) {
        self.about.set(Some(item.clone()));
        self.deleting.set(true);
    }

    /// Deletes it on this device.
    pub fn delete(self) {
        if let Some(item) = self.about.get_untracked() {
            let (conversation, id) = (item.message.conversation, item.id());
            self.session
                .order(self.worker, Command::DeleteMessage { conversation, id });
        }
    }

    /// Tries a failed one again.
    pub fn retry(self, item: &Item) {
        let (conversation, id) = (item.message.conversation, item.id());
        self.session
            .order(self.worker, Command::Retry { conversation, id });
    }
}
