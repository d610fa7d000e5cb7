//! The data plane: one WebSocket per device at `/v1/ws`.

mod connection;
mod greeting;
mod hub;
mod send;

pub(crate) use hub::Hub;

use crate::app::App;
use crate::refusal::refusals;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{State, WebSocketUpgrade};
use axum::response::Response;
use sotto_wire::limits;

/// Read buffer of a connection, in bytes: it costs that much memory all the time. The library takes 128 KiB by itself.
const READ_BUFFER: usize = 1024;

refusals! {
    /// Why a request becomes no connection.
    SocketError {
        /// It doesn't ask to.
        NoUpgrade => BadRequest, "this endpoint speaks WebSocket";
    }
}

/// Turns the request into a connection, which the first frame has to authenticate.
#[utoipa::path(get, path = "/v1/ws", tag = "socket",
    responses((status = 101, description = "frames as in sotto.proto"), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn socket(
    State(app): State<App>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, SocketError> {
    let upgrade = upgrade.map_err(|_| SocketError::NoUpgrade)?;
    Ok(upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(2 * limits::FRAME)
        .max_message_size(limits::FRAME)
        .max_frame_size(limits::FRAME)
        .on_upgrade(|socket| connection::run(socket, app)))
}
