//! What the server needs of storage.
