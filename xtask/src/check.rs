//! `cargo xtask check`: what can be said without running anything.

use anyhow::Result;

use crate::architecture;
use crate::progress::{Progress, Step};
use crate::requirements::{self, WASM_TARGET, find_command};
use crate::workspace::Workspace;

const FORMAT: Step = Step {
    key: "format",
    title: "check the format",
    usual: 2,
};
const ARCHITECTURE: Step = Step {
    key: "architecture",
    title: "check who knows whom",
    usual: 1,
};
const DEPENDENCIES: Step = Step {
    key: "deny",
    title: "check dependencies and licences",
    usual: 3,
};
const CLIPPY: Step = Step {
    key: "clippy",
    title: "run clippy",
    usual: 240,
};
const CLIPPY_UI: Step = Step {
    key: "clippy-ui",
    title: "run clippy on the user interface as the browser gets it",
    usual: 60,
};
const CLIPPY_WORKER: Step = Step {
    key: "clippy-worker",
    title: "run clippy on the worker as the browser gets it",
    usual: 45,
};

/// The steps of [`run`].
pub const STEPS: &[Step] = &[
    FORMAT,
    ARCHITECTURE,
    DEPENDENCIES,
    CLIPPY,
    CLIPPY_UI,
    CLIPPY_WORKER,
];

const DENY_WARNINGS: [&str; 3] = ["--", "--deny", "warnings"];

/// Format, dependencies and lints.
pub fn run(workspace: &Workspace, progress: &mut Progress) -> Result<()> {
    requirements::for_check()?;
    progress.quietly(&FORMAT, workspace.cargo().args(["fmt", "--all", "--check"]))?;
    progress.step(&ARCHITECTURE, |_| architecture::check(workspace))?;
    check_dependencies(workspace, progress)?;
    progress.quietly(
        &CLIPPY,
        workspace
            .cargo()
            .args([
                "clippy",
                "--workspace",
                "--all-targets",
                "--features",
                "sotto-testkit/browser",
            ])
            .args(DENY_WARNINGS),
    )?;
    clippy_in_browser(workspace, progress, &CLIPPY_UI, &["--package", "sotto-web"])?;
    clippy_in_browser(
        workspace,
        progress,
        &CLIPPY_WORKER,
        &["--package", "sotto-web-worker", "--features", "runtime"],
    )
}

fn clippy_in_browser(
    workspace: &Workspace,
    progress: &mut Progress,
    step: &Step,
    package: &[&str],
) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo
        .args(["clippy", "--lib", "--target", WASM_TARGET])
        .args(package)
        .args(DENY_WARNINGS)
        .env("CARGO_TARGET_DIR", workspace.wasm_target());
    progress.quietly(step, &mut cargo)
}

/// Advisories need a database from the network; everything else is checked here.
fn check_dependencies(workspace: &Workspace, progress: &mut Progress) -> Result<()> {
    if find_command("cargo-deny").is_none() {
        return progress.step(&DEPENDENCIES, |_| {
            eprintln!("      left out: cargo-deny is not installed (cargo install --locked cargo-deny)");
            Ok(())
        });
    }
    let mut cargo = workspace.cargo();
    progress.quietly(
        &DEPENDENCIES,
        cargo.args(["deny", "--all-features", "check", "bans", "licenses", "sources"]),
    )
}
