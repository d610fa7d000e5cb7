//! Devices.

mod add;
mod replace;

pub(crate) use add::*;
pub(crate) use replace::*;

use crate::app::State;
use crate::refusal::Common;
use sotto_keys::{
    AccountId, Address, CertifiedDevice, DeviceCertificate, DeviceId, DeviceList, ListStep, RootPublicKey,
    SignedDeviceList, Timestamp,
};
use sotto_store::{AccountRecord, DeviceRecord, ListSwap, NewDevice, StoreError};
use sotto_wire::{Code, limits};

/// A stored device, verified again: what the storage holds is believed no more than what the network brings.
pub(crate) fn certified(
    account: &AccountRecord,
    device: &DeviceRecord,
) -> Result<CertifiedDevice, StoreError> {
    let root = RootPublicKey::decode(&account.root).map_err(|_| StoreError::Corrupt)?;
    let certificate = DeviceCertificate::decode(&device.certificate).map_err(|_| StoreError::Corrupt)?;
    certificate
        .verify(&root, account.account)
        .map_err(|_| StoreError::Corrupt)
}

/// A new list next to the one in force.
struct Change {
    root: RootPublicKey,
    list: DeviceList,
    signed: SignedDeviceList,
    /// Devices in force, with their certificates.
    devices: Vec<DeviceCertificate>,
}

/// Why a new list can't follow.
enum BadChange {
    /// There is no such account.
    NoAccount,
    /// It doesn't verify, or names what isn't there.
    Invalid,
    /// The list in force is not the one before it.
    Stale,
    /// Storage failed.
    Common(Common),
}

impl From<StoreError> for BadChange {
    fn from(error: StoreError) -> Self {
        Self::Common(error.into())
    }
}

/// Reads a new list and holds it against the one in force.
async fn change(app: &State, account: AccountId, list: &[u8]) -> Result<Change, BadChange> {
    let record = app
        .stores
        .accounts
        .find(account)
        .await?
        .ok_or(BadChange::NoAccount)?;
    let lists = app.stores.devices.lists(account).await?;
    let devices = app.stores.devices.in_force(account).await?;
    let root = RootPublicKey::decode(&record.root).map_err(|_| StoreError::Corrupt)?;
    let in_force = lists.last().ok_or(StoreError::Corrupt)?;
    let in_force = SignedDeviceList::decode(in_force)
        .ok()
        .and_then(|list| list.verify(&root, account).ok())
        .ok_or(StoreError::Corrupt)?;
    let signed = SignedDeviceList::decode(list).map_err(|_| BadChange::Invalid)?;
    let list = signed.verify(&root, account).map_err(|_| BadChange::Invalid)?;
    match list.follows(&in_force.pin()) {
        Ok(ListStep::Next) => {}
        Ok(ListStep::Same) | Err(_) => return Err(BadChange::Stale),
    }
    let too_many = lists.len() >= limits::LISTS || list.certificate_hashes().len() > limits::DEVICES;
    if too_many {
        return Err(BadChange::Invalid);
    }
    let devices = devices
        .iter()
        .map(|device| DeviceCertificate::decode(&device.certificate))
        .collect::<Result<_, _>>()
        .map_err(|_| StoreError::Corrupt)?;
    Ok(Change {
        root,
        list,
        signed,
        devices,
    })
}

impl Change {
    /// The certificates in force that the new list keeps.
    fn kept(&self) -> Vec<DeviceCertificate> {
        let listed = self.list.certificate_hashes();
        let kept = self
            .devices
            .iter()
            .filter(|device| listed.contains(&device.hash()));
        kept.cloned().collect()
    }

    /// The change as the storage makes it.
    fn swap(&self, list: Vec<u8>, added: Option<NewDevice>, at: Timestamp) -> ListSwap {
        let kept = self.kept();
        ListSwap {
            account: self.list.account(),
            version: self.list.version(),
            list,
            added,
            kept: kept
                .iter()
                .map(|device| device.claimed_address().device)
                .collect(),
            at,
        }
    }
}

/// Revoked devices lose their tokens and connections at once.
fn shut_out(app: &State, account: AccountId, revoked: &[DeviceId]) {
    for device in revoked {
        let address = Address {
            account,
            device: *device,
        };
        app.tokens.drop_device(address);
        app.hub.close(address, Code::Revoked);
    }
}
