//! `PUT /v1/prekeys`

use super::verified_batches;
use crate::app::{App, compute};
use crate::devices::certified;
use crate::refusal::refusals;
use crate::request::{Body, Caller};
use axum::Json;
use axum::extract::State;
use sotto_store::Uploaded;
use sotto_wire::api::{PrekeyCounts, UploadPrekeys};

refusals! {
    /// Why no prekeys are taken.
    UploadError {
        /// They don't verify.
        BadPrekeys => BadPrekeys, "the prekeys do not verify";
        /// The device would have too many.
        TooMany => BadPrekeys, "more prekeys than a device may leave";
        /// The device is no longer of the account.
        Revoked => Revoked, "this device was revoked";
    }
}

/// Takes prekeys of the device that asks, and says how many one-time keys it has now.
#[utoipa::path(put, path = "/v1/prekeys", tag = "prekeys", security(("token" = [])),
    request_body = UploadPrekeys,
    responses((status = 200, body = PrekeyCounts), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn upload_prekeys(
    State(app): State<App>,
    caller: Caller,
    Body(upload): Body<UploadPrekeys>,
) -> Result<Json<PrekeyCounts>, UploadError> {
    let (address, now) = (caller.address, app.now());
    app.limits.changes.take(address.account, now)?;
    let account = app.stores.accounts.find(address.account).await?;
    let device = app.stores.devices.device(address).await?;
    let (Some(account), Some(device)) = (account, device) else {
        return Err(UploadError::Revoked);
    };
    let device = certified(&account, &device)?;
    let batches = compute(move || verified_batches(&upload, &device, now))
        .await?
        .map_err(|_| UploadError::BadPrekeys)?;
    match app.stores.prekeys.upload(address, batches, now).await? {
        Uploaded::Uploaded(counts) => Ok(Json(counts)),
        Uploaded::TooMany => Err(UploadError::TooMany),
        Uploaded::NoDevice => Err(UploadError::Revoked),
    }
}
