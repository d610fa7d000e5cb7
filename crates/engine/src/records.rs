//! How the engine's records are written: a version, then postcard.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sotto_keys::{AccountId, Address};
use sotto_wire::content::MessageId;
use zeroize::Zeroizing;

const VERSION: u8 = 1;

/// A record that can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored record cannot be read")]
pub struct RecordError;

/// Writes a record.
pub(crate) fn encode(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(vec![VERSION]);
    match postcard::to_allocvec(value) {
        Ok(encoded) => bytes.extend_from_slice(&Zeroizing::new(encoded)),
        // postcard fails on sequences of unknown length only; no record has one.
        Err(_) => unreachable!("a record of known shape"),
    }
    bytes
}

/// Reads a record.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, RecordError> {
    match bytes.split_first() {
        Some((&VERSION, rest)) => postcard::from_bytes(rest).map_err(|_| RecordError),
        _ => Err(RecordError),
    }
}

/// Reads a fixed-size part of a key.
pub(crate) fn part<'a, T: TryFrom<&'a [u8]>>(bytes: &'a [u8]) -> Result<T, RecordError> {
    T::try_from(bytes).map_err(|_| RecordError)
}

/// The key of something that belongs to an account.
pub(crate) fn account_key(account: AccountId) -> Vec<u8> {
    account.as_bytes().to_vec()
}

/// The key of something that belongs to a session, or a device.
pub(crate) fn device_key(address: Address, rest: &[u8]) -> Vec<u8> {
    [&address.to_bytes()[..], rest].concat()
}

/// The key of something that belongs to a message of a conversation, at a place in an order.
pub(crate) fn message_key(conversation: AccountId, order: u64, id: MessageId) -> Vec<u8> {
    [&conversation.as_bytes()[..], &order.to_be_bytes(), &id.0].concat()
}

/// Takes [`message_key`] apart.
pub(crate) fn split_message_key(key: &[u8]) -> Result<(AccountId, u64, MessageId), RecordError> {
    if key.len() != AccountId::LEN + 8 + 16 {
        return Err(RecordError);
    }
    let (conversation, rest) = key.split_at(AccountId::LEN);
    let (order, id) = rest.split_at(8);
    Ok((part(conversation)?, u64::from_be_bytes(part(order)?), part(id)?))
}
