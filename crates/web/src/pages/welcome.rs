//! There is no account on this device.

use crate::features::onboarding::{CreateAccount, Greeting};
use crate::ui::show;
use leptos::prelude::*;

/// Says what Sotto is, then makes an account.
#[component]
pub fn Welcome() -> impl IntoView {
    let started = RwSignal::new(false);
    view! {
        <main class="stage" data-test="welcome">
            {show(move || if started.get() {
                view! { <CreateAccount on_back=move || started.set(false)/> }.into_any()
            } else {
                view! { <Greeting on_start=move || started.set(true)/> }.into_any()
            })}
        </main>
    }
}
