//! The page: bytes in, bytes out.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::{Closure, JsCast};
use web_sys::MessageEvent;
use zeroize::Zeroizing;

use super::{Event, Events, report, scope};
use crate::messages::FromWorker;

/// Puts what the page sends into the queue, as long as the worker lives.
pub(super) fn listen(events: Events) {
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        if let Ok(bytes) = message.data().dyn_into::<Uint8Array>() {
            report(&events, Event::Page(Zeroizing::new(bytes.to_vec())));
            // It may hold a passphrase.
            bytes.fill(0, 0, bytes.length());
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
}

/// Sends the page a message.
pub(super) fn tell(message: &FromWorker) {
    // Both fail on what can't be encoded or cloned only, and these can.
    if let Ok(bytes) = postcard::to_allocvec(message) {
        let _ = scope().post_message(&Uint8Array::from(bytes.as_slice()));
    }
}
