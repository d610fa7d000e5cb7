//! X25519 public keys (RFC 7748).

use core::fmt;

use crate::codec::{DecodeError, Reader};

/// An X25519 public key: canonical, and not of low order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct X25519PublicKey([u8; 32]);

/// The u-coordinates of the points of low order, in canonical form (RFC 7748, section 6.1).
const LOW_ORDER: [[u8; 32]; 5] = [
    [0; 32],
    {
        let mut one = [0; 32];
        one[0] = 1;
        one
    },
    [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda,
        0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
    ],
    [
        0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04,
        0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
    ],
    {
        let mut minus_one = [0xff; 32];
        minus_one[0] = 0xec;
        minus_one[31] = 0x7f;
        minus_one
    },
];

impl X25519PublicKey {
    /// Length in bytes.
    pub const LEN: usize = 32;

    /// Takes a key from its bytes.
    ///
    /// # Errors
    /// [`DecodeError::InvalidKey`] if the coordinate is not below 2^255 - 19, or the point is of low order.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, DecodeError> {
        if is_canonical(&bytes) && !LOW_ORDER.contains(&bytes) {
            Ok(Self(bytes))
        } else {
            Err(DecodeError::InvalidKey)
        }
    }

    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads a key.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`], or those of [`X25519PublicKey::from_bytes`].
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::from_bytes(reader.array()?)
    }
}

/// Below 2^255 - 19, whose bytes are `ed`, thirty times `ff`, `7f`.
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let high_bits_set = bytes[31] == 0x7f && bytes[1..31].iter().all(|&byte| byte == 0xff);
    bytes[31] < 0x80 && !(high_bits_set && bytes[0] >= 0xed)
}

impl fmt::Debug for X25519PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "X25519PublicKey({})", hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_low_order_and_second_spellings_are_refused() {
        for point in LOW_ORDER {
            assert!(X25519PublicKey::from_bytes(point).is_err());
            let mut high_bit = point;
            high_bit[31] |= 0x80;
            assert!(X25519PublicKey::from_bytes(high_bit).is_err());
        }
        let mut bytes = [0xff; 32];
        bytes[31] = 0x7f;
        for low in 0xed..=0xff {
            bytes[0] = low;
            assert!(X25519PublicKey::from_bytes(bytes).is_err(), "p + {}", low - 0xed);
        }
        bytes[0] = 0xeb;
        assert!(X25519PublicKey::from_bytes(bytes).is_ok());
    }
}
