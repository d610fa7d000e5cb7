//! What Sotto is, in a few words.

use crate::ui::{Glyph, Icon, Logo, each, on};
use crate::words::words;
use leptos::prelude::*;

/// The first thing that anyone sees.
#[component]
pub fn Greeting(on_start: impl Fn() + 'static) -> impl IntoView {
    let say = &words().onboarding;
    let points = [
        (Glyph::Lock, say.encrypted, say.encrypted_more),
        (Glyph::Key, say.yours, say.yours_more),
        (Glyph::Server, say.nothing, say.nothing_more),
    ];
    let points = points.map(|(glyph, title, more)| {
        view! {
            <li class="point">
                <span class="point-icon"><Icon glyph/></span>
                <span><strong class="point-title">{title}</strong><span class="point-more">{more}</span></span>
            </li>
        }
    });
    view! {
        <section class="greeting">
            <p class="wordmark"><Logo/>{words().common.sotto}</p>
            <h1 class="headline">{say.headline}</h1>
            <p class="lead">{say.lead}</p>
            <button type="button" class="button button-primary button-large" data-test="create-account" on:click=on(move |_| on_start())>
                {say.start}
            </button>
            <ul class="points">{each(points)}</ul>
        </section>
    }
}
