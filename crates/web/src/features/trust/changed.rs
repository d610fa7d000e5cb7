//! An identity that changed: loud.

use crate::features::conversation::Open;
use crate::route::{Route, Side};
use crate::session::{use_session, use_worker};
use crate::ui::{Banner, Glyph, Tone, on, show};
use crate::words::{fill, words};
use leptos::prelude::*;
use sotto_web_worker::messages::Command;
use sotto_web_worker::messages::view::Trust;

/// Above the timeline, as long as nobody has looked.
#[component]
pub fn ChangedBanner(open: Open) -> impl IntoView {
    let (session, worker) = (use_session(), use_worker());
    let changed = Memo::new(move |_| open.trust() == Trust::Changed);
    let say = &words().trust;
    let person = open.account;
    show(move || {
        changed.get().then(|| view! {
            <Banner tone=Tone::Loud glyph=Glyph::Warning test="identity-changed">
                <div class="banner-text">
                    <strong>{show(move || open.name.with(|name| fill(say.changed_title, &[("name", name)])))}</strong>
                    <span>{say.changed_body}</span>
                </div>
                <div class="banner-actions">
                    <a class="button button-small button-loud" data-test="verify-again" href=Route::beside(person, Side::Verify).path()>
                        {say.verify_again}
                    </a>
                    <button type="button" class="button button-small button-quiet" data-test="accept-identity"
                        on:click=on(move |_| session.order(worker, Command::AcceptIdentity { person }))>{say.accept_identity}</button>
                </div>
            </Banner>
        })
    })
}
