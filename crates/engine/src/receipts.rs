//! Receipts that are owed: gathered, and sent at most once a second to each person.

use crate::config::Config;
use crate::effects::Effects;
use crate::records::{self, RecordError};
use crate::{Record, Table};
use sotto_keys::{AccountId, Timestamp};
use sotto_wire::content::{MessageId, ReceiptKind};
use sotto_wire::limits;
use std::collections::BTreeMap;

/// What is owed to one person.
#[derive(Default)]
struct Owed {
    kinds: BTreeMap<MessageId, ReceiptKind>,
    last_sent: Option<Timestamp>,
}

/// All receipts that are owed.
#[derive(Default)]
pub(crate) struct Receipts {
    by_account: BTreeMap<AccountId, Owed>,
}

impl Receipts {
    pub fn load(&mut self, record: &Record) -> Result<(), RecordError> {
        let (account, order, id) = records::split_message_key(&record.key)?;
        let kind = if order == 2 {
            ReceiptKind::Read
        } else {
            ReceiptKind::Delivered
        };
        let known = self
            .by_account
            .entry(account)
            .or_default()
            .kinds
            .entry(id)
            .or_insert(kind);
        *known = (*known).max(kind);
        Ok(())
    }

    /// Owes a receipt; `Read` takes the place of `Delivered`.
    pub fn owe(&mut self, account: AccountId, id: MessageId, kind: ReceiptKind, effects: &mut Effects<'_>) {
        let kinds = &mut self.by_account.entry(account).or_default().kinds;
        if kinds.get(&id).is_some_and(|known| *known >= kind) {
            return;
        }
        kinds.insert(id, kind);
        effects.put(Table::Receipt, key(account, id, kind), &());
        if kind == ReceiptKind::Read {
            effects.delete(Table::Receipt, key(account, id, ReceiptKind::Delivered));
        }
    }

    /// Takes the receipts that are due, deleting them: whoever takes them queues them in the same batch.
    pub fn take_due(
        &mut self,
        config: &Config,
        effects: &mut Effects<'_>,
    ) -> Vec<(AccountId, ReceiptKind, Vec<MessageId>)> {
        let mut due = Vec::new();
        for (account, owed) in &mut self.by_account {
            if owed.kinds.is_empty() || owed.due_at(config) > effects.now {
                continue;
            }
            owed.last_sent = Some(effects.now);
            for kind in [ReceiptKind::Delivered, ReceiptKind::Read] {
                let ids: Vec<_> = owed
                    .kinds
                    .iter()
                    .filter(|(_, of)| **of == kind)
                    .map(|(id, _)| *id)
                    .collect();
                for ids in ids.chunks(limits::RECEIPT_IDS) {
                    ids.iter()
                        .for_each(|id| effects.delete(Table::Receipt, key(*account, *id, kind)));
                    due.push((*account, kind, ids.to_vec()));
                }
            }
            owed.kinds.clear();
        }
        due
    }

    /// Owes nothing to this person any more.
    pub fn forget(&mut self, account: AccountId, effects: &mut Effects<'_>) {
        let Some(owed) = self.by_account.remove(&account) else {
            return;
        };
        for (id, kind) in owed.kinds {
            effects.delete(Table::Receipt, key(account, id, kind));
        }
    }

    /// When the next receipts are due.
    pub fn next_due(&self, config: &Config) -> Option<Timestamp> {
        self.by_account
            .values()
            .filter(|owed| !owed.kinds.is_empty())
            .map(|owed| owed.due_at(config))
            .min()
    }
}

impl Owed {
    fn due_at(&self, config: &Config) -> Timestamp {
        self.last_sent.map_or(Timestamp::default(), |last| {
            last.saturating_add(config.receipt_interval)
        })
    }
}

fn key(account: AccountId, id: MessageId, kind: ReceiptKind) -> Vec<u8> {
    let order = match kind {
        ReceiptKind::Delivered => 1,
        ReceiptKind::Read => 2,
    };
    records::message_key(account, order, id)
}
