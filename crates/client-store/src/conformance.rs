//! The store and its model, through the same random batches.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use sotto_engine::view::{Failure, MessageState};
use sotto_engine::{Batch, Change, StoredMessage, Table};
use sotto_keys::{AccountId, Timestamp};

use crate::{MemoryStore, Store, fixtures};

/// So few of each that they meet.
const ACCOUNTS: u8 = 3;
const IDS: u8 = 4;

fn account() -> impl Strategy<Value = AccountId> {
    (0..ACCOUNTS).prop_map(|byte| AccountId::from_bytes([byte * 100; 16]))
}

fn id() -> impl Strategy<Value = [u8; 16]> {
    (0..IDS).prop_map(|byte| [byte; 16])
}

fn state() -> impl Strategy<Value = MessageState> {
    prop::sample::select(vec![
        MessageState::Queued,
        MessageState::Sent,
        MessageState::Delivered,
        MessageState::Read,
        MessageState::Received,
        MessageState::Failed(Failure::MailboxFull),
        MessageState::Failed(Failure::Refused),
    ])
}

fn table() -> impl Strategy<Value = Table> {
    prop::sample::select(vec![Table::Own, Table::Session, Table::Unread])
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0..2_u8, 0..3)
}

fn append() -> impl Strategy<Value = Change> {
    (
        account(),
        id(),
        account(),
        any::<u64>(),
        state(),
        "\\PC{0,12}|a\0b",
    )
        .prop_map(|(conversation, id, author, sent_at, state, text)| {
            Change::Append(StoredMessage {
                conversation,
                id: id.as_slice().try_into().unwrap(),
                author,
                sent_at: Timestamp::from_millis(sent_at),
                received_at: Timestamp::from_millis(sent_at / 2),
                text,
                state,
            })
        })
}

fn change() -> impl Strategy<Value = Change> {
    let raise =
        (account(), prop::collection::vec(id(), 0..4), state()).prop_map(|(conversation, ids, state)| {
            Change::Raise {
                conversation,
                ids: ids.iter().map(|id| id.as_slice().try_into().unwrap()).collect(),
                state,
            }
        });
    let delete_message = (account(), id()).prop_map(|(conversation, id)| Change::DeleteMessage {
        conversation,
        id: id.as_slice().try_into().unwrap(),
    });
    prop_oneof![
        4 => (table(), key(), key()).prop_map(|(table, key, value)| fixtures::put(table, &key, &value)),
        2 => (table(), key()).prop_map(|(table, key)| Change::Delete { table, key }),
        8 => append(),
        6 => raise,
        2 => delete_message,
        1 => account().prop_map(|conversation| Change::ClearConversation { conversation }),
    ]
}

fn batch() -> impl Strategy<Value = Batch> {
    prop::collection::vec(change(), 0..10).prop_map(|changes| Batch { changes })
}

fn compare(store: &Store, model: &MemoryStore) {
    assert!(store.records().unwrap() == model.records());
    for conversation in (0..ACCOUNTS).map(|byte| AccountId::from_bytes([byte * 100; 16])) {
        let all = model.messages(conversation, None, 200);
        assert_eq!(store.messages(conversation, None, 200).unwrap(), all);
        for message in &all {
            let position = message.position;
            assert_eq!(store.position(message).unwrap(), Some(position));
            assert_eq!(model.position(message), Some(position));
            assert_eq!(
                store.messages(conversation, Some(position), 2).unwrap(),
                model.messages(conversation, Some(position), 2)
            );
            assert_eq!(
                store.messages_after(conversation, position, 2).unwrap(),
                model.messages_after(conversation, position, 2)
            );
            assert_eq!(
                store.messages_around(conversation, position, 3).unwrap(),
                model.messages_around(conversation, position, 3)
            );
        }
    }
    store.check_index();
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_store_does_what_its_model_does(batches in prop::collection::vec(batch(), 1..8)) {
        let (_directory, mut store) = fixtures::store();
        let mut model = MemoryStore::default();
        for batch in &batches {
            store.commit(batch).unwrap();
            model.commit(batch);
            compare(&store, &model);
        }
    }
}
