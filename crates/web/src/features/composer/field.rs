//! The field and its button.

use super::draft::Draft;
use super::typing::TypingSignal;
use crate::browser::window::window;
use crate::features::conversation::Open;
use crate::features::timeline::Timeline;
use crate::session::{use_session, use_worker};
use crate::ui::{Glyph, Icon, effect, live, on, show};
use crate::words::{fill, words};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::{Command, Outcome, TEXT_LIMIT};
use web_sys::{HtmlElement, HtmlTextAreaElement, KeyboardEvent};

/// From this many bytes before the limit one is told.
const NEAR: usize = 4096;

/// Writes to the person.
#[component]
pub fn Composer(open: Open, timeline: Timeline) -> impl IntoView {
    let (session, worker) = (use_session(), use_worker());
    let text = RwSignal::new(open.view.with_untracked(|view| view.draft.clone()));
    let draft = Draft::watch(worker, open.account, text);
    let typing = TypingSignal::new(worker, open.account);
    let field = NodeRef::<html::Textarea>::new();
    effect(move || {
        if let Some(field) = field.get() {
            text.track();
            fit(&field);
        }
    });
    effect(move || {
        if let Some(field) = field.get().filter(|_| has_keyboard()) {
            let _ = field.focus();
        }
    });
    let sendable =
        Memo::new(move |_| text.with(|text| !text.trim().is_empty() && text.trim().len() <= TEXT_LIMIT));
    let send = move || {
        if !sendable.get_untracked() {
            return;
        }
        let written = text.with_untracked(|text| text.trim().to_owned());
        text.set(String::new());
        typing.stopped();
        draft.save();
        spawn_local(async move {
            let command = Command::Send {
                to: open.account,
                text: written.clone(),
            };
            match worker.command(command).await {
                Ok(Outcome::Queued(message)) => timeline.wrote(message).await,
                Ok(_) => {}
                Err(error) => {
                    session.complain(&error);
                    // What could not be sent comes back, unless something else was begun.
                    text.try_update(|text| {
                        if text.is_empty() {
                            *text = written
                        }
                    });
                }
            }
        });
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            send();
        }
    };
    let label = move || {
        open.name
            .with(|name| fill(words().composer.label, &[("name", name)]))
    };
    view! {
        <form class="composer" on:submit=on(move |event: web_sys::SubmitEvent| { event.prevent_default(); send(); })>
            {show(move || limit(text.with(|text| text.trim().len())).map(|(class, sentence)| view! {
                <p class=class role="status" data-test="limit">{sentence}</p>
            }))}
            <div class="composer-box">
                <textarea class="composer-field" node_ref=field rows="1" dir="auto" data-test="composer"
                    placeholder=words().composer.placeholder aria-label=live(label) prop:value=text enterkeyhint="send"
                    on:input=on(move |event: web_sys::Event| {
                        text.set(event_target_value(&event));
                        if sendable.get_untracked() { typing.pressed() } else { typing.stopped() }
                    })
                    on:keydown=on(key)></textarea>
                <button type="submit" class="composer-send" data-test="send" aria-label=words().composer.send
                    title=words().composer.send disabled=live(move || !sendable.get())><Icon glyph=Glyph::Send/></button>
            </div>
        </form>
    }
}

/// What there is to say about the length.
fn limit(bytes: usize) -> Option<(&'static str, String)> {
    let say = &words().composer;
    if bytes > TEXT_LIMIT {
        let over = (bytes - TEXT_LIMIT).to_string();
        return Some((
            "composer-limit composer-over",
            fill(say.too_long, &[("n", &over)]),
        ));
    }
    let left = TEXT_LIMIT - bytes;
    (left < NEAR).then(|| ("composer-limit", fill(say.left, &[("n", &left.to_string())])))
}

/// As high as its text; the style sheet says how high at most.
fn fit(field: &HtmlTextAreaElement) {
    let style = HtmlElement::style(field);
    // Heights that can't be set leave the field as it is, with a scroll bar.
    let _ = style.set_property("height", "auto");
    let _ = style.set_property("height", &format!("{}px", field.scroll_height()));
}

/// On a touch screen the focus would bring up the keyboard over the timeline.
fn has_keyboard() -> bool {
    let touch = window().match_media("(pointer: coarse)").ok().flatten();
    !touch.is_some_and(|query| query.matches())
}
