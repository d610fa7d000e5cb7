//! Hybrid signatures: Ed25519 (RFC 8032) and ML-DSA-65 (FIPS 204), of which both must verify.

use core::fmt;

use ml_dsa::MlDsa65;

use crate::codec::{DecodeError, Reader};
use crate::hash::{tag_prefix, tagged_hash};

/// What a signature is made for. Each purpose has its own domain tag, so that a signature given for one is worth
/// nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A root certifies a device.
    DeviceCertificate,
    /// A root signs the list of its account's devices.
    DeviceList,
    /// The old and the new root sign that one follows the other.
    RootRotation,
    /// A device signs the root of a tree of prekeys.
    PrekeyBatch,
    /// A device answers a sign-in challenge.
    SignIn,
}

impl Purpose {
    /// The domain tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::DeviceCertificate => "sotto/1 device certificate",
            Self::DeviceList => "sotto/1 device list",
            Self::RootRotation => "sotto/1 root rotation",
            Self::PrekeyBatch => "sotto/1 prekey batch",
            Self::SignIn => "sotto/1 sign in",
        }
    }
}

/// An Ed25519 and an ML-DSA-65 verification key that stand and fall together.
#[derive(Clone, PartialEq, Eq)]
pub struct HybridPublicKey {
    ed25519: [u8; 32],
    ml_dsa: Box<[u8; HybridPublicKey::ML_DSA_LEN]>,
}

/// One of the two signatures does not verify; which one is nobody's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not valid")]
pub struct InvalidSignature;

impl HybridPublicKey {
    /// Length of the ML-DSA-65 half.
    pub const ML_DSA_LEN: usize = 1952;
    /// Length of the encoding: Ed25519, then ML-DSA-65.
    pub const LEN: usize = 32 + Self::ML_DSA_LEN;

    /// Joins two verification keys.
    ///
    /// # Errors
    /// [`DecodeError::InvalidKey`] if the Ed25519 key is no point, not in canonical form or of low order. Every
    /// string of 1,952 bytes is an ML-DSA-65 key.
    pub fn new(ed25519: [u8; 32], ml_dsa: Box<[u8; Self::ML_DSA_LEN]>) -> Result<Self, DecodeError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&ed25519).map_err(|_| DecodeError::InvalidKey)?;
        let canonical = key.to_edwards().compress().to_bytes() == ed25519;
        if canonical && !key.is_weak() {
            Ok(Self { ed25519, ml_dsa })
        } else {
            Err(DecodeError::InvalidKey)
        }
    }

    /// Reads a key.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`], or those of [`HybridPublicKey::new`].
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::new(reader.array()?, reader.boxed()?)
    }

    /// Appends the encoding.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.ed25519);
        out.extend(self.ml_dsa.iter());
    }

    /// The Ed25519 half.
    pub fn ed25519(&self) -> &[u8; 32] {
        &self.ed25519
    }

    /// The ML-DSA-65 half.
    pub fn ml_dsa(&self) -> &[u8; Self::ML_DSA_LEN] {
        &self.ml_dsa
    }

    /// SHA-256 of both halves, under a tag.
    pub fn fingerprint(&self) -> [u8; 32] {
        tagged_hash("sotto/1 signing key", &[&self.ed25519, &*self.ml_dsa])
    }

    /// What both halves sign: the purpose's tag, the signer's fingerprint, and the body.
    ///
    /// The fingerprint ties the two signatures to each other: neither can be moved under another partner's key.
    pub fn to_be_signed(&self, purpose: Purpose, body: &[u8]) -> Vec<u8> {
        [&tag_prefix(purpose.tag())[..], &self.fingerprint(), body].concat()
    }

    /// Verifies both signatures over a body, for a purpose. Ed25519 is verified strictly: no second spelling of a
    /// signature is accepted (RFC 8032, section 5.1.7, without the cofactor).
    ///
    /// # Errors
    /// [`InvalidSignature`] if either does not verify.
    pub fn verify(
        &self,
        purpose: Purpose,
        body: &[u8],
        signature: &HybridSignature,
    ) -> Result<(), InvalidSignature> {
        let signed = self.to_be_signed(purpose, body);
        verify_ed25519(&self.ed25519, &signed, &signature.ed25519)?;
        verify_ml_dsa(&self.ml_dsa, &signed, &signature.ml_dsa)
    }
}

/// Verifies an Ed25519 signature, strictly (RFC 8032).
///
/// # Errors
/// [`InvalidSignature`].
pub fn verify_ed25519(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> Result<(), InvalidSignature> {
    let signature = ed25519_dalek::Signature::from_bytes(signature);
    ed25519_dalek::VerifyingKey::from_bytes(key)
        .and_then(|key| key.verify_strict(message, &signature))
        .map_err(|_| InvalidSignature)
}

/// Verifies an ML-DSA-65 signature with an empty context (FIPS 204, algorithm 3).
///
/// # Errors
/// [`InvalidSignature`].
pub fn verify_ml_dsa(
    key: &[u8; HybridPublicKey::ML_DSA_LEN],
    message: &[u8],
    signature: &[u8; HybridSignature::ML_DSA_LEN],
) -> Result<(), InvalidSignature> {
    let key = ml_dsa::EncodedVerifyingKey::<MlDsa65>::try_from(&key[..]).map_err(|_| InvalidSignature)?;
    let signature = ml_dsa::Signature::<MlDsa65>::try_from(&signature[..]).map_err(|_| InvalidSignature)?;
    let key = ml_dsa::VerifyingKey::<MlDsa65>::decode(&key);
    if key.verify_with_context(message, &[], &signature) {
        Ok(())
    } else {
        Err(InvalidSignature)
    }
}

impl fmt::Debug for HybridPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HybridPublicKey({})", hex::encode(self.fingerprint()))
    }
}

/// An Ed25519 and an ML-DSA-65 signature over the same bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct HybridSignature {
    ed25519: Box<[u8; 64]>,
    ml_dsa: Box<[u8; HybridSignature::ML_DSA_LEN]>,
}

impl HybridSignature {
    /// Length of the ML-DSA-65 half.
    pub const ML_DSA_LEN: usize = 3309;
    /// Length of the encoding: Ed25519, then ML-DSA-65.
    pub const LEN: usize = 64 + Self::ML_DSA_LEN;

    /// Joins two signatures.
    pub fn new(ed25519: Box<[u8; 64]>, ml_dsa: Box<[u8; Self::ML_DSA_LEN]>) -> Self {
        Self { ed25519, ml_dsa }
    }

    /// Reads a signature; whether it is one shows when it is verified.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`].
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            ed25519: reader.boxed()?,
            ml_dsa: reader.boxed()?,
        })
    }

    /// Takes a signature from exactly its bytes.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`], [`DecodeError::TrailingBytes`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, Self::read)
    }

    /// Appends the encoding.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.ed25519.iter());
        out.extend(self.ml_dsa.iter());
    }

    /// The encoding, [`HybridSignature::LEN`] bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::LEN);
        self.write(&mut out);
        out
    }
}

impl fmt::Debug for HybridSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HybridSignature({}..)", hex::encode(&self.ed25519[..8]))
    }
}
