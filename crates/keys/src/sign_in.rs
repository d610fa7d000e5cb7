//! Signing in: a device proves to a server that it is who it says.

use crate::certificate::{CertifiedDevice, read_address};
use crate::codec::{DecodeError, Reader};
use crate::signature::{HybridSignature, Purpose};
use crate::{Address, Timestamp};

/// What a server asks a device to sign. The origin keeps one server from using the answer at another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInChallenge {
    /// The server's web origin, such as `https://chat.example`; at most [`SignInChallenge::MAX_ORIGIN_LEN`] bytes.
    pub origin: String,
    /// The device that wants in.
    pub address: Address,
    /// Random, used once.
    pub nonce: [u8; 32],
    /// When the challenge lapses. The server checks this against its own clock.
    pub expires: Timestamp,
}

/// Why an answer to a challenge lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The challenge was for another device.
    #[error("the challenge was for another device")]
    WrongDevice,
    /// The answer is not a signature, or not this device's over this challenge.
    #[error("the challenge's signature is not valid")]
    BadSignature,
}

impl SignInChallenge {
    /// The version of the format.
    pub const VERSION: u8 = 1;
    /// Longest origin, in bytes.
    pub const MAX_ORIGIN_LEN: usize = 256;

    /// The encoding, which is also what the device signs. An origin that is too long does not decode again.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![Self::VERSION];
        let origin_len = u16::try_from(self.origin.len()).unwrap_or(u16::MAX);
        out.extend(origin_len.to_be_bytes());
        out.extend(self.origin.bytes());
        out.extend(self.address.to_bytes());
        out.extend(self.nonce);
        out.extend(self.expires.as_millis().to_be_bytes());
        out
    }

    /// Reads a challenge.
    ///
    /// # Errors
    /// If the bytes are not exactly one challenge of a known version, or the origin is too long or not UTF-8.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, |reader| {
            reader.version(Self::VERSION)?;
            Ok(Self {
                origin: read_origin(reader)?,
                address: read_address(reader)?,
                nonce: reader.array()?,
                expires: Timestamp::from_millis(reader.u64()?),
            })
        })
    }

    /// Verifies a device's answer. Expiry and single use are the server's to check.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub fn verify(&self, signature: &[u8], device: &CertifiedDevice) -> Result<(), SignInError> {
        if device.address() != self.address {
            return Err(SignInError::WrongDevice);
        }
        let signature = HybridSignature::decode(signature).map_err(|_| SignInError::BadSignature)?;
        let key = &device.keys().signing;
        key.verify(Purpose::SignIn, &self.encode(), &signature)
            .map_err(|_| SignInError::BadSignature)
    }
}

fn read_origin(reader: &mut Reader<'_>) -> Result<String, DecodeError> {
    let len = usize::from(reader.u16()?);
    if len > SignInChallenge::MAX_ORIGIN_LEN {
        return Err(DecodeError::OutOfRange);
    }
    core::str::from_utf8(reader.take(len)?)
        .map(str::to_owned)
        .map_err(|_| DecodeError::OutOfRange)
}
