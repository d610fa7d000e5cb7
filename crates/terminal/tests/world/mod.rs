//! The real server in this process, and people who run the real `sotto`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use serde_json::Value;
use sotto_server::config::Rate;
use sotto_server::{Config, Environment, RunningServer, start};
use sotto_store::Stores;
use sotto_store_sqlite::{Commit, Options, SqliteStore};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub const PASSPHRASE: &str = "correct horse battery staple";

/// A server that can be stopped and started again at the same address.
pub struct House {
    runtime: Runtime,
    config: Config,
    running: Option<RunningServer>,
    data: TempDir,
}

impl House {
    pub fn open() -> Self {
        Self::with(|_| {})
    }

    pub fn with(settings: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut config = Config::new(data.path().to_owned(), free);
        settings(&mut config);
        let mut house = Self {
            runtime: Runtime::new().unwrap(),
            config,
            running: None,
            data,
        };
        house.start();
        house
    }

    pub fn start(&mut self) {
        let store = SqliteStore::open(&Options {
            path: self.data.path().join("sotto.db"),
            commit: Commit::Batched,
            max_bytes: None,
        })
        .unwrap();
        let stores = Stores::of(Arc::new(store));
        let starting = start(self.config.clone(), stores, Environment::system());
        let running = self.runtime.block_on(starting).unwrap();
        self.config.listen = running.address();
        self.running = Some(running);
    }

    pub fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.shutdown());
        }
    }

    /// Comes back with everything forgotten.
    pub fn burn_down(&mut self) {
        self.stop();
        self.data = tempfile::tempdir().unwrap();
        self.start();
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.config.listen)
    }

    /// Somebody with an account.
    pub fn person(&self, username: Option<&str>) -> Person {
        let person = Person::new();
        let url = self.url();
        let mut arguments = vec!["register", "--server", &url];
        if let Some(username) = username {
            arguments.extend(["--username", username]);
        }
        person.run(&arguments).done();
        person
    }
}

/// Few messages at once, so that one too many can be sent.
pub fn two_messages(config: &mut Config) {
    config.rates.messages = Rate::per_minute(1, 2);
}

/// A profile in a folder of its own.
pub struct Person {
    profile: TempDir,
}

impl Person {
    pub fn new() -> Self {
        let profile = tempfile::tempdir().unwrap();
        Self { profile }
    }

    pub fn folder(&self) -> &Path {
        self.profile.path()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sotto"));
        command
            .arg("--profile")
            .arg(self.folder())
            .args(arguments)
            .env("SOTTO_PASSPHRASE", PASSPHRASE)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    /// Begins a run that goes on until it is killed; what it says of failures goes to the test's own output.
    pub fn begin(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    /// The objects that a command prints.
    pub fn objects(&self, arguments: &[&str]) -> Vec<Value> {
        let out = self.run(arguments).done();
        out.lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
            .collect()
    }

    /// The texts that come in.
    pub fn receive(&self) -> Vec<String> {
        texts(&self.objects(&["receive", "--json"]))
    }

    pub fn account(&self) -> String {
        text(&self.objects(&["status", "--json"])[0], "account")
    }
}

pub fn text(object: &Value, field: &str) -> String {
    let value = object[field].as_str();
    value
        .unwrap_or_else(|| panic!("no {field} in {object}"))
        .to_owned()
}

pub fn texts(objects: &[Value]) -> Vec<String> {
    objects.iter().map(|object| text(object, "text")).collect()
}

/// What became of a run.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        let string = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code(),
            out: string(output.stdout),
            err: string(output.stderr),
        }
    }

    /// It did what it should: what it printed.
    #[track_caller]
    pub fn done(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// It ended with this code, and said why in one line.
    #[track_caller]
    pub fn failed(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        self.err
    }
}
