//! There is an account on this device, and its vault is locked.

use crate::features::unlock::UnlockForm;
use leptos::prelude::*;
use sotto_web_worker::messages::{UnlockKind, Username};

/// Asks for what unlocks the vault.
#[component]
pub fn Unlock(username: Option<Username>, unlocks: Vec<UnlockKind>) -> impl IntoView {
    view! {
        <main class="stage" data-test="locked">
            <UnlockForm username unlocks/>
        </main>
    }
}
