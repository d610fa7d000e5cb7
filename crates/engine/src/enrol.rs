//! Making an account, or adding a device to one: keys, certificate, device list, first prekeys.

use crate::config::Config;
use crate::engine::sign_in;
use crate::own::{self, Identity, RootRecord, key};
use crate::peers::Peer;
use crate::prekeys::{self, Maker};
use crate::{Batch, Change, Record, Table};
use rand_core::CryptoRng;
use sotto_keys::{
    AccountId, Address, CertifiedDevice, DeviceCertificate, DeviceId, DeviceList, SignedDeviceList,
    Timestamp, Username, VerifiedAccount,
};
use sotto_protocol::{DeviceKeys, Local, PassphraseCost, RootEnvelope, RootKeys, WrapSecret};
use sotto_wire::api::{Account, AddDevice, Base64, Challenge, Proof, Register, SignIn, UploadPrekeys};

/// Who is going to be made.
#[derive(Clone, Debug)]
pub struct NewIdentity {
    /// 16 random bytes.
    pub account: AccountId,
    /// The name to be found by, if any.
    pub username: Option<Username>,
    /// The server's origin, as `GET /v1/server` says.
    pub origin: String,
}

/// Who will hold the root's private half.
pub enum RootCustody<'a> {
    /// This device's vault: for accounts that nothing else opens.
    Vault,
    /// An envelope that this secret opens; it is kept here and on the server.
    Envelope(WrapSecret<'a>),
}

/// An account that isn't registered yet. Commit [`NewAccount::batch`] before [`NewAccount::register`] is sent.
pub struct NewAccount {
    device: NewDevice,
    root_envelope: Option<RootEnvelope>,
}

/// A device that isn't registered yet. Commit [`NewDevice::batch`] before [`NewDevice::add`] is sent.
pub struct NewDevice {
    identity: Identity,
    local: Local,
    certificate: DeviceCertificate,
    list: SignedDeviceList,
    batch: Batch,
    prekeys: UploadPrekeys,
}

/// Why an account or a device can't be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrolError {
    /// What was just signed doesn't verify, or a limit of the formats was hit: a defect.
    #[error("the new keys do not hold together")]
    Inconsistent,
    /// The server's challenge isn't 32 bytes.
    #[error("the server's challenge is malformed")]
    BadChallenge,
    /// The secret may not wrap anything that leaves the device.
    #[error("this secret may not open an account")]
    WeakCustody,
    /// What the server says about the account doesn't verify under this root.
    #[error("what the server says about the account does not verify")]
    Forged,
}

impl NewAccount {
    /// Makes all keys of a new account and its first device.
    ///
    /// # Errors
    /// If `custody` names a secret that may not leave the device wrapped around the root.
    pub fn generate(
        rng: &mut dyn CryptoRng,
        now: Timestamp,
        identity: NewIdentity,
        custody: RootCustody<'_>,
        config: &Config,
    ) -> Result<Self, EnrolError> {
        let root = RootKeys::generate(rng);
        let root_envelope = seal(rng, &root, identity.account, &custody)?;
        let record = root_envelope
            .as_ref()
            .map_or_else(|| RootRecord::vault(&root), RootRecord::envelope);
        let device = NewDevice::make(rng, now, identity, &root, Listing::First, &record, config)?;
        Ok(Self {
            device,
            root_envelope,
        })
    }

    /// The new account's first device.
    pub fn address(&self) -> Address {
        self.device.address()
    }

    /// The first records of the store.
    pub fn batch(&self) -> Batch {
        self.device.batch()
    }

    /// The body of `POST /v1/accounts`.
    ///
    /// # Errors
    /// If the challenge is malformed.
    pub fn register(&self, challenge: &Challenge, proof: Proof) -> Result<Register, EnrolError> {
        let device = &self.device;
        Ok(Register {
            account: device.local.address.account,
            username: device.identity.username.clone(),
            root: Base64(device.local.root.encode()),
            certificate: Base64(device.certificate.encode()),
            list: Base64(device.list.encode()),
            prekeys: device.prekeys.clone(),
            root_envelope: self
                .root_envelope
                .as_ref()
                .map(|envelope| Base64(envelope.encode())),
            proof,
            sign_in: device.sign_in(challenge)?,
        })
    }
}

/// Which list the new device stands in.
enum Listing<'a> {
    /// The account's first, alone.
    First,
    /// The one after this, beside these.
    After(&'a DeviceList, &'a [CertifiedDevice]),
}

impl NewDevice {
    /// Makes the keys of a further device of an account, whose root was opened for it.
    ///
    /// `account` is what the server says about it; the new list follows the newest there.
    ///
    /// # Errors
    /// If that doesn't verify under the root, or the list is full.
    pub fn generate(
        rng: &mut dyn CryptoRng,
        now: Timestamp,
        identity: NewIdentity,
        root: &RootKeys,
        envelope: &RootEnvelope,
        account: &Account,
        config: &Config,
    ) -> Result<Self, EnrolError> {
        let known = Peer::first(account).map_err(|_| EnrolError::Forged)?;
        if *known.account.root() != root.public() || known.account.account() != identity.account {
            return Err(EnrolError::Forged);
        }
        let listing = Listing::After(known.account.list(), known.account.devices());
        Self::make(
            rng,
            now,
            identity,
            root,
            listing,
            &RootRecord::envelope(envelope),
            config,
        )
    }

    fn make(
        rng: &mut dyn CryptoRng,
        now: Timestamp,
        identity: NewIdentity,
        root: &RootKeys,
        listing: Listing<'_>,
        root_record: &RootRecord,
        config: &Config,
    ) -> Result<Self, EnrolError> {
        let keys = DeviceKeys::generate(rng);
        let mut device = [0; DeviceId::LEN];
        rng.fill_bytes(&mut device);
        let address = Address {
            account: identity.account,
            device: DeviceId::from_bytes(device),
        };
        let certificate = root.certify(address.account, address.device, keys.public(), now);
        let (list, account) = listing.sign(root, address.account, &certificate)?;
        let maker = Maker {
            keys: &keys,
            address,
            config,
            now,
        };
        let (mut changes, prekeys) = prekeys::first(&maker, rng).map_err(|_| EnrolError::Inconsistent)?;
        let NewIdentity { username, origin, .. } = identity;
        let peer = Peer::own(account, &list, username.clone());
        let identity = Identity {
            address,
            username,
            origin,
            created_at: now,
        };
        changes.extend([
            Change::Put(own::record(key::IDENTITY, &identity)),
            Change::Put(own::record(key::ROOT, root_record)),
            Change::Put(Record {
                table: Table::Own,
                key: key::DEVICE_KEYS.to_vec(),
                value: keys.to_secret_bytes(),
            }),
            Change::Put(peer.record()),
        ]);
        let local = Local {
            address,
            keys,
            root: root.public(),
        };
        Ok(Self {
            identity,
            local,
            certificate,
            list,
            batch: Batch { changes },
            prekeys,
        })
    }

    /// The new device.
    pub fn address(&self) -> Address {
        self.local.address
    }

    /// The first records of the store.
    pub fn batch(&self) -> Batch {
        self.batch.clone()
    }

    /// The body of `POST /v1/devices`, with the proof that `POST /v1/account-proofs` gave.
    ///
    /// # Errors
    /// If the challenge is malformed.
    pub fn add(&self, challenge: &Challenge, proof: Base64) -> Result<AddDevice, EnrolError> {
        Ok(AddDevice {
            proof,
            certificate: Base64(self.certificate.encode()),
            list: Base64(self.list.encode()),
            prekeys: self.prekeys.clone(),
            sign_in: self.sign_in(challenge)?,
        })
    }

    fn sign_in(&self, challenge: &Challenge) -> Result<SignIn, EnrolError> {
        sign_in(&self.local, &self.identity.origin, challenge).ok_or(EnrolError::BadChallenge)
    }
}

impl Listing<'_> {
    /// Signs the list with the new device in it, and verifies what came of it.
    fn sign(
        &self,
        root: &RootKeys,
        account: AccountId,
        certificate: &DeviceCertificate,
    ) -> Result<(SignedDeviceList, VerifiedAccount), EnrolError> {
        let mut certificates = match self {
            Self::First => Vec::new(),
            Self::After(_, devices) => {
                let decode = |device: &CertifiedDevice| DeviceCertificate::decode(&device.encoded());
                let decoded: Result<Vec<_>, _> = devices.iter().map(decode).collect();
                decoded.map_err(|_| EnrolError::Inconsistent)?
            }
        };
        certificates.push(certificate.clone());
        let hashes = certificates.iter().map(DeviceCertificate::hash).collect();
        let list = match self {
            Self::First => DeviceList::first(account, hashes),
            Self::After(list, _) => list.next(hashes),
        };
        let list = root.sign_list(list.map_err(|_| EnrolError::Inconsistent)?);
        let verified = VerifiedAccount::verify(account, &root.public(), &list, &certificates)
            .map_err(|_| EnrolError::Inconsistent)?;
        Ok((list, verified))
    }
}

fn seal(
    rng: &mut dyn CryptoRng,
    root: &RootKeys,
    account: AccountId,
    custody: &RootCustody<'_>,
) -> Result<Option<RootEnvelope>, EnrolError> {
    let RootCustody::Envelope(secret) = custody else {
        return Ok(None);
    };
    let envelope = RootEnvelope::seal(rng, root, account, secret, PassphraseCost::RECOMMENDED);
    if envelope.may_leave_device() {
        Ok(Some(envelope))
    } else {
        Err(EnrolError::WeakCustody)
    }
}
