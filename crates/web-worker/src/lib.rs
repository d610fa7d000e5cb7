//! The web client's engine in a dedicated worker.
