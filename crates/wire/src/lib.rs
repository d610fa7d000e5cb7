//! What crosses the network between client and server, and the end-to-end content inside.
//!
//! - [`frame`]: the data plane, protobuf over one WebSocket per device.
//! - [`api`]: the control plane, JSON over HTTP under `/v1`.
//! - [`content`]: what the two ends say to each other; to everyone else it is ciphertext.
//! - [`limits`]: how large anything may be.
//!
//! Decoders are total: any bytes give a value or a typed error. The schema is `sotto.proto`, beside this crate's manifest.

pub mod api;
pub mod code;
pub mod content;
mod fields;
pub mod frame;
pub mod limits;
mod proto;
#[cfg(test)]
mod tests;

pub use code::Code;

/// Why bytes are not a frame or content of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Larger than [`limits`] allow.
    #[error("larger than the limit")]
    TooLarge,
    /// Not protobuf, or not of the schema.
    #[error("not of the schema")]
    Malformed,
    /// A field that has to be there is missing.
    #[error("the field {0} is missing")]
    Missing(&'static str),
    /// A field holds a value that it can't.
    #[error("the field {0} is invalid")]
    Invalid(&'static str),
    /// More entries than [`limits`] allow.
    #[error("the field {0} has too many entries")]
    TooMany(&'static str),
}
