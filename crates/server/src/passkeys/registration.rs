//! `POST /v1/passkeys/registration`

use super::name;
use crate::app::App;
use crate::refusal::{Common, refusals};
use crate::request::{Body, Peer};
use crate::sessions::CHALLENGE_LIFE;
use axum::Json;
use axum::extract::State;
use sotto_wire::api::{PasskeyCeremony, PasskeyRegistration};
use webauthn_rs::prelude::Uuid;
use webauthn_rs_proto::ResidentKeyRequirement;

/// Longest name that an authenticator is asked to show, in bytes.
const LONGEST_NAME: usize = 64;

refusals! {
    /// Why no ceremony begins.
    RegistrationError {
        /// The server's origin is an IP address.
        NoDomain => Forbidden, "passkeys need the server to have a domain name";
        /// The name is empty or too long.
        BadName => BadRequest, "the name has 1 to 64 bytes";
    }
}

/// Begins to make a passkey that is found without a name: the key resides in the authenticator, the person is verified.
#[utoipa::path(post, path = "/v1/passkeys/registration", tag = "passkeys", request_body = PasskeyRegistration,
    responses((status = 200, body = PasskeyCeremony), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn passkey_registration(
    State(app): State<App>,
    Peer(address): Peer,
    Body(asked): Body<PasskeyRegistration>,
) -> Result<Json<PasskeyCeremony>, RegistrationError> {
    let now = app.now();
    app.limits.anonymous.take(address, now)?;
    if !(1..=LONGEST_NAME).contains(&asked.name.len()) {
        return Err(RegistrationError::BadName);
    }
    let webauthn = app
        .passkeys
        .webauthn
        .as_ref()
        .ok_or(RegistrationError::NoDomain)?;
    let user = Uuid::from_bytes(*asked.account.as_bytes());
    let (mut challenge, state) = webauthn
        .start_passkey_registration(user, &asked.name, &asked.name, None)
        .map_err(|_| Common::Broken)?;
    if let Some(selection) = challenge.public_key.authenticator_selection.as_mut() {
        selection.resident_key = Some(ResidentKeyRequirement::Required);
        selection.require_resident_key = true;
    }
    let ceremony = name(app.environment.bytes()?);
    let expires = now.saturating_add(CHALLENGE_LIFE);
    let entry = (asked.account, state);
    app.passkeys
        .registrations
        .insert(ceremony.as_bytes(), entry, expires, now)?;
    let options = serde_json::to_value(challenge.public_key).map_err(|_| Common::Broken)?;
    Ok(Json(PasskeyCeremony {
        ceremony,
        options,
        expires,
    }))
}
