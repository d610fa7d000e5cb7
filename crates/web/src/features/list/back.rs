//! Back to the list, on a phone.

use crate::ui::{Glyph, Icon};
use crate::words::words;
use leptos::prelude::*;

/// A button that only narrow windows show.
#[component]
pub fn BackToList() -> impl IntoView {
    view! {
        <a class="icon-button only-narrow" href="/" aria-label=words().common.back data-test="back"><Icon glyph=Glyph::Back/></a>
    }
}
