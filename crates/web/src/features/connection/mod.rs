//! How the connection stands, and what went wrong.

use crate::browser::timer::Timer;
use crate::session::{use_session, use_worker};
use crate::ui::{Banner, Glyph, Icon, Tone, effect, on, show};
use crate::words::{fill, words};
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::{Link, Network, Request, ShutReason};
use std::time::Duration;

/// How long connecting may take before it is worth a word.
const PATIENCE: Duration = Duration::from_millis(1500);

/// A strip that is there only while there is no connection.
#[component]
pub fn ConnectionBanner() -> impl IntoView {
    let link = use_session().link;
    let late = RwSignal::new(false);
    let timer = Timer::new();
    effect(move || match link.get() {
        Link::Connecting => timer.set(PATIENCE, move || {
            late.try_set(true);
        }),
        Link::Online => {
            timer.stop();
            late.set(false);
        }
        _ => timer.stop(),
    });
    show(move || match link.get() {
        Link::Online => ().into_any(),
        Link::Connecting => late.get().then(|| quiet(words().link.connecting)).into_any(),
        Link::Offline => quiet(words().link.offline).into_any(),
        Link::Waiting { retry_in } => view! { <Waiting retry_in/> }.into_any(),
        Link::Shut { code } => {
            let sentence = match code {
                ShutReason::Revoked => words().link.revoked,
                ShutReason::Replaced => words().link.replaced,
                ShutReason::Incompatible => words().link.incompatible,
            };
            view! { <Banner tone=Tone::Loud glyph=Glyph::Warning test="banner-shut"><p class="banner-text">{sentence}</p></Banner> }.into_any()
        }
    })
}

fn quiet(sentence: &'static str) -> impl IntoView {
    view! { <Banner tone=Tone::Quiet glyph=Glyph::Offline test="banner-offline"><p class="banner-text">{sentence}</p></Banner> }
}

/// Counts down to the next try.
#[component]
fn Waiting(retry_in: u64) -> impl IntoView {
    let worker = use_worker();
    let seconds = RwSignal::new(u32::try_from(retry_in.div_ceil(1000)).unwrap_or(u32::MAX));
    if let Ok(handle) = set_interval_with_handle(
        move || seconds.update(|left| *left = left.saturating_sub(1)),
        Duration::from_secs(1),
    ) {
        on_cleanup(move || handle.clear());
    }
    let now = move |_| {
        spawn_local(async move {
            // If it isn't heard, the countdown goes on.
            let _ = worker.ask(Request::Network(Network::Up)).await;
        });
    };
    let sentence = move || fill(words().link.waiting, &[("n", &seconds.get().to_string())]);
    view! {
        <Banner tone=Tone::Caution glyph=Glyph::Offline test="banner-offline">
            <p class="banner-text">{show(sentence)}</p>
            <button type="button" class="button button-small" data-test="retry-now" on:click=on(now)>{words().link.retry_now}</button>
        </Banner>
    }
}

/// How long a complaint is shown.
const MOMENT: Duration = Duration::from_secs(8);

/// What went wrong last, for a moment.
#[component]
pub fn Complaint() -> impl IntoView {
    let complaint = use_session().complaint;
    let timer = Timer::new();
    effect(move || {
        if complaint.with(Option::is_some) {
            timer.set(MOMENT, move || complaint.set(None));
        }
    });
    show(move || {
        complaint.get().map(|sentence| view! {
            <div class="toast" role="alert" data-test="complaint">
                <Icon glyph=Glyph::Warning/>
                <p>{sentence}</p>
                <button type="button" class="icon-button" aria-label=words().common.close on:click=on(move |_| complaint.set(None))>
                    <Icon glyph=Glyph::Close/>
                </button>
            </div>
        })
    })
}
