//! `PATCH /v1/me`

use super::me::{MeError, describe};
use crate::app::App;
use crate::refusal::{Common, refusals};
use crate::request::{Body, Caller};
use axum::Json;
use axum::extract::State;
use sotto_store::{AccountChange, Changed};
use sotto_wire::api::{ChangeMe, Me};

refusals! {
    /// Why nothing is changed.
    ChangeMeError {
        /// Someone else has the name.
        UsernameTaken => UsernameTaken, "the username belongs to someone else";
        /// The account is gone.
        Gone => NotFound, "the account is gone";
    }
}

/// Changes the account's name, or whether it is found by it.
#[utoipa::path(patch, path = "/v1/me", tag = "accounts", security(("token" = [])), request_body = ChangeMe,
    responses((status = 200, body = Me), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn change_me(
    State(app): State<App>,
    caller: Caller,
    Body(asked): Body<ChangeMe>,
) -> Result<Json<Me>, ChangeMeError> {
    let account = caller.address.account;
    app.limits.changes.take(account, app.now())?;
    let change = AccountChange {
        username: asked.username,
        discovery: asked.discovery,
    };
    match app.stores.accounts.change(account, change).await? {
        Changed::Changed => {}
        Changed::UsernameTaken => return Err(ChangeMeError::UsernameTaken),
        Changed::NoAccount => return Err(ChangeMeError::Gone),
    }
    match describe(&app, caller.address).await {
        Ok(me) => Ok(Json(me)),
        Err(MeError::Gone) => Err(ChangeMeError::Gone),
        Err(MeError::Common(common)) => Err(ChangeMeError::from(common as Common)),
    }
}
