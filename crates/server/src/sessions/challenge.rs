//! `POST /v1/challenges`

use crate::app::App;
use crate::refusal::refusals;
use crate::request::Peer;
use axum::Json;
use axum::extract::State;
use sotto_wire::api::Challenge;

refusals! {
    /// Why no challenge is given.
    ChallengeError {}
}

/// Gives a number to sign.
#[utoipa::path(post, path = "/v1/challenges", tag = "sessions",
    responses((status = 200, body = Challenge), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn challenge(
    State(app): State<App>,
    Peer(address): Peer,
) -> Result<Json<Challenge>, ChallengeError> {
    app.limits.anonymous.take(address, app.now())?;
    Ok(Json(app.challenges.give(&app)?))
}
