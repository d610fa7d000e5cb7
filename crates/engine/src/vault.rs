//! The vault key and what wraps it, for runtimes and stores.

pub use sotto_protocol::{
    PassphraseCost, RecoveryCode, RecoveryCodeError, UnwrapError, VaultKey, WrapSecret, WrappedVaultKey,
};
