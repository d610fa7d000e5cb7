//! Tests in a real Chromium. `cargo xtask e2e` builds what they need and runs them.
#![cfg(feature = "browser")]

mod driver;
mod house;
mod latency;
mod messenger;
mod screenshots;
mod static_server;
mod terminal_and_browser;
mod two_people_talk;
