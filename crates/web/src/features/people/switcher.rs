//! Ctrl+K: to another conversation by a few letters.

use crate::route::{Route, use_router};
use crate::session::{Conversation, use_session};
use crate::ui::{Avatar, AvatarSize, Dialog, each, effect, live, on, show};
use crate::words::words;
use leptos::html;
use leptos::prelude::*;

/// The dialog.
#[component]
pub fn Switcher(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open label=words().switcher.title test="switcher"><Choice open/></Dialog>
    }
}

/// Most that are offered.
const OFFERED: usize = 8;

#[component]
fn Choice(open: RwSignal<bool>) -> impl IntoView {
    let (session, router) = (use_session(), use_router());
    let (text, chosen) = (RwSignal::new(String::new()), RwSignal::new(0_u32));
    let offered = Memo::new(move |_| {
        let query = text.get().trim().to_ascii_lowercase();
        let fits = |one: &Conversation| one.view.with(|view| view.person.name().contains(&query));
        session
            .newest_first()
            .into_iter()
            .filter(fits)
            .take(OFFERED)
            .collect::<Vec<_>>()
    });
    let go = move |one: &Conversation| {
        open.set(false);
        router.go(Route::conversation(one.account));
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let last = offered.with(|all| all.len().saturating_sub(1) as u32);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|index| *index = (*index + 1).min(last)),
            "ArrowUp" => chosen.update(|index| *index = index.saturating_sub(1)),
            "Enter" if !event.is_composing() => {
                if let Some(one) = offered.with(|all| all.get(chosen.get_untracked() as usize).cloned()) {
                    go(&one);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let field = NodeRef::<html::Input>::new();
    effect(move || {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    view! {
        <input class="input input-large" type="text" node_ref=field placeholder=words().switcher.placeholder role="combobox"
            aria-expanded="true" aria-controls="switcher-list" aria-label=words().switcher.title data-test="switcher-input"
            prop:value=text on:keydown=on(key)
            on:input=on(move |event: web_sys::Event| { text.set(event_target_value(&event)); chosen.set(0); })/>
        <ul class="rows switcher-list" id="switcher-list" role="listbox">
            {show(move || each(offered.get().into_iter().zip(0..).map(|(one, index)| {
                let person = one.view.with(|view| view.person.clone());
                let name = person.name();
                view! {
                    <li class="switcher-row" class:switcher-chosen=live(move || chosen.get() == index) role="option"
                        aria-selected=live(move || (chosen.get() == index).to_string()) on:click=on(move |_| go(&one))>
                        <Avatar person size=AvatarSize::Small/><span class="row-name">{name}</span>
                    </li>
                }
            })))}
        </ul>
        {show(move || offered.with(Vec::is_empty).then(|| view! { <p class="list-nothing">{words().switcher.none}</p> }))}
    }
}
