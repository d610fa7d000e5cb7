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
