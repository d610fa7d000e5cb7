//! A strip that says something about all below it.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// How loud.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// Good to know.
    Quiet,
    /// Something waits.
    Caution,
    /// Danger.
    Loud,
}

/// A strip with an icon, words, and perhaps buttons.
#[component]
pub fn Banner(tone: Tone, glyph: Glyph, test: &'static str, children: Children) -> impl IntoView {
    let (class, role) = match tone {
        Tone::Quiet => ("banner banner-quiet", "status"),
        Tone::Caution => ("banner banner-caution", "status"),
        Tone::Loud => ("banner banner-loud", "alert"),
    };
    view! {
        <div class=class role=role data-test=test>
            <Icon glyph/>
            {children()}
        </div>
    }
}
