//! The first frame: who this is.

use super::hub::Seat;
use crate::app::State;
use crate::refusal::store_code;
use crate::sessions::Token;
use axum::extract::ws::{Message, WebSocket};
use sotto_keys::Address;
use sotto_wire::Code;
use sotto_wire::frame::{ClientFrame, PROTOCOL, PrekeyCounts};
use std::time::Duration;

/// How long a connection may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection that was let in.
pub(super) struct Guest {
    pub(super) device: Address,
    pub(super) seat: Seat,
    pub(super) prekeys: PrekeyCounts,
}

/// Why a connection wasn't let in; `None` if there is nobody to tell.
type Turned = Option<Code>;

/// Waits for `Hello`.
pub(super) async fn greet(socket: &mut WebSocket, app: &State) -> Result<Guest, Turned> {
    let first = tokio::time::timeout(PATIENCE, first_frame(socket))
        .await
        .map_err(|_| Some(Code::Unauthenticated))??;
    let ClientFrame::Hello { token, protocol } = first else {
        return Err(Some(Code::Unauthenticated));
    };
    if protocol != PROTOCOL {
        return Err(Some(Code::UnsupportedVersion));
    }
    let device = app
        .tokens
        .find(&Token(token), app.now())
        .ok_or(Some(Code::Unauthenticated))?;
    let seat = app.hub.join(device).map_err(Some)?;
    match admit(app, device).await {
        Ok(prekeys) => Ok(Guest {
            device,
            seat,
            prekeys,
        }),
        Err(code) => {
            app.hub.leave(device, &seat);
            Err(Some(code))
        }
    }
}

/// Looks once more, now that a revocation would find the seat.
async fn admit(app: &State, device: Address) -> Result<PrekeyCounts, Code> {
    let record = app.stores.devices.device(device).await.map_err(store_code)?;
    if record.is_none_or(|record| record.revoked_at.is_some()) {
        return Err(Code::Revoked);
    }
    app.stores
        .prekeys
        .counts(device, app.now())
        .await
        .map_err(store_code)
}

async fn first_frame(socket: &mut WebSocket) -> Result<ClientFrame, Turned> {
    loop {
        match socket.recv().await {
            Some(Ok(Message::Binary(bytes))) => {
                return ClientFrame::decode(&bytes).map_err(|_| Some(Code::BadRequest));
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Text(_))) => return Err(Some(Code::BadRequest)),
            Some(Err(_)) => return Err(Some(Code::TooLarge)),
            Some(Ok(Message::Close(_))) | None => return Err(None),
        }
    }
}
