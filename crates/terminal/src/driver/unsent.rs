//! What is stored to be sent, by its keys.

use sotto_engine::{Batch, Change, Record, Table};
use std::collections::BTreeSet;

/// The keys of everything that waits to be acknowledged by the server: messages and receipts.
#[derive(Default)]
pub struct Unsent(BTreeSet<(Table, Vec<u8>)>);

impl Unsent {
    /// What is stored.
    pub fn of(records: &[Record]) -> Self {
        let waiting = records.iter().filter(|record| waits(record.table));
        Self(waiting.map(|record| (record.table, record.key.clone())).collect())
    }

    /// Follows what is committed.
    pub fn follow(&mut self, batch: &Batch) {
        for change in &batch.changes {
            match change {
                Change::Put(record) if waits(record.table) => {
                    self.0.insert((record.table, record.key.clone()));
                }
                Change::Delete { table, key } => {
                    self.0.remove(&(*table, key.clone()));
                }
                _ => {}
            }
        }
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

const fn waits(table: Table) -> bool {
    matches!(table, Table::Outbox | Table::Receipt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sotto_client_store::MemoryStore;

    fn put(table: Table, key: u8) -> Change {
        Change::Put(Record {
            table,
            key: vec![key],
            value: vec![1].into(),
        })
    }

    fn delete(table: Table, key: u8) -> Change {
        Change::Delete {
            table,
            key: vec![key],
        }
    }

    #[test]
    fn it_follows_the_outbox_and_the_receipts() {
        let mut store = MemoryStore::default();
        let first = Batch {
            changes: vec![put(Table::Outbox, 1), put(Table::Own, 2), put(Table::Receipt, 1)],
        };
        store.commit(&first);
        let mut unsent = Unsent::of(&store.records());
        assert_eq!(unsent.0.len(), 2);
        for (change, left) in [
            (delete(Table::Own, 1), 2),
            (put(Table::Outbox, 1), 2),
            (delete(Table::Receipt, 1), 1),
            (put(Table::Outbox, 3), 2),
            (delete(Table::Outbox, 1), 1),
            (delete(Table::Outbox, 3), 0),
        ] {
            unsent.follow(&Batch {
                changes: vec![change],
            });
            assert_eq!(unsent.0.len(), left);
        }
        assert!(unsent.is_empty());
    }
}
