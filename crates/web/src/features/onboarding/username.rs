//! The username, judged while it is typed.

use crate::ui::{live, on, show};
use crate::words::words;
use leptos::prelude::*;
use sotto_web_worker::messages::{Username, UsernameError};

/// What stands in the field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wish {
    /// Nothing: no name.
    None,
    /// A name.
    Name(Username),
    /// Something that is no name.
    Invalid(UsernameError),
}

impl Wish {
    /// Reads the field.
    pub fn read(text: &str) -> Self {
        if text.is_empty() {
            return Self::None;
        }
        match text.parse() {
            Ok(name) => Self::Name(name),
            Err(error) => Self::Invalid(error),
        }
    }

    fn advice(&self) -> &'static str {
        let say = &words().onboarding;
        match self {
            Self::None => say.username_help,
            Self::Name(_) => say.username_free,
            Self::Invalid(UsernameError::TooShort) => say.username_short,
            Self::Invalid(UsernameError::TooLong) => say.username_long,
            Self::Invalid(UsernameError::ForbiddenCharacter) => say.username_alphabet,
        }
    }

    /// The name, if there is one.
    pub fn name(self) -> Option<Username> {
        match self {
            Self::Name(name) => Some(name),
            Self::None | Self::Invalid(_) => None,
        }
    }
}

/// The field with its hint.
#[component]
pub fn UsernameField(text: RwSignal<String>) -> impl IntoView {
    let wish = move || text.with(|text| Wish::read(text));
    let invalid = move || matches!(wish(), Wish::Invalid(_));
    view! {
        <label class="field">
            <span class="field-label">{words().onboarding.username}</span>
            <input class="input" type="text" data-test="username" autocomplete="username" autocapitalize="off"
                spellcheck="false" aria-describedby="username-hint" aria-invalid=live(move || invalid().to_string())
                prop:value=text
                on:input=on(move |event: web_sys::Event| text.set(event_target_value(&event).trim().to_ascii_lowercase()))/>
            <span id="username-hint" class="field-hint" class:field-hint-bad=live(invalid) aria-live="polite" data-test="username-hint">
                {show(move || wish().advice())}
            </span>
        </label>
    }
}
