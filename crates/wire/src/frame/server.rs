//! What the server says to a client.

use super::{SendId, at_most, body, decode_frame, field, millis};
use crate::proto::{self, ServerFrameKind as Kind};
use crate::{Code, DecodeError, limits};
use core::time::Duration;
use prost::Message;
use sotto_keys::{AccountId, Address, Timestamp};

/// A frame from server to client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ServerFrame {
    /// The answer to `Hello`: the connection is this device's.
    Welcome {
        /// The server's clock.
        time: Timestamp,
        /// How often the server pings, in whole seconds, rounded up; a peer silent for two of these is gone.
        heartbeat: Duration,
        /// What is left of this device's one-time prekeys.
        prekeys: PrekeyCounts,
    },
    /// A `Send` is durable in every recipient's mailbox.
    Accepted {
        /// Which one.
        id: SendId,
        /// When it was stored.
        at: Timestamp,
    },
    /// A `Send` was refused as a whole, or another frame was.
    Refused(Refused),
    /// Mail, oldest first. Repeated after a reconnect until it is acknowledged.
    Deliver {
        /// 1 to [`limits::BATCH`] items.
        items: Vec<Delivery>,
    },
    /// Everything that was waiting at `Hello` has been delivered.
    Drained,
    /// Ciphertext passed through from another device.
    Ephemeral {
        /// Whose.
        from: Address,
        /// The ciphertext, 1 to [`limits::EPHEMERAL_BODY`] bytes.
        body: Vec<u8>,
    },
    /// This device should upload one-time prekeys.
    PrekeysLow(PrekeyCounts),
    /// The answer to `Ping`.
    Pong {
        /// The ping's number.
        nonce: u64,
    },
    /// The server closes the connection.
    Goodbye {
        /// Why.
        code: Code,
        /// When to come back.
        retry_after: Duration,
    },
}

/// Why a frame was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// The `Send` that is meant; `None` if it was another frame.
    pub id: Option<SendId>,
    /// The reason. A number that this version doesn't know reads as [`Code::Internal`].
    pub code: Code,
    /// For [`Code::RateLimited`]: try again after this.
    pub retry_after: Duration,
    /// For [`Code::StaleDeviceList`] and [`Code::UnknownDevice`]: whose lists to fetch, up to [`limits::RECIPIENTS`].
    pub stale: Vec<AccountId>,
}

/// What is left on the server of a device's one-time prekeys.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrekeyCounts {
    /// X25519.
    pub one_time_ec: u32,
    /// ML-KEM-1024.
    pub one_time_kem: u32,
}

/// One item of mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id in this device's mailbox, for `Ack`. Rises.
    pub id: u64,
    /// The device that sent it.
    pub from: Address,
    /// When the server stored it.
    pub at: Timestamp,
    /// The ciphertext, 1 to [`limits::BODY`] bytes.
    pub body: Vec<u8>,
}

/// Shows how long the ciphertext is.
impl core::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { id, from, at, body } = self;
        f.debug_struct("Delivery")
            .field("id", id)
            .field("from", from)
            .field("at", at)
            .field("body_len", &body.len())
            .finish()
    }
}

impl ServerFrame {
    /// The frame's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let kind = match self {
            Self::Welcome {
                time,
                heartbeat,
                prekeys,
            } => Kind::Welcome(proto::Welcome {
                time: time.as_millis(),
                heartbeat: u32::try_from(heartbeat.as_millis().div_ceil(1000)).unwrap_or(u32::MAX),
                prekeys: Some(prekeys.to_proto()),
            }),
            Self::Accepted { id, at } => Kind::Accepted(proto::Accepted {
                id: id.0.to_vec(),
                at: at.as_millis(),
            }),
            Self::Refused(refused) => Kind::Refused(refused.to_proto()),
            Self::Deliver { items } => Kind::Deliver(proto::Deliver {
                items: items.iter().map(Delivery::to_proto).collect(),
            }),
            Self::Drained => Kind::Drained(proto::Drained {}),
            Self::Ephemeral { from, body } => Kind::Incoming(proto::Incoming {
                account: from.account.as_bytes().to_vec(),
                device: from.device.as_bytes().to_vec(),
                body: body.clone(),
            }),
            Self::PrekeysLow(counts) => Kind::PrekeysLow(counts.to_proto()),
            Self::Pong { nonce } => Kind::Pong(proto::Ping { nonce: *nonce }),
            Self::Goodbye { code, retry_after } => Kind::Goodbye(proto::Goodbye {
                code: code.number(),
                retry_after: millis(*retry_after),
            }),
        };
        proto::ServerFrame { frame: Some(kind) }.encode_to_vec()
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// Anything that isn't of the schema or over a limit.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let frame: proto::ServerFrame = decode_frame(bytes)?;
        match frame.frame.ok_or(DecodeError::Missing("frame"))? {
            Kind::Welcome(welcome) => Ok(Self::Welcome {
                time: Timestamp::from_millis(welcome.time),
                heartbeat: Duration::from_secs(welcome.heartbeat.into()),
                prekeys: PrekeyCounts::from_proto(welcome.prekeys.ok_or(DecodeError::Missing("prekeys"))?),
            }),
            Kind::Accepted(accepted) => Ok(Self::Accepted {
                id: field(&accepted.id, "id")?,
                at: Timestamp::from_millis(accepted.at),
            }),
            Kind::Refused(refused) => Refused::from_proto(&refused).map(Self::Refused),
            Kind::Deliver(deliver) => {
                if deliver.items.is_empty() {
                    return Err(DecodeError::Missing("items"));
                }
                at_most(&deliver.items, limits::BATCH, "items")?;
                let items = deliver
                    .items
                    .into_iter()
                    .map(Delivery::from_proto)
                    .collect::<Result<_, _>>()?;
                Ok(Self::Deliver { items })
            }
            Kind::Drained(_) => Ok(Self::Drained),
            Kind::Incoming(incoming) => Ok(Self::Ephemeral {
                from: address(&incoming.account, &incoming.device)?,
                body: body(incoming.body, limits::EPHEMERAL_BODY)?,
            }),
            Kind::PrekeysLow(counts) => Ok(Self::PrekeysLow(PrekeyCounts::from_proto(counts))),
            Kind::Pong(pong) => Ok(Self::Pong { nonce: pong.nonce }),
            Kind::Goodbye(goodbye) => Ok(Self::Goodbye {
                code: code(goodbye.code),
                retry_after: Duration::from_millis(goodbye.retry_after),
            }),
        }
    }
}

impl Refused {
    fn to_proto(&self) -> proto::Refused {
        proto::Refused {
            id: self.id.map(|id| id.0.to_vec()).unwrap_or_default(),
            code: self.code.number(),
            retry_after: millis(self.retry_after),
            stale: self
                .stale
                .iter()
                .map(|account| account.as_bytes().to_vec())
                .collect(),
        }
    }

    fn from_proto(refused: &proto::Refused) -> Result<Self, DecodeError> {
        at_most(&refused.stale, limits::RECIPIENTS, "stale")?;
        let id = (!refused.id.is_empty())
            .then(|| field(&refused.id, "id"))
            .transpose()?;
        let stale = refused
            .stale
            .iter()
            .map(|account| field(account, "stale"))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            id,
            code: code(refused.code),
            retry_after: Duration::from_millis(refused.retry_after),
            stale,
        })
    }
}

impl PrekeyCounts {
    fn to_proto(self) -> proto::Prekeys {
        proto::Prekeys {
            one_time_ec: self.one_time_ec,
            one_time_kem: self.one_time_kem,
        }
    }

    fn from_proto(counts: proto::Prekeys) -> Self {
        Self {
            one_time_ec: counts.one_time_ec,
            one_time_kem: counts.one_time_kem,
        }
    }
}

impl Delivery {
    fn to_proto(&self) -> proto::Delivery {
        proto::Delivery {
            id: self.id,
            account: self.from.account.as_bytes().to_vec(),
            device: self.from.device.as_bytes().to_vec(),
            at: self.at.as_millis(),
            body: self.body.clone(),
        }
    }

    fn from_proto(item: proto::Delivery) -> Result<Self, DecodeError> {
        Ok(Self {
            id: item.id,
            from: address(&item.account, &item.device)?,
            at: Timestamp::from_millis(item.at),
            body: body(item.body, limits::BODY)?,
        })
    }
}

fn address(account: &[u8], device: &[u8]) -> Result<Address, DecodeError> {
    Ok(Address {
        account: field(account, "account")?,
        device: field(device, "device")?,
    })
}

fn code(number: u32) -> Code {
    Code::from_number(number).unwrap_or(Code::Internal)
}
