//! Keeps what the person reads where it is, whatever is put above or below.
//!
//! The list scrolls in a column that is laid out from its end (`column-reverse`): the newest message stays at the
//! bottom by itself, and `scrollTop` counts up from there in negative numbers.

use leptos::task::tick;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDivElement};

/// Nearer than that to the end is at the end. Pixels.
const AT_END: i32 = 40;
/// Nearer than that to either end the next page is read. Pixels.
const NEAR: i32 = 900;

/// How far the last message is below the window's edge.
pub fn from_end(list: &HtmlDivElement) -> i32 {
    -list.scroll_top()
}

/// Whether the last message can be seen.
pub fn at_end(list: &HtmlDivElement) -> bool {
    from_end(list) < AT_END
}

/// Whether newer ones will soon be needed.
pub fn near_end(list: &HtmlDivElement) -> bool {
    from_end(list) < NEAR
}

/// Whether older ones will soon be needed.
pub fn near_start(list: &HtmlDivElement) -> bool {
    list.scroll_height() - list.client_height() - from_end(list) < NEAR
}

/// Changes the list so that the first message in sight stays where it is.
pub async fn keep(list: &HtmlDivElement, change: impl FnOnce()) {
    let anchor = first_in_sight(list);
    let before = anchor.as_ref().map(top);
    change();
    tick().await;
    if let (Some(anchor), Some(before)) = (anchor.filter(|anchor| anchor.is_connected()), before) {
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
        let moved = (top(&anchor) - before).round() as i32;
        if moved != 0 {
            list.set_scroll_top(list.scroll_top() + moved);
        }
    }
}

fn top(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}

fn first_in_sight(list: &HtmlDivElement) -> Option<Element> {
    let edge = top(list);
    let rows = list.query_selector_all("[data-id]").ok()?;
    let rows = (0..rows.length()).filter_map(|index| rows.get(index)?.dyn_into::<Element>().ok());
    rows.into_iter()
        .find(|row| row.get_bounding_client_rect().bottom() > edge)
}
