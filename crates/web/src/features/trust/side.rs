//! The pane beside the timeline.

use crate::features::conversation::Open;
use crate::route::Route;
use crate::ui::{Glyph, Icon};
use crate::words::words;
use leptos::prelude::*;

/// A title, a way to close it, and something in it.
#[component]
pub fn SidePane(open: Open, title: &'static str, test: &'static str, children: Children) -> impl IntoView {
    view! {
        <aside class="pane pane-side" aria-label=title data-test=test>
            <header class="main-head">
                <h2 class="main-title">{title}</h2>
                <a class="icon-button" href=Route::conversation(open.account).path() aria-label=words().common.close data-test="close-side">
                    <Icon glyph=Glyph::Close/>
                </a>
            </header>
            <div class="side-scroll">{children()}</div>
        </aside>
    }
}
