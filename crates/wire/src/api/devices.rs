//! The devices of an account.

use super::{Base64, SignIn, UploadPrekeys};
use serde::{Deserialize, Serialize};

/// Adds a device to an account that was proved, and signs it in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddDevice {
    /// From [`super::AccountProof`]; spent by this call if it succeeds.
    pub proof: Base64,
    /// The new device's encoded certificate.
    pub certificate: Base64,
    /// The encoded signed list that follows the one in force and adds the device.
    pub list: Base64,
    /// The device's first prekeys.
    pub prekeys: UploadPrekeys,
    /// The new device's signature.
    pub sign_in: SignIn,
}

/// Swaps the device list for the one that follows it. Devices that it drops are revoked at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplaceDevices {
    /// The encoded signed list.
    pub list: Base64,
}
