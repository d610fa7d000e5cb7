//! Where things are.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// The workspace that this task was started in.
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

/// What `cargo metadata` says, as far as it is needed here.
#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub fn find() -> Result<Self> {
        let metadata: Metadata = serde_json::from_slice(&metadata(Path::new(env!("CARGO_MANIFEST_DIR")))?)?;
        Ok(Self {
            root: metadata.workspace_root,
            target: metadata.target_directory,
        })
    }

    /// The repository.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target directory.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// The target directory of what runs in the browser: apart, because its profiles and flags differ.
    pub fn wasm_target(&self) -> PathBuf {
        self.target.join("wasm")
    }

    /// The built web client: what the server embeds.
    pub fn web(&self) -> PathBuf {
        self.target.join("web")
    }

    /// A cargo command in the repository.
    pub fn cargo(&self) -> Command {
        let mut cargo = cargo();
        cargo.current_dir(&self.root);
        cargo
    }
}

/// The output of `cargo metadata --no-deps` for the workspace around `folder`.
pub fn metadata(folder: &Path) -> Result<Vec<u8>> {
    let output = cargo()
        .args(["metadata", "--no-deps", "--format-version=1"])
        .current_dir(folder)
        .output()
        .context("cargo can't be started")?;
    ensure!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(output.stdout)
}

/// The cargo that runs us.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
