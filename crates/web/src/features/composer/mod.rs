//! Writing.

mod draft;
mod field;
mod typing;

pub use field::Composer;
