//! On or off.

use leptos::prelude::*;

/// A switch with a title and an explanation.
#[component]
pub fn Switch(
    title: &'static str,
    more: &'static str,
    test: &'static str,
    #[prop(into)] on: Signal<bool>,
    on_change: impl Fn(bool) + 'static,
) -> impl IntoView {
    view! {
        <label class="setting">
            <span class="setting-words">
                <span class="setting-title">{title}</span>
                <span class="setting-more">{more}</span>
            </span>
            <input class="switch" type="checkbox" role="switch" data-test=test prop:checked=on
                on:change=super::on(move |event: web_sys::Event| on_change(event_target_checked(&event)))/>
        </label>
    }
}
