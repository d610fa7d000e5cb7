//! Tests that need more than one file of the code, and the people who appear in them.

pub(crate) mod fixtures;

mod corpora;
mod debug;
mod formats;
pub(crate) use formats::assert_only_accepts;
mod identity;
mod vault;
pub(crate) mod vectors;
