//! The messages of a conversation: a window on them that pages, and how it is shown.

mod actions;
mod bubble;
mod days;
mod info;
mod item;
mod menu;
mod place;
mod progress;
mod speech;
mod text;
mod view;
mod window;

pub use progress::Progress;
pub use speech::speak_messages;
pub use view::TimelineView;
pub use window::Timeline;
