//! Signing in: challenges, tokens, passkeys.

use super::Base64;
use serde::{Deserialize, Serialize};
use sotto_keys::{AccountId, Address, Timestamp};

/// A number to sign, once, before it expires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Challenge {
    /// 32 random bytes.
    pub nonce: Base64,
    /// Refused from then on.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub expires: Timestamp,
}

/// A device proves itself: its signature over origin, address, nonce and expiry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// The device.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub address: Address,
    /// The challenge's number.
    pub nonce: Base64,
    /// The challenge's expiry.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub expires: Timestamp,
    /// The hybrid signature.
    pub signature: Base64,
}

/// A session: a token that stands for a device.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// 32 random bytes, for `Authorization: Bearer` (as base64url) and for `Hello`.
    pub token: Base64,
    /// Refused from then on.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub expires: Timestamp,
}

/// Hides the token.
impl core::fmt::Debug for Session {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { token: _, expires } = self;
        f.debug_struct("Session")
            .field("expires", expires)
            .finish_non_exhaustive()
    }
}

/// Asks for the options with which a browser makes a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeyRegistration {
    /// The account that it will prove.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: AccountId,
    /// What the authenticator shows; at most 64 bytes.
    pub name: String,
}

/// A ceremony that the server began, and what the browser needs for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeyCeremony {
    /// Names the ceremony.
    pub ceremony: String,
    /// `PublicKeyCredentialCreationOptions` or `…RequestOptions`, as WebAuthn's JSON.
    pub options: serde_json::Value,
    /// Refused from then on.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub expires: Timestamp,
}

/// Proves an account by a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProveAccount {
    /// The ceremony that the server began.
    pub ceremony: String,
    /// The browser's assertion as JSON, without PRF outputs.
    pub credential: serde_json::Value,
}

/// An account that was proved, for a few minutes: lets a device be added.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountProof {
    /// The account.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: AccountId,
    /// Spent once, by [`super::AddDevice`].
    pub proof: Base64,
    /// The sealed root, if one is kept.
    pub root_envelope: Option<Base64>,
    /// Refused from then on.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub expires: Timestamp,
}

/// Hides the proof and the envelope.
impl core::fmt::Debug for AccountProof {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self {
            account,
            proof: _,
            root_envelope: _,
            expires,
        } = self;
        f.debug_struct("AccountProof")
            .field("account", account)
            .field("expires", expires)
            .finish_non_exhaustive()
    }
}
