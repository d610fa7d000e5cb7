//! The root: connects to the worker and shows the page of its phase.

use crate::browser::window::document;
use crate::pages::{Broken, Elsewhere, Messenger, Stopped, Unlock, Welcome};
use crate::route::Router;
use crate::session::{Session, use_session};
use crate::ui::{effect, show};
use crate::worker::{Client, Deliver, Port};
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::{Phase, Request};
use wasm_bindgen::JsValue;

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let session = Session::new();
    provide_context(session);
    provide_context(Router::start());
    match Client::new(connect, move |event| session.take(event)) {
        Ok(worker) => {
            provide_context(worker);
            spawn_local(async move { session.enter_or_stop(worker.phase(Request::Start).await) });
        }
        Err(_) => session.stopped.set(true),
    }
    effect(move || {
        if session.stopped.get() || session.phase.with(Option::is_some) {
            remove_shell();
        }
    });
    view! { <Phased/> }
}

#[component]
fn Phased() -> impl IntoView {
    let session = use_session();
    show(move || {
        if session.stopped.get() {
            return view! { <Stopped/> }.into_any();
        }
        match session.phase.get() {
            None => ().into_any(),
            Some(Phase::Empty) => view! { <Welcome/> }.into_any(),
            Some(Phase::Locked { username, unlocks }) => view! { <Unlock username unlocks/> }.into_any(),
            Some(Phase::Open(_)) => view! { <Messenger/> }.into_any(),
            Some(Phase::ElsewhereOpen) => view! { <Elsewhere/> }.into_any(),
            Some(Phase::Broken(fault)) => view! { <Broken fault/> }.into_any(),
        }
    })
}

/// What `index.html` painted has served.
fn remove_shell() {
    if let Some(shell) = document().get_element_by_id("shell") {
        shell.remove();
    }
}

#[cfg(not(feature = "mock"))]
fn connect(deliver: Deliver) -> Result<Box<dyn Port>, JsValue> {
    crate::worker::connect(deliver)
}

#[cfg(feature = "mock")]
fn connect(deliver: Deliver) -> Result<Box<dyn Port>, JsValue> {
    match crate::mock::wanted() {
        Some(scene) => Ok(crate::mock::connect(scene, deliver)),
        None => crate::worker::connect(deliver),
    }
}
