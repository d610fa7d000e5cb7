//! The server through its own doors: one module per domain, mirroring the URLs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what goes wrong here fails the test"
)]

#[path = "../common/mod.rs"]
mod common;

mod accounts;
mod devices;
mod ephemeral;
mod errors_table;
mod logs;
mod mail;
mod pages;
mod passkeys;
mod prekeys;
mod sessions;
mod socket;
