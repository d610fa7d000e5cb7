//! Worlds, fake networks and conformance suites for tests.
