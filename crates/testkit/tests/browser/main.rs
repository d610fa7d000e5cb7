//! Tests in a real Chromium. `cargo xtask e2e` builds what they need and runs them.
#![cfg(feature = "browser")]

mod driver;
mod static_server;
