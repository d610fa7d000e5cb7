//! Something on this device keeps Sotto from running.

use crate::browser::window::reload;
use crate::features::erase::EraseButton;
use crate::ui::{Glyph, Notice, on};
use crate::words::words;
use leptos::prelude::*;
use sotto_web_worker::messages::StorageFault;

/// The storage can't be used.
#[component]
pub fn Broken(fault: StorageFault) -> impl IntoView {
    let say = &words().broken;
    let (title, body, test) = match fault {
        StorageFault::Blocked => (say.blocked_title, say.blocked, "storage-blocked"),
        StorageFault::Full => (say.full_title, say.full, "storage-full"),
        StorageFault::Newer => (say.newer_title, say.newer, "storage-newer"),
        StorageFault::Damaged => (say.damaged_title, say.damaged, "storage-damaged"),
    };
    view! {
        <Notice glyph=Glyph::Warning title body test>
            <Reload/>
            {(fault == StorageFault::Damaged).then(|| view! { <EraseButton label=words().settings.erase/> })}
        </Notice>
    }
}

/// The worker is gone.
#[component]
pub fn Stopped() -> impl IntoView {
    let say = &words().broken;
    view! {
        <Notice glyph=Glyph::Warning title=say.stopped_title body=say.stopped test="stopped">
            <Reload/>
        </Notice>
    }
}

#[component]
fn Reload() -> impl IntoView {
    view! {
        <button type="button" class="button button-primary" data-test="reload" on:click=on(move |_| reload())>
            {words().broken.reload}
        </button>
    }
}
