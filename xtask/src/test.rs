//! `cargo xtask test`: every check and every test.

use anyhow::Result;

use crate::progress::{Progress, Step};
use crate::requirements::{self, find_command};
use crate::workspace::Workspace;
use crate::{check, doc_examples, e2e, web};

const NATIVE: Step = Step {
    key: "native-tests",
    title: "compile and run the tests",
    usual: 420,
};
const EXAMPLES: Step = Step {
    key: "doc-tests",
    title: "run the documentation's examples",
    usual: 30,
};

/// Installs what is missing and runs everything.
pub fn run(workspace: &Workspace) -> Result<()> {
    requirements::for_browser_tests()?;
    let steps = [check::STEPS, &[NATIVE, EXAMPLES], web::STEPS, e2e::STEPS].concat();
    let mut progress = Progress::new(workspace, &steps);
    check::run(workspace, &mut progress)?;
    run_native(workspace, &mut progress)?;
    run_examples(workspace, &mut progress)?;
    e2e::run(workspace, &mut progress)
}

fn run_native(workspace: &Workspace, progress: &mut Progress) -> Result<()> {
    let mut cargo = workspace.cargo();
    match find_command("cargo-nextest") {
        Some(_) => cargo.args(["nextest", "run", "--workspace"]),
        None => cargo.args(["test", "--workspace", "--lib", "--bins", "--tests"]),
    };
    progress.aloud(&NATIVE, &mut cargo)
}

fn run_examples(workspace: &Workspace, progress: &mut Progress) -> Result<()> {
    let packages = doc_examples::packages(&workspace.root().join("crates"))?;
    if packages.is_empty() {
        return progress.step(&EXAMPLES, |_| Ok(()));
    }
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--doc"]);
    for package in packages {
        cargo.args(["--package", &package]);
    }
    progress.aloud(&EXAMPLES, &mut cargo)
}
