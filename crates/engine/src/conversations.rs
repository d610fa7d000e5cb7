//! Conversations: where each stands, its newest message, what was not seen, what was not sent.

use crate::config::PREVIEW_CHARACTERS;
use crate::effects::Effects;
use crate::records::{self, RecordError};
use crate::view::{ConversationView, MessageState, PersonView, Preview, Standing};
use crate::{Change, Record, StoredMessage, Table};
use serde::{Deserialize, Serialize};
use sotto_keys::{AccountId, Timestamp};
use sotto_wire::content::{MessageId, Presence};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Serialize, Deserialize)]
struct ConversationRecord {
    standing: Standing,
    last: Option<Preview>,
    draft: String,
    created_at: Timestamp,
}

/// One conversation.
pub(crate) struct Conversation {
    stored: ConversationRecord,
    /// Messages that the person hasn't seen, oldest first.
    unread: BTreeSet<(u64, MessageId)>,
    /// Until when the other side is taken to be writing.
    pub typing_until: Option<Timestamp>,
    /// Whether the other side is there, and until when that is believed.
    pub presence: Option<(Presence, Timestamp)>,
}

/// All conversations.
#[derive(Default)]
pub(crate) struct Conversations {
    by_account: BTreeMap<AccountId, Conversation>,
}

impl Conversation {
    fn new(stored: ConversationRecord) -> Self {
        Self {
            stored,
            unread: BTreeSet::new(),
            typing_until: None,
            presence: None,
        }
    }

    pub fn standing(&self) -> Standing {
        self.stored.standing
    }

    /// Messages that the person hasn't seen, oldest first.
    pub fn unread_ids(&self) -> Vec<MessageId> {
        self.unread.iter().map(|(_, id)| *id).collect()
    }

    fn newest(&self) -> Timestamp {
        self.stored
            .last
            .as_ref()
            .map_or(self.stored.created_at, |last| last.at)
    }

    pub fn view(&self, person: PersonView, now: Timestamp) -> ConversationView {
        ConversationView {
            person,
            standing: self.stored.standing,
            last: self.stored.last.clone(),
            unread: u32::try_from(self.unread.len()).unwrap_or(u32::MAX),
            first_unread: self.unread.first().map(|(_, id)| *id),
            draft: self.stored.draft.clone(),
            typing: self.typing_until.is_some_and(|until| until > now),
            presence: self
                .presence
                .filter(|(_, until)| *until > now)
                .map(|(presence, _)| presence),
        }
    }
}

impl Conversations {
    pub fn load(&mut self, record: &Record) -> Result<(), RecordError> {
        let account = records::part(&record.key)?;
        let stored: ConversationRecord = records::decode(&record.value)?;
        let unread = self
            .by_account
            .remove(&account)
            .map(|known| known.unread)
            .unwrap_or_default();
        self.by_account.insert(
            account,
            Conversation {
                unread,
                ..Conversation::new(stored)
            },
        );
        Ok(())
    }

    /// Takes an unread message; records come in any order, so the conversation may come later.
    pub fn load_unread(&mut self, record: &Record) -> Result<(), RecordError> {
        let (account, order, id) = records::split_message_key(&record.key)?;
        let placeholder = || {
            let standing = Standing::Request;
            Conversation::new(ConversationRecord {
                standing,
                last: None,
                draft: String::new(),
                created_at: Timestamp::default(),
            })
        };
        self.by_account
            .entry(account)
            .or_insert_with(placeholder)
            .unread
            .insert((order, id));
        Ok(())
    }

    pub fn get(&self, account: AccountId) -> Option<&Conversation> {
        self.by_account.get(&account)
    }

    pub fn get_mut(&mut self, account: AccountId) -> Option<&mut Conversation> {
        self.by_account.get_mut(&account)
    }

    pub fn standing(&self, account: AccountId) -> Option<Standing> {
        self.get(account).map(Conversation::standing)
    }

    /// Accounts, the newest conversation first.
    pub fn newest_first(&self) -> Vec<AccountId> {
        let mut all: Vec<_> = self
            .by_account
            .iter()
            .map(|(id, one)| (one.newest(), *id))
            .collect();
        all.sort_unstable();
        all.into_iter().rev().map(|(_, account)| account).collect()
    }

    pub fn iter(&self) -> impl Iterator<Item = (AccountId, &Conversation)> {
        self.by_account
            .iter()
            .map(|(account, conversation)| (*account, conversation))
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (AccountId, &mut Conversation)> {
        self.by_account
            .iter_mut()
            .map(|(account, conversation)| (*account, conversation))
    }

    /// Makes the conversation, or changes where it stands.
    pub fn set_standing(&mut self, account: AccountId, standing: Standing, effects: &mut Effects<'_>) {
        let fresh = || {
            Conversation::new(ConversationRecord {
                standing,
                last: None,
                draft: String::new(),
                created_at: effects.now,
            })
        };
        self.by_account
            .entry(account)
            .or_insert_with(fresh)
            .stored
            .standing = standing;
        self.store(account, effects);
    }

    pub fn set_draft(&mut self, account: AccountId, draft: String, effects: &mut Effects<'_>) {
        if let Some(conversation) = self.by_account.get_mut(&account) {
            conversation.stored.draft = draft;
            self.store(account, effects);
        }
    }

    /// Appends a message to a conversation that is there.
    pub fn append(&mut self, message: StoredMessage, effects: &mut Effects<'_>) {
        let Some(conversation) = self.by_account.get_mut(&message.conversation) else {
            return;
        };
        let account = message.conversation;
        if message.state == MessageState::Received {
            conversation.typing_until = None;
            let after = conversation.unread.last().map_or(0, |(order, _)| order + 1);
            let order = message.received_at.as_millis().max(after);
            conversation.unread.insert((order, message.id));
            let key = records::message_key(account, order, message.id);
            effects.put(Table::Unread, key, &());
        }
        conversation.stored.last = Some(preview(&message));
        self.store(account, effects);
        effects.change(Change::Append(message));
    }

    /// The person has seen all: gives the messages that were unread, oldest first.
    pub fn mark_read(&mut self, account: AccountId, effects: &mut Effects<'_>) -> Vec<MessageId> {
        let Some(conversation) = self.by_account.get_mut(&account) else {
            return Vec::new();
        };
        let unread = core::mem::take(&mut conversation.unread);
        for (order, id) in &unread {
            effects.delete(Table::Unread, records::message_key(account, *order, *id));
        }
        if !unread.is_empty() {
            effects.touch(account);
        }
        unread.into_iter().map(|(_, id)| id).collect()
    }

    /// Raises the state of one's own messages, in the store and in the preview.
    pub fn raise(
        &mut self,
        account: AccountId,
        ids: &[MessageId],
        state: MessageState,
        effects: &mut Effects<'_>,
    ) {
        effects.change(Change::Raise {
            conversation: account,
            ids: ids.to_vec(),
            state,
        });
        effects.notify(crate::Notification::States {
            conversation: account,
            ids: ids.to_vec(),
            state,
        });
        let Some(conversation) = self.by_account.get_mut(&account) else {
            return;
        };
        let Some(last) = &mut conversation.stored.last else {
            return;
        };
        if ids.contains(&last.id) && state.may_follow(last.state) {
            last.state = state;
            self.store(account, effects);
        }
    }

    /// Forgets one message, or all.
    pub fn delete(&mut self, account: AccountId, id: Option<MessageId>, effects: &mut Effects<'_>) {
        let Some(conversation) = self.by_account.get_mut(&account) else {
            return;
        };
        let goes = |other: MessageId| id.is_none_or(|id| id == other);
        let gone: Vec<_> = conversation
            .unread
            .iter()
            .copied()
            .filter(|(_, other)| goes(*other))
            .collect();
        for (order, other) in gone {
            conversation.unread.remove(&(order, other));
            effects.delete(Table::Unread, records::message_key(account, order, other));
        }
        if let Some(last) = conversation.stored.last.take_if(|last| goes(last.id)) {
            // What stood before it is in the store only; the time keeps the conversation in its place.
            conversation.stored.created_at = last.at;
        }
        self.store(account, effects);
        effects.change(match id {
            Some(id) => Change::DeleteMessage {
                conversation: account,
                id,
            },
            None => Change::ClearConversation {
                conversation: account,
            },
        });
        effects.notify(crate::Notification::Deleted {
            conversation: account,
            id,
        });
    }

    fn store(&self, account: AccountId, effects: &mut Effects<'_>) {
        if let Some(conversation) = self.by_account.get(&account) {
            effects.put(
                Table::Conversation,
                records::account_key(account),
                &conversation.stored,
            );
            effects.touch(account);
        }
    }
}

fn preview(message: &StoredMessage) -> Preview {
    Preview {
        id: message.id,
        text: message.text.chars().take(PREVIEW_CHARACTERS).collect(),
        at: message.received_at,
        state: message.state,
    }
}
