//! Prekeys: uploading one's own, claiming others'.

use super::Base64;
use serde::{Deserialize, Serialize};
use sotto_keys::DeviceId;

/// Encoded, signed batches of prekeys (`sotto_keys::PrekeyBatch`), of any kinds, at most 8.
///
/// A batch of signed or last-resort keys replaces the former one; one-time keys are added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadPrekeys {
    /// The batches.
    pub batches: Vec<Base64>,
}

/// Asks for one bundle for each of some devices of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClaimPrekeys {
    /// Which devices, 1 to [`crate::limits::DEVICES`].
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub devices: Vec<DeviceId>,
}

/// Bundles, one for each device asked for. One-time keys in them are handed out to nobody else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClaimedPrekeys {
    /// The bundles, in the order asked for; devices without usable prekeys are left out.
    pub devices: Vec<DevicePrekeys>,
}

/// One device's bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DevicePrekeys {
    /// The device.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub device: DeviceId,
    /// The encoded `sotto_keys::PrekeyBundle`.
    pub bundle: Base64,
}
