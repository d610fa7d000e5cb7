//! The page's side of the worker: requests, their answers, and what it says by itself.

mod client;
mod error;
mod port;

pub use client::{Client, Event};
pub use error::AskError;
pub use port::{Deliver, Port, connect};
