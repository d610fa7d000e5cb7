//! The control plane: JSON over HTTP, under `/v1`.
//!
//! | call | asks | answers | signed in |
//! | --- | --- | --- | --- |
//! | `GET /v1/server` | | [`ServerInfo`] | |
//! | `POST /v1/challenges` | | [`Challenge`] | |
//! | `POST /v1/passkeys/registration` | [`PasskeyRegistration`] | [`PasskeyCeremony`] | |
//! | `POST /v1/passkeys/assertion` | | [`PasskeyCeremony`] | |
//! | `POST /v1/accounts` | [`Register`] | [`Session`] | |
//! | `POST /v1/sessions` | [`SignIn`] | [`Session`] | |
//! | `DELETE /v1/sessions/current` | | | yes |
//! | `POST /v1/account-proofs` | [`ProveAccount`] | [`AccountProof`] | |
//! | `POST /v1/devices` | [`AddDevice`] | [`Session`] | account proof inside |
//! | `PUT /v1/devices` | [`ReplaceDevices`] | | yes |
//! | `GET /v1/accounts/by-username/{username}` | | [`Account`] | yes |
//! | `GET /v1/accounts/{account}` | | [`Account`] | yes |
//! | `POST /v1/accounts/{account}/prekeys` | [`ClaimPrekeys`] | [`ClaimedPrekeys`] | yes |
//! | `PUT /v1/prekeys` | [`UploadPrekeys`] | [`PrekeyCounts`] | yes |
//! | `GET /v1/me` | | [`Me`] | yes |
//! | `PATCH /v1/me` | [`ChangeMe`] | [`Me`] | yes |
//! | `DELETE /v1/me` | | | yes |
//!
//! "Signed in" means `Authorization: Bearer TOKEN`. Every refusal is a [`Refusal`].

mod accounts;
mod base64;
mod devices;
mod prekeys;
mod sessions;

pub use crate::frame::PrekeyCounts;
pub use accounts::{Account, ChangeMe, Discovery, Me, Proof, Register, ServerInfo};
pub use base64::Base64;
pub use devices::{AddDevice, ReplaceDevices};
pub use prekeys::{ClaimPrekeys, ClaimedPrekeys, DevicePrekeys, UploadPrekeys};
pub use sessions::{
    AccountProof, Challenge, PasskeyCeremony, PasskeyRegistration, ProveAccount, Session, SignIn,
};

use crate::Code;
use serde::{Deserialize, Serialize};

/// Every error of the control plane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// One sentence for a person; not stable.
    pub message: String,
    /// Milliseconds after which trying again makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}
