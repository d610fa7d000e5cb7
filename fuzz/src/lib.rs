//! What is fuzzed; the files in `fuzz_targets` only name it.

pub mod protocol;
pub mod wire;
