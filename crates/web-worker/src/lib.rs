//! The web client's engine in a dedicated worker, and the messages by which the page speaks to it.

pub mod messages;
