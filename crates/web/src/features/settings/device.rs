//! Locking and erasing this device.

use crate::features::erase::EraseButton;
use crate::session::{use_session, use_worker};
use crate::ui::on;
use crate::words::words;
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::Request;

/// Lock now, erase.
#[component]
pub fn DeviceSection() -> impl IntoView {
    let (session, worker) = (use_session(), use_worker());
    let say = &words().settings;
    let lock = move |_| spawn_local(async move { session.enter_or_stop(worker.phase(Request::Lock).await) });
    view! {
        <section class="group">
            <h2 class="group-title">{say.this_device}</h2>
            <div class="setting">
                <span class="setting-words"><span class="setting-title">{say.lock_now}</span><span class="setting-more">{say.lock_now_more}</span></span>
                <button type="button" class="button" data-test="lock-now" on:click=on(lock)>{say.lock_now}</button>
            </div>
            <div class="setting">
                <span class="setting-words"><span class="setting-title">{say.erase}</span><span class="setting-more">{say.erase_more}</span></span>
                <EraseButton label=say.erase/>
            </div>
        </section>
    }
}
