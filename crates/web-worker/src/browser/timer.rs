//! Timers.

use core::time::Duration;

use futures_channel::oneshot;
use wasm_bindgen::prelude::{Closure, JsCast};

use super::scope;

/// The longest wait that browsers know; whoever wants more is woken early.
const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

/// Calls back once, unless it is dropped before.
pub(super) struct Timer {
    id: Option<i32>,
    _fire: Closure<dyn FnMut()>,
}

impl Timer {
    pub(super) fn after(wait: Duration, fire: impl FnOnce() + 'static) -> Self {
        let fire = Closure::once(fire);
        let millis = i32::try_from(wait.min(LONGEST).as_millis()).unwrap_or(i32::MAX);
        let id = scope()
            .set_timeout_with_callback_and_timeout_and_arguments_0(fire.as_ref().unchecked_ref(), millis);
        Self {
            id: id.ok(),
            _fire: fire,
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            scope().clear_timeout_with_handle(id);
        }
    }
}

/// Waits.
pub(super) async fn sleep(wait: Duration) {
    let (over, waiting) = oneshot::channel();
    let _timer = Timer::after(wait, move || {
        let _ = over.send(());
    });
    let _ = waiting.await;
}
