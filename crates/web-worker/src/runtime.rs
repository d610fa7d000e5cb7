//! The worker, as far as it needs no browser.

mod driver;
mod fault;
mod queries;
mod registration;
mod secret;
mod server;

pub use driver::{Driver, Effects, Storage};
pub use queries::answer;
pub use registration::{Ceremony, Means, NewProfile, begin_passkey, create};
pub use secret::Secret;
pub use server::{Server, ServerError};
