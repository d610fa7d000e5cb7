//! Compiles SQLite3 Multiple Ciphers for native targets. In the browser `sqlite-wasm-rs` brings the same release.

use std::env;

/// Full speed in every profile: page encryption at `-O0` would make tests crawl.
const OPT_LEVEL: u32 = 2;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        return;
    }
    let sources = sqlite3mc_src::source_dir();
    cc::Build::new()
        .file(sources.join(sqlite3mc_src::SOURCE_FILE))
        .include(sources)
        .define("SQLITE_THREADSAFE", "1")
        .define("SQLITE_ENABLE_FTS5", None)
        // Temporary tables and sorters always stay in memory: no plaintext spills to disk.
        .define("SQLITE_TEMP_STORE", "3")
        .define("SQLITE_USE_URI", "0")
        .define("SQLITE_DQS", "0")
        .define("SQLITE_OMIT_LOAD_EXTENSION", None)
        .define("SQLITE_DEFAULT_MEMSTATUS", "0")
        .opt_level(OPT_LEVEL)
        .debug(false)
        .warnings(false)
        .cargo_metadata(false)
        .compile("sotto_sqlite3");
    println!(
        "cargo::rustc-link-search=native={}",
        env::var("OUT_DIR").unwrap_or_default()
    );
    // rusqlite is linked before us and refers to symbols that nothing of ours names: keep them all.
    println!("cargo::rustc-link-lib=static:+whole-archive=sotto_sqlite3");
}
