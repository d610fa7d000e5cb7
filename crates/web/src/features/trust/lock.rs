//! The lock with words in a conversation's header.

use super::look;
use crate::features::conversation::Open;
use crate::route::{Route, Side};
use crate::ui::Icon;
use leptos::prelude::*;

/// Leads to the safety number.
#[component]
pub fn LockLabel(open: Open) -> impl IntoView {
    let look = move || look(open.trust.get());
    view! {
        <a class=move || look().class href=Route::beside(open.account, Side::Verify).path() data-test="lock"
            data-trust=move || look().name title=move || look().more>
            {move || view! { <Icon glyph=look().glyph/> }}
            <span class="trust-words">{move || look().words}</span>
        </a>
    }
}
