//! Installs what is missing, or says how to.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::progress;

/// The browser's target.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// A Debian package and the commands of which it brings one.
struct Package {
    name: &'static str,
    commands: &'static [&'static str],
}

const CLANG: Package = Package {
    name: "clang",
    commands: &["clang"],
};
const CHROMIUM: Package = Package {
    name: "chromium",
    commands: &[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ],
};

/// What building the web client needs: Rust's browser target, and clang, which compiles SQLite for it.
pub fn for_web() -> Result<()> {
    install(&[CLANG])?;
    install_wasm_target()
}

/// What the browser tests need.
pub fn for_browser_tests() -> Result<()> {
    install(&[CLANG, CHROMIUM])?;
    install_wasm_target()
}

/// rustfmt and clippy, which a minimal Rust comes without.
pub fn for_check() -> Result<()> {
    let missing: Vec<&str> = [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")]
        .into_iter()
        .filter(|(command, _)| find_command(command).is_none())
        .map(|(_, component)| component)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    rustup(&[&["component", "add"], missing.as_slice()].concat())
}

/// Where a command is, if it is installed.
pub fn find_command(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}

fn install_wasm_target() -> Result<()> {
    if has_wasm_target()? {
        Ok(())
    } else {
        rustup(&["target", "add", WASM_TARGET])
    }
}

fn has_wasm_target() -> Result<bool> {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", WASM_TARGET])
        .output()
        .context("rustc can't be started")?;
    let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let is_standard_library =
        |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with("libstd-");
    Ok(std::fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(is_standard_library)))
}

fn rustup(arguments: &[&str]) -> Result<()> {
    let command = format!("rustup {}", arguments.join(" "));
    if find_command("rustup").is_none() {
        bail!("this Rust was not installed by rustup; add by its own means what `{command}` would");
    }
    eprintln!("installing: {command}");
    progress::run(Command::new("rustup").args(arguments))
}

fn install(packages: &[Package]) -> Result<()> {
    let missing: Vec<&str> = packages
        .iter()
        .filter(|package| {
            !package
                .commands
                .iter()
                .any(|command| find_command(command).is_some())
        })
        .map(|package| package.name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    let Some(apt) = apt_get() else {
        bail!("{names} is missing; install it, on Debian with: sudo apt-get install {names}");
    };
    eprintln!("installing: {names}");
    progress::run(apt().arg("update"))?;
    progress::run(
        apt()
            .args(["install", "-y", "--no-install-recommends"])
            .args(missing),
    )
    .with_context(|| format!("install by hand: {names}"))
}

/// How to call apt-get with the rights to install, if there is a way.
fn apt_get() -> Option<fn() -> Command> {
    find_command("apt-get")?;
    if is_root() {
        return Some(|| {
            let mut command = Command::new("apt-get");
            command.env("DEBIAN_FRONTEND", "noninteractive").arg("-q");
            command
        });
    }
    find_command("sudo")?;
    Some(|| {
        let mut command = Command::new("sudo");
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]);
        command
    })
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
