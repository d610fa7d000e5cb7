//! An account's root: the private half, and the envelope it rests in.

use core::fmt;

use rand_core::CryptoRng;
use sotto_keys::codec::Reader;
use sotto_keys::{
    AccountId, Address, CertificateBody, DecodeError, DeviceCertificate, DeviceId, DeviceList,
    DevicePublicKeys, Purpose, RootPublicKey, RootRotation, RotationBody, SignedDeviceList, Timestamp,
};
use zeroize::Zeroizing;

use crate::primitives::signing::HybridSigningKey;
use crate::wrap::{PassphraseCost, UnwrapError, WrapKind, WrapSecret, Wrapped};

/// The private half of an account's root. Open it only to link, revoke or rotate.
#[derive(Clone, PartialEq, Eq)]
pub struct RootKeys(HybridSigningKey);

impl RootKeys {
    const VERSION: u8 = 1;

    /// Draws a new root.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self(HybridSigningKey::generate(rng))
    }

    /// The public half.
    pub fn public(&self) -> RootPublicKey {
        RootPublicKey::new(self.0.public().clone())
    }

    /// Certifies a device.
    pub fn certify(
        &self,
        account: AccountId,
        device: DeviceId,
        keys: &DevicePublicKeys,
        now: Timestamp,
    ) -> DeviceCertificate {
        let body = CertificateBody {
            address: Address { account, device },
            keys: keys.clone(),
            created_at: now,
        };
        let signature = self.0.sign(Purpose::DeviceCertificate, &body.encode());
        DeviceCertificate::new(body, signature)
    }

    /// Signs a list of the account's devices.
    pub fn sign_list(&self, list: DeviceList) -> SignedDeviceList {
        let signature = self.0.sign(Purpose::DeviceList, &list.encode());
        SignedDeviceList::new(list, signature)
    }

    /// Hands the account over to a new root; both sign.
    pub fn rotate_to(&self, new: &Self, account: AccountId, now: Timestamp) -> RootRotation {
        let body = RotationBody {
            account,
            old: self.public(),
            new: new.public(),
            created_at: now,
        };
        let signed = body.encode();
        let [by_old, by_new] = [self, new].map(|root| root.0.sign(Purpose::RootRotation, &signed));
        RootRotation::new(body, by_old, by_new)
    }

    /// A version byte and both seeds.
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(1 + HybridSigningKey::SECRET_LEN));
        out.push(Self::VERSION);
        self.0.write(&mut out);
        out
    }

    /// Takes a root from exactly what [`RootKeys::to_secret_bytes`] gave.
    ///
    /// # Errors
    /// If the length or the version is another.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, |reader| {
            reader.version(Self::VERSION)?;
            HybridSigningKey::read(reader).map(Self)
        })
    }
}

/// Shows the public half only.
impl fmt::Debug for RootKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(key) = self;
        f.debug_struct("RootKeys")
            .field("public", key.public())
            .finish_non_exhaustive()
    }
}

/// A root, encrypted under what opens the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootEnvelope(Wrapped);

const LABEL: &str = "sotto/1 root envelope";

impl RootEnvelope {
    /// Encrypts a root for its account.
    pub fn seal(
        rng: &mut (impl CryptoRng + ?Sized),
        root: &RootKeys,
        account: AccountId,
        secret: &WrapSecret<'_>,
        cost: PassphraseCost,
    ) -> Self {
        Self(Wrapped::seal(
            rng,
            LABEL,
            account.as_bytes(),
            secret,
            cost,
            &root.to_secret_bytes(),
        ))
    }

    /// Decrypts the root.
    ///
    /// # Errors
    /// See [`UnwrapError`]; another account's envelope is [`UnwrapError::WrongSecret`].
    pub fn open(&self, account: AccountId, secret: &WrapSecret<'_>) -> Result<RootKeys, UnwrapError> {
        let bytes = self.0.open(LABEL, account.as_bytes(), secret)?;
        RootKeys::from_secret_bytes(&bytes).map_err(|_| UnwrapError::WrongSecret)
    }

    /// What opens it.
    pub fn kind(&self) -> WrapKind {
        self.0.kind()
    }

    /// Whether it may be kept on a server: not if a passphrase alone opens it, which could be guessed there.
    pub fn may_leave_device(&self) -> bool {
        self.0.kind().resists_guessing()
    }

    /// Reads an envelope.
    ///
    /// # Errors
    /// If the bytes are not exactly one envelope of a known version, or its costs are out of bounds.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Wrapped::decode(bytes, 1 + HybridSigningKey::SECRET_LEN).map(Self)
    }

    /// The encoding.
    pub fn encode(&self) -> Vec<u8> {
        self.0.encode()
    }
}
