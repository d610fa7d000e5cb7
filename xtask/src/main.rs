//! Everything a developer or a newcomer runs: `cargo xtask help` says what.

mod architecture;
mod bench;
mod check;
mod doc_examples;
mod e2e;
mod files;
mod progress;
mod requirements;
mod run;
mod test;
mod watch;
mod web;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use progress::Progress;
use workspace::Workspace;

/// Builds, runs, checks and measures Sotto.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds everything and serves it on http://localhost:8080
    Run(run::Options),
    /// Builds the web client into target/web
    Web,
    /// Checks format, lints, dependencies and licences
    Check,
    /// Runs the browser tests
    E2e,
    /// Runs every check and every test
    Test,
    /// Measures one thing, or lists what can be measured
    Bench(bench::Options),
}

fn main() -> ExitCode {
    match execute(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(task: Task) -> Result<()> {
    let workspace = Workspace::find()?;
    match task {
        Task::Run(options) => run::run(&workspace, &options),
        Task::Web => {
            requirements::for_web()?;
            web::build(
                &workspace,
                &mut Progress::new(&workspace, web::STEPS),
                web::Profile::Release,
            )
        }
        Task::Check => {
            requirements::for_web()?;
            check::run(&workspace, &mut Progress::new(&workspace, check::STEPS))
        }
        Task::E2e => {
            requirements::for_browser_tests()?;
            e2e::run(
                &workspace,
                &mut Progress::new(&workspace, &[web::STEPS, e2e::STEPS].concat()),
            )
        }
        Task::Test => test::run(&workspace),
        Task::Bench(options) => bench::run(&workspace, &options),
    }
}
