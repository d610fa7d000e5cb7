//! The web client's user interface.
//!
//! It paints, and asks the worker for everything else: keys, messages and the socket live there. The two
//! speak in [`sotto_web_worker::messages`].
//!
//! - [`pages`]: what fills the window in each phase of the worker.
//! - [`features`]: one folder for each thing that a person does.
//! - [`ui`]: plain widgets that know nothing of messaging.
//! - [`session`]: the page's copy of what the worker knows.
//! - [`worker`]: requests, their answers, and what the worker says by itself.
//! - [`words`]: every sentence, in every language, and dates and plurals.
//! - [`browser`]: passkeys, theme, clipboard: what only the page can do.

mod app;
mod browser;
mod features;
#[cfg(feature = "mock")]
mod mock;
mod pages;
mod route;
mod session;
mod ui;
mod words;
mod worker;

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the painted shell.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        web_sys::console::error_1(&info.to_string().into());
    }));
    leptos::mount::mount_to_body(app::App);
}
