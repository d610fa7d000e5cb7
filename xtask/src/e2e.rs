//! `cargo xtask e2e`: the web client in a real Chromium, against the real server.

use anyhow::Result;

use crate::progress::{Progress, Step};
use crate::requirements::find_command;
use crate::web::{self, Profile};
use crate::workspace::Workspace;

const BINARIES: Step = Step {
    key: "compile-binaries",
    title: "compile server and terminal client",
    usual: 60,
};
const BROWSER: Step = Step {
    key: "browser-tests",
    title: "run the browser tests",
    usual: 240,
};

/// The steps of [`run`] after those of the web client.
pub const STEPS: &[Step] = &[BINARIES, BROWSER];

/// More browsers at once than cores make each other late.
const AT_ONCE: &str = "2";

/// Builds the web client and the binaries, and runs the test kit's test target `browser`.
///
/// The tests find `SOTTO_SERVER` and `SOTTO_TERMINAL` (the binaries) and `SOTTO_WEB_DIR` (the web client, which
/// the server reads at run time) in their environment.
pub fn run(workspace: &Workspace, progress: &mut Progress) -> Result<()> {
    web::build(workspace, progress, Profile::Release)?;
    let mut cargo = workspace.cargo();
    progress.quietly(
        &BINARIES,
        cargo.args(["build", "--workspace", "--bins", "--exclude", "xtask"]),
    )?;
    let binaries = workspace.target().join("debug");
    let mut tests = workspace.cargo();
    match find_command("cargo-nextest") {
        Some(_) => tests.args(["nextest", "run", "--test-threads", AT_ONCE]),
        None => tests.arg("test"),
    };
    // The same packages as in the native tests, so that the same features are chosen and nothing is compiled twice.
    tests.args([
        "--workspace",
        "--features",
        "sotto-testkit/browser",
        "--test",
        "browser",
    ]);
    if find_command("cargo-nextest").is_none() {
        tests.args(["--", "--test-threads", AT_ONCE]);
    }
    tests
        .env("SOTTO_SERVER", binaries.join("sotto-server"))
        .env("SOTTO_TERMINAL", binaries.join("sotto"))
        .env("SOTTO_WEB_DIR", workspace.web());
    progress.aloud(&BROWSER, &mut tests)
}
