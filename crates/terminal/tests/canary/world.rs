//! The real server behind a recorder, and people who run the real `sotto`.

use crate::recorder::Recorder;
use sotto_server::{Config, Environment, Log, LogFormat, RunningServer, start};
use sotto_store::Stores;
use sotto_store_sqlite::{Commit, Options, SqliteStore};
use std::fs;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A server, what it logs, and what passes between it and its clients.
pub struct House {
    runtime: Runtime,
    config: Config,
    running: Option<RunningServer>,
    data: TempDir,
    pub log: Lines,
    pub recorder: Recorder,
}

impl House {
    /// There can be one: its log takes in the events of the whole process.
    pub fn open() -> Self {
        let log = Lines::default();
        tracing::subscriber::set_global_default(everything().subscriber(log.writer())).unwrap();
        let runtime = Runtime::new().unwrap();
        let data = tempfile::tempdir().unwrap();
        let mut config = Config::new(data.path().to_owned(), SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let running = serve(&runtime, &config);
        config.listen = running.address();
        Self {
            recorder: Recorder::before(config.listen),
            running: Some(running),
            runtime,
            config,
            data,
            log,
        }
    }

    pub fn stop(&mut self) {
        let running = self.running.take().unwrap();
        self.runtime.block_on(running.shutdown());
    }

    pub fn start(&mut self) {
        self.running = Some(serve(&self.runtime, &self.config));
    }

    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Somebody with an account.
    pub fn person(&self, name: &'static str, passphrase: &'static str) -> Person {
        let person = Person {
            name,
            passphrase,
            home: tempfile::tempdir().unwrap(),
            said: Lines::default(),
        };
        let url = format!("http://{}", self.recorder.address());
        person.run(&["register", "--server", &url, "--username", name]);
        person
    }
}

fn serve(runtime: &Runtime, config: &Config) -> RunningServer {
    let store = SqliteStore::open(&Options {
        path: config.data.join("sotto.db"),
        commit: Commit::Batched,
        max_bytes: None,
    });
    let stores = Stores::of(Arc::new(store.unwrap()));
    let starting = start(config.clone(), stores, Environment::system());
    runtime.block_on(starting).unwrap()
}

/// The most that a server can be told to log.
fn everything() -> Log {
    Log {
        format: LogFormat::Text,
        level: "trace".parse().unwrap(),
    }
}

/// Somebody with a home that holds nothing but the profile and what the programs leave there.
pub struct Person {
    pub name: &'static str,
    pub passphrase: &'static str,
    home: TempDir,
    /// What the programs printed, but for what people wrote.
    pub said: Lines,
}

impl Person {
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs a command that has no business to print what people wrote.
    pub fn run(&self, arguments: &[&str]) {
        let output = self.output(arguments);
        self.said.write(&output.stdout);
    }

    /// Runs a command that prints what people wrote.
    pub fn read(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.output(arguments).stdout).unwrap()
    }

    fn output(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sotto"));
        command.arg("--profile").arg(self.home().join("profile"));
        for place in [
            "HOME",
            "TMPDIR",
            "XDG_CACHE_HOME",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
        ] {
            command.env(place, self.home());
        }
        let output = command
            .args(arguments)
            .current_dir(self.home())
            .env("SOTTO_PASSPHRASE", self.passphrase)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        self.said.write(&output.stderr);
        output
    }
}

/// Lines that were written.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    pub fn write(&self, bytes: &[u8]) {
        self.0.lock().unwrap().extend(bytes);
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }

    fn writer(&self) -> impl Fn() -> Self + Send + Sync + use<> {
        let lines = self.clone();
        move || lines.clone()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Self::write(self, bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file's path within its folder, and what is in it.
pub type File = (PathBuf, Vec<u8>);

/// All files of a folder, at any depth.
pub fn files(folder: &Path) -> Vec<File> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                found.push((path.strip_prefix(folder).unwrap().to_owned(), bytes));
            }
        }
    }
    found
}
