//! Later.

use leptos::prelude::{LocalStorage, UpdateValue, set_timeout};
use leptos::prelude::{StoredValue, TimeoutHandle, set_timeout_with_handle};
use std::time::Duration;

/// A timer that can be set again before it rings.
#[derive(Clone, Copy)]
pub struct Timer {
    handle: StoredValue<Option<TimeoutHandle>, LocalStorage>,
}

impl Timer {
    /// One that isn't set.
    pub fn new() -> Self {
        Self {
            handle: StoredValue::new_local(None),
        }
    }

    /// Rings once after the delay, unless it is set or stopped before.
    pub fn set(self, delay: Duration, ring: impl FnOnce() + 'static) {
        self.stop();
        let handle = set_timeout_with_handle(ring, delay).ok();
        self.handle.try_update_value(|kept| *kept = handle);
    }

    /// Doesn't ring any more.
    pub fn stop(self) {
        self.handle.try_update_value(|kept| {
            if let Some(handle) = kept.take() {
                handle.clear();
            }
        });
    }
}

/// Waits that long.
pub async fn pause(delay: Duration) {
    let (ring, rung) = futures_channel::oneshot::channel::<()>();
    set_timeout(
        move || {
            // Whoever waited may be gone.
            let _ = ring.send(());
        },
        delay,
    );
    let _ = rung.await;
}
