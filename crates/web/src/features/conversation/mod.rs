//! One conversation: header, timeline, composer, and what stands beside them.

mod details;
mod footer;
mod header;

use self::details::DetailsPane;
use self::footer::Footer;
use self::header::Header;
use crate::features::timeline::{Timeline, TimelineView};
use crate::features::trust::{ChangedBanner, VerifyPane};
use crate::route::{Route, Side, use_router};
use crate::session::use_session;
use crate::ui::{Glyph, Icon, live, show};
use crate::words::words;
use leptos::prelude::*;
use sotto_web_worker::messages::AccountId;
use sotto_web_worker::messages::view::{ConversationView, Standing, Trust};

/// A conversation as its parts follow it: each changes only when its own part of the view does.
#[derive(Clone, Copy)]
pub struct Open {
    /// Whose.
    pub account: AccountId,
    /// All of it.
    pub view: RwSignal<ConversationView>,
    /// The other's name.
    pub name: Memo<String>,
    stance: Memo<Stance>,
}

/// How one stands with a person.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stance {
    trust: Trust,
    standing: Standing,
}

impl Open {
    fn new(account: AccountId, view: RwSignal<ConversationView>) -> Self {
        Self {
            account,
            view,
            name: Memo::new(move |_| view.with(|view| view.person.name())),
            stance: Memo::new(move |_| {
                view.with(|view| Stance {
                    trust: view.person.trust,
                    standing: view.standing,
                })
            }),
        }
    }

    /// Whether the other is who they were; tracked.
    pub fn trust(self) -> Trust {
        self.stance.get().trust
    }

    /// Where the conversation stands; tracked.
    pub fn standing(self) -> Standing {
        self.stance.get().standing
    }
}

/// The conversation with a person, once it is known.
#[component]
pub fn ConversationPane(account: AccountId) -> impl IntoView {
    let session = use_session();
    let known = Memo::new(move |_| session.conversation(account).is_some());
    show(move || {
        match known
            .get()
            .then(|| untrack(|| session.conversation(account)))
            .flatten()
        {
            Some(view) => view! { <Parts open=Open::new(account, view.into())/> }.into_any(),
            None if session.listed.get() => view! { <Unknown/> }.into_any(),
            None => ().into_any(),
        }
    })
}

#[component]
fn Parts(open: Open) -> impl IntoView {
    let (session, router) = (use_session(), use_router());
    let timeline = Timeline::new(session, open.account);
    let beside = Memo::new(move |_| Route::beside(open.account, router.get().side()));
    view! {
        <div class="beside">
            <section class="conversation" data-test="conversation-pane" data-account=open.account.to_string()
                aria-label=live(move || open.name.get())>
                <Header open/>
                <ChangedBanner open/>
                <TimelineView timeline open/>
                <Footer open timeline/>
            </section>
            {show(move || match beside.get().side() {
                Side::Closed => ().into_any(),
                Side::Details => view! { <DetailsPane open/> }.into_any(),
                Side::Verify => view! { <VerifyPane open/> }.into_any(),
            })}
        </div>
    }
}

/// An address that leads to nobody.
#[component]
fn Unknown() -> impl IntoView {
    view! {
        <div class="hollow" data-test="unknown-conversation">
            <span class="hollow-icon"><Icon glyph=Glyph::Person/></span>
            <p class="hollow-title">{words().errors.no_such_thing}</p>
            <a class="button" href="/">{words().common.back}</a>
        </div>
    }
}
