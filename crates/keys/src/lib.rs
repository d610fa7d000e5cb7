//! The public half of the cryptography: who is who, and how one knows.
//!
//! This crate holds no secret. The server knows it too.

mod address;
mod timestamp;
mod username;

pub use address::{AccountId, Address, DeviceId, IdentifierError};
pub use timestamp::Timestamp;
pub use username::{Username, UsernameError};
