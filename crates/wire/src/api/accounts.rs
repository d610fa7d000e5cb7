//! Accounts: making one, finding one, one's own.

use super::{Base64, PrekeyCounts, UploadPrekeys};
use serde::{Deserialize, Serialize};
use sotto_keys::{AccountId, DeviceId, Timestamp, Username};

/// What anyone may know about this server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServerInfo {
    /// The server's version.
    pub version: String,
    /// The protocol versions of the socket that it speaks.
    pub protocols: Vec<u32>,
    /// The origin that sign-ins name and passkeys belong to, such as `https://chat.example.org`.
    pub origin: String,
    /// Whether new accounts may be made.
    pub registration: bool,
    /// The server's clock.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub time: Timestamp,
}

/// Makes an account with its first device, whole or not at all. Repeated word for word, it answers the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Register {
    /// The new account's id.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: AccountId,
    /// The name it is found by, if any.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub username: Option<Username>,
    /// The encoded root public key.
    pub root: Base64,
    /// The first device's encoded certificate.
    pub certificate: Base64,
    /// The encoded signed device list, version 1, of that device alone.
    pub list: Base64,
    /// The device's first prekeys.
    pub prekeys: UploadPrekeys,
    /// The sealed root, for accounts that something other than the vault opens.
    pub root_envelope: Option<Base64>,
    /// What proves the account later.
    pub proof: Proof,
    /// Signs the first challenge, see [`super::SignIn`]: proves that the device key is there, and makes the session.
    pub sign_in: super::SignIn,
}

/// What proves an account, other than its devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proof {
    /// Nothing: the device key alone.
    Anonymous,
    /// A passkey.
    Passkey {
        /// The ceremony that the server began.
        ceremony: String,
        /// The browser's `PublicKeyCredential` as JSON, without PRF outputs.
        credential: serde_json::Value,
    },
}

/// An account as others see it. Nothing in it is to be believed before its signatures are verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Its id.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: AccountId,
    /// Its name, if it has one and lets itself be found.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub username: Option<Username>,
    /// The encoded root public key.
    pub root: Base64,
    /// Every signed device list, from version 1 to the one in force, oldest first.
    pub lists: Vec<Base64>,
    /// The encoded certificates of the list in force.
    pub certificates: Vec<Base64>,
}

/// What the server keeps about the account that asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The account.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: AccountId,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub username: Option<Username>,
    /// Whether the name finds it.
    pub discovery: Discovery,
    /// When it was made, to the day.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub created_at: Timestamp,
    /// The device that asks.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub device: DeviceId,
    /// How many devices it has.
    pub devices: u32,
    /// How many passkeys it has.
    pub passkeys: u32,
    /// What is left of the asking device's one-time prekeys.
    pub prekeys: PrekeyCounts,
    /// Messages waiting for the asking device, and their bytes.
    pub mailbox_messages: u64,
    /// Bytes waiting for the asking device.
    pub mailbox_bytes: u64,
    /// The sealed root, if one is kept.
    pub root_envelope: Option<Base64>,
}

/// Whether a username finds its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Discovery {
    /// It does.
    Listed,
    /// It doesn't; only those who know the account id reach it.
    Unlisted,
}

/// Changes what the server keeps about the account. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeMe {
    /// A new name.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub username: Option<Username>,
    /// Whether the name finds the account.
    pub discovery: Option<Discovery>,
}
