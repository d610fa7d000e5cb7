//! Another tab runs the engine.

use crate::session::{use_session, use_worker};
use crate::ui::{Glyph, Notice, on, show};
use crate::words::words;
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::Request;

/// Offers to take over.
#[component]
pub fn Elsewhere() -> impl IntoView {
    let (session, worker) = (use_session(), use_worker());
    let busy = RwSignal::new(false);
    let say = &words().elsewhere;
    let take_over = move |_| {
        busy.set(true);
        spawn_local(async move {
            session.enter_or_stop(worker.phase(Request::TakeOver).await);
            busy.try_set(false);
        });
    };
    view! {
        <Notice glyph=Glyph::Panel title=say.title body=say.body test="elsewhere">
            <button type="button" class="button button-primary" data-test="take-over" disabled=busy on:click=on(take_over)>
                {show(move || if busy.get() { say.taking_over } else { say.take_over })}
            </button>
            <crate::features::connection::Complaint/>
        </Notice>
    }
}
