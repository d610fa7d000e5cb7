//! What the page can look at while the engine runs.

use sotto_client_store::Store;
use sotto_engine::Engine;
use sotto_keys::{ScanResult, Timestamp};

use crate::messages::{CommandError, Request, Response, Scan, WorkerError};

/// Answers a request that changes nothing.
///
/// # Errors
/// [`WorkerError::WrongPhase`] for every other request; else see [`WorkerError`].
pub fn answer(
    engine: &Engine,
    store: &Store,
    now: Timestamp,
    request: Request,
) -> Result<Response, WorkerError> {
    Ok(match request {
        Request::Own => Response::Own(engine.own()),
        Request::Conversations => Response::Conversations(engine.conversations(now)),
        Request::Messages {
            conversation,
            before,
            limit,
        } => Response::Messages(store.messages(conversation, before, limit)?),
        Request::MessagesAround {
            conversation,
            position,
            limit,
        } => Response::Messages(store.messages_around(conversation, position, limit)?),
        Request::MessagesAfter {
            conversation,
            after,
            limit,
        } => Response::Messages(store.messages_after(conversation, after, limit)?),
        Request::Search {
            query,
            conversation,
            limit,
        } => Response::Messages(store.search(&query, conversation, limit)?),
        Request::SafetyNumber { person } => {
            Response::SafetyNumber(engine.safety_number(person).ok_or(CommandError::NoSuchThing)?)
        }
        Request::CompareScanned { person, scanned } => {
            let result = engine.compare_scanned(person, &scanned);
            Response::Scanned(result.ok_or(CommandError::NoSuchThing)?.into())
        }
        _ => return Err(WorkerError::WrongPhase),
    })
}

impl From<ScanResult> for Scan {
    fn from(result: ScanResult) -> Self {
        match result {
            ScanResult::Match => Self::Match,
            ScanResult::Mismatch => Self::Mismatch,
            ScanResult::NotASafetyNumber => Self::NotASafetyNumber,
            ScanResult::OtherVersion => Self::OtherVersion,
        }
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;
    use sotto_client_store::{Folder, Header, PassphraseCost, Profile, VaultKey, Wrap, WrapSecret};
    use sotto_engine::enrol::{NewAccount, NewIdentity, RootCustody};
    use sotto_engine::view::MessageState;
    use sotto_engine::{Batch, Change, Config, StoredMessage};
    use sotto_keys::AccountId;
    use sotto_wire::content::MessageId;
    use tempfile::TempDir;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const ALICE: AccountId = AccountId::from_bytes([0xA1; 16]);
    const BOB: AccountId = AccountId::from_bytes([0xB0; 16]);

    fn opened() -> (TempDir, Engine, Store) {
        let mut rng = ChaCha20Rng::from_seed([7; 32]);
        let identity = NewIdentity {
            account: ALICE,
            username: None,
            origin: "https://chat.example.org".to_owned(),
        };
        let config = Config::default();
        let new = NewAccount::generate(&mut rng, NOW, identity, RootCustody::Vault, &config).unwrap();
        let key = VaultKey::generate(&mut rng);
        let secret = WrapSecret::DeviceKey(&[1; 32]);
        let header = Header {
            address: new.address(),
            username: None,
            server: "https://chat.example.org".to_owned(),
            wraps: vec![Wrap {
                key: key.wrap(&mut rng, &secret, PassphraseCost::RECOMMENDED),
                credential_id: None,
            }],
        };
        let directory = tempfile::tempdir().unwrap();
        let (_, store) = Profile::create(&Folder::new(directory.path()), header, &key, &new.batch()).unwrap();
        let engine = Engine::open(store.records().unwrap(), NOW, config).unwrap();
        (directory, engine, store)
    }

    fn message(id: u8) -> Change {
        Change::Append(StoredMessage {
            conversation: BOB,
            id: MessageId([id; 16]),
            author: BOB,
            sent_at: NOW,
            received_at: NOW,
            text: format!("number {id}"),
            state: MessageState::Received,
        })
    }

    #[test]
    fn each_query_reaches_its_own_answer() {
        let (_directory, engine, mut store) = opened();
        let changes = (1..=5).map(message).collect();
        store.commit(&Batch { changes }).unwrap();
        let ask = |request| answer(&engine, &store, NOW, request);
        let ids = |request| -> Vec<u8> {
            match ask(request) {
                Ok(Response::Messages(messages)) => messages.iter().map(|message| message.id.0[0]).collect(),
                _ => Vec::new(),
            }
        };
        let Ok(Response::Messages(all)) = ask(Request::Messages {
            conversation: BOB,
            before: None,
            limit: 10,
        }) else {
            panic!("no messages");
        };
        let third = all[2].position;

        let before = Request::Messages {
            conversation: BOB,
            before: Some(third),
            limit: 1,
        };
        assert_eq!(ids(before), [2]);
        let after = Request::MessagesAfter {
            conversation: BOB,
            after: third,
            limit: 1,
        };
        assert_eq!(ids(after), [4]);
        let around = Request::MessagesAround {
            conversation: BOB,
            position: third,
            limit: 3,
        };
        assert_eq!(ids(around), [2, 3, 4]);
        let search = |conversation| Request::Search {
            query: "numb".to_owned(),
            conversation,
            limit: 2,
        };
        assert_eq!(ids(search(None)), [5, 4]);
        assert!(ids(search(Some(ALICE))).is_empty());
        assert!(matches!(ask(Request::Own), Ok(Response::Own(own)) if own.account == ALICE));
        assert!(matches!(ask(Request::Conversations), Ok(Response::Conversations(list)) if list.is_empty()));
    }

    #[test]
    fn what_is_no_query_and_who_is_no_person_is_refused() {
        let (_directory, engine, store) = opened();
        let refused = |request| answer(&engine, &store, NOW, request).err();
        for request in [Request::Start, Request::Lock, Request::Erase] {
            assert_eq!(refused(request), Some(WorkerError::WrongPhase));
        }
        let nobody = Some(WorkerError::Command(CommandError::NoSuchThing));
        assert_eq!(refused(Request::SafetyNumber { person: BOB }), nobody);
        let compare = Request::CompareScanned {
            person: BOB,
            scanned: vec![1],
        };
        assert_eq!(refused(compare), nobody);
    }
}
