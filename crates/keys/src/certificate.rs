//! Device certificates: a root says that a device belongs to its account.

use crate::codec::{DecodeError, Reader};
use crate::curve::X25519PublicKey;
use crate::hash::tagged_hash;
use crate::root::RootPublicKey;
use crate::signature::{HybridPublicKey, HybridSignature, InvalidSignature, Purpose};
use crate::{AccountId, Address, DeviceId, Timestamp};

/// A device's public keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevicePublicKeys {
    /// For agreeing on session keys.
    pub x25519: X25519PublicKey,
    /// For signing prekeys and sign-in challenges: Ed25519 and ML-DSA-65.
    pub signing: HybridPublicKey,
}

impl DevicePublicKeys {
    /// Length of the encoding.
    pub const LEN: usize = X25519PublicKey::LEN + HybridPublicKey::LEN;

    /// Reads the keys.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`], [`DecodeError::InvalidKey`].
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            x25519: X25519PublicKey::read(reader)?,
            signing: HybridPublicKey::read(reader)?,
        })
    }

    /// Appends the encoding: X25519, Ed25519, ML-DSA-65.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.x25519.as_bytes());
        self.signing.write(out);
    }

    /// The encoding, [`DevicePublicKeys::LEN`] bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::LEN);
        self.write(&mut out);
        out
    }
}

/// What a certificate says, before the root has signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateBody {
    /// The account and its device.
    pub address: Address,
    /// The device's keys.
    pub keys: DevicePublicKeys,
    /// When the device was certified.
    pub created_at: Timestamp,
}

impl CertificateBody {
    /// The bytes that the root signs.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(DeviceCertificate::LEN);
        out.push(DeviceCertificate::VERSION);
        out.extend(self.address.to_bytes());
        self.keys.write(&mut out);
        out.extend(self.created_at.as_millis().to_be_bytes());
        out
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.version(DeviceCertificate::VERSION)?;
        Ok(Self {
            address: read_address(reader)?,
            keys: DevicePublicKeys::read(reader)?,
            created_at: Timestamp::from_millis(reader.u64()?),
        })
    }
}

/// Reads an address: 16 bytes of account, 8 of device.
pub(crate) fn read_address(reader: &mut Reader<'_>) -> Result<Address, DecodeError> {
    let account = AccountId::from_bytes(reader.array()?);
    Ok(Address {
        account,
        device: DeviceId::from_bytes(reader.array()?),
    })
}

/// A certificate as it came over the network: well-formed, but not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCertificate {
    body: CertificateBody,
    signature: HybridSignature,
}

/// Why a certificate proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// It is for another account's device.
    #[error("the certificate belongs to another account")]
    WrongAccount,
    /// The root did not sign it.
    #[error("the certificate's signature is not valid")]
    BadSignature,
}

impl DeviceCertificate {
    /// The version of the format.
    pub const VERSION: u8 = 1;
    /// Length of the encoding.
    pub const LEN: usize = 1 + Address::LEN + DevicePublicKeys::LEN + 8 + HybridSignature::LEN;

    /// Joins what is said with the root's signature over [`CertificateBody::encode`].
    pub fn new(body: CertificateBody, signature: HybridSignature) -> Self {
        Self { body, signature }
    }

    /// Reads a certificate.
    ///
    /// # Errors
    /// If the bytes are not exactly one certificate of a known version, or hold an invalid key.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, |reader| {
            Ok(Self {
                body: CertificateBody::read(reader)?,
                signature: HybridSignature::read(reader)?,
            })
        })
    }

    /// The encoding, [`DeviceCertificate::LEN`] bytes: the signed bytes, then the signature.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.body.encode();
        self.signature.write(&mut out);
        out
    }

    /// Whose device this claims to be; not verified.
    pub fn claimed_address(&self) -> Address {
        self.body.address
    }

    /// The hash by which device lists name a certificate: over its whole encoding.
    pub fn hash(&self) -> [u8; 32] {
        tagged_hash("sotto/1 certificate hash", &[&self.encode()])
    }

    /// Verifies that this root certified this account's device.
    ///
    /// # Errors
    /// See [`CertificateError`].
    pub fn verify(
        self,
        root: &RootPublicKey,
        account: AccountId,
    ) -> Result<CertifiedDevice, CertificateError> {
        if self.body.address.account != account {
            return Err(CertificateError::WrongAccount);
        }
        root.signing()
            .verify(Purpose::DeviceCertificate, &self.body.encode(), &self.signature)
            .map_err(|InvalidSignature| CertificateError::BadSignature)?;
        Ok(CertifiedDevice {
            hash: self.hash(),
            certificate: self,
        })
    }
}

/// Proof that a root certified this device. Only [`DeviceCertificate::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedDevice {
    certificate: DeviceCertificate,
    hash: [u8; 32],
}

impl CertifiedDevice {
    /// The account and the device.
    pub fn address(&self) -> Address {
        self.certificate.body.address
    }

    /// The device's keys.
    pub fn keys(&self) -> &DevicePublicKeys {
        &self.certificate.body.keys
    }

    /// The hash by which device lists name the certificate.
    pub fn certificate_hash(&self) -> [u8; 32] {
        self.hash
    }

    /// When the device was certified.
    pub fn created_at(&self) -> Timestamp {
        self.certificate.body.created_at
    }

    /// The certificate's encoding.
    pub fn encoded(&self) -> Vec<u8> {
        self.certificate.encode()
    }
}
