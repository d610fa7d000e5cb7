//! The embedded storage backend.
