//! The real server, as a process, with a data directory of its own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "without a server there is no test"
)]

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A running server.
pub struct House {
    data: TempDir,
    port: u16,
    _server: Child,
}

impl House {
    /// Starts the server on a free port, serving the web client that `cargo xtask web` built.
    pub async fn open() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut server = Command::new(binary("SOTTO_SERVER"))
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data.path().join("server"))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let line = lines
            .next_line()
            .await
            .unwrap()
            .expect("the server says where it listens");
        let port = line.rsplit(':').next().and_then(|port| port.trim().parse().ok());
        Self {
            data,
            port: port.unwrap_or_else(|| panic!("no port in {line:?}")),
            _server: server,
        }
    }

    /// Where people find it: passkeys belong to a name, not to an address.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// A folder that goes with the server.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.data.path().join(name)
    }

    /// Runs the terminal client in a profile of its own; gives what it printed.
    pub async fn terminal(&self, profile: &str, arguments: &[&str]) -> String {
        let output = Command::new(binary("SOTTO_TERMINAL"))
            .arg("--profile")
            .arg(self.folder(profile))
            .args(arguments)
            .env("SOTTO_PASSPHRASE", "a passphrase for tests")
            .output()
            .await
            .unwrap();
        let (out, err) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(output.status.success(), "sotto {arguments:?}: {out}{err}");
        out.into_owned()
    }
}

fn binary(variable: &str) -> PathBuf {
    let path = std::env::var_os(variable)
        .unwrap_or_else(|| panic!("{variable} is not set: run the browser tests by `cargo xtask e2e`"));
    Path::new(&path).to_owned()
}
