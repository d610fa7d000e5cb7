//! Whether the server runs, and whether it can do its work.

mod live;
mod ready;

pub(crate) use live::*;
pub(crate) use ready::*;
