//! `GET /v1/me`

use crate::app::{App, State as Shared};
use crate::refusal::refusals;
use crate::request::Caller;
use axum::Json;
use axum::extract::State;
use sotto_keys::Address;
use sotto_wire::api::Me;

refusals! {
    /// Why nothing is shown.
    MeError {
        /// The account is gone.
        Gone => NotFound, "the account is gone";
    }
}

/// What the server keeps about the account that asks.
#[utoipa::path(get, path = "/v1/me", tag = "accounts", security(("token" = [])),
    responses((status = 200, body = Me), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn me(State(app): State<App>, caller: Caller) -> Result<Json<Me>, MeError> {
    describe(&app, caller.address).await.map(Json)
}

pub(super) async fn describe(app: &Shared, address: Address) -> Result<Me, MeError> {
    let account = address.account;
    let record = app.stores.accounts.find(account).await?.ok_or(MeError::Gone)?;
    let devices = app.stores.devices.in_force(account).await?.len();
    let mailbox = app.stores.mailboxes.size(address).await?;
    Ok(Me {
        account,
        username: record.username,
        discovery: record.discovery,
        created_at: record.created_at,
        device: address.device,
        devices: u32::try_from(devices).unwrap_or(u32::MAX),
        passkeys: app.stores.passkeys.count_passkeys(account).await?,
        prekeys: app.stores.prekeys.counts(address, app.now()).await?,
        mailbox_messages: mailbox.messages,
        mailbox_bytes: mailbox.bytes,
        root_envelope: record.root_envelope.map(Into::into),
    })
}
