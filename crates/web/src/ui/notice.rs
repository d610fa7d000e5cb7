//! A page with one thing to say.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// An icon, a title, an explanation, and what to do about it.
#[component]
pub fn Notice(
    glyph: Glyph,
    title: &'static str,
    body: &'static str,
    test: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <main class="stage" data-test=test>
            <section class="card card-notice">
                <span class="notice-icon"><Icon glyph/></span>
                <h1 class="card-title">{title}</h1>
                <p class="card-text">{body}</p>
                <div class="card-actions">{children()}</div>
            </section>
        </main>
    }
}
