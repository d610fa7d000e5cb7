//! The worker in its browser: every event goes into one queue, and one loop takes them in turn.

mod clock;
mod effects;
mod files;
mod http;
mod lock;
mod page;
mod socket;
mod timer;
mod worker;

use futures_channel::mpsc::UnboundedSender;
use sotto_engine::{Answer, CallId, Unreachable};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::DedicatedWorkerGlobalScope;
use zeroize::Zeroizing;

use socket::SocketEvent;

/// Something that happened.
enum Event {
    /// The page wants something: an encoded [`crate::messages::FromPage`].
    Page(Zeroizing<Vec<u8>>),
    /// Something happened to an engine's network.
    Network(Epoch, NetworkEvent),
    /// Time to go online after the store failed.
    Resume(Epoch),
    /// Another tab took the lock.
    LockLost,
}

/// What an engine waits for.
enum NetworkEvent {
    /// From the socket with that number.
    Socket(u64, SocketEvent),
    /// A request was answered.
    Answer(CallId, Result<Answer, Unreachable>),
    /// The timer went off.
    Wake,
}

/// Tells one run of the engine from the next: what the former waited for is none of the latter's business.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Epoch(u64);

type Events = UnboundedSender<Event>;

/// The loop ends with the worker, so that nobody can wait for an event in vain.
fn report(events: &Events, event: Event) {
    let _ = events.unbounded_send(event);
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Starts the worker. `worker-boot.js` calls it, and then hands on what came in before.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        web_sys::console::error_1(&JsValue::from_str(&panic.to_string()));
    }));
    let (events, queue) = futures_channel::mpsc::unbounded();
    page::listen(events.clone());
    wasm_bindgen_futures::spawn_local(worker::Worker::new(events).run(queue));
}
