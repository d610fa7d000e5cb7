//! What the keyboard does everywhere.

mod keys;
mod shortcuts;

pub use keys::KeyList;
pub use shortcuts::Shortcuts;
