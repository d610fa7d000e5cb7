//! The list of conversations, and the search over them and in them.

mod back;
mod pane;
mod roving;
mod row;
mod search;

pub use back::BackToList;
pub use pane::ListPane;
