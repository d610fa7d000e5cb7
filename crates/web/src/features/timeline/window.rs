//! A window on a conversation's messages: pages in at either end, and lets go of what is far away.

use super::item::{Author, Item};
use crate::session::{Session, use_worker};
use crate::worker::Client;
use leptos::prelude::*;
use sotto_web_worker::messages::view::{MessageState, MessageView};
use sotto_web_worker::messages::{AccountId, MessageId, Notification, Request};

/// Messages in a page.
const PAGE: u32 = 60;
/// Most messages in a page (`Request::Messages`).
const PAGE_LIMIT: u32 = 200;
/// Most messages in the window: what a browser lays out without a thought.
const WINDOW: usize = 300;

/// The window. A handle: copies see the same one.
#[derive(Clone, Copy)]
pub struct Timeline {
    account: AccountId,
    worker: Client,
    session: Session,
    /// What is in the window, oldest first.
    pub items: RwSignal<Vec<Item>>,
    /// Whether the first message of all is in it.
    pub at_start: RwSignal<bool>,
    /// Whether the last message of all is in it.
    pub at_end: RwSignal<bool>,
    /// Whether something was read at all.
    pub loaded: RwSignal<bool>,
    /// Where the new messages begin, as long as the conversation is open.
    pub new_from: RwSignal<Option<MessageId>>,
    /// How many came while the person read further up.
    pub unseen: RwSignal<u32>,
    /// The message to show and to flash.
    pub target: RwSignal<Option<Target>>,
    busy: RwSignal<bool>,
}

/// What to bring into view.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A message that was looked for, by its position.
    Found(i64),
    /// Where the new ones begin.
    News,
    /// The end.
    Latest,
}

impl Timeline {
    /// An empty window on a person's conversation.
    pub fn new(session: Session, account: AccountId) -> Self {
        Self {
            account,
            worker: use_worker(),
            session,
            items: RwSignal::new(Vec::new()),
            at_start: RwSignal::new(false),
            at_end: RwSignal::new(false),
            loaded: RwSignal::new(false),
            new_from: RwSignal::new(None),
            unseen: RwSignal::new(0),
            target: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Shows the newest, with all that are new.
    pub async fn open_latest(self, unread: u32) {
        let limit = (unread + PAGE / 2).clamp(PAGE, PAGE_LIMIT);
        let request = Request::Messages {
            conversation: self.account,
            before: None,
            limit,
        };
        if let Some(page) = self.read(request).await {
            let whole = page.len() < limit as usize;
            self.show(page);
            self.at_start.set(whole);
            self.at_end.set(true);
        }
    }

    /// Shows what is around a message.
    pub async fn open_around(self, position: i64) {
        let request = Request::MessagesAround {
            conversation: self.account,
            position,
            limit: PAGE,
        };
        if let Some(page) = self.read(request).await {
            self.show(page);
            self.at_start.set(false);
            self.at_end.set(false);
            self.target.set(Some(Target::Found(position)));
        }
    }

    fn show(self, page: Vec<MessageView>) {
        self.items.set(page.into_iter().map(Item::new).collect());
        self.loaded.set(true);
    }

    /// Pages in older ones. `None` if there was nothing to do.
    pub async fn older(self) -> Option<Vec<Item>> {
        let first = self
            .items
            .with_untracked(|items| items.iter().map(|item| item.message.position).find(|at| *at > 0))?;
        if self.at_start.get_untracked() {
            return None;
        }
        let request = Request::Messages {
            conversation: self.account,
            before: Some(first),
            limit: PAGE,
        };
        let page = self.read(request).await?;
        if page.len() < PAGE as usize {
            self.at_start.set(true);
        }
        Some(page.into_iter().map(Item::new).collect())
    }

    /// Puts older ones on top, and lets go of the newest if that is too many.
    pub fn put_older(self, mut page: Vec<Item>) {
        self.items.update(|items| {
            page.append(items);
            if page.len() > WINDOW {
                page.truncate(WINDOW);
                // Paging goes on from a place in the database, which what has just come doesn't know.
                while page.last().is_some_and(|item| item.message.position == 0) {
                    page.pop();
                }
                self.at_end.set(false);
            }
            *items = page;
        });
    }

    /// Pages in newer ones. `None` if there was nothing to do.
    pub async fn newer(self) -> Option<Vec<Item>> {
        let last = self
            .items
            .with_untracked(|items| items.last().map(|item| item.message.position))?;
        if self.at_end.get_untracked() {
            return None;
        }
        let request = Request::MessagesAfter {
            conversation: self.account,
            after: last,
            limit: PAGE,
        };
        let page = self.read(request).await?;
        if page.len() < PAGE as usize {
            self.at_end.set(true);
        }
        Some(page.into_iter().map(Item::new).collect())
    }

    /// Puts newer ones below, and lets go of the oldest if that is too many.
    pub fn put_newer(self, page: Vec<Item>) {
        self.items.update(|items| {
            let fresh: Vec<Item> = page.into_iter().filter(|item| !items.contains(item)).collect();
            items.extend(fresh);
            let over = items.len().saturating_sub(WINDOW);
            if over > 0 {
                items.drain(..over);
                self.at_start.set(false);
            }
        });
    }

    /// One request at a time: the pages of two would overlap.
    async fn read(self, request: Request) -> Option<Vec<MessageView>> {
        if self.busy.try_get_untracked()? {
            return None;
        }
        self.busy.set(true);
        let read = self.worker.messages(request).await;
        self.busy.try_set(false);
        match read {
            Ok(page) => self.loaded.try_get_untracked().map(|_| page),
            Err(error) => {
                self.session.complain(&error);
                None
            }
        }
    }

    /// A message that was just written here.
    pub async fn wrote(self, message: MessageView) {
        if self.at_end.try_get_untracked() == Some(false) {
            self.open_latest(0).await;
        }
        if self.items.try_with_untracked(|_| ()).is_some() {
            self.append(message);
            self.new_from.set(None);
            self.target.set(Some(Target::Latest));
        }
    }

    fn append(self, message: MessageView) {
        let item = Item::new(message);
        if self.items.with_untracked(|items| !items.contains(&item)) {
            self.put_newer(vec![item]);
        }
    }

    /// Takes in a notification that doesn't move anything: everything but a new message.
    pub fn follow(self, notification: &Notification) {
        match notification {
            Notification::States {
                conversation,
                ids,
                state,
            } if *conversation == self.account => {
                self.step(ids, *state);
            }
            Notification::Deleted { conversation, id } if *conversation == self.account => match id {
                Some(id) => self.items.update(|items| items.retain(|item| item.id() != *id)),
                None => self.items.set(Vec::new()),
            },
            _ => {}
        }
    }

    fn step(self, ids: &[MessageId], state: MessageState) {
        self.items.with_untracked(|items| {
            for item in items.iter().filter(|item| ids.contains(&item.id())) {
                item.state.set(state);
            }
        });
    }

    /// The new message of a notification, if it belongs at the end of this window.
    pub fn arrived(self, notification: &Notification) -> Option<MessageView> {
        match notification {
            Notification::Message(message) if message.conversation == self.account => {
                let is_new = self
                    .items
                    .with_untracked(|items| items.iter().all(|item| item.id() != message.id));
                (is_new && self.loaded.get_untracked()).then(|| message.clone())
            }
            _ => None,
        }
    }

    /// Puts a new message at the end, if the end is in the window.
    pub fn put_arrived(self, message: MessageView) {
        if self.at_end.get_untracked() {
            self.append(message);
        }
    }

    /// Counts a message that came below what the person sees.
    pub fn count_unseen(self, message: &MessageView) {
        if Item::new(message.clone()).author() == Author::Other {
            self.unseen.update(|unseen| *unseen += 1);
        }
    }
}
