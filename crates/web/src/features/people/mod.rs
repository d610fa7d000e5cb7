//! Finding people, new ones and known ones.

mod new;
mod switcher;

pub use new::NewConversation;
pub use switcher::Switcher;
