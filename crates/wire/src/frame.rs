//! The data plane: frames on a device's WebSocket, one per binary message.

mod client;
mod server;

pub use client::{ClientFrame, ListClaim, Recipient, Send, SendId};
pub use server::{Delivery, PrekeyCounts, Refused, ServerFrame};

use crate::{DecodeError, fields, limits};
use core::time::Duration;
use prost::Message;

/// The protocol version that `Hello` names.
pub const PROTOCOL: u32 = 1;

/// Decodes a message of the schema, no longer than `limit`.
pub(crate) fn decode<M: Message + Default>(bytes: &[u8], limit: usize) -> Result<M, DecodeError> {
    if bytes.len() > limit {
        return Err(DecodeError::TooLarge);
    }
    M::decode(bytes).map_err(|_| DecodeError::Malformed)
}

/// Most fields in a frame's messages: twice what the largest `Send` has, which leaves room for newer versions.
const FIELDS: usize = 4 * limits::RECIPIENTS;

/// Decodes a frame. Its fields are counted first: two bytes of an empty one would become seventy in memory.
pub(crate) fn decode_frame<M: Message + Default>(bytes: &[u8]) -> Result<M, DecodeError> {
    if bytes.len() > limits::FRAME {
        return Err(DecodeError::TooLarge);
    }
    if fields::count(bytes)? > FIELDS {
        return Err(DecodeError::TooMany("frame"));
    }
    decode(bytes, limits::FRAME)
}

/// Takes an identifier or another fixed-size field.
pub(crate) fn field<'a, T: TryFrom<&'a [u8]>>(bytes: &'a [u8], name: &'static str) -> Result<T, DecodeError> {
    T::try_from(bytes).map_err(|_| DecodeError::Invalid(name))
}

/// Refuses more than `limit` entries.
pub(crate) fn at_most<T>(items: &[T], limit: usize, name: &'static str) -> Result<(), DecodeError> {
    if items.len() > limit {
        Err(DecodeError::TooMany(name))
    } else {
        Ok(())
    }
}

/// Takes a body of 1 to `limit` bytes.
pub(crate) fn body(bytes: Vec<u8>, limit: usize) -> Result<Vec<u8>, DecodeError> {
    match bytes.len() {
        0 => Err(DecodeError::Missing("body")),
        length if length > limit => Err(DecodeError::TooLarge),
        _ => Ok(bytes),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
