//! `GET /v1/accounts/{account}`

use super::view::view;
use crate::app::App;
use crate::refusal::refusals;
use crate::request::Caller;
use axum::Json;
use axum::extract::{Path, State};
use sotto_wire::api::Account;

refusals! {
    /// Why no account is shown.
    ByIdError {
        /// There is none with that id.
        NotFound => NotFound, "there is no such account";
    }
}

/// The account with exactly that id.
#[utoipa::path(get, path = "/v1/accounts/{account}", tag = "accounts", security(("token" = [])),
    params(("account" = String, Path, description = "32 hexadecimal digits")),
    responses((status = 200, body = Account), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn by_id(
    State(app): State<App>,
    caller: Caller,
    Path(account): Path<String>,
) -> Result<Json<Account>, ByIdError> {
    app.limits.lookups.take(caller.address.account, app.now())?;
    let account = account.parse().map_err(|_| ByIdError::NotFound)?;
    let record = app
        .stores
        .accounts
        .find(account)
        .await?
        .ok_or(ByIdError::NotFound)?;
    Ok(Json(view(&app, record).await?))
}
