//! Keys that work wherever the focus is.

use crate::browser::window::{document, listen};
use crate::route::{Route, Router, Side};
use crate::session::Session;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// What the keys reach.
#[derive(Clone, Copy)]
pub struct Shortcuts {
    /// The conversations.
    pub session: Session,
    /// Where one is.
    pub router: Router,
    /// Whether the switcher is open.
    pub switching: RwSignal<bool>,
    /// Whether the list of keys is open.
    pub keys: RwSignal<bool>,
}

impl Shortcuts {
    /// Listens until the owner is cleaned up.
    pub fn listen(self) {
        listen(&document(), "keydown", move |event: KeyboardEvent| {
            if !event.is_composing() && self.pressed(&event) {
                event.prevent_default();
            }
        });
    }

    /// Does what the key says; whether it says anything.
    fn pressed(self, event: &KeyboardEvent) -> bool {
        let control = event.ctrl_key() || event.meta_key();
        match event.key().as_str() {
            "k" if control => self.switching.update(|open| *open = !*open),
            "f" if control && !event.shift_key() => self.search(),
            "ArrowDown" if event.alt_key() => self.step(1, event.shift_key()),
            "ArrowUp" if event.alt_key() => self.step(-1, event.shift_key()),
            "?" if !control && !typing() => self.keys.set(true),
            "Escape" => return self.leave(),
            _ => return false,
        }
        true
    }

    fn search(self) {
        if self.router.peek() != Route::Home && narrow() {
            self.router.go(Route::Home);
        }
        focus("search");
    }

    /// To the next conversation of the list, or to the next with something unread.
    fn step(self, by: isize, unread_only: bool) {
        let wanted = |one: &crate::session::Conversation| {
            !unread_only || one.view.with_untracked(|view| view.unread > 0)
        };
        let here = self.router.peek().account();
        let all = untrack(|| self.session.newest_first());
        let from = all.iter().position(|one| Some(one.account) == here);
        let Some(mut index) = from.map_or(Some(0), |from| from.checked_add_signed(by)) else {
            return;
        };
        while let Some(one) = all.get(index) {
            if wanted(one) {
                return self.router.go(Route::conversation(one.account));
            }
            let Some(next) = index.checked_add_signed(by) else {
                return;
            };
            index = next;
        }
    }

    /// Closes what is beside the timeline. Dialogs and menus close by themselves.
    fn leave(self) -> bool {
        let open = document()
            .query_selector("dialog[open], [role=menu]")
            .ok()
            .flatten()
            .is_some();
        match self.router.peek() {
            Route::Conversation { account, side, .. } if side != Side::Closed && !open => {
                self.router.go(Route::conversation(account));
                true
            }
            _ => false,
        }
    }
}

/// Whether the focus is where letters are typed.
fn typing() -> bool {
    let here = document().active_element();
    here.is_some_and(|here| matches!(here.tag_name().as_str(), "INPUT" | "TEXTAREA"))
}

fn narrow() -> bool {
    document()
        .document_element()
        .is_some_and(|root: Element| root.client_width() < 760)
}

fn focus(id: &str) {
    let field = document()
        .get_element_by_id(id)
        .and_then(|field| field.dyn_into::<HtmlElement>().ok());
    if let Some(field) = field {
        // A hidden field keeps the focus where it is.
        let _ = field.focus();
    }
}
