//! Worlds, fake networks and conformance suites for tests.

#[cfg(feature = "browser")]
pub mod chromium;

pub mod fake_server;
pub mod simulation;
pub mod world;
