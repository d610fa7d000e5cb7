//! The arrow keys move the focus along the list.

use crate::browser::window::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// Moves the focus from one `.row` of the list to the next.
pub fn move_focus(event: &KeyboardEvent) {
    let rows = rows(event);
    let Some(here) = document().active_element() else {
        return;
    };
    let Some(index) = rows.iter().position(|row| **row == here) else {
        return;
    };
    let next = match event.key().as_str() {
        "ArrowDown" if !event.alt_key() => index + 1,
        "ArrowUp" if !event.alt_key() => index.saturating_sub(1),
        "Home" => 0,
        "End" => rows.len() - 1,
        _ => return,
    };
    if let Some(row) = rows.get(next) {
        event.prevent_default();
        // Whatever can't take the focus leaves it where it is.
        let _ = row.focus();
    }
}

fn rows(event: &KeyboardEvent) -> Vec<HtmlElement> {
    let list = event
        .current_target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let Some(found) = list.and_then(|list| list.query_selector_all(".row").ok()) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|index| found.get(index)?.dyn_into().ok())
        .collect()
}
