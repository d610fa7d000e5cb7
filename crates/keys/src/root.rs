//! An account's root, and how one root follows another.

use crate::codec::{DecodeError, Reader};
use crate::signature::{HybridPublicKey, HybridSignature, InvalidSignature, Purpose};
use crate::{AccountId, Timestamp};

/// The public half of an account's root: whoever holds the private half says which devices belong to the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootPublicKey(HybridPublicKey);

impl RootPublicKey {
    /// Length of the encoding.
    pub const LEN: usize = HybridPublicKey::LEN;

    /// Takes a signing key as an account's root.
    pub fn new(key: HybridPublicKey) -> Self {
        Self(key)
    }

    /// Takes a root from exactly its bytes.
    ///
    /// # Errors
    /// Those of [`HybridPublicKey::read`], or [`DecodeError::TrailingBytes`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, Self::read)
    }

    /// The encoding, [`RootPublicKey::LEN`] bytes: Ed25519, then ML-DSA-65.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::LEN);
        self.0.write(&mut out);
        out
    }

    /// The signing key that this root is.
    pub fn signing(&self) -> &HybridPublicKey {
        &self.0
    }

    /// SHA-256 of both keys, under a tag.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.0.fingerprint()
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        HybridPublicKey::read(reader).map(Self)
    }
}

/// What a rotation says, before anyone has signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotationBody {
    /// The account whose root changes.
    pub account: AccountId,
    /// The root until now.
    pub old: RootPublicKey,
    /// The root from now on.
    pub new: RootPublicKey,
    /// When.
    pub created_at: Timestamp,
}

impl RotationBody {
    /// The bytes that both roots sign.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![RootRotation::VERSION];
        out.extend(self.account.as_bytes());
        self.old.0.write(&mut out);
        self.new.0.write(&mut out);
        out.extend(self.created_at.as_millis().to_be_bytes());
        out
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.version(RootRotation::VERSION)?;
        Ok(Self {
            account: AccountId::from_bytes(reader.array()?),
            old: RootPublicKey::read(reader)?,
            new: RootPublicKey::read(reader)?,
            created_at: Timestamp::from_millis(reader.u64()?),
        })
    }
}

/// One link of the chain of an account's roots, signed by the old and the new root. Not verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootRotation {
    body: RotationBody,
    by_old: HybridSignature,
    by_new: HybridSignature,
}

/// Why a rotation does not lead from the known root to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RotationError {
    /// It is another account's.
    #[error("the rotation belongs to another account")]
    WrongAccount,
    /// It starts from a root that is not the one known: the chain has a gap or a fork, the identity changed.
    #[error("the rotation starts from another root")]
    WrongRoot,
    /// Old and new root are the same.
    #[error("the rotation leads nowhere")]
    SameRoot,
    /// The old or the new root did not sign it.
    #[error("the rotation's signature is not valid")]
    BadSignature,
}

impl RootRotation {
    /// The version of the format.
    pub const VERSION: u8 = 1;

    /// Joins what is said with both signatures over [`RotationBody::encode`].
    pub fn new(body: RotationBody, by_old: HybridSignature, by_new: HybridSignature) -> Self {
        Self { body, by_old, by_new }
    }

    /// Reads a rotation.
    ///
    /// # Errors
    /// If the bytes are not exactly one rotation of a known version.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, |reader| {
            Ok(Self {
                body: RotationBody::read(reader)?,
                by_old: HybridSignature::read(reader)?,
                by_new: HybridSignature::read(reader)?,
            })
        })
    }

    /// The encoding: the signed bytes, the old root's signature, the new root's.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.body.encode();
        self.by_old.write(&mut out);
        self.by_new.write(&mut out);
        out
    }

    /// Follows the link from the root that is known to the next.
    ///
    /// # Errors
    /// See [`RotationError`].
    pub fn verify(&self, known: &RootPublicKey, account: AccountId) -> Result<RootPublicKey, RotationError> {
        if self.body.account != account {
            return Err(RotationError::WrongAccount);
        }
        if self.body.old != *known {
            return Err(RotationError::WrongRoot);
        }
        if self.body.new == self.body.old {
            return Err(RotationError::SameRoot);
        }
        let signed = self.body.encode();
        let check =
            |root: &RootPublicKey, signature| root.0.verify(Purpose::RootRotation, &signed, signature);
        check(&self.body.old, &self.by_old)
            .and_then(|()| check(&self.body.new, &self.by_new))
            .map_err(|InvalidSignature| RotationError::BadSignature)?;
        Ok(self.body.new.clone())
    }
}
