//! What every answer says about itself to browsers.

use crate::app::App;
use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// Nothing inline, nothing from elsewhere; `'self'` covers the WebSocket of the same origin (CSP Level 3, 6.7.2.8).
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; \
     base-uri 'none'; frame-ancestors 'none'; form-action 'none'";
/// What the pages use, for themselves only.
const PERMISSIONS: &str = "camera=(self), microphone=(self), display-capture=(self), \
     publickey-credentials-get=(self), publickey-credentials-create=(self), clipboard-write=(self), \
     geolocation=(), payment=(), usb=(), serial=(), bluetooth=(), midi=()";

const ALWAYS: [(HeaderName, &str); 6] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Adds the headers to whatever is answered.
pub(crate) async fn secure(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    add(response.headers_mut());
    if app.origin.is_secure() {
        let two_years = HeaderValue::from_static("max-age=63072000");
        response
            .headers_mut()
            .insert(STRICT_TRANSPORT_SECURITY, two_years);
    }
    response
}

fn add(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
