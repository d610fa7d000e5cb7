//! The store's semantics without a file.

use std::collections::BTreeMap;

use sotto_engine::view::{MessageState, MessageView};
use sotto_engine::{Batch, Change, Record, StoredMessage, Table};
use sotto_keys::AccountId;
use zeroize::Zeroizing;

use crate::PAGE_MAX;

/// Does what a [`crate::Store`] does, search aside, and can be copied: for simulations, and as the model that the
/// store is held against.
#[derive(Clone, Default)]
pub struct MemoryStore {
    records: BTreeMap<(Table, Vec<u8>), Zeroizing<Vec<u8>>>,
    messages: BTreeMap<i64, MessageView>,
    positions: BTreeMap<Key, i64>,
    last_position: i64,
}

/// Conversation, id and author: what a message is told apart by.
type Key = (AccountId, [u8; 16], AccountId);

/// Shows nothing of what is stored.
impl core::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl MemoryStore {
    /// Carries out all changes of a batch in their order.
    pub fn commit(&mut self, batch: &Batch) {
        for change in &batch.changes {
            self.apply(change);
        }
    }

    /// Every record, by table and key.
    pub fn records(&self) -> Vec<Record> {
        self.records
            .iter()
            .map(|((table, key), value)| Record {
                table: *table,
                key: key.clone(),
                value: value.clone(),
            })
            .collect()
    }

    /// See [`crate::Store::messages`].
    pub fn messages(&self, conversation: AccountId, before: Option<i64>, limit: u32) -> Vec<MessageView> {
        let older = self.messages.range(..before.unwrap_or(i64::MAX)).rev();
        let mut page = page_of(older, conversation, limit);
        page.reverse();
        page
    }

    /// See [`crate::Store::messages_after`].
    pub fn messages_after(&self, conversation: AccountId, after: i64, limit: u32) -> Vec<MessageView> {
        match after.checked_add(1) {
            Some(from) => page_of(self.messages.range(from..), conversation, limit),
            None => Vec::new(),
        }
    }

    /// See [`crate::Store::messages_around`].
    pub fn messages_around(&self, conversation: AccountId, position: i64, limit: u32) -> Vec<MessageView> {
        let limit = limit.min(PAGE_MAX);
        let before = limit / 2;
        let mut page = self.messages(conversation, Some(position), before);
        let from_it_on = page_of(self.messages.range(position..), conversation, limit - before);
        page.extend(from_it_on);
        page
    }

    /// See [`crate::Store::position`].
    pub fn position(&self, message: &MessageView) -> Option<i64> {
        self.positions
            .get(&(message.conversation, message.id.0, message.author))
            .copied()
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Put(record) => {
                self.records
                    .insert((record.table, record.key.clone()), record.value.clone());
            }
            Change::Delete { table, key } => {
                self.records.remove(&(*table, key.clone()));
            }
            Change::Append(message) => self.append(message),
            Change::Raise {
                conversation,
                ids,
                state,
            } => {
                for id in ids {
                    self.raise(*conversation, &id.0, *state);
                }
            }
            Change::DeleteMessage { conversation, id } => {
                self.remove(|message| message.conversation == *conversation && message.id == *id);
            }
            Change::ClearConversation { conversation } => {
                self.remove(|message| message.conversation == *conversation);
            }
        }
    }

    fn append(&mut self, message: &StoredMessage) {
        let key = (message.conversation, message.id.0, message.author);
        if self.positions.contains_key(&key) {
            return;
        }
        self.last_position += 1;
        self.positions.insert(key, self.last_position);
        self.messages
            .insert(self.last_position, view(message, self.last_position));
    }

    fn raise(&mut self, conversation: AccountId, id: &[u8; 16], state: MessageState) {
        let least = AccountId::from_bytes([0; AccountId::LEN]);
        let greatest = AccountId::from_bytes([u8::MAX; AccountId::LEN]);
        let everyone = (conversation, *id, least)..=(conversation, *id, greatest);
        for position in self.positions.range(everyone).map(|(_, position)| position) {
            if let Some(message) = self.messages.get_mut(position)
                && state.may_follow(message.state)
            {
                message.state = state;
            }
        }
    }

    fn remove(&mut self, goes: impl Fn(&MessageView) -> bool) {
        self.messages.retain(|_, message| !goes(message));
        let messages = &self.messages;
        self.positions
            .retain(|_, position| messages.contains_key(position));
    }
}

fn page_of<'a>(
    messages: impl Iterator<Item = (&'a i64, &'a MessageView)>,
    conversation: AccountId,
    limit: u32,
) -> Vec<MessageView> {
    messages
        .map(|(_, message)| message)
        .filter(|message| message.conversation == conversation)
        .take(limit.min(PAGE_MAX) as usize)
        .cloned()
        .collect()
}

fn view(message: &StoredMessage, position: i64) -> MessageView {
    MessageView {
        position,
        conversation: message.conversation,
        id: message.id,
        author: message.author,
        sent_at: message.sent_at,
        received_at: message.received_at,
        text: message.text.clone(),
        state: message.state,
    }
}
