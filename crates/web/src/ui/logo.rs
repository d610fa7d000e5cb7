//! The mark: a voice between two marks of quiet.

use leptos::prelude::*;

/// The mark, as large as its text.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <rect class="logo-ground" width="32" height="32" rx="9"/>
            <path class="logo-mark" d="M9 13.5v5M13.7 10v12M18.3 12v8M23 14.8v2.4"/>
        </svg>
    }
}
