//! `POST /v1/accounts/{account}/prekeys`

use super::is_low;
use crate::app::{App, State as Shared};
use crate::refusal::refusals;
use crate::request::{Body, Caller};
use axum::Json;
use axum::extract::{Path, State};
use sotto_keys::{AccountId, Address, Prekey, PrekeyBundle};
use sotto_store::{ClaimedBundle, StoreError};
use sotto_wire::api::{ClaimPrekeys, ClaimedPrekeys, DevicePrekeys};
use sotto_wire::{frame::ServerFrame, limits};
use std::collections::BTreeSet;

refusals! {
    /// Why no prekeys are handed out.
    ClaimError {
        /// No devices were asked for, too many, or one twice.
        BadCount => BadRequest, "ask for some devices of an account, each once";
        /// There is no such account.
        NotFound => NotFound, "there is no such account";
    }
}

/// Hands out a bundle for each device asked for; the one-time keys in them to nobody else.
#[utoipa::path(post, path = "/v1/accounts/{account}/prekeys", tag = "prekeys", security(("token" = [])),
    params(("account" = String, Path, description = "32 hexadecimal digits")), request_body = ClaimPrekeys,
    responses((status = 200, body = ClaimedPrekeys), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn claim_prekeys(
    State(app): State<App>,
    caller: Caller,
    Path(account): Path<String>,
    Body(asked): Body<ClaimPrekeys>,
) -> Result<Json<ClaimedPrekeys>, ClaimError> {
    let (requester, now) = (caller.address.account, app.now());
    app.limits.claims.take(requester, now)?;
    let account: AccountId = account.parse().map_err(|_| ClaimError::NotFound)?;
    let distinct: BTreeSet<_> = asked.devices.iter().collect();
    if !(1..=limits::DEVICES).contains(&asked.devices.len()) || distinct.len() < asked.devices.len() {
        return Err(ClaimError::BadCount);
    }
    let addresses: Vec<_> = asked
        .devices
        .iter()
        .map(|&device| Address { account, device })
        .collect();
    for address in &addresses {
        app.limits.claims_of_one.take((requester, *address), now)?;
    }
    if app.stores.accounts.find(account).await?.is_none() {
        return Err(ClaimError::NotFound);
    }
    let claimed = app.stores.prekeys.claim(addresses.clone(), now).await?;
    let mut devices = Vec::with_capacity(claimed.len());
    for (address, bundle) in addresses.iter().zip(claimed) {
        let Some(bundle) = bundle else { continue };
        devices.push(DevicePrekeys {
            device: address.device,
            bundle: encode(&bundle)?.into(),
        });
        tell_if_low(&app, *address).await?;
    }
    Ok(Json(ClaimedPrekeys { devices }))
}

fn encode(bundle: &ClaimedBundle) -> Result<Vec<u8>, StoreError> {
    let prekey = |bytes: &Vec<u8>| Prekey::decode(bytes).map_err(|_| StoreError::Corrupt);
    let bundle = PrekeyBundle {
        signed_ec: prekey(&bundle.signed_ec)?,
        one_time_ec: bundle.one_time_ec.as_ref().map(prekey).transpose()?,
        kem: prekey(&bundle.kem)?,
    };
    Ok(bundle.encode())
}

/// A device that is connected learns at once that its keys run out; others when they connect.
async fn tell_if_low(app: &Shared, device: Address) -> Result<(), StoreError> {
    if app.hub.is_connected(device) {
        let counts = app.stores.prekeys.counts(device, app.now()).await?;
        if is_low(counts) {
            app.hub.pass(device, ServerFrame::PrekeysLow(counts));
        }
    }
    Ok(())
}
