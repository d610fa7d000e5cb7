//! `GET /health/ready`

use crate::app::App;
use axum::extract::State;
use axum::http::StatusCode;
use sotto_keys::Timestamp;
use sotto_store::StoreError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long a look at the storage is good for: asking often costs no more writes.
const FRESH: Duration = Duration::from_secs(1);

/// Whether the server can do its work.
#[derive(Default)]
pub(crate) struct Readiness {
    stopping: AtomicBool,
    last: Mutex<Option<(Timestamp, Result<(), StoreError>)>>,
}

impl Readiness {
    /// Unready from now on.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    fn remembered(&self, now: Timestamp) -> Option<Result<(), StoreError>> {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.filter(|(then, _)| now.since(*then) < FRESH)
            .map(|(_, outcome)| outcome)
    }

    fn remember(&self, now: Timestamp, outcome: Result<(), StoreError>) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, outcome));
    }
}

/// The storage can be written, and the server isn't going down.
pub(crate) async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.readiness.stopping.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n");
    }
    let now = app.now();
    let outcome = match app.readiness.remembered(now) {
        Some(outcome) => outcome,
        None => {
            let outcome = app.stores.upkeep.probe().await;
            app.readiness.remember(now, outcome);
            outcome
        }
    };
    match outcome {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(StoreError::Full) => (StatusCode::SERVICE_UNAVAILABLE, "the storage is full\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the storage is not available\n"),
    }
}
