//! What can be counted without knowing anyone, in Prometheus's text format.

use crate::app::{App, State};
use crate::refusal::refusals;
use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::http::header;
use axum::response::IntoResponse;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only rises.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn increment(&self) {
        self.add(1);
    }

    pub(crate) fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }
}

/// Declares the counters, their names and what they count.
macro_rules! counters {
    ($($field:ident: $name:literal, $help:literal;)*) => {
        /// The counters.
        #[derive(Default)]
        pub(crate) struct Metrics { $(#[doc = $help] pub(crate) $field: Counter,)* }

        impl Metrics {
            fn all(&self) -> Vec<(&'static str, &'static str, u64)> {
                vec![$(($name, $help, self.$field.0.load(Ordering::Relaxed)),)*]
            }
        }
    };
}

counters! {
    requests: "sotto_requests_total", "Requests on the control plane.";
    registrations: "sotto_registrations_total", "Accounts made.";
    sign_ins: "sotto_sign_ins_total", "Devices let in.";
    messages: "sotto_messages_total", "Items of mail stored.";
    acknowledged: "sotto_acknowledged_total", "Items of mail deleted as delivered.";
    ephemeral: "sotto_ephemeral_total", "Ephemeral frames passed on.";
    limited: "sotto_limited_total", "Frames refused or dropped because of a rate.";
    malformed: "sotto_malformed_total", "Frames that were not understood.";
    swept: "sotto_swept_total", "Items of mail deleted as too old.";
}

refusals! {
    /// Why the counters aren't shown.
    MetricsError {
        /// Neither the machine itself nor a bearer of the token.
        Forbidden => Forbidden, "metrics are for the machine itself, or for bearers of the token";
    }
}

/// `GET /metrics`
pub(crate) async fn metrics(
    Shared(app): Shared<App>,
    request: Request,
) -> Result<impl IntoResponse, MetricsError> {
    if !may_see(&app, &request) {
        return Err(MetricsError::Forbidden);
    }
    Ok((
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        render(&app),
    ))
}

fn may_see(app: &State, request: &Request) -> bool {
    if let Some(token) = &app.config.metrics_token {
        let given = request.headers().get(header::AUTHORIZATION);
        let given = given.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        // Hashes are compared, so that time tells nothing of the token.
        return given.is_some_and(|given| Sha256::digest(given) == Sha256::digest(token.0.as_bytes()));
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let passed_on = ["x-forwarded-for", "forwarded"]
        .iter()
        .any(|name| request.headers().contains_key(*name));
    peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback()) && !passed_on
}

fn render(app: &State) -> String {
    let mut text = String::new();
    let connections = app.hub.count() as u64;
    let gauge = ("sotto_connections", "Open WebSocket connections.", connections);
    let rows = app.metrics.all().into_iter().map(|row| (row, "counter"));
    for ((name, help, value), kind) in rows.chain([(gauge, "gauge")]) {
        // Writing to a String can't fail.
        let _ = write!(
            text,
            "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n"
        );
    }
    text
}
