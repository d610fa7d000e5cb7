//! Calls that are under way, and what each is for.

use crate::effects::Effects;
use crate::{Call, CallId, Method, Tag};
use serde::Serialize;
use sotto_keys::{AccountId, Username};
use std::collections::BTreeMap;

/// What a call is for.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Signing in: the challenge.
    Challenge,
    /// Signing in: the token.
    SignIn,
    /// What the server says about an account.
    Account(AccountId),
    /// Bundles of an account's devices.
    Prekeys(AccountId),
    /// One's own prekeys.
    Upload,
    /// Somebody looks for a person.
    Find { tag: Tag, username: Username },
    /// Somebody asks what the server keeps.
    AskServer { tag: Tag },
}

/// The calls that are under way.
#[derive(Default)]
pub(crate) struct Calls {
    next: u64,
    under_way: BTreeMap<CallId, Purpose>,
}

/// A call to make.
pub(crate) struct Request {
    pub method: Method,
    pub path: String,
    pub body: Option<Vec<u8>>,
    pub token: Option<String>,
}

impl Request {
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::Get,
            path: path.into(),
            body: None,
            token: None,
        }
    }

    pub fn post(path: impl Into<String>, body: &impl Serialize) -> Self {
        Self::with_body(Method::Post, path, serde_json::to_vec(body).unwrap_or_default())
    }

    pub fn with_body(method: Method, path: impl Into<String>, body: Vec<u8>) -> Self {
        Self {
            method,
            path: path.into(),
            body: Some(body),
            token: None,
        }
    }

    pub fn signed_in(self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self
        }
    }
}

impl Calls {
    pub fn make(&mut self, purpose: Purpose, request: Request, effects: &mut Effects<'_>) {
        let id = CallId(self.next);
        self.next += 1;
        self.under_way.insert(id, purpose);
        let Request {
            method,
            path,
            body,
            token,
        } = request;
        effects.call(Call {
            id,
            method,
            path,
            body,
            token,
        });
    }

    pub fn take(&mut self, id: CallId) -> Option<Purpose> {
        self.under_way.remove(&id)
    }

    pub fn under_way(&self, purpose: &Purpose) -> bool {
        self.under_way.values().any(|other| other == purpose)
    }
}
