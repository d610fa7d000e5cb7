//! Accounts.

mod by_id;
mod by_username;
mod change_me;
mod delete_me;
mod me;
mod register;
mod view;

pub(crate) use by_id::*;
pub(crate) use by_username::*;
pub(crate) use change_me::*;
pub(crate) use delete_me::*;
pub(crate) use me::*;
pub(crate) use register::*;
