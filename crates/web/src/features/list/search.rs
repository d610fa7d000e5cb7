//! Names are filtered here; the worker searches what was written.

use super::row::Rows;
use crate::browser::timer::Timer;
use crate::route::{Route, Side};
use crate::session::{Conversation, use_session, use_worker};
use crate::ui::{Avatar, AvatarSize, each, effect, live, show};
use crate::words::{fill, list_time, words};
use crate::worker::Client;
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::Request;
use sotto_web_worker::messages::view::{MessageView, PersonView};
use std::time::Duration;

/// Most messages that are shown.
const LIMIT: u32 = 50;
/// After the last key.
const PAUSE: Duration = Duration::from_millis(150);

/// What is searched for.
#[derive(Clone, Copy)]
pub struct Search {
    /// What was typed.
    pub text: RwSignal<String>,
    found: RwSignal<Option<Vec<MessageView>>>,
}

impl Search {
    /// Nothing yet; asks the worker when something is typed.
    pub fn new() -> Self {
        let search = Self {
            text: RwSignal::new(String::new()),
            found: RwSignal::new(None),
        };
        let (worker, timer) = (use_worker(), Timer::new());
        effect(move || {
            let query = search.text.get().trim().to_owned();
            if query.is_empty() {
                timer.stop();
                search.found.set(None);
            } else {
                timer.set(PAUSE, move || spawn_local(search.ask(worker, query)));
            }
        });
        search
    }

    async fn ask(self, worker: Client, query: String) {
        let request = Request::Search {
            query: query.clone(),
            conversation: None,
            limit: LIMIT,
        };
        let found = worker.messages(request).await.unwrap_or_default();
        // Somebody who types on doesn't want the answer to what stood there before.
        if self.text.try_with_untracked(|text| text.trim() == query) == Some(true) {
            self.found.set(Some(found));
        }
    }

    /// Whether there is something to search for.
    pub fn active(self) -> bool {
        self.text.with(|text| !text.trim().is_empty())
    }

    /// Stops searching.
    pub fn clear(self) {
        self.text.set(String::new());
    }
}

/// People, then messages.
#[component]
pub fn SearchResults(search: Search) -> impl IntoView {
    let session = use_session();
    let people = Memo::new(move |_| {
        let query = search.text.get().trim().to_ascii_lowercase();
        let fits = |one: &Conversation| one.view.with(|view| view.person.name().contains(&query));
        session
            .newest_first()
            .into_iter()
            .filter(fits)
            .collect::<Vec<_>>()
    });
    let nothing = move || {
        people.with(Vec::is_empty)
            && search
                .found
                .with(|found| found.as_ref().is_some_and(Vec::is_empty))
    };
    let say = &words().list;
    view! {
        <div data-test="search-results">
            <section class="list-section" hidden=live(move || people.with(Vec::is_empty))>
                <h2 class="list-title">{say.people}</h2>
                <Rows all=people/>
            </section>
            <section class="list-section" hidden=live(move || search.found.with(|found| found.as_ref().is_none_or(Vec::is_empty)))>
                <h2 class="list-title">{say.messages}</h2>
                <ul class="rows">
                    {show(move || {
                        let found = search.found.get().unwrap_or_default().into_iter();
                        let query = search.text.get_untracked();
                        each(found.map(|message| view! { <Found message query=query.clone()/> }))
                    })}
                </ul>
            </section>
            {show(move || nothing().then(|| {
                let sentence = fill(say.nothing_found, &[("query", search.text.get().trim())]);
                view! { <p class="list-nothing" data-test="nothing-found">{sentence}</p> }
            }))}
        </div>
    }
}

/// A message that was found; leads to it.
#[component]
fn Found(message: MessageView, query: String) -> impl IntoView {
    let person = untrack(|| use_session().conversation(message.conversation))?
        .with_untracked(|view| view.person.clone());
    let target = Route::Conversation {
        account: message.conversation,
        side: Side::Closed,
        at: Some(message.position),
    };
    let (before, hit, after) = excerpt(&message.text, &query);
    Some(view! {
        <li>
            <a class="row" href=target.path() data-test="search-result" data-id=message.id.to_string()>
                <Avatar person=person.clone() size=AvatarSize::Small/>
                <span class="row-body">
                    <span class="row-top">
                        <span class="row-name">{PersonView::name(&person)}</span>
                        <span class="row-time">{list_time(message.sent_at)}</span>
                    </span>
                    <span class="row-preview row-preview-two"><bdi>{before}<mark>{hit}</mark>{after}</bdi></span>
                </span>
            </a>
        </li>
    })
}

/// Characters shown before the first word that was found.
const LEAD: usize = 24;

/// The text around the first of the words, in three parts.
fn excerpt(text: &str, query: &str) -> (String, String, String) {
    // Letters beyond ASCII are looked for as they were typed: their lower case may be longer, and then nothing fits.
    let lower = text.to_ascii_lowercase();
    let place = query.split_whitespace().find_map(|word| {
        let from = lower.find(&word.to_ascii_lowercase())?;
        Some((from, from + word.len()))
    });
    let parts = place.and_then(|(from, to)| Some((text.get(..from)?, text.get(from..to)?, text.get(to..)?)));
    let Some((before, hit, after)) = parts else {
        return (text.to_owned(), String::new(), String::new());
    };
    let skipped = before.chars().count().saturating_sub(LEAD);
    let mut lead: String = before.chars().skip(skipped).collect();
    if skipped > 0 {
        lead.insert(0, '\u{2026}');
    }
    (lead, hit.to_owned(), after.to_owned())
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn the_first_word_that_was_found_stands_near_the_beginning() {
        let text = format!("{} the Harbour at dawn", "word ".repeat(20));
        let (before, hit, after) = excerpt(&text, "harb");
        assert!(before.starts_with('\u{2026}') && before.ends_with("the "));
        assert_eq!((hit.as_str(), after.as_str()), ("Harb", "our at dawn"));
        assert_eq!(excerpt("İstanbul", "STAN").1, "stan");
        assert_eq!(excerpt("Ärger", "ärger").0, "Ärger", "shown whole");
        assert_eq!(excerpt("abc", "zzz").0, "abc");
    }
}
