//! PQXDH, the ratchets, and the vault: the secret half of the cryptography.
//!
//! Pure: randomness and time are passed in; there is no clock, no input or output, and nothing is asynchronous.
//! `docs/PROTOCOL.md` specifies every byte.

mod braid;
mod device;
mod message;
mod pqxdh;
mod prekeys;
mod primitives;
mod recovery_code;
mod root;
mod secret;
mod session;
mod vault;
mod wrap;

#[cfg(test)]
mod tests;

pub use braid::rows::BraidRowId;
pub use device::DeviceKeys;
pub use message::{
    Envelope, EphemeralFrame, InitialMessage, ParseError, PrekeyIds, RatchetMessage, SessionId,
};
pub use pqxdh::{Local, Remote};
pub use prekeys::{PrekeySecret, generate_prekeys};
pub use recovery_code::{RecoveryCode, RecoveryCodeError};
pub use root::{RootEnvelope, RootKeys};
pub use session::ephemeral::{EphemeralError, FRESHNESS_MILLIS, MAX_EPHEMERAL_LEN};
pub use session::skipped::SkippedKeyId;
pub use session::{
    DecryptError, EncryptError, InitiateError, MAX_PLAINTEXT_LEN, PrekeySecretsRef, RespondError, Role,
    Session, SessionChanges,
};
pub use vault::{VaultKey, WrappedVaultKey};
pub use wrap::{PassphraseCost, UnwrapError, WrapKind, WrapSecret};
