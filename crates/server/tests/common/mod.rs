//! A server of one's own, and named people with real keys.

#![allow(dead_code, reason = "each test binary uses its part of it")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what goes wrong here fails the test"
)]

pub mod authenticator;
pub mod http;
pub mod person;
pub mod ws;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use sotto_keys::Timestamp;
use sotto_server::{Clock, Config, Environment, Random, RandomError, RunningServer, start};
use sotto_store::Stores;
use sotto_store_sqlite::{Commit, Options, SqliteStore};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

pub use person::Person;

/// A clock that moves when it is told to.
pub struct TestClock(AtomicU64);

impl TestClock {
    pub const START: u64 = 1_800_000_000_000;

    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_millis() as u64, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Randomness from a seed.
struct Seeded(Mutex<ChaCha20Rng>);

impl Random for Seeded {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        self.0.lock().unwrap().fill_bytes(buffer);
        Ok(())
    }
}

/// A server on a free port, in this process.
pub struct TestServer {
    pub running: RunningServer,
    pub stores: Stores,
    pub clock: Arc<TestClock>,
    pub address: SocketAddr,
    pub origin: String,
    pub folder: TempDir,
}

impl TestServer {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::new(folder.path().to_owned(), "127.0.0.1:0".parse().unwrap());
        change(&mut config);
        let options = Options {
            path: folder.path().join("sotto.db"),
            commit: Commit::Batched,
            max_bytes: config.max_database_bytes,
        };
        let stores = Stores::of(Arc::new(SqliteStore::open(&options).unwrap()));
        let clock = Arc::new(TestClock(AtomicU64::new(TestClock::START)));
        let environment = Environment {
            clock: clock.clone(),
            random: Arc::new(Seeded(Mutex::new(ChaCha20Rng::seed_from_u64(7)))),
        };
        let running = start(config, stores.clone(), environment).await.unwrap();
        Self {
            address: running.address(),
            origin: running.origin().to_string(),
            running,
            stores,
            clock,
            folder,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes an account with that name, signed in.
    pub async fn person(&self, name: &str) -> Person {
        let mut person = Person::new(name, self.now());
        person.register(self.address, &self.origin).await;
        person
    }
}
