//! A message's menu.

use super::actions::Actions;
use super::item::Item;
use crate::browser::window::{document, window};
use crate::ui::{Glyph, Icon, effect, live, on, show};
use crate::words::words;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, FocusEvent, HtmlElement, KeyboardEvent, Node};

/// The button that opens it, and the menu.
#[component]
pub fn Menu(item: Item, actions: Actions) -> impl IntoView {
    let id = item.id();
    let button = NodeRef::<html::Button>::new();
    let open = Memo::new(move |_| actions.menu.get() == Some(id));
    let toggle = move |_| {
        actions
            .menu
            .update(|menu| *menu = if *menu == Some(id) { None } else { Some(id) })
    };
    let close = move || {
        actions.menu.set(None);
        if let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
    };
    view! {
        <span class="menu-anchor">
            <button type="button" class="icon-button icon-button-small menu-button" node_ref=button aria-haspopup="menu"
                aria-expanded=live(move || open.get().to_string()) aria-label=words().conversation.menu data-test="message-menu" on:click=on(toggle)>
                <Icon glyph=Glyph::More/>
            </button>
            {show(move || open.get().then(|| {
                let class = button.get_untracked().map_or("menu", |button| placed(&button));
                view! { <Items item=item.clone() actions class close/> }
            }))}
        </span>
    }
}

/// The class of a menu that opens towards the middle of the window, where there is room.
fn placed(button: &Element) -> &'static str {
    let size = |size: Result<JsValue, JsValue>| size.ok().and_then(|size| size.as_f64()).unwrap_or_default();
    let place = button.get_bounding_client_rect();
    let low = place.top() > size(window().inner_height()) / 2.0;
    let right = place.left() > size(window().inner_width()) / 2.0;
    match (low, right) {
        (true, true) => "menu menu-above menu-to-left",
        (true, false) => "menu menu-above menu-to-right",
        (false, true) => "menu menu-below menu-to-left",
        (false, false) => "menu menu-below menu-to-right",
    }
}

#[component]
fn Items(
    item: Item,
    actions: Actions,
    class: &'static str,
    close: impl Fn() + Copy + Send + 'static,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    effect(move || {
        if let Some(first) = node
            .get()
            .and_then(|menu| menu.query_selector("button").ok().flatten())
        {
            focus(&first);
        }
    });
    let left = move |event: FocusEvent| {
        let inside = event
            .related_target()
            .and_then(|target| target.dyn_into::<Node>().ok());
        if !node
            .get_untracked()
            .is_some_and(|menu| menu.contains(inside.as_ref()))
        {
            actions.menu.set(None);
        }
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            event.stop_propagation();
            close();
        }
        "ArrowDown" => step(&event, Element::next_element_sibling),
        "ArrowUp" => step(&event, Element::previous_element_sibling),
        _ => {}
    };
    let say = &words().conversation;
    let entry = move |glyph, label: &'static str, test: &'static str, act: fn(Actions, &Item)| {
        let item = item.clone();
        let deed = move |_| {
            close();
            act(actions, &item);
        };
        view! {
            <button type="button" class="menu-item" role="menuitem" tabindex="-1" data-test=test on:click=on(deed)>
                <Icon glyph/>{label}
            </button>
        }
    };
    view! {
        <div class=class role="menu" node_ref=node on:keydown=on(key) on:focusout=on(left)>
            {entry(Glyph::Copy, say.copy, "copy", Actions::copy)}
            {entry(Glyph::Info, say.info, "info", Actions::inform)}
            {entry(Glyph::Delete, say.delete, "delete", Actions::ask_to_delete)}
        </div>
    }
}

fn step(event: &KeyboardEvent, next: fn(&Element) -> Option<Element>) {
    event.prevent_default();
    if let Some(target) = document().active_element().as_ref().and_then(next) {
        focus(&target);
    }
}

fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
}
