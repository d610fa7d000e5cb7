//! A conversation in the list.

use crate::features::timeline::Progress;
use crate::route::{Route, use_router};
use crate::session::Conversation;
use crate::ui::{Avatar, Glyph, Icon, live, show};
use crate::words::{list_time, words};
use leptos::prelude::*;
use sotto_web_worker::messages::Presence;
use sotto_web_worker::messages::view::{ConversationView, MessageState, PersonView, Standing, Trust};

/// Conversations in their order.
#[component]
pub fn Rows(all: Memo<Vec<Conversation>>) -> impl IntoView {
    view! {
        <ul class="rows"><For each=move || all.get() key=|one| one.account let:one><Row conversation=one/></For></ul>
    }
}

/// The row; a link.
#[component]
fn Row(conversation: Conversation) -> impl IntoView {
    let router = use_router();
    let Conversation { account, view } = conversation;
    let open = Memo::new(move |_| router.get().account() == Some(account));
    let view: RwSignal<ConversationView> = view.into();
    let face = Memo::new(move |_| view.with(|view| view.person.clone()));
    let unread = move || view.with(|view| view.unread);
    let here = move || view.with(|view| matches!(view.presence, Some(Presence::Online | Presence::Asking)));
    view! {
        <li>
            <a class="row" class:row-open=open class:row-unread=live(move || unread() != 0)
                href=Route::conversation(account).path() aria-current=live(move || open.get().then_some("page"))
                data-test="conversation" data-account=account.to_string() data-name=live(move || face.with(PersonView::name))
                data-unread=live(move || unread().to_string())>
                <span class="face">
                    {show(move || view! { <Avatar person=face.get()/> })}
                    <span class="face-here" hidden=live(move || !here()) title=words().conversation.online></span>
                </span>
                <span class="row-body">
                    <span class="row-top">
                        <span class="row-name" dir="auto">{show(move || face.with(PersonView::name))}</span>
                        {show(move || view! { <Mark trust=face.with(|face| face.trust)/> })}
                        <span class="row-time">
                            {show(move || view.with(|view| view.last.as_ref().map(|last| list_time(last.at))))}
                        </span>
                    </span>
                    <span class="row-bottom">
                        <span class="row-preview">{show(move || view.with(|view| preview(view, if open.get() { Open::Here } else { Open::Elsewhere })))}</span>
                        {show(move || (unread() > 0).then(|| view! {
                            <span class="badge" aria-label=words().list.unread.of(unread())>{count(unread())}</span>
                        }))}
                    </span>
                </span>
            </a>
        </li>
    }
}

/// More than that nobody counts.
fn count(unread: u32) -> String {
    if unread > 99 {
        "99+".to_owned()
    } else {
        unread.to_string()
    }
}

/// Says whether the person is verified, if there is something to say.
#[component]
fn Mark(trust: Trust) -> impl IntoView {
    let (class, glyph, label) = match trust {
        Trust::Unverified => return None,
        Trust::Verified => ("mark mark-verified", Glyph::Verified, words().trust.verified_mark),
        Trust::Changed => ("mark mark-changed", Glyph::Warning, words().trust.changed),
    };
    Some(view! { <span class=class role="img" aria-label=label title=label><Icon glyph/></span> })
}

/// Whether the person is looking at the conversation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Here,
    Elsewhere,
}

/// The second line: what is most worth knowing. A draft that one is writing is in sight already.
fn preview(view: &ConversationView, open: Open) -> AnyView {
    let say = &words().list;
    if view.standing == Standing::Blocked {
        return view! { <span class="row-muted">{say.blocked}</span> }.into_any();
    }
    if view.typing {
        return view! { <span class="row-typing" data-test="row-typing">{say.typing}</span> }.into_any();
    }
    if open == Open::Elsewhere && !view.draft.trim().is_empty() {
        let draft = one_line(&view.draft);
        return view! { <span class="row-draft">{say.draft}</span><bdi>{draft}</bdi> }.into_any();
    }
    match &view.last {
        None => ().into_any(),
        Some(last) if last.state == MessageState::Received => {
            view! { <bdi>{one_line(&last.text)}</bdi> }.into_any()
        }
        Some(last) => view! { <Progress state=last.state/><bdi>{one_line(&last.text)}</bdi> }.into_any(),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
