//! What the engine wants done, in order.

use crate::{Batch, Notification};
use sotto_keys::Timestamp;

/// Something for the runtime to do.
#[derive(Debug)]
pub enum Output {
    /// Commit this atomically and durably before anything that follows.
    Persist(Batch),
    /// Open the socket; report `Connected` or `Disconnected`.
    Connect,
    /// Close the socket; report `Disconnected`.
    Disconnect,
    /// Write a binary message to the socket; if it isn't open, drop it.
    Send(Vec<u8>),
    /// Make an HTTP request; report `Answer`.
    Call(Call),
    /// Tell the person, or whoever watches.
    Notify(Notification),
    /// Report `Wake` at this time, or at once if it has passed. Replaces the one before.
    Wake(Timestamp),
}

/// Ties a call to its answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CallId(pub u64);

/// A request to the control plane.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// Names the answer.
    pub id: CallId,
    /// The method.
    pub method: Method,
    /// Path and query below the server's origin, such as `/v1/challenges`.
    pub path: String,
    /// The JSON body, if any.
    pub body: Option<Vec<u8>>,
    /// For `Authorization: Bearer`, as base64url without padding.
    pub token: Option<String>,
}

/// Hides body and token.
impl core::fmt::Debug for Call {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self {
            id,
            method,
            path,
            body: _,
            token: _,
        } = self;
        f.debug_struct("Call")
            .field("id", id)
            .field("method", method)
            .field("path", path)
            .finish_non_exhaustive()
    }
}

/// An HTTP method.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}
