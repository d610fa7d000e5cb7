//! A field for a passphrase that can be shown.

use super::icon::{Glyph, Icon};
use super::show::{live, on, show};
use crate::words::words;
use leptos::prelude::*;

/// The field. `autocomplete` is `new-password` or `current-password`.
#[component]
pub fn PassphraseField(
    value: RwSignal<String>,
    label: &'static str,
    autocomplete: &'static str,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    let say = &words().onboarding;
    view! {
        <label class="field">
            <span class="field-label">{label}</span>
            <span class="field-box">
                <input class="input" type=live(move || if shown.get() { "text" } else { "password" }) autocomplete=autocomplete
                    autocapitalize="off" spellcheck="false" data-test="passphrase" prop:value=value
                    on:input=on(move |event: web_sys::Event| value.set(event_target_value(&event)))/>
                <button type="button" class="icon-button" aria-pressed=live(move || shown.get().to_string())
                    aria-label=live(move || if shown.get() { say.hide } else { say.show })
                    on:click=on(move |_| shown.update(|shown| *shown = !*shown))>
                    {show(move || view! { <Icon glyph=if shown.get() { Glyph::EyeOff } else { Glyph::Eye }/> })}
                </button>
            </span>
        </label>
    }
}
