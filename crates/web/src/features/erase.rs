//! Deleting everything that Sotto keeps on this device.

use crate::browser::window::reload;
use crate::session::{use_session, use_worker};
use crate::ui::{Confirm, on};
use crate::words::words;
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::Request;

/// A button that asks first.
#[component]
pub fn EraseButton(label: &'static str) -> impl IntoView {
    let (session, worker) = (use_session(), use_worker());
    let asking = RwSignal::new(false);
    let say = &words().erase;
    let erase = move || {
        spawn_local(async move {
            match worker.phase(Request::Erase).await {
                Ok(phase) => session.enter(phase),
                // What can't be closed properly is gone after a reload.
                Err(_) => reload(),
            }
        });
    };
    view! {
        <button type="button" class="button button-quiet button-danger-quiet" data-test="erase" on:click=on(move |_| asking.set(true))>
            {label}
        </button>
        <Confirm open=asking title=say.title body=say.body confirm=say.confirm test="erase-dialog" on_confirm=erase/>
    }
}
