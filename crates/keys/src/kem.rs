//! ML-KEM-1024 public keys (FIPS 203).

use core::fmt;

use crate::codec::{DecodeError, Reader};

/// An ML-KEM-1024 encapsulation key whose coefficients are all reduced (FIPS 203, section 7.2).
#[derive(Clone, PartialEq, Eq)]
pub struct KemPublicKey(Box<[u8; KemPublicKey::LEN]>);

/// The modulus of ML-KEM.
const Q: u16 = 3329;
/// Bytes of the coefficients; the other 32 are a seed.
const COEFFICIENTS_LEN: usize = 1536;

impl KemPublicKey {
    /// Length in bytes.
    pub const LEN: usize = 1568;

    /// Takes a key from its bytes.
    ///
    /// # Errors
    /// [`DecodeError::InvalidKey`] if a coefficient is not below the modulus.
    pub fn from_bytes(bytes: Box<[u8; Self::LEN]>) -> Result<Self, DecodeError> {
        if coefficients(&bytes[..COEFFICIENTS_LEN]).all(|coefficient| coefficient < Q) {
            Ok(Self(bytes))
        } else {
            Err(DecodeError::InvalidKey)
        }
    }

    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// Reads a key.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`], or those of [`KemPublicKey::from_bytes`].
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::from_bytes(reader.boxed()?)
    }
}

/// Twelve bits each, least significant first.
fn coefficients(bytes: &[u8]) -> impl Iterator<Item = u16> + '_ {
    bytes.as_chunks::<3>().0.iter().flat_map(|&[a, b, c]| {
        let (a, b, c) = (u16::from(a), u16::from(b), u16::from(c));
        [a | (b & 0x0f) << 8, b >> 4 | c << 4]
    })
}

impl fmt::Debug for KemPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KemPublicKey({}..)", hex::encode(&self.0[..8]))
    }
}
