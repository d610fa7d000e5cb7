//! `cargo xtask run`: from a clean clone to a running server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::progress::{Progress, Step};
use crate::requirements;
use crate::watch::{self, Watch};
use crate::web::{self, Profile};
use crate::workspace::Workspace;

/// How to run.
#[derive(Args)]
pub struct Options {
    /// Builds for development, and builds the web client again whenever it changes
    #[arg(long)]
    dev: bool,
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Folder of the server's data
    #[arg(long, value_name = "DIR", default_value = "./data")]
    data: PathBuf,
}

const SERVER: Step = Step {
    key: "compile-server",
    title: "compile the server",
    usual: 180,
};
const DEV_SERVER: Step = Step {
    key: "compile-dev-server",
    title: "compile the server",
    usual: 120,
};

/// Crates of which the web client is made.
const WEB_CRATES: &[&str] = &[
    "web",
    "web-worker",
    "engine",
    "client-store",
    "sqlite",
    "protocol",
    "wire",
    "keys",
];

/// Installs what is missing, builds, and serves until stopped.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    requirements::for_web()?;
    if options.dev {
        develop(workspace, options)
    } else {
        serve(workspace, options)
    }
}

fn serve(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut progress = Progress::new(workspace, &[web::STEPS, &[SERVER]].concat());
    web::build(workspace, &mut progress, Profile::Release)?;
    progress.quietly(&SERVER, &mut build_release(workspace))?;
    announce(options);
    replace_this_process(&mut server(workspace, "release", options))
}

/// The server with the web client in it.
pub fn build_release(workspace: &Workspace) -> Command {
    let mut cargo = workspace.cargo();
    cargo
        .args([
            "build",
            "--release",
            "--package",
            "sotto-server",
            "--bin",
            "sotto-server",
        ])
        .env("SOTTO_WEB_DIST", workspace.web());
    cargo
}

fn develop(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut progress = Progress::new(workspace, &[web::STEPS, &[DEV_SERVER]].concat());
    web::build(workspace, &mut progress, Profile::Dev)?;
    let mut cargo = workspace.cargo();
    progress.quietly(
        &DEV_SERVER,
        cargo.args(["build", "--package", "sotto-server", "--bin", "sotto-server"]),
    )?;

    let folders = WEB_CRATES
        .iter()
        .map(|name| workspace.root().join("crates").join(name))
        .collect();
    let mut watch = Watch::new(folders)?;
    let mut server = server(workspace, "debug", options)
        .env("SOTTO_WEB_DIR", workspace.web())
        .spawn()?;
    announce(options);
    while is_running(&mut server)? {
        watch::pause();
        if watch.changed()? {
            rebuild(workspace);
        }
    }
    bail!("the server has stopped")
}

/// A mistake in the source is reported, and the next change tries again.
fn rebuild(workspace: &Workspace) {
    match web::build(workspace, &mut Progress::new(workspace, web::STEPS), Profile::Dev) {
        Ok(()) => eprintln!("reload the page to see the change"),
        Err(error) => eprintln!("error: {error:#}"),
    }
}

fn server(workspace: &Workspace, profile: &str, options: &Options) -> Command {
    let mut server = Command::new(workspace.target().join(profile).join("sotto-server"));
    server
        .arg("--data")
        .arg(&options.data)
        .arg("--listen")
        .arg(options.listen.to_string());
    server
}

fn announce(options: &Options) {
    let url = if options.listen.ip().is_loopback() || options.listen.ip().is_unspecified() {
        format!("http://localhost:{}", options.listen.port())
    } else {
        format!("http://{}", options.listen)
    };
    eprintln!(
        "\nSotto: {url} (data in {}; stop with Ctrl-C)\n",
        options.data.display()
    );
}

fn is_running(server: &mut Child) -> Result<bool> {
    Ok(server.try_wait()?.is_none())
}

/// The server takes our place, so that signals reach it and its exit code is ours.
#[cfg(unix)]
fn replace_this_process(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).context("the server can't be started")
}

#[cfg(not(unix))]
fn replace_this_process(command: &mut Command) -> Result<()> {
    crate::progress::run(command)
}
