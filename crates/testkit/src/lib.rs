//! Worlds, fake networks and conformance suites for tests.

#[cfg(feature = "browser")]
pub mod chromium;
