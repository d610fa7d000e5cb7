//! Whom one talks to, how safely, and whether they are there.

use super::Open;
use crate::features::list::BackToList;
use crate::features::trust::LockLabel;
use crate::route::{Route, Side, use_router};
use crate::ui::{Avatar, AvatarSize, Glyph, Icon, live, show};
use crate::words::words;
use leptos::prelude::*;
use sotto_web_worker::messages::Presence;

/// The strip above the timeline.
#[component]
pub fn Header(open: Open) -> impl IntoView {
    let router = use_router();
    let Open {
        account, view, name, ..
    } = open;
    let person = Memo::new(move |_| view.with(|view| view.person.clone()));
    let doing = Memo::new(move |_| view.with(|view| doing(view.typing, view.presence)));
    let details = move || match router.get().side() {
        Side::Details => Route::conversation(account),
        _ => Route::beside(account, Side::Details),
    };
    view! {
        <header class="main-head">
            <BackToList/>
            <a class="head-person" href=Route::beside(account, Side::Details).path()>
                {show(move || view! { <Avatar person=person.get() size=AvatarSize::Small/> })}
                <span class="head-words">
                    <h1 class="head-name" dir="auto" data-test="conversation-name">{name}</h1>
                    <span class="head-doing" data-test="doing">{show(move || doing.get())}</span>
                </span>
            </a>
            <LockLabel open/>
            <a class="icon-button" href=live(move || details().path()) aria-label=words().conversation.details
                title=words().conversation.details data-test="details"><Icon glyph=Glyph::Panel/></a>
        </header>
    }
}

fn doing(typing: bool, presence: Option<Presence>) -> String {
    let say = &words().conversation;
    let doing = match (typing, presence) {
        (true, _) => say.typing,
        (false, Some(Presence::Online | Presence::Asking)) => say.online,
        (false, Some(Presence::Away)) => say.away,
        (false, None) => "",
    };
    doing.to_owned()
}
