//! What the page and the worker say to each other: postcard in a `Uint8Array`, by `postMessage`.
//!
//! The page sends [`FromPage`], the worker [`FromWorker`]. Every request is answered once, with its number.

use serde::{Deserialize, Serialize};
pub use sotto_engine::command::{Command, CommandError, Outcome, ServerRecord};
pub use sotto_engine::notification::{Link, Notification, ShutReason};
pub use sotto_engine::view;
use sotto_engine::view::{ConversationView, MessageView, OwnView, SafetyNumberView};
pub use sotto_keys::{AccountId, DeviceId, Timestamp, Username, UsernameError};
pub use sotto_wire::api::{Discovery, Me};
pub use sotto_wire::content::{MessageId, Presence, Typing};
pub use sotto_wire::limits::TEXT as TEXT_LIMIT;

/// From the page to the worker.
#[derive(Serialize, Deserialize)]
pub struct FromPage {
    /// Answered with the same number.
    pub number: u64,
    /// What is asked.
    pub request: Request,
}

/// From the worker to the page.
#[derive(Serialize, Deserialize)]
pub enum FromWorker {
    /// The answer to a request.
    Response {
        /// The request's number.
        number: u64,
        /// What came of it.
        result: Result<Response, WorkerError>,
    },
    /// Something changed. Never [`Notification::Done`].
    Notification(Notification),
    /// The phase changed by itself: another tab took over, or the store failed.
    Phase(Phase),
}

/// What the page asks for.
#[derive(Serialize, Deserialize)]
pub enum Request {
    /// Opens the storage of this origin. The first request. → [`Response::Phase`]
    Start,
    /// Takes the engine from the other tab that runs it. → [`Response::Phase`]
    TakeOver,
    /// Begins to make an account with a passkey. → [`Response::Passkey`]
    BeginPasskey {
        /// What the authenticator shows.
        name: String,
    },
    /// Makes the account and signs in. → [`Response::Phase`]
    CreateAccount {
        /// The name to be found by, if any.
        username: Option<Username>,
        /// What proves the account later.
        proof: NewProof,
        /// What wraps the vault key.
        secret: VaultSecret,
    },
    /// Unlocks the vault and signs in. → [`Response::Phase`]
    Unlock {
        /// What wraps the vault key.
        secret: VaultSecret,
    },
    /// Forgets the vault key; the store stays, encrypted. → [`Response::Phase`]
    Lock,
    /// Deletes everything that this origin keeps on this device. → [`Response::Phase`]
    Erase,
    /// Something for the engine. → [`Response::Outcome`]
    Command(Command),
    /// Oneself. → [`Response::Own`]
    Own,
    /// All conversations, newest first. → [`Response::Conversations`]
    Conversations,
    /// A page of a timeline, oldest first, that ends before `before`, or with the newest. → [`Response::Messages`]
    Messages {
        /// Whose timeline.
        conversation: AccountId,
        /// A position that a [`MessageView`] gave.
        before: Option<i64>,
        /// How many at most, up to 200.
        limit: u32,
    },
    /// A page of a timeline around a message, oldest first. → [`Response::Messages`]
    MessagesAround {
        /// Whose timeline.
        conversation: AccountId,
        /// The message in the middle.
        position: i64,
        /// How many at most, up to 200.
        limit: u32,
    },
    /// A page of a timeline, oldest first, that begins after `after`. → [`Response::Messages`]
    MessagesAfter {
        /// Whose timeline.
        conversation: AccountId,
        /// A position that a [`MessageView`] gave.
        after: i64,
        /// How many at most, up to 200.
        limit: u32,
    },
    /// Messages that hold all of the words (the last one as a prefix), newest first. → [`Response::Messages`]
    Search {
        /// The words.
        query: String,
        /// Only in this conversation.
        conversation: Option<AccountId>,
        /// How many at most, up to 200.
        limit: u32,
    },
    /// The safety number with a person. → [`Response::SafetyNumber`]
    SafetyNumber {
        /// Whose.
        person: AccountId,
    },
    /// Compares a scanned QR code. → [`Response::Scanned`]
    CompareScanned {
        /// Whose code was scanned.
        person: AccountId,
        /// The bytes in the code.
        scanned: Vec<u8>,
    },
    /// The browser says that the network went or came.
    Network(Network),
}

/// Whether the browser has a network.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Network {
    /// It has.
    Up,
    /// It hasn't.
    Down,
}

/// What proves a new account.
#[derive(Serialize, Deserialize)]
pub enum NewProof {
    /// Nothing but the device.
    Anonymous,
    /// The passkey that the browser made from [`Response::Passkey`].
    Passkey {
        /// The `PublicKeyCredential` as JSON, **without** `clientExtensionResults.prf`.
        credential: String,
    },
}

/// What wraps the vault key.
#[derive(Clone, Serialize, Deserialize)]
pub enum VaultSecret {
    /// The passkey's PRF output of 32 bytes over [`PRF_INPUT`].
    Prf {
        /// The credential's raw id.
        credential_id: Vec<u8>,
        /// The output.
        output: Vec<u8>,
    },
    /// A passphrase, at least [`PASSPHRASE_MIN`] characters long.
    Passphrase(String),
}

/// The input of the passkey's PRF (`extensions.prf.eval.first`).
pub const PRF_INPUT: &[u8] = b"sotto/1 vault key wrap";
/// Fewest characters of a passphrase.
pub const PASSPHRASE_MIN: usize = 10;

/// Answers to requests.
#[derive(Serialize, Deserialize)]
pub enum Response {
    /// Where the worker stands now.
    Phase(Phase),
    /// The options for `navigator.credentials.create`.
    Passkey {
        /// `{"publicKey": …}` in WebAuthn's JSON, for `PublicKeyCredential.parseCreationOptionsFromJSON`
        /// after taking the `publicKey` member. The page adds `extensions.prf`.
        options: String,
    },
    /// What came of a command.
    Outcome(Outcome),
    /// Oneself.
    Own(OwnView),
    /// Conversations.
    Conversations(Vec<ConversationView>),
    /// Messages.
    Messages(Vec<MessageView>),
    /// A safety number.
    SafetyNumber(SafetyNumberView),
    /// How the scanned code compared.
    Scanned(Scan),
    /// Done.
    Done,
}

/// How a scanned code compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Scan {
    /// Equal: this is the person.
    Match,
    /// Not equal: somebody is in between, or this is someone else's code.
    Mismatch,
    /// Not a safety number at all.
    NotASafetyNumber,
    /// A safety number of another version of Sotto.
    OtherVersion,
}

/// Where the worker stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Phase {
    /// There is no account on this device.
    Empty,
    /// There is one, and its vault is locked.
    Locked {
        /// Its username.
        username: Option<Username>,
        /// What unlocks it.
        unlocks: Vec<UnlockKind>,
    },
    /// The engine runs.
    Open(OwnView),
    /// Another tab runs the engine.
    ElsewhereOpen,
    /// The storage can't be used.
    Broken(StorageFault),
}

/// What unlocks a vault.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum UnlockKind {
    /// A passkey's PRF.
    Prf {
        /// The credential's raw id, for `allowCredentials`.
        credential_id: Vec<u8>,
    },
    /// A passphrase.
    Passphrase,
}

/// Why storage can't be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum StorageFault {
    /// The browser has no OPFS here: private window, blocked storage, or not a secure origin.
    Blocked,
    /// It is full.
    Full,
    /// It was written by a newer version of Sotto; it is untouched.
    Newer,
    /// It is damaged.
    Damaged,
}

/// Why a request came to nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
pub enum WorkerError {
    /// The engine says so.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The passphrase or passkey doesn't open the vault.
    #[error("that does not unlock it")]
    WrongSecret,
    /// The passphrase is too short.
    #[error("a passphrase has at least {PASSPHRASE_MIN} characters")]
    PassphraseTooShort,
    /// The username belongs to someone else.
    #[error("this username is taken")]
    UsernameTaken,
    /// The server takes no new accounts.
    #[error("this server takes no new accounts")]
    RegistrationClosed,
    /// The server can't be reached.
    #[error("the server cannot be reached")]
    Unreachable,
    /// Too often; try again after so many milliseconds.
    #[error("too often; try again in {} s", .retry_after.div_ceil(1000))]
    RateLimited {
        /// Milliseconds.
        retry_after: u64,
    },
    /// The server refused the passkey, or its ceremony took too long.
    #[error("the server did not accept the passkey")]
    PasskeyRefused,
    /// The server refused for another reason.
    #[error("the server refused")]
    Refused,
    /// Not now: the vault is locked, or another tab runs the engine.
    #[error("not possible now")]
    WrongPhase,
    /// The storage can't be used.
    #[error("the storage on this device cannot be used")]
    Storage(StorageFault),
}
