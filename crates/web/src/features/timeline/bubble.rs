//! One message.

use super::actions::Actions;
use super::days::{Edge, News, Row};
use super::item::{Author, Item};
use super::menu::Menu;
use super::progress::{Progress, name, reason};
use super::text::{Part, is_pictographs, parts};
use crate::ui::{each, live, on, show};
use crate::words::{fill, time_of_day, words};
use leptos::prelude::*;
use sotto_web_worker::messages::view::MessageState;

/// A message in its place.
#[component]
pub fn Bubble(row: Row, actions: Actions, other: Memo<String>) -> impl IntoView {
    let Row { item, place } = row;
    let author = item.author();
    let side = match author {
        Author::Oneself => "message message-own",
        Author::Other => "message message-other",
    };
    let large = is_pictographs(&item.message.text);
    let (state, failure) = (item.state.clone(), item.state.clone());
    let retried = item.clone();
    let asked = item.id();
    let open_menu = move |event: web_sys::MouseEvent| {
        let selected = crate::browser::window::window()
            .get_selection()
            .ok()
            .flatten()
            .is_some_and(|chosen| !chosen.is_collapsed());
        if !selected {
            event.prevent_default();
            actions.menu.set(Some(asked));
        }
    };
    view! {
        {(place.news == News::Begin).then(|| view! {
            <li class="news" data-test="new-divider"><span>{words().conversation.new_messages}</span></li>
        })}
        <li class=side class:joined-above={place.above == Edge::Joined} class:joined-below={place.below == Edge::Joined}
            data-test="message" data-id=item.id().to_string() data-position=item.message.position.to_string()
            data-state=live(move || name(state.get()))>
            <div class="message-line">
                <div class="bubble" class:bubble-large=large dir="auto" on:contextmenu=on(open_menu)>
                    {(place.above == Edge::Free).then(|| view! { <Byline author other/> })}
                    <Text item=item.clone()/>
                </div>
                <Menu item=item.clone() actions/>
            </div>
            {show(move || match failure.get() {
                MessageState::Failed(why) => {
                    let item = retried.clone();
                    Some(view! {
                        <p class="failure">
                            {reason(why)}
                            <button type="button" class="link" data-test="retry" on:click=on(move |_| actions.retry(&item))>
                                {words().conversation.retry}
                            </button>
                        </p>
                    })
                }
                _ => None,
            })}
        </li>
    }
}

/// Who wrote it, for those who can't see on which side it stands.
#[component]
fn Byline(author: Author, other: Memo<String>) -> impl IntoView {
    let say = &words().conversation;
    let sentence = move || match author {
        Author::Oneself => say.sent_by_you.to_owned(),
        Author::Other => other.with(|name| fill(say.from, &[("name", name)])),
    };
    view! { <span class="unseen" dir="ltr">{show(sentence)}</span> }
}

#[component]
fn Text(item: Item) -> impl IntoView {
    let shown = parts(&item.message.text).into_iter().map(|part| match part {
        Part::Words(words) => words.to_owned().into_any(),
        Part::Link(address) => view! {
            <a href=address.to_owned() target="_blank" rel="noopener noreferrer">{address.to_owned()}</a>
        }
        .into_any(),
    });
    let time = time_of_day(item.written_at());
    view! {
        <span class="bubble-text" data-test="text">{each(shown)}</span>
        // Takes up as much of the last line as the time over it needs.
        <span class="stamp-room" class:stamp-room-own={item.author() == Author::Oneself} aria-hidden="true">{time.clone()}</span>
        <span class="stamp"><time dir="ltr">{time}</time>{show(move || view! { <Progress state=item.state.get()/> })}</span>
    }
}
