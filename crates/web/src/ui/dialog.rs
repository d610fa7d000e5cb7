//! Dialogs: the browser's own, which traps the focus and gives it back.

use super::show::{effect, on, show};
use crate::words::words;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// A dialog that is shown while `open` is true. Escape and a click beside it close it.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] label: Signal<String>,
    test: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    effect(move || {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            // It fails only on a dialog that was taken out of the page.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let beside = move |event: web_sys::MouseEvent| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|target| target.tag_name() == "DIALOG") {
            open.set(false);
        }
    };
    view! {
        <dialog class="dialog" node_ref=node aria-label=label data-test=test
            on:close=on(move |_| open.set(false)) on:click=on(beside)>
            {show(move || open.get().then(|| view! { <div class="dialog-body">{children()}</div> }))}
        </dialog>
    }
}

/// Asks before something that can't be undone.
#[component]
pub fn Confirm(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    body: &'static str,
    confirm: &'static str,
    test: &'static str,
    on_confirm: impl Fn() + Clone + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <Dialog open label=title test>
            <h2 class="dialog-title">{title}</h2>
            <p class="dialog-text">{body}</p>
            <div class="dialog-actions">
                <button type="button" class="button" on:click=on(move |_| open.set(false))>{words().common.cancel}</button>
                <button type="button" class="button button-danger" data-test="confirm" on:click=on({
                    let on_confirm = on_confirm.clone();
                    move |_| { open.set(false); on_confirm(); }
                })>{confirm}</button>
            </div>
        </Dialog>
    }
}
