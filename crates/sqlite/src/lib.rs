//! SQLite with page encryption, built once for every target.
