//! `?`: the list of keys.

use crate::ui::{Dialog, each};
use crate::words::words;
use leptos::prelude::*;

/// The dialog.
#[component]
pub fn KeyList(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open label=words().keys.title test="key-list">
            <h2 class="dialog-title">{words().keys.title}</h2>
            <dl class="keys">{each(keys().map(|(keys, what)| view! { <Line keys what/> }))}</dl>
        </Dialog>
    }
}

fn keys() -> [(&'static [&'static str], &'static str); 7] {
    let say = &words().keys;
    [
        (&["Ctrl", "K"], say.switch),
        (&["Alt", "\u{2191}\u{2193}"], say.next),
        (&["Ctrl", "F"], say.search),
        (&["Enter"], say.send),
        (&["Shift", "Enter"], say.break_line),
        (&["Esc"], say.close),
        (&["?"], say.help),
    ]
}

#[component]
fn Line(keys: &'static [&'static str], what: &'static str) -> impl IntoView {
    let keys = each(keys.iter().map(|key| view! { <kbd>{*key}</kbd> }));
    view! { <dt>{keys}</dt><dd>{what}</dd> }
}
