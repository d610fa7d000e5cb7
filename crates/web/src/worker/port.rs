//! The way to the worker and back: bytes by `postMessage`.

use js_sys::{Reflect, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// Takes bytes to the worker.
pub trait Port {
    /// Sends one message.
    fn post(&self, bytes: &[u8]);
}

/// Takes what the worker says; `None` once it is dead.
pub type Deliver = Rc<dyn Fn(Option<Vec<u8>>)>;

/// Connects to the worker that `boot.js` started, or starts it.
pub fn connect(deliver: Deliver) -> Result<Box<dyn Port>, JsValue> {
    let worker = started().map_or_else(start, Ok)?;
    let on_message = {
        let deliver = Rc::clone(&deliver);
        Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Ok(bytes) = event.data().dyn_into::<Uint8Array>() {
                deliver(Some(bytes.to_vec()));
            }
        })
    };
    let on_error = Closure::<dyn Fn()>::new(move || deliver(None));
    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    // Both live as long as the page.
    on_message.forget();
    on_error.forget();
    Ok(Box::new(worker))
}

/// `boot.js` starts it while this module is still on its way.
fn started() -> Option<Worker> {
    let worker = Reflect::get(&js_sys::global(), &"sottoWorker".into()).ok()?;
    worker.dyn_into().ok()
}

fn start() -> Result<Worker, JsValue> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    Worker::new_with_options("/worker-boot.js", &options)
}

impl Port for Worker {
    fn post(&self, bytes: &[u8]) {
        // It fails on what can't be cloned only, and bytes can.
        let _ = self.post_message(&Uint8Array::from(bytes));
    }
}
