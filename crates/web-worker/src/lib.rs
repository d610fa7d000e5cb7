//! The web client's engine in a dedicated worker, and the messages by which the page speaks to it.
//!
//! The page depends on this crate without features, for its [`messages`]. With feature `runtime` it is the worker:
//! `runtime` is the part that needs no browser, `browser` binds it to one.

#[cfg(all(feature = "runtime", target_arch = "wasm32"))]
mod browser;
pub mod messages;
#[cfg(feature = "runtime")]
pub mod runtime;
