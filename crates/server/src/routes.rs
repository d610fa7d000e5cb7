//! Which request goes where, and what all of them pass through.

use crate::app::{App, State};
use crate::refusal::refusals;
use crate::{
    accounts, devices, docs, health, info, metrics, passkeys, prekeys, response_headers, sessions, socket,
    web,
};
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use sotto_wire::limits;
use std::time::Duration;

/// How long a request may take, its body included.
const PATIENCE: Duration = Duration::from_secs(30);

refusals! {
    /// Why a request reaches no endpoint, or doesn't come back from it.
    RouteError {
        /// There is no such endpoint.
        NotFound => NotFound, "there is no such endpoint";
        /// The endpoint doesn't take that method.
        BadMethod => BadRequest, "the endpoint does not take this method";
        /// The page that asks comes from another origin.
        ForeignOrigin => Forbidden, "pages of this origin may not connect";
        /// It took too long.
        TooSlow => BadRequest, "the request took too long";
    }
}

/// Everything that the server answers to.
pub(crate) fn router(app: App) -> Router {
    let api = Router::new()
        .route("/server", get(info::server_info))
        .route("/challenges", post(sessions::challenge))
        .route("/passkeys/registration", post(passkeys::passkey_registration))
        .route("/passkeys/assertion", post(passkeys::passkey_assertion))
        .route("/accounts", post(accounts::register))
        .route("/sessions", post(sessions::sign_in))
        .route("/sessions/current", delete(sessions::sign_out))
        .route("/account-proofs", post(passkeys::prove_account))
        .route(
            "/devices",
            post(devices::add_device).put(devices::replace_devices),
        )
        .route("/accounts/by-username/{username}", get(accounts::by_username))
        .route("/accounts/{account}", get(accounts::by_id))
        .route("/accounts/{account}/prekeys", post(prekeys::claim_prekeys))
        .route("/prekeys", put(prekeys::upload_prekeys))
        .route(
            "/me",
            get(accounts::me)
                .patch(accounts::change_me)
                .delete(accounts::delete_me),
        )
        .route("/openapi.json", get(docs::openapi))
        .route("/ws", get(socket::socket))
        .fallback(async || RouteError::NotFound)
        .method_not_allowed_fallback(async || RouteError::BadMethod)
        .layer(DefaultBodyLimit::max(limits::REQUEST))
        .layer(from_fn_with_state(app.clone(), own_origin));
    Router::new()
        .nest("/v1", api)
        .route("/docs", get(docs::page))
        .route("/docs/style.css", get(docs::style))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(metrics::metrics))
        .fallback(web::page)
        .layer(from_fn_with_state(app.clone(), observe))
        .layer(from_fn_with_state(app.clone(), response_headers::secure))
        .with_state(app)
}

/// Lets no page of a foreign origin in. Programs, which send no origin, are let through.
async fn own_origin(Shared(app): Shared<App>, request: Request, next: Next) -> Response {
    if is_own(&app, request.headers()) {
        next.run(request).await
    } else {
        RouteError::ForeignOrigin.into_response()
    }
}

fn is_own(app: &State, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let mut listed = std::iter::once(&app.origin).chain(&app.config.extra_origins);
    listed.any(|own| own.as_str() == origin) || app.origin.loopback_twin().as_deref() == Some(origin)
}

/// Bounds a request's time, counts and logs it: by its route, never by its path, which can hold names.
async fn observe(Shared(app): Shared<App>, request: Request, next: Next) -> Response {
    app.metrics.requests.increment();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "(page)".to_owned(), |route| route.as_str().to_owned());
    let method = request.method().clone();
    let begun = tokio::time::Instant::now();
    let response = match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => RouteError::TooSlow.into_response(),
    };
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::warn!(%method, route, status, micros, "answered");
    } else {
        tracing::debug!(%method, route, status, micros, "answered");
    }
    response
}
