//! One small polite region that speaks new messages.

use leptos::prelude::*;

/// Speaks the text whenever it changes.
#[component]
pub fn LiveRegion(text: RwSignal<String>) -> impl IntoView {
    view! { <div class="unseen" role="status" aria-live="polite" data-test="live-region">{text}</div> }
}
