//! What happens to the engine.

use crate::{CallId, Command};
use serde::{Deserialize, Serialize};

/// Something that happened.
#[derive(Debug)]
pub enum Input {
    /// A person wants something. Answered by exactly one [`crate::Notification::Done`] with the same tag.
    Command {
        /// Chosen by whoever asks.
        tag: Tag,
        /// What they want.
        command: Command,
    },
    /// Connect to the server, now and whenever the connection is lost. Also: the network came back, don't wait.
    GoOnline,
    /// Close the connection and stay away.
    GoOffline,
    /// The socket that [`crate::Output::Connect`] asked for is open.
    Connected,
    /// The socket is closed, or could not be opened.
    Disconnected,
    /// A binary message came in on the socket.
    Frame(Vec<u8>),
    /// A [`crate::Call`] was answered, or couldn't be made.
    Answer {
        /// Which one.
        id: CallId,
        /// The server's answer.
        result: Result<Answer, Unreachable>,
    },
    /// The time of the last [`crate::Output::Wake`] has come.
    Wake,
}

/// Ties a command to its outcome.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Tag(pub u64);

/// What the server said to a [`crate::Call`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body: JSON.
    pub body: Vec<u8>,
}

/// The server could not be reached, or didn't answer in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreachable;
