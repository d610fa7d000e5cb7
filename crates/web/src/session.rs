//! The page's copy of what the worker knows.

use crate::browser::window::{document, listen, visible};
use crate::ui::effect;
use crate::worker::{AskError, Client, Event};
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::view::{ConversationView, OwnView, PersonView, Standing};
use sotto_web_worker::messages::{
    AccountId, Command, Link, Network, Notification, Phase, Presence, Request, Response,
};
use std::rc::Rc;

/// What the worker has said so far.
#[derive(Clone, Copy)]
pub struct Session {
    /// Where the worker stands; `None` before it has said so.
    pub phase: RwSignal<Option<Phase>>,
    /// Whether the worker has died.
    pub stopped: RwSignal<bool>,
    /// Oneself, while the engine runs.
    pub own: RwSignal<Option<OwnView>>,
    /// The connection.
    pub link: RwSignal<Link>,
    /// Every conversation, in no order.
    pub conversations: RwSignal<Vec<Conversation>>,
    /// Whether [`Self::conversations`] was read.
    pub listed: RwSignal<bool>,
    /// Whether the person can see the page.
    pub visible: RwSignal<bool>,
    /// What the live region says.
    pub announcement: RwSignal<String>,
    /// What went wrong last, for a moment.
    pub complaint: RwSignal<Option<String>>,
    listeners: StoredValue<Vec<(u64, Listener)>, LocalStorage>,
}

type Listener = Rc<dyn Fn(&Notification)>;

/// A conversation; changes by itself.
#[derive(Clone)]
pub struct Conversation {
    /// Whose.
    pub account: AccountId,
    /// How it stands.
    pub view: ArcRwSignal<ConversationView>,
}

/// The same conversation, whatever happened in it.
impl PartialEq for Conversation {
    fn eq(&self, other: &Self) -> bool {
        self.account == other.account
    }
}

impl Session {
    /// Knows nothing yet.
    pub fn new() -> Self {
        let seen = RwSignal::new(visible());
        listen(&document(), "visibilitychange", move |_: web_sys::Event| {
            seen.set(visible())
        });
        Self {
            phase: RwSignal::new(None),
            stopped: RwSignal::new(false),
            own: RwSignal::new(None),
            link: RwSignal::new(Link::Connecting),
            conversations: RwSignal::new(Vec::new()),
            listed: RwSignal::new(false),
            visible: seen,
            announcement: RwSignal::new(String::new()),
            complaint: RwSignal::new(None),
            listeners: StoredValue::new_local(Vec::new()),
        }
    }

    /// Takes in what the worker says by itself.
    pub fn take(self, event: Event) {
        match event {
            Event::Dead => self.stopped.set(true),
            Event::Phase(phase) => self.enter(phase),
            Event::Notification(notification) => self.notice(notification),
        }
    }

    /// Stands where the worker stands.
    pub fn enter(self, phase: Phase) {
        match &phase {
            Phase::Open(own) => self.own.set(Some(own.clone())),
            _ => self.forget(),
        }
        self.phase.set(Some(phase));
    }

    /// What a request came to that leads to another phase.
    pub fn enter_or_stop(self, result: Result<Phase, AskError>) {
        match result {
            Ok(phase) => self.enter(phase),
            Err(AskError::Lost) => self.stopped.set(true),
            Err(error) => self.complain(&error),
        }
    }

    fn forget(self) {
        self.own.set(None);
        self.listed.set(false);
        self.conversations.set(Vec::new());
        self.link.set(Link::Connecting);
    }

    fn notice(self, notification: Notification) {
        match &notification {
            Notification::Conversation(view) => self.put(view.clone()),
            Notification::Link(link) => self.link.set(*link),
            Notification::Own(own) => self.own.set(Some(own.clone())),
            _ => {}
        }
        for (_, listener) in self.listeners.get_value() {
            listener(&notification);
        }
    }

    fn put(self, view: ConversationView) {
        let account = view.person.account;
        match self.conversation_untracked(account) {
            Some(known) => known.set(view),
            None => self.conversations.update(|all| {
                all.push(Conversation {
                    account,
                    view: ArcRwSignal::new(view),
                });
            }),
        }
    }

    /// Shows a person with whom there is no conversation yet.
    pub fn introduce(self, person: PersonView) {
        if self.conversation_untracked(person.account).is_none() {
            self.put(ConversationView {
                person,
                standing: Standing::Accepted,
                last: None,
                unread: 0,
                first_unread: None,
                draft: String::new(),
                typing: false,
                presence: None,
            });
        }
    }

    /// Reads all conversations.
    pub fn load(self, worker: Client) {
        spawn_local(async move {
            match worker.ask(Request::Conversations).await {
                Ok(Response::Conversations(views)) => {
                    views.into_iter().for_each(|view| self.put(view));
                    self.listed.set(true);
                }
                Ok(_) => self.stopped.set(true),
                Err(error) => self.complain(&error),
            }
        });
    }

    /// A conversation; tracks only whether it is there.
    pub fn conversation(self, account: AccountId) -> Option<ArcRwSignal<ConversationView>> {
        self.conversations.with(|all| find(all, account))
    }

    fn conversation_untracked(self, account: AccountId) -> Option<ArcRwSignal<ConversationView>> {
        self.conversations.with_untracked(|all| find(all, account))
    }

    /// The newest first.
    pub fn newest_first(self) -> Vec<Conversation> {
        let mut all = self.conversations.get();
        all.sort_by_cached_key(|one| {
            one.view
                .with(|view| std::cmp::Reverse(view.last.as_ref().map(|last| last.at)))
        });
        all
    }

    /// How many messages were not seen, in all conversations.
    pub fn unread(self) -> u32 {
        let count = |one: &Conversation| one.view.with(|view| view.unread);
        self.conversations.with(|all| all.iter().map(count).sum())
    }

    /// Calls back on every notification until the owner is cleaned up.
    pub fn on_notification(self, listener: impl Fn(&Notification) + 'static) {
        let mut number = 0;
        self.listeners.update_value(|all| {
            number = all.last().map_or(0, |(last, _)| last + 1);
            all.push((number, Rc::new(listener)));
        });
        on_cleanup(move || {
            self.listeners
                .try_update_value(|all| all.retain(|(other, _)| *other != number));
        });
    }

    /// Shows for a moment what went wrong.
    pub fn complain(self, error: &AskError) {
        self.complaint.set(Some(error.advice()));
    }

    /// Asks the engine for something, and complains if it is refused.
    pub fn order(self, worker: Client, command: Command) {
        spawn_local(async move {
            if let Err(error) = worker.command(command).await {
                self.complain(&error);
            }
        });
    }

    /// Tells the worker about the network and whether the person is there.
    pub fn report(self, worker: Client) {
        let network = move |network| {
            spawn_local(async move {
                // The worker's own timer tries again if it didn't hear.
                let _ = worker.ask(Request::Network(network)).await;
            });
        };
        let window = crate::browser::window::window();
        listen(&window, "online", move |_: web_sys::Event| network(Network::Up));
        listen(&window, "offline", move |_: web_sys::Event| {
            network(Network::Down)
        });
        effect(move || {
            let presence = if self.visible.get() {
                Presence::Online
            } else {
                Presence::Away
            };
            worker.tell(Command::SetPresence { presence });
        });
    }
}

fn find(all: &[Conversation], account: AccountId) -> Option<ArcRwSignal<ConversationView>> {
    all.iter()
        .find(|one| one.account == account)
        .map(|one| one.view.clone())
}

/// What the worker has said so far.
pub fn use_session() -> Session {
    expect_context()
}

/// The worker.
pub fn use_worker() -> Client {
    expect_context()
}
