//! What the two ends say to each other, inside the ratchet's ciphertext.

use crate::frame::{at_most, decode, field};
use crate::proto::{self, ContentBody, EphemeralBody};
use crate::{DecodeError, limits};
use prost::Message;
use sotto_keys::{AccountId, Timestamp};

/// Identifies a message on every device that has it: 16 random bytes of its author's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct MessageId(pub [u8; 16]);

impl TryFrom<&[u8]> for MessageId {
    type Error = core::array::TryFromSliceError;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(Self)
    }
}

/// Lower-case hexadecimal.
impl core::fmt::Display for MessageId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl core::fmt::Debug for MessageId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "MessageId({self})")
    }
}

/// The highest version of an account's device list that someone has seen, with its hash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeenList {
    /// The version.
    pub version: u64,
    /// SHA-256 of the signed list.
    pub hash: [u8; 32],
}

/// One end-to-end message.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// Its id.
    pub id: MessageId,
    /// The author's clock.
    pub sent_at: Timestamp,
    /// The author's own device list, as the author knows it.
    pub own_list: SeenList,
    /// The recipient's device list, as the author knows it.
    pub peer_list: SeenList,
    /// What it says.
    pub body: Body,
}

/// What a message says.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// A text, 1 to [`limits::TEXT`] bytes.
    Text(String),
    /// Messages of the other side's that reached the author.
    Receipt {
        /// How far they got.
        kind: ReceiptKind,
        /// Which ones, 1 to [`limits::RECEIPT_IDS`].
        ids: Vec<MessageId>,
    },
    /// To the author's other devices: what was sent, and to whom.
    Sent {
        /// Whom it was sent to.
        to: AccountId,
        /// The encoded [`Content`] that they got, 1 to [`limits::SENT`] bytes. Foreign: it is decoded by itself.
        content: Vec<u8>,
    },
    /// Something that a newer version says.
    Unknown,
}

/// How far a message got.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ReceiptKind {
    /// It is on a device.
    Delivered,
    /// A person has seen it.
    Read,
}

/// Shows what kind of message it is, never what it says.
impl core::fmt::Debug for Content {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self {
            id,
            sent_at,
            own_list: _,
            peer_list: _,
            body,
        } = self;
        f.debug_struct("Content")
            .field("id", id)
            .field("sent_at", sent_at)
            .field("body", body)
            .finish()
    }
}

/// Shows what kind of message it is, never what it says.
impl core::fmt::Debug for Body {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Receipt { .. } => "Receipt(..)",
            Self::Sent { .. } => "Sent(..)",
            Self::Unknown => "Unknown",
        })
    }
}

impl Content {
    /// The content's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let ids = |ids: &[MessageId]| ids.iter().map(|id| id.0.to_vec()).collect();
        let body = match &self.body {
            Body::Text(text) => Some(ContentBody::Text(proto::Text { text: text.clone() })),
            Body::Receipt { kind, ids: of } => Some(ContentBody::Receipt(proto::Receipt {
                kind: kind.number(),
                ids: ids(of),
            })),
            Body::Sent { to, content } => Some(ContentBody::Sent(proto::Sent {
                to: to.as_bytes().to_vec(),
                content: content.clone(),
            })),
            Body::Unknown => None,
        };
        let list = |list: SeenList| proto::ListPin {
            version: list.version,
            hash: list.hash.to_vec(),
        };
        proto::Content {
            id: self.id.0.to_vec(),
            sent_at: self.sent_at.as_millis(),
            own_list: Some(list(self.own_list)),
            peer_list: Some(list(self.peer_list)),
            body,
        }
        .encode_to_vec()
    }

    /// Reads content. A body of a kind that this version doesn't know is [`Body::Unknown`].
    ///
    /// # Errors
    /// Anything that isn't of the schema or over a limit.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let content: proto::Content = decode(bytes, limits::CONTENT)?;
        let list = |list: Option<proto::ListPin>, name| {
            let list = list.ok_or(DecodeError::Missing(name))?;
            Ok::<_, DecodeError>(SeenList {
                version: list.version,
                hash: field(&list.hash, name)?,
            })
        };
        Ok(Self {
            id: field(&content.id, "id")?,
            sent_at: Timestamp::from_millis(content.sent_at),
            own_list: list(content.own_list, "own_list")?,
            peer_list: list(content.peer_list, "peer_list")?,
            body: content.body.map_or(Ok(Body::Unknown), Body::from_proto)?,
        })
    }
}

impl Body {
    fn from_proto(body: ContentBody) -> Result<Self, DecodeError> {
        match body {
            ContentBody::Text(text) => match text.text.len() {
                0 => Err(DecodeError::Missing("text")),
                1..=limits::TEXT => Ok(Self::Text(text.text)),
                _ => Err(DecodeError::TooLarge),
            },
            ContentBody::Receipt(receipt) => {
                if receipt.ids.is_empty() {
                    return Err(DecodeError::Missing("ids"));
                }
                at_most(&receipt.ids, limits::RECEIPT_IDS, "ids")?;
                let Some(kind) = ReceiptKind::from_number(receipt.kind) else {
                    return Ok(Self::Unknown);
                };
                let ids = receipt
                    .ids
                    .iter()
                    .map(|id| field(id, "ids"))
                    .collect::<Result<_, _>>()?;
                Ok(Self::Receipt { kind, ids })
            }
            ContentBody::Sent(sent) => match sent.content.len() {
                0 => Err(DecodeError::Missing("content")),
                1..=limits::SENT => Ok(Self::Sent {
                    to: field(&sent.to, "to")?,
                    content: sent.content,
                }),
                _ => Err(DecodeError::TooLarge),
            },
        }
    }
}

impl ReceiptKind {
    const fn number(self) -> u32 {
        match self {
            Self::Delivered => 1,
            Self::Read => 2,
        }
    }

    const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Delivered),
            2 => Some(Self::Read),
            _ => None,
        }
    }
}

/// What passes through without being stored: typing and presence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ephemeral {
    /// The person writes, or stopped.
    Typing(Typing),
    /// The person came, or went.
    Presence(Presence),
}

/// Whether a person is writing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub enum Typing {
    /// Stopped.
    Stopped,
    /// A key was pressed less than 5 seconds ago.
    Started,
}

/// Whether a person is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub enum Presence {
    /// Closing, or hidden for long.
    Away,
    /// In front of the screen.
    Online,
    /// Online, and asks for the other's presence in turn.
    Asking,
}

impl Ephemeral {
    /// The frame's bytes.
    pub fn encode(self) -> Vec<u8> {
        let body = match self {
            Self::Typing(Typing::Stopped) => EphemeralBody::Typing(1),
            Self::Typing(Typing::Started) => EphemeralBody::Typing(2),
            Self::Presence(Presence::Away) => EphemeralBody::Presence(1),
            Self::Presence(Presence::Online) => EphemeralBody::Presence(2),
            Self::Presence(Presence::Asking) => EphemeralBody::Presence(3),
        };
        proto::EphemeralContent { body: Some(body) }.encode_to_vec()
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// Anything that isn't of the schema, kinds and values of newer versions included: such a frame is dropped.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let content: proto::EphemeralContent = decode(bytes, limits::EPHEMERAL_BODY)?;
        match content.body.ok_or(DecodeError::Missing("body"))? {
            EphemeralBody::Typing(1) => Ok(Self::Typing(Typing::Stopped)),
            EphemeralBody::Typing(2) => Ok(Self::Typing(Typing::Started)),
            EphemeralBody::Presence(1) => Ok(Self::Presence(Presence::Away)),
            EphemeralBody::Presence(2) => Ok(Self::Presence(Presence::Online)),
            EphemeralBody::Presence(3) => Ok(Self::Presence(Presence::Asking)),
            _ => Err(DecodeError::Invalid("body")),
        }
    }
}
