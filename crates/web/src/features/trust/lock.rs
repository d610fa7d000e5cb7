//! The lock with words in a conversation's header.

use super::look;
use crate::features::conversation::Open;
use crate::route::{Route, Side};
use crate::ui::{Icon, live, show};
use leptos::prelude::*;

/// Leads to the safety number.
#[component]
pub fn LockLabel(open: Open) -> impl IntoView {
    let look = move || look(open.trust());
    view! {
        <a class=live(move || look().class) href=Route::beside(open.account, Side::Verify).path() data-test="lock"
            data-trust=live(move || look().name) title=live(move || look().more)>
            {show(move || view! { <Icon glyph=look().glyph/> })}
            <span class="trust-words">{show(move || look().words)}</span>
        </a>
    }
}
