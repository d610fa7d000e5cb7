//! What is to be sent: plaintext until it can be encrypted, then ciphertext that is repeated byte for byte until the server
//! has it.
//!
//! ```text
//! Plain ──encrypt──▶ Sealed ──Accepted──▶ gone
//!   ▲                  │ └────refused───▶ Failed ──retry──▶ Plain
//!   └──device list is stale (ciphertexts of remaining devices are kept)
//! ```

use crate::effects::Effects;
use crate::records::{self, RecordError};
use crate::view::Failure;
use crate::{Change, Record, Table};
use serde::{Deserialize, Serialize};
use sotto_keys::{AccountId, Address, Timestamp};
use sotto_wire::content::{Content, MessageId};
use sotto_wire::frame::{ClientFrame, ListClaim, Recipient, Send, SendId};
use sotto_wire::limits;
use std::collections::{BTreeMap, BTreeSet};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Something to send.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// To whom.
    pub to: AccountId,
    /// What for.
    pub purpose: Purpose,
    /// The encoded content; its lists are set when it is encrypted.
    content: Plaintext,
    /// How far it is.
    pub stage: Stage,
    /// How often the server refused it for its device lists.
    pub stale_tries: u8,
}

#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Plaintext(Vec<u8>);

/// What an entry is for.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// A message of the person's, shown with its state; goes to one's other devices too.
    Message(MessageId),
    /// A receipt.
    Receipt,
}

/// How far an entry is.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// Not encrypted; `kept` holds ciphertexts that the server refused as a whole, by device.
    Plain { kept: Vec<(Address, Vec<u8>)> },
    /// Encrypted, and maybe with the server.
    Sealed {
        id: SendId,
        recipients: Vec<(Address, Vec<u8>)>,
        lists: Vec<(AccountId, u64)>,
    },
    /// Given up until the person tries again.
    Failed(Failure),
}

impl Entry {
    pub fn new(to: AccountId, purpose: Purpose, content: &Content) -> Self {
        let content = Plaintext(content.encode());
        Self {
            to,
            purpose,
            content,
            stage: Stage::Plain { kept: Vec::new() },
            stale_tries: 0,
        }
    }

    /// The content, as it was queued.
    pub fn content(&self) -> Option<Content> {
        Content::decode(&self.content.0).ok()
    }

    /// Whether what is sealed fits into one frame of the socket.
    pub fn fits(&self) -> bool {
        let length = self
            .frame()
            .map_or(0, |send| ClientFrame::Send(send).encode().len());
        length <= limits::FRAME
    }

    fn frame(&self) -> Option<Send> {
        let Stage::Sealed {
            id,
            recipients,
            lists,
        } = &self.stage
        else {
            return None;
        };
        let recipient = |(address, body): &(Address, Vec<u8>)| Recipient {
            address: *address,
            body: body.clone(),
        };
        let claim = |(account, version): &(AccountId, u64)| ListClaim {
            account: *account,
            version: *version,
        };
        Some(Send {
            id: *id,
            recipients: recipients.iter().map(recipient).collect(),
            lists: lists.iter().map(claim).collect(),
        })
    }
}

/// All entries, in the order in which they were queued.
#[derive(Default)]
pub(crate) struct Outbox {
    entries: BTreeMap<u64, Entry>,
    by_send: BTreeMap<SendId, u64>,
    /// Sent on this connection and not answered.
    in_flight: BTreeSet<u64>,
    /// The server asked for patience until then.
    pub paused_until: Option<Timestamp>,
}

impl Outbox {
    pub fn load(&mut self, record: &Record) -> Result<(), RecordError> {
        let number = u64::from_be_bytes(records::part(&record.key)?);
        let entry: Entry = records::decode(&record.value)?;
        if let Stage::Sealed { id, .. } = &entry.stage {
            self.by_send.insert(*id, number);
        }
        self.entries.insert(number, entry);
        Ok(())
    }

    pub fn push(&mut self, entry: Entry, effects: &mut Effects<'_>) {
        let number = self.entries.last_key_value().map_or(0, |(number, _)| number + 1);
        self.put(number, entry, effects);
    }

    /// Replaces an entry.
    pub fn put(&mut self, number: u64, entry: Entry, effects: &mut Effects<'_>) {
        effects.put(Table::Outbox, key(number), &entry);
        if let Stage::Sealed { id, .. } = &entry.stage {
            self.by_send.insert(*id, number);
        }
        self.entries.insert(number, entry);
        effects.touch_own();
    }

    pub fn get(&self, number: u64) -> Option<&Entry> {
        self.entries.get(&number)
    }

    /// Numbers of all entries, in order.
    pub fn numbers(&self) -> Vec<u64> {
        self.entries.keys().copied().collect()
    }

    /// The entry of a send, wherever it is.
    pub fn find_send(&self, id: SendId) -> Option<u64> {
        self.by_send.get(&id).copied()
    }

    /// The entry of a message.
    pub fn find_message(&self, to: AccountId, id: MessageId) -> Option<u64> {
        let is = |entry: &Entry| entry.to == to && entry.purpose == Purpose::Message(id);
        self.entries
            .iter()
            .find(|(_, entry)| is(entry))
            .map(|(number, _)| *number)
    }

    /// The entries of one message to a person, or of all.
    pub fn messages_to(&self, to: AccountId, id: Option<MessageId>) -> Vec<u64> {
        let meant = |entry: &Entry| match entry.purpose {
            Purpose::Message(other) => entry.to == to && id.is_none_or(|id| id == other),
            Purpose::Receipt => false,
        };
        let entries = self.entries.iter().filter(|(_, entry)| meant(entry));
        entries.map(|(number, _)| *number).collect()
    }

    /// Takes an entry out for good.
    pub fn remove(&mut self, number: u64, effects: &mut Effects<'_>) -> Option<Entry> {
        let entry = self.entries.remove(&number)?;
        self.unsend(number, &entry);
        effects.change(Change::Delete {
            table: Table::Outbox,
            key: key(number),
        });
        effects.touch_own();
        Some(entry)
    }

    /// Forgets the ciphertexts that were kept for a person's devices.
    pub fn drop_kept(&mut self, to: AccountId, effects: &mut Effects<'_>) {
        for number in self.numbers() {
            let Some(entry) = self.entries.get_mut(&number).filter(|entry| entry.to == to) else {
                continue;
            };
            if let Stage::Plain { kept } = &mut entry.stage {
                kept.retain(|(address, _)| address.account != to);
                effects.put(Table::Outbox, key(number), entry);
            }
        }
    }

    /// Takes an entry's send back: it was refused.
    pub fn unseal(&mut self, number: u64) -> Option<Entry> {
        let entry = self.entries.get(&number)?.clone();
        self.unsend(number, &entry);
        Some(entry)
    }

    fn unsend(&mut self, number: u64, entry: &Entry) {
        self.in_flight.remove(&number);
        if let Stage::Sealed { id, .. } = &entry.stage {
            self.by_send.remove(id);
        }
    }

    /// Writes a sealed entry to the socket, unless it is under way already or the window is full.
    pub fn transmit(&mut self, number: u64, window: usize, effects: &mut Effects<'_>) {
        if self.in_flight.len() >= window || self.in_flight.contains(&number) {
            return;
        }
        if let Some(send) = self.entries.get(&number).and_then(Entry::frame) {
            self.in_flight.insert(number);
            effects.send(&ClientFrame::Send(send));
        }
    }

    /// An answer came that leaves the entry as it is: it may be sent again.
    pub fn answered(&mut self, number: u64) {
        self.in_flight.remove(&number);
    }

    /// The connection is gone: whatever was under way may or may not have arrived.
    pub fn disconnected(&mut self) {
        self.in_flight.clear();
        self.paused_until = None;
    }

    /// Messages that are not with the server.
    pub fn pending_messages(&self) -> usize {
        self.entries
            .values()
            .filter(|entry| matches!(entry.purpose, Purpose::Message(_)))
            .count()
    }
}

fn key(number: u64) -> Vec<u8> {
    number.to_be_bytes().to_vec()
}
