//! How large anything may be. Bytes, unless the name says otherwise.

/// Longest text message, in UTF-8.
pub const TEXT: usize = 64 * 1024;
/// Longest content before encryption.
pub const CONTENT: usize = TEXT + 8 * 1024;
/// Longest content inside `Body::Sent`: with what is around it, it has to fit into [`CONTENT`].
pub const SENT: usize = CONTENT - 1024;
/// Longest ciphertext for one device.
pub const BODY: usize = 96 * 1024;
/// Longest ephemeral ciphertext for one device.
pub const EPHEMERAL_BODY: usize = 4 * 1024;
/// Longest WebSocket message, in either direction.
pub const FRAME: usize = 1024 * 1024;
/// Most devices that one `Send` names.
pub const RECIPIENTS: usize = 256;
/// Most mailbox ids that one `Ack` names, and most items that one `Deliver` holds.
pub const BATCH: usize = 256;
/// Most messages that one receipt names.
pub const RECEIPT_IDS: usize = 256;
/// Longest JSON request on the control plane.
pub const REQUEST: usize = 1024 * 1024;
/// Most device lists that an account can have had: whoever looks it up gets and verifies all of them.
pub const LISTS: usize = 1_000;
/// Most devices in an account's list.
pub const DEVICES: usize = 64;
