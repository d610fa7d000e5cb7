//! What only the page can do.

pub mod clipboard;
pub mod history;
pub mod passkey;
pub mod scanner;
pub mod theme;
pub mod timer;
pub mod window;
