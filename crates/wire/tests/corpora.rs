//! Replays the fuzz targets' corpora.

#[path = "../../../fuzz/src/wire.rs"]
mod targets;

use std::path::PathBuf;

#[test]
fn corpora_replay() {
    let corpora = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (name, _) in targets::TARGETS {
        let seeds =
            std::fs::read_dir(corpora.join(name)).unwrap_or_else(|error| panic!("corpus {name}: {error}"));
        let mut replayed = 0;
        for seed in seeds {
            targets::run(name, &std::fs::read(seed.unwrap().path()).unwrap());
            replayed += 1;
        }
        assert!(replayed > 0, "the corpus of {name} is empty");
    }
}
