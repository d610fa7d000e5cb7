//! The composer, or what stands in its place and why.

use super::Open;
use crate::features::composer::Composer;
use crate::features::timeline::Timeline;
use crate::route::{Route, Side};
use crate::session::{use_session, use_worker};
use crate::ui::{Confirm, Glyph, Icon, on, show};
use crate::words::{fill, words};
use leptos::prelude::*;
use sotto_web_worker::messages::Command;
use sotto_web_worker::messages::view::{Choice, Standing, Trust};

/// Whether one can write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Gate {
    Open,
    Request,
    Blocked,
    Changed,
    NotVerified,
}

/// What stands below the timeline.
#[component]
pub fn Footer(open: Open, timeline: Timeline) -> impl IntoView {
    let own = use_session().own;
    let only_verified = Memo::new(move |_| {
        own.with(|own| {
            own.as_ref()
                .is_some_and(|own| own.settings.only_verified == Choice::On)
        })
    });
    let gate = move || match (open.standing(), open.trust()) {
        (Standing::Request, _) => Gate::Request,
        (Standing::Blocked, _) => Gate::Blocked,
        (Standing::Accepted, Trust::Changed) => Gate::Changed,
        (Standing::Accepted, Trust::Unverified) if only_verified.get() => Gate::NotVerified,
        (Standing::Accepted, _) => Gate::Open,
    };
    // What is being written outlives a change that leaves the gate open.
    let writable = Memo::new(move |_| gate() == Gate::Open);
    show(move || {
        if writable.get() {
            view! { <Composer open timeline/> }.into_any()
        } else {
            show(move || closed(gate(), open))
        }
    })
}

/// What stands in the composer's place.
fn closed(gate: Gate, open: Open) -> AnyView {
    match gate {
        Gate::Open => ().into_any(),
        Gate::Request => view! { <RequestGate open/> }.into_any(),
        Gate::Blocked => view! { <BlockedGate open/> }.into_any(),
        // The banner above says what to do.
        Gate::Changed => view! { <p class="gate gate-line" data-test="composer-closed"><Icon glyph=Glyph::Lock/>{words().errors.identity_changed}</p> }.into_any(),
        Gate::NotVerified => view! { <NotVerifiedGate open/> }.into_any(),
    }
}

fn named(sentence: &'static str, open: Open) -> Signal<String> {
    Signal::derive(move || open.name.with(|name| fill(sentence, &[("name", name)])))
}

#[component]
fn RequestGate(open: Open) -> impl IntoView {
    let (session, worker) = (use_session(), use_worker());
    let say = &words().request;
    let conversation = open.account;
    let blocking = RwSignal::new(false);
    view! {
        <section class="gate" data-test="request">
            <p class="gate-title">{named(say.title, open)}</p>
            <p class="gate-text">{say.body}</p>
            <div class="gate-actions">
                <button type="button" class="button" data-test="block" on:click=on(move |_| blocking.set(true))>{say.block}</button>
                <button type="button" class="button button-primary" data-test="accept"
                    on:click=on(move |_| session.order(worker, Command::Accept { conversation }))>{say.accept}</button>
            </div>
            <BlockDialog open asking=blocking/>
        </section>
    }
}

#[component]
fn BlockedGate(open: Open) -> impl IntoView {
    let (session, worker) = (use_session(), use_worker());
    let say = &words().request;
    let conversation = open.account;
    view! {
        <section class="gate" data-test="blocked">
            <p class="gate-title">{named(say.blocked_title, open)}</p>
            <p class="gate-text">{say.blocked_body}</p>
            <div class="gate-actions">
                <button type="button" class="button" data-test="unblock"
                    on:click=on(move |_| session.order(worker, Command::Unblock { conversation }))>{say.unblock}</button>
            </div>
        </section>
    }
}

#[component]
fn NotVerifiedGate(open: Open) -> impl IntoView {
    let say = &words().trust;
    view! {
        <section class="gate" data-test="composer-closed">
            <p class="gate-text">{say.only_verified}</p>
            <div class="gate-actions">
                <a class="button button-primary" href=Route::beside(open.account, Side::Verify).path()>
                    {named(say.only_verified_action, open)}
                </a>
            </div>
        </section>
    }
}

/// Asks before blocking.
#[component]
pub fn BlockDialog(open: Open, asking: RwSignal<bool>) -> impl IntoView {
    let (session, worker) = (use_session(), use_worker());
    let say = &words().request;
    let conversation = open.account;
    let block = move || session.order(worker, Command::Block { conversation });
    view! {
        <Confirm open=asking title=named(say.block_title, open) body=say.block_body confirm=say.block_confirm
            test="block-dialog" on_confirm=block/>
    }
}
