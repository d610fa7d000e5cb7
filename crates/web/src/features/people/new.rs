//! Finding a person by exact username.

use crate::features::list::BackToList;
use crate::route::{Route, use_router};
use crate::session::{use_session, use_worker};
use crate::ui::{Avatar, AvatarSize, effect, live, on, show};
use crate::words::words;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::view::PersonView;
use sotto_web_worker::messages::{Command, Outcome, Username};

/// The form, and whom it found.
#[component]
pub fn NewConversation() -> impl IntoView {
    let worker = use_worker();
    let say = &words().new;
    let text = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let found = RwSignal::new(None::<PersonView>);
    let fault = RwSignal::new(None::<String>);
    let field = NodeRef::<html::Input>::new();
    effect(move || {
        if let Some(field) = field.get() {
            // A field that can't take the focus can still be clicked.
            let _ = field.focus();
        }
    });
    let wanted = move || text.with(|text| text.parse::<Username>().ok());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(username) = wanted() else { return };
        busy.set(true);
        fault.set(None);
        found.set(None);
        spawn_local(async move {
            match worker.command(Command::Find { username }).await {
                Ok(Outcome::Person(person)) => {
                    found.try_set(Some(person));
                }
                Ok(_) => {}
                Err(error) => {
                    fault.try_set(Some(error.advice()));
                }
            }
            busy.try_set(false);
        });
    };
    view! {
        <header class="main-head"><BackToList/><h1 class="main-title">{say.title}</h1></header>
        <div class="sheet">
            <form class="steps" on:submit=on(submit)>
                <p class="card-text">{say.intro}</p>
                <label class="field">
                    <span class="field-label">{say.username}</span>
                    <span class="field-row">
                        <input class="input" type="text" node_ref=field data-test="find-username" autocomplete="off" autocapitalize="off"
                            spellcheck="false" prop:value=text
                            on:input=on(move |event: web_sys::Event| text.set(event_target_value(&event).trim().to_ascii_lowercase()))/>
                        <button type="submit" class="button button-primary" data-test="find" disabled=live(move || busy.get() || wanted().is_none())>
                            {show(move || if busy.get() { say.searching } else { say.find })}
                        </button>
                    </span>
                </label>
            </form>
            {show(move || fault.get().map(|fault| view! { <p class="fault" role="alert" data-test="fault">{fault}</p> }))}
            {show(move || found.get().map(|person| view! { <Person person/> }))}
        </div>
    }
}

#[component]
fn Person(person: PersonView) -> impl IntoView {
    let (session, router) = (use_session(), use_router());
    let chosen = person.clone();
    let write = move |_| {
        session.introduce(chosen.clone());
        router.go(Route::conversation(chosen.account));
    };
    view! {
        <div class="found" data-test="found" data-account=person.account.to_string()>
            <Avatar person=person.clone() size=AvatarSize::Medium/>
            <span class="found-name">{person.name()}</span>
            <button type="button" class="button button-primary" data-test="write" on:click=on(write)>{words().new.write}</button>
        </div>
    }
}
