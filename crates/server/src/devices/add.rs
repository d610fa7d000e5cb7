//! `POST /v1/devices`

use super::{BadChange, Change, change, shut_out};
use crate::app::{App, compute};
use crate::prekeys::{can_be_reached, verified_batches};
use crate::refusal::refusals;
use crate::request::{Body, Peer};
use crate::sessions::{SpendError, Use};
use axum::Json;
use axum::extract::State;
use sotto_keys::{AccountId, CertifiedDevice, DeviceCertificate, Timestamp, VerifiedAccount};
use sotto_store::{NewBatch, NewDevice, Swapped};
use sotto_wire::api::{AddDevice, Session};

refusals! {
    /// Why no device is added.
    AddError {
        /// The proof has expired, was used already, or was never given.
        NoProof => ChallengeExpired, "prove the account again";
        /// The certificate doesn't verify.
        BadCertificate => BadCertificate, "the device's certificate does not verify";
        /// The list doesn't verify, names what isn't there, leaves the device out, or brings one back.
        BadDeviceList => BadDeviceList, "the device list does not verify, or does not add just this device";
        /// The list doesn't follow the one in force.
        Stale => StaleDeviceList, "the device list in force is another one";
        /// The prekeys don't verify, or lack a signed or a last-resort key.
        BadPrekeys => BadPrekeys, "the prekeys do not verify, or a kind is missing";
        /// The challenge has expired, was used already, or was never given.
        ChallengeExpired => ChallengeExpired, "take a new challenge";
        /// The challenge's signature isn't the device's.
        BadSignature => BadSignature, "the signature is not valid";
    }
}

impl From<SpendError> for AddError {
    fn from(error: SpendError) -> Self {
        match error {
            SpendError::Expired => Self::ChallengeExpired,
            SpendError::BadSignature => Self::BadSignature,
        }
    }
}

impl From<BadChange> for AddError {
    fn from(error: BadChange) -> Self {
        match error {
            BadChange::NoAccount => Self::NoProof,
            BadChange::Invalid => Self::BadDeviceList,
            BadChange::Stale => Self::Stale,
            BadChange::Common(common) => Self::Common(common),
        }
    }
}

/// Adds a device to an account that was proved, and lets it in.
#[utoipa::path(post, path = "/v1/devices", tag = "devices", request_body = AddDevice,
    responses((status = 200, body = Session), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn add_device(
    State(app): State<App>,
    Peer(address): Peer,
    Body(asked): Body<AddDevice>,
) -> Result<Json<Session>, AddError> {
    let now = app.now();
    app.limits.anonymous.take(address, now)?;
    let account = app.proofs.find(&asked.proof.0, now).ok_or(AddError::NoProof)?;
    let change = change(&app, account, &asked.list.0).await?;
    let device = verify(&change, account, &asked)?;
    let prekeys = first_prekeys(&asked, &device, now).await?;
    app.challenges.spend(&app, &asked.sign_in, &device, Use::Once)?;
    if !app.proofs.spend(&asked.proof.0, now) {
        return Err(AddError::NoProof);
    }
    let added = NewDevice {
        device: device.address().device,
        certificate: asked.certificate.0,
        prekeys,
    };
    let swap = change.swap(asked.list.0, Some(added), now);
    match app.stores.devices.swap(swap).await? {
        Swapped::Swapped { revoked } => shut_out(&app, account, &revoked),
        Swapped::Stale => return Err(AddError::Stale),
        Swapped::DeviceExists => return Err(AddError::BadDeviceList),
        Swapped::NoAccount => return Err(AddError::NoProof),
    }
    Ok(Json(app.tokens.give(&app, device.address())?))
}

/// The new device, if the list is the one in force with it added.
fn verify(change: &Change, account: AccountId, asked: &AddDevice) -> Result<CertifiedDevice, AddError> {
    let certificate =
        DeviceCertificate::decode(&asked.certificate.0).map_err(|_| AddError::BadCertificate)?;
    let device = certificate
        .clone()
        .verify(&change.root, account)
        .map_err(|_| AddError::BadCertificate)?;
    let certificates = [&change.kept()[..], &[certificate]].concat();
    VerifiedAccount::verify(account, &change.root, &change.signed, &certificates)
        .map_err(|_| AddError::BadDeviceList)?;
    if asked.sign_in.address == device.address() {
        Ok(device)
    } else {
        Err(AddError::BadSignature)
    }
}

async fn first_prekeys(
    asked: &AddDevice,
    device: &CertifiedDevice,
    now: Timestamp,
) -> Result<Vec<NewBatch>, AddError> {
    let (upload, device) = (asked.prekeys.clone(), device.clone());
    let prekeys = compute(move || verified_batches(&upload, &device, now))
        .await?
        .map_err(|_| AddError::BadPrekeys)?;
    if can_be_reached(&prekeys) {
        Ok(prekeys)
    } else {
        Err(AddError::BadPrekeys)
    }
}
