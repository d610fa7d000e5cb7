//! `cargo xtask e2e`: the web client in a real Chromium, against the real server.

use std::process::Command;

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
pub fn run(workspace: &Workspace, progress: &mut Progress) -> Result<()> {
    prepare(workspace, progress, Binaries::Debug)?;
    progress.aloud(&BROWSER, &mut tests(workspace, Binaries::Debug, &[]))
}

/// Which build of server and terminal client the browser talks to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Binaries {
    /// Quick to build: for tests.
    Debug,
    /// As people run them: for measurements.
    Release,
}

impl Binaries {
    fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// Builds the web client and the binaries.
pub fn prepare(workspace: &Workspace, progress: &mut Progress, binaries: Binaries) -> Result<()> {
    web::build(workspace, progress, Profile::Release)?;
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--workspace", "--bins", "--exclude", "xtask"]);
    if binaries == Binaries::Release {
        cargo.arg("--release");
    }
    progress.quietly(&BINARIES, &mut cargo)
}

/// The browser tests, or those that `filter` names, measurements too.
///
/// They find `SOTTO_SERVER` and `SOTTO_TERMINAL` (the binaries) and `SOTTO_WEB_DIR` (the web client, which
/// the server reads at run time) in their environment.
pub fn tests(workspace: &Workspace, binaries: Binaries, filter: &[&str]) -> Command {
    let folder = workspace.target().join(binaries.folder());
    let nextest = find_command("cargo-nextest").is_some();
    let mut tests = workspace.cargo();
    if nextest {
        tests.args(["nextest", "run", "--test-threads", AT_ONCE]);
    } else {
        tests.arg("test");
    }
    // The same packages as in the native tests, so that the same features are chosen and nothing is compiled twice.
    tests.args([
        "--workspace",
        "--features",
        "sotto-testkit/browser",
        "--test",
        "browser",
    ]);
    if nextest && !filter.is_empty() {
        tests.args(["--run-ignored", "all"]).args(filter);
    } else if !nextest {
        tests.args(["--", "--test-threads", AT_ONCE]);
        if !filter.is_empty() {
            tests.arg("--include-ignored").args(filter);
        }
    }
    tests
        .env("SOTTO_SERVER", folder.join("sotto-server"))
        .env("SOTTO_TERMINAL", folder.join("sotto"))
        .env("SOTTO_WEB_DIR", workspace.web());
    tests
}
