//! What the lock means, at length.

use super::look;
use crate::features::conversation::Open;
use crate::route::{Route, Side};
use crate::ui::{Icon, show};
use crate::words::words;
use leptos::prelude::*;
use sotto_web_worker::messages::view::Trust;

/// The lock, an explanation, and the way to the safety number.
#[component]
pub fn TrustCard(open: Open) -> impl IntoView {
    let action = move || match open.trust() {
        Trust::Verified => words().trust.number_title,
        Trust::Unverified => words().trust.verify,
        Trust::Changed => words().trust.verify_again,
    };
    show(move || {
        let look = look(open.trust());
        view! {
            <section class=format!("trust-card {}-card", look.class.trim_start_matches("trust "))>
                <p class="trust-card-title"><Icon glyph=look.glyph/>{look.words}</p>
                <p class="trust-card-text">{look.more}</p>
                <a class="button button-small" href=Route::beside(open.account, Side::Verify).path()>{action}</a>
            </section>
        }
    })
}
