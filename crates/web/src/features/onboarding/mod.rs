//! Making an account.

mod create;
mod greeting;
mod passphrase;
mod strength;
mod username;

pub use create::CreateAccount;
pub use greeting::Greeting;
