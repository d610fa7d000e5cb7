//! The server through its own doors: one module per domain, mirroring the URLs.

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
