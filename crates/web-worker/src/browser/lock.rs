//! The lock that lets one tab run the engine: Web Locks (W3C), held until the worker ends or another tab steals it.

use std::cell::Cell;
use std::rc::Rc;

use futures_channel::oneshot;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue, wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{Event, Events, report};

const NAME: &str = "sotto-engine";

#[wasm_bindgen]
extern "C" {
    /// `navigator.locks`; web-sys has it behind an unstable flag.
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        callback: &Function,
    ) -> Result<Promise, JsValue>;
}

/// How to get the lock.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// If nobody holds it.
    IfFree,
    /// From whoever holds it.
    Steal,
}

/// Who holds the lock now.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// This worker; [`Event::LockLost`] tells when that ends.
    Here,
    /// Another tab's.
    Elsewhere,
    /// This browser has no such locks.
    Nobody,
}

/// Claims the lock.
pub(super) async fn claim(claim: Claim, events: &Events) -> Holder {
    let (sender, answer) = oneshot::channel();
    let sender = Rc::new(Cell::new(Some(sender)));
    let answer_once = move |holder| {
        if let Some(sender) = sender.take() {
            let _ = sender.send(holder);
        }
    };
    let held = Rc::new(Cell::new(false));
    let callback = {
        let (answer_once, held) = (answer_once.clone(), Rc::clone(&held));
        Closure::once_into_js(move |lock: JsValue| {
            held.set(!lock.is_null());
            answer_once(if held.get() {
                Holder::Here
            } else {
                Holder::Elsewhere
            });
            // The lock is held until the promise ends, which is never.
            if held.get() {
                Promise::new(&mut |_, _| {}).into()
            } else {
                JsValue::UNDEFINED
            }
        })
    };
    let Ok(ended) = request(claim, callback.unchecked_ref()) else {
        return Holder::Nobody;
    };
    let events = events.clone();
    spawn_local(async move {
        // What was held ends by being stolen alone; what ends without a call of `callback` was never granted.
        let _ = JsFuture::from(ended).await;
        answer_once(Holder::Nobody);
        if held.get() {
            report(&events, Event::LockLost);
        }
    });
    answer.await.unwrap_or(Holder::Nobody)
}

fn request(claim: Claim, callback: &Function) -> Result<Promise, JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
    let locks = Reflect::get(&navigator, &"locks".into())?;
    if locks.is_undefined() {
        return Err(locks);
    }
    let options = Object::new();
    let how = match claim {
        Claim::IfFree => "ifAvailable",
        Claim::Steal => "steal",
    };
    Reflect::set(&options, &how.into(), &JsValue::TRUE)?;
    locks
        .unchecked_into::<LockManager>()
        .request(NAME, &options, callback)
}
