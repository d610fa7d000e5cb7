//! The web client's user interface.
