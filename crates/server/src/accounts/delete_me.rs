//! `DELETE /v1/me`

use crate::app::App;
use crate::refusal::refusals;
use crate::request::Caller;
use axum::extract::State;
use axum::http::StatusCode;
use sotto_keys::Address;
use sotto_wire::Code;

refusals! {
    /// Why nothing is deleted.
    DeleteMeError {
        /// The account is gone already.
        Gone => NotFound, "the account is gone";
    }
}

/// Deletes the account and everything of it.
#[utoipa::path(delete, path = "/v1/me", tag = "accounts", security(("token" = [])),
    responses((status = 204), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn delete_me(State(app): State<App>, caller: Caller) -> Result<StatusCode, DeleteMeError> {
    let account = caller.address.account;
    let devices = app
        .stores
        .accounts
        .delete(account)
        .await?
        .ok_or(DeleteMeError::Gone)?;
    app.tokens.drop_account(account);
    for device in devices {
        app.hub.close(Address { account, device }, Code::Revoked);
    }
    Ok(StatusCode::NO_CONTENT)
}
