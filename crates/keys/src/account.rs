//! An account as a whole: its root, its list, and exactly the devices that the list names.

use std::collections::BTreeMap;

use crate::certificate::{CertificateError, CertifiedDevice, DeviceCertificate};
use crate::device_list::{DeviceList, DeviceListError, ListPin, SignedDeviceList};
use crate::root::RootPublicKey;
use crate::{AccountId, DeviceId};

/// Proof that a root signed a list and certified exactly the devices in it. Only [`VerifiedAccount::verify`] makes
/// one. Whether the root is the right person's is another question: compare it with the one that is pinned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedAccount {
    root: RootPublicKey,
    list: DeviceList,
    devices: Vec<CertifiedDevice>,
}

/// Why an account does not hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The device list does not verify.
    #[error(transparent)]
    List(#[from] DeviceListError),
    /// A certificate does not verify.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The list names a certificate that was not given.
    #[error("a listed device's certificate is missing")]
    MissingCertificate,
    /// A certificate was given that the list does not name, or one was given twice.
    #[error("a certificate is not in the list, or there twice")]
    ExtraCertificate,
    /// Two certificates are for the same device.
    #[error("two certificates are for one device")]
    RepeatedDevice,
}

impl VerifiedAccount {
    /// Verifies a root's list and the certificates of all devices in it.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub fn verify(
        account: AccountId,
        root: &RootPublicKey,
        signed_list: &SignedDeviceList,
        certificates: &[DeviceCertificate],
    ) -> Result<Self, AccountError> {
        let list = signed_list.verify(root, account)?;
        let given = certificates.len();
        let mut by_hash: BTreeMap<_, _> = certificates
            .iter()
            .map(|certificate| (certificate.hash(), certificate))
            .collect();
        let listed = list
            .certificate_hashes()
            .iter()
            .map(|hash| by_hash.remove(hash).ok_or(AccountError::MissingCertificate))
            .collect::<Result<Vec<_>, _>>()?;
        if given != listed.len() {
            return Err(AccountError::ExtraCertificate);
        }
        let mut devices = listed
            .into_iter()
            .map(|certificate| certificate.clone().verify(root, account))
            .collect::<Result<Vec<_>, _>>()?;
        devices.sort_by_key(|device| device.address().device);
        if devices
            .windows(2)
            .any(|pair| pair[0].address() == pair[1].address())
        {
            return Err(AccountError::RepeatedDevice);
        }
        Ok(Self {
            root: root.clone(),
            list,
            devices,
        })
    }

    /// The account.
    pub fn account(&self) -> AccountId {
        self.list.account()
    }

    /// The root that signed it all.
    pub fn root(&self) -> &RootPublicKey {
        &self.root
    }

    /// The list.
    pub fn list(&self) -> &DeviceList {
        &self.list
    }

    /// What a client remembers of the list.
    pub fn pin(&self) -> ListPin {
        self.list.pin()
    }

    /// All devices, by id.
    pub fn devices(&self) -> &[CertifiedDevice] {
        &self.devices
    }

    /// One device.
    pub fn device(&self, device: DeviceId) -> Option<&CertifiedDevice> {
        self.devices
            .iter()
            .find(|certified| certified.address().device == device)
    }
}
