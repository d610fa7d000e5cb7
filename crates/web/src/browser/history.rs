//! The address bar.

use super::window::{listen, window};
use crate::route::Route;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlAnchorElement, MouseEvent};

/// The view that the address bar names.
pub fn current() -> Route {
    let part = |part: Result<String, JsValue>| part.unwrap_or_default();
    let location = window().location();
    Route::parse(&part(location.pathname()), &part(location.search()))
}

/// Adds an entry.
pub fn push(path: &str) {
    if let Ok(history) = window().history() {
        // Refused only when called a hundred times a second; the view changes all the same.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

/// Calls back when the address changes by the browser's buttons.
pub fn on_back(callback: impl Fn() + 'static) {
    listen(&window(), "popstate", move |_: web_sys::Event| callback());
}

/// Calls back instead of loading a page when a link to a view is followed.
pub fn on_link(callback: impl Fn(Route) + 'static) {
    listen(&window(), "click", move |event: MouseEvent| {
        let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if modified || event.button() != 0 || event.default_prevented() {
            return;
        }
        if let Some(target) = followed(&event) {
            event.prevent_default();
            callback(target);
        }
    });
}

fn followed(event: &MouseEvent) -> Option<Route> {
    let clicked: Element = event.target()?.dyn_into().ok()?;
    let link: HtmlAnchorElement = clicked.closest("a[href^='/']").ok()??.dyn_into().ok()?;
    Some(Route::parse(&link.pathname(), &link.search()))
}
