//! `GET /v1/accounts/by-username/{username}`

use super::view::view;
use crate::app::App;
use crate::refusal::refusals;
use crate::request::Caller;
use axum::Json;
use axum::extract::{Path, State};
use sotto_keys::Username;
use sotto_wire::api::{Account, Discovery};

refusals! {
    /// Why no account is shown.
    ByUsernameError {
        /// Nobody has that name, or wants to be found by it.
        NotFound => NotFound, "nobody is found by this name";
        /// That can't be a name.
        Invalid => UsernameInvalid, "a username is 3 to 32 of a-z, 0-9, _ and .";
    }
}

/// The account with exactly that name, unless it doesn't want to be found.
#[utoipa::path(get, path = "/v1/accounts/by-username/{username}", tag = "accounts", security(("token" = [])),
    params(("username" = String, Path, description = "the exact name")),
    responses((status = 200, body = Account), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn by_username(
    State(app): State<App>,
    caller: Caller,
    Path(username): Path<String>,
) -> Result<Json<Account>, ByUsernameError> {
    app.limits.lookups.take(caller.address.account, app.now())?;
    let username = Username::try_from(username).map_err(|_| ByUsernameError::Invalid)?;
    let record = app.stores.accounts.find_by_username(username).await?;
    let record = record
        .filter(|record| record.discovery == Discovery::Listed)
        .ok_or(ByUsernameError::NotFound)?;
    Ok(Json(view(&app, record).await?))
}
