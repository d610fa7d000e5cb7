//! What fills the window in each phase of the worker.

mod broken;
mod elsewhere;
mod messenger;
mod unlock;
mod welcome;

pub use broken::{Broken, Stopped};
pub use elsewhere::Elsewhere;
pub use messenger::Messenger;
pub use unlock::Unlock;
pub use welcome::Welcome;
