//! The window, and listening to it.

use leptos::prelude::{StoredValue, WithValue, on_cleanup};
use wasm_bindgen::JsCast;
use wasm_bindgen::convert::FromWasmAbi;
use wasm_bindgen::prelude::Closure;
use web_sys::{Document, EventTarget, VisibilityState};

/// This window.
#[expect(
    clippy::expect_used,
    reason = "this code only ever runs in a page, and a page has a window"
)]
pub fn window() -> web_sys::Window {
    web_sys::window().expect("a page has a window")
}

/// This document.
#[expect(clippy::expect_used, reason = "a window that shows this code has a document")]
pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Listens until the current owner is cleaned up.
pub fn listen<E: FromWasmAbi + 'static>(
    target: &EventTarget,
    name: &'static str,
    callback: impl Fn(E) + 'static,
) {
    let closure = Closure::<dyn Fn(E)>::new(callback);
    // Fails for no event name.
    let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    let target = target.clone();
    let remove: Box<dyn Fn()> = Box::new(move || {
        let _ = target.remove_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    });
    let kept = StoredValue::new_local(remove);
    on_cleanup(move || {
        kept.try_with_value(|remove| remove());
    });
}

/// Whether the person can see the page.
pub fn visible() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

/// Loads the page anew.
pub fn reload() {
    // Fails only where the page is being left anyway.
    let _ = window().location().reload();
}

/// Whether the browser trusts the connection enough for passkeys and storage.
pub fn secure() -> bool {
    window().is_secure_context()
}
