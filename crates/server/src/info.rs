//! `GET /v1/server`

use crate::app::App;
use crate::config::Registration;
use axum::Json;
use axum::extract::State;
use sotto_wire::api::ServerInfo;
use sotto_wire::frame::PROTOCOL;

/// What anyone may know about this server.
#[utoipa::path(get, path = "/v1/server", tag = "server", responses((status = 200, body = ServerInfo)))]
pub(crate) async fn server_info(State(app): State<App>) -> Json<ServerInfo> {
    Json(ServerInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        protocols: vec![PROTOCOL],
        origin: app.origin.as_str().to_owned(),
        registration: app.config.registration == Registration::Open,
        time: app.now(),
    })
}
