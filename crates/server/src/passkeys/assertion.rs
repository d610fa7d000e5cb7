//! `POST /v1/passkeys/assertion`

use super::name;
use crate::app::App;
use crate::refusal::{Common, refusals};
use crate::request::Peer;
use crate::sessions::CHALLENGE_LIFE;
use axum::Json;
use axum::extract::State;
use sotto_wire::api::PasskeyCeremony;

refusals! {
    /// Why no ceremony begins.
    AssertionError {
        /// The server's origin is an IP address.
        NoDomain => Forbidden, "passkeys need the server to have a domain name";
    }
}

/// Begins to use a passkey; which one, and so whose, the person picks.
#[utoipa::path(post, path = "/v1/passkeys/assertion", tag = "passkeys",
    responses((status = 200, body = PasskeyCeremony), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn passkey_assertion(
    State(app): State<App>,
    Peer(address): Peer,
) -> Result<Json<PasskeyCeremony>, AssertionError> {
    let now = app.now();
    app.limits.anonymous.take(address, now)?;
    let webauthn = app.passkeys.webauthn.as_ref().ok_or(AssertionError::NoDomain)?;
    // The library asks for a prompt while typing a name; without `mediation`, which isn't part of the options, the
    // browser asks at once.
    let (challenge, state) = webauthn
        .start_discoverable_authentication()
        .map_err(|_| Common::Broken)?;
    let ceremony = name(app.environment.bytes()?);
    let expires = now.saturating_add(CHALLENGE_LIFE);
    app.passkeys
        .assertions
        .insert(ceremony.as_bytes(), state, expires, now)?;
    let options = serde_json::to_value(challenge.public_key).map_err(|_| Common::Broken)?;
    Ok(Json(PasskeyCeremony {
        ceremony,
        options,
        expires,
    }))
}
