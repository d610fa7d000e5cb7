//! `DELETE /v1/sessions/current`

use crate::app::App;
use crate::request::Caller;
use axum::extract::State;
use axum::http::StatusCode;

/// Takes back the token that the request carries.
#[utoipa::path(delete, path = "/v1/sessions/current", tag = "sessions", security(("token" = [])),
    responses((status = 204), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn sign_out(State(app): State<App>, caller: Caller) -> StatusCode {
    app.tokens.drop(&caller.token);
    StatusCode::NO_CONTENT
}
