//! The data plane: frames on a device's WebSocket, one per binary message.

mod client;
mod server;

pub use client::{ClientFrame, ListClaim, Recipient, Send, SendId};
pub use server::{Delivery, PrekeyCounts, Refused, ServerFrame};

use crate::DecodeError;
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

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
