//! Making an account: keys, the first device's certificate and list, the first prekeys.

use crate::config::Config;
use crate::engine::sign_in;
use crate::own::{self, Identity, RootRecord, key};
use crate::peers::Peer;
use crate::prekeys::{self, Maker};
use crate::{Batch, Change};
use rand_core::CryptoRng;
use sotto_keys::{
    AccountId, Address, DeviceCertificate, DeviceId, DeviceList, SignedDeviceList, Timestamp, Username,
    VerifiedAccount,
};
use sotto_protocol::{DeviceKeys, Local, PassphraseCost, RootEnvelope, RootKeys, WrapSecret};
use sotto_wire::api::{Base64, Challenge, Proof, Register, UploadPrekeys};

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
    identity: Identity,
    local: Local,
    certificate: DeviceCertificate,
    list: SignedDeviceList,
    root_envelope: Option<RootEnvelope>,
    batch: Batch,
    prekeys: UploadPrekeys,
}

/// Why an account can't be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrolError {
    /// What was just signed doesn't verify, or a limit of the formats was hit: a defect.
    #[error("the new account's keys do not hold together")]
    Inconsistent,
    /// The server's challenge isn't 32 bytes.
    #[error("the server's challenge is malformed")]
    BadChallenge,
    /// The secret may not wrap anything that leaves the device.
    #[error("this secret may not open an account")]
    WeakCustody,
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
        let keys = DeviceKeys::generate(rng);
        let mut device = [0; DeviceId::LEN];
        rng.fill_bytes(&mut device);
        let address = Address {
            account: identity.account,
            device: DeviceId::from_bytes(device),
        };
        let certificate = root.certify(address.account, address.device, keys.public(), now);
        let list = DeviceList::first(address.account, vec![certificate.hash()])
            .map_err(|_| EnrolError::Inconsistent)?;
        let list = root.sign_list(list);
        let account = VerifiedAccount::verify(
            address.account,
            &root.public(),
            &list,
            core::slice::from_ref(&certificate),
        )
        .map_err(|_| EnrolError::Inconsistent)?;
        let root_envelope = seal(rng, &root, address.account, &custody)?;
        let root_record = root_envelope
            .as_ref()
            .map_or_else(|| RootRecord::vault(&root), RootRecord::envelope);

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
        let device_keys = crate::Record {
            table: crate::Table::Own,
            key: key::DEVICE_KEYS.to_vec(),
            value: keys.to_secret_bytes(),
        };
        changes.extend([
            Change::Put(own::record(key::IDENTITY, &identity)),
            Change::Put(own::record(key::ROOT, &root_record)),
            Change::Put(device_keys),
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
            root_envelope,
            batch: Batch { changes },
            prekeys,
        })
    }

    /// The new account's first device.
    pub fn address(&self) -> Address {
        self.local.address
    }

    /// The first records of the store.
    pub fn batch(&self) -> Batch {
        self.batch.clone()
    }

    /// The body of `POST /v1/accounts`.
    ///
    /// # Errors
    /// If the challenge is malformed.
    pub fn register(&self, challenge: &Challenge, proof: Proof) -> Result<Register, EnrolError> {
        Ok(Register {
            account: self.local.address.account,
            username: self.identity.username.clone(),
            root: Base64(self.local.root.encode()),
            certificate: Base64(self.certificate.encode()),
            list: Base64(self.list.encode()),
            prekeys: self.prekeys.clone(),
            root_envelope: self
                .root_envelope
                .as_ref()
                .map(|envelope| Base64(envelope.encode())),
            proof,
            sign_in: sign_in(&self.local, &self.identity.origin, challenge)
                .ok_or(EnrolError::BadChallenge)?,
        })
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
