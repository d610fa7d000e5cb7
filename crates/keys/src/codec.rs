//! Reading and writing the formats of `docs/PROTOCOL.md`: fixed-width integers are big-endian, as in the TLS
//! presentation language (RFC 8446, section 3); counters are the variable-length integers of RFC 9000,
//! section 16, in their shortest form only.

/// Why bytes are not the format they were taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes end before the format does.
    #[error("the bytes end too early")]
    Truncated,
    /// The format ends before the bytes do.
    #[error("bytes are left over")]
    TrailingBytes,
    /// A version of the format that this code does not know.
    #[error("unknown version {0}")]
    UnknownVersion(u8),
    /// A number, a count or a choice outside what the format allows, or not in its one canonical form.
    #[error("a value is out of range")]
    OutOfRange,
    /// A public key that no honest party makes.
    #[error("a public key is invalid")]
    InvalidKey,
}

/// Reads a format from the front of a byte slice; every step is bounds-checked.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads from the first byte on.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Decodes all of `bytes` with `read`; left-over bytes are an error.
    ///
    /// # Errors
    /// Those of `read`, or [`DecodeError::TrailingBytes`].
    pub fn read_all<T>(
        bytes: &'a [u8],
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let mut reader = Self::new(bytes);
        let value = read(&mut reader)?;
        if reader.rest.is_empty() {
            Ok(value)
        } else {
            Err(DecodeError::TrailingBytes)
        }
    }

    /// The next `len` bytes.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if there are fewer.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(DecodeError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next `N` bytes as an array.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if there are fewer.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        self.take(N)?.try_into().map_err(|_| DecodeError::Truncated)
    }

    /// The next `N` bytes as an array on the heap.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if there are fewer.
    pub fn boxed<const N: usize>(&mut self) -> Result<Box<[u8; N]>, DecodeError> {
        Box::<[u8]>::from(self.take(N)?)
            .try_into()
            .map_err(|_| DecodeError::Truncated)
    }

    /// One byte.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if there is none.
    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array().map(u8::from_be_bytes)
    }

    /// Two bytes, big-endian.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if there are fewer.
    pub fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(u16::from_be_bytes)
    }

    /// Four bytes, big-endian.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if there are fewer.
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_be_bytes)
    }

    /// Eight bytes, big-endian.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if there are fewer.
    pub fn u64(&mut self) -> Result<u64, DecodeError> {
        self.array().map(u64::from_be_bytes)
    }

    /// A variable-length integer of one, two or four bytes (RFC 9000, section 16).
    ///
    /// # Errors
    /// [`DecodeError::Truncated`]; [`DecodeError::OutOfRange`] for the eight-byte form and for a form longer than
    /// the number needs.
    pub fn varint(&mut self) -> Result<u32, DecodeError> {
        let first = self.u8()?;
        let low = u32::from(first & 0x3f);
        let (value, least) = match first >> 6 {
            0 => (low, 0),
            1 => (low << 8 | u32::from(self.u8()?), 1 << 6),
            2 => {
                let [b, c, d] = self.array()?;
                (low << 24 | u32::from_be_bytes([0, b, c, d]), 1 << 14)
            }
            _ => return Err(DecodeError::OutOfRange),
        };
        if value >= least {
            Ok(value)
        } else {
            Err(DecodeError::OutOfRange)
        }
    }

    /// Consumes the version byte.
    ///
    /// # Errors
    /// [`DecodeError::UnknownVersion`] if it is not `known`.
    pub fn version(&mut self, known: u8) -> Result<(), DecodeError> {
        match self.u8()? {
            version if version == known => Ok(()),
            other => Err(DecodeError::UnknownVersion(other)),
        }
    }

    /// Everything that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.rest)
    }

    /// How many bytes are left.
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }
}

/// Greatest number that [`put_varint`] writes.
pub const MAX_VARINT: u32 = (1 << 30) - 1;

/// Appends a variable-length integer (RFC 9000, section 16) in its shortest form; numbers above
/// [`MAX_VARINT`] are written as that.
pub fn put_varint(out: &mut Vec<u8>, value: u32) {
    let value = value.min(MAX_VARINT);
    let [a, b, c, d] = value.to_be_bytes();
    match value {
        ..0x40 => out.push(d),
        0x40..0x4000 => out.extend([0x40 | c, d]),
        _ => out.extend([0x80 | a, b, c, d]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_have_one_form_only() {
        for value in [0, 1, 63, 64, 16_383, 16_384, MAX_VARINT] {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, value);
            assert_eq!(Reader::read_all(&bytes, Reader::varint), Ok(value));
        }
        let refused: [&[u8]; 4] = [
            &[0x40, 0x3f],
            &[0x80, 0, 0x3f, 0xff],
            &[0xc0, 0, 0, 0, 0, 0, 0, 0],
            &[0x3f, 0],
        ];
        for bytes in refused {
            assert!(Reader::read_all(bytes, Reader::varint).is_err(), "{bytes:?}");
        }
        assert_eq!(
            Reader::read_all(&[0x80, 1], Reader::varint),
            Err(DecodeError::Truncated)
        );
    }
}
