//! `POST /v1/sessions`

use super::{SpendError, Use};
use crate::app::App;
use crate::devices::certified;
use crate::refusal::refusals;
use crate::request::{Body, Peer};
use axum::Json;
use axum::extract::State;
use sotto_wire::api::{Session, SignIn};

refusals! {
    /// Why a device isn't let in.
    SignInError {
        /// There is no such device.
        UnknownDevice => UnknownDevice, "the account has no such device";
        /// It was revoked.
        Revoked => Revoked, "this device was revoked";
        /// The challenge has expired, was used already, or was never given.
        ChallengeExpired => ChallengeExpired, "take a new challenge";
        /// The signature isn't the device's.
        BadSignature => BadSignature, "the signature is not valid";
    }
}

impl From<SpendError> for SignInError {
    fn from(error: SpendError) -> Self {
        match error {
            SpendError::Expired => Self::ChallengeExpired,
            SpendError::BadSignature => Self::BadSignature,
        }
    }
}

/// Lets a device in that signs a challenge.
#[utoipa::path(post, path = "/v1/sessions", tag = "sessions", request_body = SignIn,
    responses((status = 200, body = Session), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn sign_in(
    State(app): State<App>,
    Peer(address): Peer,
    Body(answer): Body<SignIn>,
) -> Result<Json<Session>, SignInError> {
    app.limits.anonymous.take(address, app.now())?;
    let account = app.stores.accounts.find(answer.address.account).await?;
    let device = app.stores.devices.device(answer.address).await?;
    let (Some(account), Some(device)) = (account, device) else {
        return Err(SignInError::UnknownDevice);
    };
    let certified = certified(&account, &device)?;
    app.challenges.spend(&app, &answer, &certified, Use::Once)?;
    // Only the device itself is told that it was revoked.
    if device.revoked_at.is_some() {
        return Err(SignInError::Revoked);
    }
    let session = app.tokens.give(&app, answer.address)?;
    app.metrics.sign_ins.increment();
    Ok(Json(session))
}
