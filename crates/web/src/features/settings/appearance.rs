//! Light or dark, and the list of keys.

use crate::browser::theme::Theme;
use crate::ui::{each, on};
use crate::words::words;
use leptos::prelude::*;

/// The theme.
#[component]
pub fn AppearanceSection(keys: RwSignal<bool>) -> impl IntoView {
    let say = &words().settings;
    let names = [say.system, say.light, say.dark];
    let choices = Theme::ALL.into_iter().zip(names).map(|(theme, name)| {
        view! {
            <label class="segment">
                <input type="radio" name="theme" prop:checked={theme == Theme::current()} on:change=on(move |_| theme.apply()) data-test=format!("theme-{}", theme.name())/>
                <span>{name}</span>
            </label>
        }
    });
    view! {
        <section class="group">
            <h2 class="group-title">{say.appearance}</h2>
            <fieldset class="setting">
                <legend class="setting-title setting-legend">{say.theme}</legend>
                <span class="segments">{each(choices)}</span>
            </fieldset>
            <button type="button" class="setting setting-button" on:click=on(move |_| keys.set(true))>
                <span class="setting-title">{say.keys}</span><kbd>"?"</kbd>
            </button>
        </section>
    }
}
