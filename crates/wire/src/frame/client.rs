//! What a client says to the server.

use super::{at_most, body, decode_frame, field};
use crate::proto::{self, ClientFrameKind as Kind};
use crate::{DecodeError, limits};
use prost::Message;
use sotto_keys::{AccountId, Address};
use std::collections::HashSet;

/// A frame from client to server.
#[derive(Clone, PartialEq, Eq)]
pub enum ClientFrame {
    /// The first frame: who this is. Nothing else is let in before it.
    Hello {
        /// The session token, as `POST /v1/sessions` gave it.
        token: [u8; 32],
        /// The protocol version, [`super::PROTOCOL`].
        protocol: u32,
    },
    /// A message for some devices, all or nothing. Answered by `Accepted` or `Refused`.
    Send(Send),
    /// Ciphertext to pass through to whoever is connected; never stored, never answered.
    Ephemeral {
        /// Who gets what; bodies up to [`limits::EPHEMERAL_BODY`].
        recipients: Vec<Recipient>,
    },
    /// These deliveries are durably with the client; the server deletes them.
    Ack {
        /// Mailbox ids, up to [`limits::BATCH`].
        ids: Vec<u64>,
    },
    /// Answered by `Pong` with the same number.
    Ping {
        /// Any number.
        nonce: u64,
    },
}

/// Hides the token and the ciphertexts.
impl core::fmt::Debug for ClientFrame {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Hello { token: _, protocol } => f
                .debug_struct("Hello")
                .field("protocol", protocol)
                .finish_non_exhaustive(),
            Self::Send(send) => f.debug_tuple("Send").field(send).finish(),
            Self::Ephemeral { recipients } => f
                .debug_struct("Ephemeral")
                .field("recipients", recipients)
                .finish(),
            Self::Ack { ids } => f.debug_struct("Ack").field("ids", ids).finish(),
            Self::Ping { nonce } => f.debug_struct("Ping").field("nonce", nonce).finish(),
        }
    }
}

/// Identifies one `Send`, so that a repeated one is stored once: 16 random bytes of the client's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub struct SendId(pub [u8; 16]);

impl TryFrom<&[u8]> for SendId {
    type Error = core::array::TryFromSliceError;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(Self)
    }
}

/// A message for some devices.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Send {
    /// Makes a repeated send idempotent.
    pub id: SendId,
    /// Who gets what: 1 to [`limits::RECIPIENTS`] distinct devices.
    pub recipients: Vec<Recipient>,
    /// The version of each account's device list that the sender went by; up to [`limits::RECIPIENTS`], each account once.
    pub lists: Vec<ListClaim>,
}

/// One device's ciphertext.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The device.
    pub address: Address,
    /// Its ciphertext, 1 to [`limits::BODY`] bytes.
    pub body: Vec<u8>,
}

/// Shows how long the ciphertext is.
impl core::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { address, body } = self;
        f.debug_struct("Recipient")
            .field("address", address)
            .field("body_len", &body.len())
            .finish()
    }
}

/// "I went by this version of that account's device list."
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ListClaim {
    /// Whose list.
    pub account: AccountId,
    /// Its version.
    pub version: u64,
}

impl ClientFrame {
    /// The frame's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let kind = match self {
            Self::Hello { token, protocol } => Kind::Hello(proto::Hello {
                token: token.to_vec(),
                protocol: *protocol,
            }),
            Self::Send(send) => Kind::Send(send.to_proto()),
            Self::Ephemeral { recipients } => Kind::Ephemeral(proto::Ephemeral {
                recipients: recipients.iter().map(Recipient::to_proto).collect(),
            }),
            Self::Ack { ids } => Kind::Ack(proto::Ack { ids: ids.clone() }),
            Self::Ping { nonce } => Kind::Ping(proto::Ping { nonce: *nonce }),
        };
        proto::ClientFrame { frame: Some(kind) }.encode_to_vec()
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// Anything that isn't of the schema or over a limit.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let frame: proto::ClientFrame = decode_frame(bytes)?;
        match frame.frame.ok_or(DecodeError::Missing("frame"))? {
            Kind::Hello(hello) => Ok(Self::Hello {
                token: field(&hello.token, "token")?,
                protocol: hello.protocol,
            }),
            Kind::Send(send) => Send::from_proto(send).map(Self::Send),
            Kind::Ephemeral(ephemeral) => Ok(Self::Ephemeral {
                recipients: recipients(ephemeral.recipients, limits::EPHEMERAL_BODY)?,
            }),
            Kind::Ack(ack) => {
                at_most(&ack.ids, limits::BATCH, "ids")?;
                Ok(Self::Ack { ids: ack.ids })
            }
            Kind::Ping(ping) => Ok(Self::Ping { nonce: ping.nonce }),
        }
    }
}

impl Send {
    fn to_proto(&self) -> proto::Send {
        let claim = |list: &ListClaim| proto::ListClaim {
            account: list.account.as_bytes().to_vec(),
            version: list.version,
        };
        proto::Send {
            id: self.id.0.to_vec(),
            recipients: self.recipients.iter().map(Recipient::to_proto).collect(),
            lists: self.lists.iter().map(claim).collect(),
        }
    }

    fn from_proto(send: proto::Send) -> Result<Self, DecodeError> {
        at_most(&send.lists, limits::RECIPIENTS, "lists")?;
        let mut seen = HashSet::new();
        let mut claim = |list: proto::ListClaim| {
            let account = field(&list.account, "account")?;
            if !seen.insert(account) {
                return Err(DecodeError::Invalid("lists"));
            }
            Ok(ListClaim {
                account,
                version: list.version,
            })
        };
        Ok(Self {
            id: field(&send.id, "id")?,
            recipients: recipients(send.recipients, limits::BODY)?,
            lists: send.lists.into_iter().map(&mut claim).collect::<Result<_, _>>()?,
        })
    }
}

impl Recipient {
    fn to_proto(&self) -> proto::Recipient {
        proto::Recipient {
            account: self.address.account.as_bytes().to_vec(),
            device: self.address.device.as_bytes().to_vec(),
            body: self.body.clone(),
        }
    }
}

/// Checks the recipients of a frame: some, not too many, each once, each with a body within the limit.
fn recipients(items: Vec<proto::Recipient>, body_limit: usize) -> Result<Vec<Recipient>, DecodeError> {
    if items.is_empty() {
        return Err(DecodeError::Missing("recipients"));
    }
    at_most(&items, limits::RECIPIENTS, "recipients")?;
    let mut seen = HashSet::with_capacity(items.len());
    items
        .into_iter()
        .map(|item| {
            let address = Address {
                account: field(&item.account, "account")?,
                device: field(&item.device, "device")?,
            };
            if !seen.insert(address) {
                return Err(DecodeError::Invalid("recipients"));
            }
            Ok(Recipient {
                address,
                body: body(item.body, body_limit)?,
            })
        })
        .collect()
}
