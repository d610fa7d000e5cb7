//! The server: stores and forwards ciphertext.
