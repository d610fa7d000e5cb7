//! Tests of the whole schema: every value survives, every limit holds, no bytes panic.

mod api;
mod content;
mod corpora;
mod frames;
mod schema;
mod strategies;
mod totality;

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// The same cases every time.
fn config() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
