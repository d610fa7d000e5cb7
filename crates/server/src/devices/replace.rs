//! `PUT /v1/devices`

use super::{BadChange, change, shut_out};
use crate::app::App;
use crate::refusal::refusals;
use crate::request::{Body, Caller};
use axum::extract::State;
use axum::http::StatusCode;
use sotto_keys::VerifiedAccount;
use sotto_store::Swapped;
use sotto_wire::api::ReplaceDevices;

refusals! {
    /// Why the list isn't replaced.
    ReplaceError {
        /// The list doesn't verify, or names what isn't there.
        BadDeviceList => BadDeviceList, "the device list does not verify, or names unknown devices";
        /// The list doesn't follow the one in force.
        Stale => StaleDeviceList, "the device list in force is another one";
        /// The account is gone.
        Gone => NotFound, "the account is gone";
    }
}

impl From<BadChange> for ReplaceError {
    fn from(error: BadChange) -> Self {
        match error {
            BadChange::NoAccount => Self::Gone,
            BadChange::Invalid => Self::BadDeviceList,
            BadChange::Stale => Self::Stale,
            BadChange::Common(common) => Self::Common(common),
        }
    }
}

/// Swaps the device list for the one that follows it. Devices that it drops are revoked at once.
#[utoipa::path(put, path = "/v1/devices", tag = "devices", security(("token" = [])),
    request_body = ReplaceDevices,
    responses((status = 204), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn replace_devices(
    State(app): State<App>,
    caller: Caller,
    Body(asked): Body<ReplaceDevices>,
) -> Result<StatusCode, ReplaceError> {
    let (account, now) = (caller.address.account, app.now());
    app.limits.changes.take(account, now)?;
    let change = change(&app, account, &asked.list.0).await?;
    VerifiedAccount::verify(account, &change.root, &change.signed, &change.kept())
        .map_err(|_| ReplaceError::BadDeviceList)?;
    let swap = change.swap(asked.list.0, None, now);
    match app.stores.devices.swap(swap).await? {
        Swapped::Swapped { revoked } => shut_out(&app, account, &revoked),
        Swapped::Stale => return Err(ReplaceError::Stale),
        Swapped::DeviceExists => return Err(ReplaceError::BadDeviceList),
        Swapped::NoAccount => return Err(ReplaceError::Gone),
    }
    Ok(StatusCode::NO_CONTENT)
}
