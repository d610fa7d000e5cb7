//! How many fields a frame's messages have, counted before anything is allocated for them.

use crate::DecodeError;

/// The highest number of a kind of frame. Fields beyond are a newer version's: they are skipped, and cost nothing.
const LAST_KIND: u64 = 15;

/// Counts the fields of an encoded frame, and those of the messages in it.
///
/// # Errors
/// What is not protobuf, or uses its groups, which the schema doesn't.
pub(crate) fn count(frame: &[u8]) -> Result<usize, DecodeError> {
    let mut total = 0;
    for field in Fields(frame) {
        let (number, message) = field?;
        total += 1;
        if number <= LAST_KIND {
            total += count_flat(message)?;
        }
    }
    Ok(total)
}

fn count_flat(message: &[u8]) -> Result<usize, DecodeError> {
    Fields(message).try_fold(0, |total, field| field.map(|_| total + 1))
}

/// The fields of an encoded message: each one's number, and its bytes if it holds any.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, &'a [u8]), DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field.ok_or(DecodeError::Malformed))
    }
}

impl<'a> Fields<'a> {
    fn field(&mut self) -> Option<(u64, &'a [u8])> {
        let key = self.varint()?;
        let bytes = match key & 7 {
            0 => self.varint().map(|_| &[][..]),
            1 => self.take(8).map(|_| &[][..]),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                self.take(length)
            }
            5 => self.take(4).map(|_| &[][..]),
            _ => None,
        };
        bytes.map(|bytes| (key >> 3, bytes))
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Seven bits a byte, the lowest first; all but the last byte have the highest bit set. At most ten bytes.
    fn varint(&mut self) -> Option<u64> {
        let length = self.0.iter().take(10).position(|byte| byte & 0x80 == 0)? + 1;
        let bytes = self.take(length)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |value, byte| (value << 7) | u64::from(byte & 0x7f)),
        )
    }
}
