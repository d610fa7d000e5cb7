//! The pane at the start.

use super::roving::move_focus;
use super::row::Rows;
use super::search::{Search, SearchResults};
use crate::session::{Conversation, use_session};
use crate::ui::{Glyph, Icon, Logo, live, on, show};
use crate::words::words;
use leptos::prelude::*;
use sotto_web_worker::messages::view::Standing;

/// Search, requests, conversations.
#[component]
pub fn ListPane() -> impl IntoView {
    let session = use_session();
    let search = Search::new();
    let sorted = Memo::new(move |_| session.newest_first());
    let searching = Memo::new(move |_| search.active());
    view! {
        <nav class="pane pane-list" aria-label=words().list.label id="list">
            <header class="list-head">
                <a class="wordmark wordmark-small" href="/"><Logo/>{words().common.sotto}</a>
                <a class="icon-button" href="/settings" aria-label=words().list.settings title=words().list.settings data-test="settings">
                    <Icon glyph=Glyph::Settings/>
                </a>
                <a class="icon-button icon-button-accent" href="/new" aria-label=words().list.new title=words().list.new data-test="new-conversation">
                    <Icon glyph=Glyph::Compose/>
                </a>
            </header>
            <SearchBox search/>
            <div class="list-scroll" on:keydown=on(move |event: web_sys::KeyboardEvent| move_focus(&event))>
                {show(move || if searching.get() {
                    view! { <SearchResults search/> }.into_any()
                } else if session.listed.get() && sorted.with(Vec::is_empty) {
                    view! { <Empty/> }.into_any()
                } else {
                    view! { <Sections sorted/> }.into_any()
                })}
            </div>
        </nav>
    }
}

#[component]
fn SearchBox(search: Search) -> impl IntoView {
    let say = &words().list;
    view! {
        <div class="search" role="search">
            <Icon glyph=Glyph::Search/>
            <input class="search-input" type="search" id="search" data-test="search" placeholder=say.search aria-label=say.search
                autocomplete="off" spellcheck="false" prop:value=search.text
                on:input=on(move |event: web_sys::Event| search.text.set(event_target_value(&event)))
                on:keydown=on(move |event: web_sys::KeyboardEvent| if event.key() == "Escape" { search.clear(); })/>
            <button type="button" class="icon-button icon-button-small" aria-label=say.clear_search
                hidden=live(move || !search.active()) on:click=on(move |_| search.clear())>
                <Icon glyph=Glyph::Close/>
            </button>
        </div>
    }
}

/// Requests first, then everyone else.
#[component]
fn Sections(sorted: Memo<Vec<Conversation>>) -> impl IntoView {
    let of = move |requests: Standing| {
        let is_request = move |one: &Conversation| one.view.with(|view| view.standing == Standing::Request);
        let wanted = requests == Standing::Request;
        sorted
            .get()
            .into_iter()
            .filter(|one| is_request(one) == wanted)
            .collect::<Vec<_>>()
    };
    let requests = Memo::new(move |_| of(Standing::Request));
    let others = Memo::new(move |_| of(Standing::Accepted));
    view! {
        <section class="list-section" data-test="requests" hidden=live(move || requests.with(Vec::is_empty))>
            <h2 class="list-title">{words().list.requests}<span class="list-count">{show(move || requests.with(Vec::len))}</span></h2>
            <Rows all=requests/>
        </section>
        <div class="list-section" data-test="conversations"><Rows all=others/></div>
    }
}

#[component]
fn Empty() -> impl IntoView {
    let say = &words().list;
    view! {
        <div class="hollow hollow-list" data-test="empty-list">
            <span class="hollow-icon"><Icon glyph=Glyph::Bubble/></span>
            <p class="hollow-title">{say.empty_title}</p>
            <p>{say.empty}</p>
            <a class="button button-primary" href="/new">{say.empty_action}</a>
        </div>
    }
}
