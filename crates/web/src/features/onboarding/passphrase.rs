//! The passphrase that wraps the vault, where no passkey does.

use super::strength::Strength;
use crate::ui::{Glyph, Icon, PassphraseField, live, on, show};
use crate::words::words;
use leptos::prelude::*;

/// Why one is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Because {
    /// There will be no passkey: the account is anonymous.
    NoPasskey,
    /// There is a passkey, without a PRF.
    NoPrf,
}

/// Asks for a passphrase, and that the person knows what an anonymous account is.
#[component]
pub fn PassphraseStep(
    because: Because,
    busy: RwSignal<bool>,
    on_done: impl Fn(String) + 'static,
) -> impl IntoView {
    let say = &words().onboarding;
    let passphrase = RwSignal::new(String::new());
    let understood = RwSignal::new(because == Because::NoPrf);
    let strength = move || passphrase.with(|text| Strength::of(text));
    let ready = move || understood.get() && strength() > Strength::TooShort && !busy.get();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if ready() {
            on_done(passphrase.get());
        }
    };
    let (title, intro) = match because {
        Because::NoPasskey => (say.passphrase_title, say.passphrase_intro),
        Because::NoPrf => (say.no_prf_title, say.no_prf),
    };
    view! {
        <form class="steps" on:submit=on(submit)>
            <h1 class="card-title">{title}</h1>
            <p class="card-text">{intro}</p>
            <PassphraseField value=passphrase label=say.passphrase autocomplete="new-password"/>
            <p class=live(move || strength().class()) aria-live="polite" data-test="strength">
                <span class="strength-bar" aria-hidden="true"></span>
                {show(move || strength().advice())}
            </p>
            {(because == Because::NoPasskey).then(|| view! { <Anonymous understood/> })}
            <button type="submit" class="button button-primary button-wide" data-test="finish" disabled=live(move || !ready())>
                {show(move || if busy.get() { say.creating } else { say.create })}
            </button>
        </form>
    }
}

/// What it means that nothing but the device opens the account.
#[component]
fn Anonymous(understood: RwSignal<bool>) -> impl IntoView {
    let say = &words().onboarding;
    view! {
        <div class="callout callout-caution">
            <p class="callout-title"><Icon glyph=Glyph::Warning/>{say.anonymous_title}</p>
            <p>{say.anonymous}</p>
            <label class="check">
                <input type="checkbox" data-test="understand-anonymous" prop:checked=understood
                    on:change=on(move |event: web_sys::Event| understood.set(event_target_checked(&event)))/>
                <span>{say.anonymous_accept}</span>
            </label>
        </div>
    }
}
