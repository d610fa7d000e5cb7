//! What all endpoints share.

use crate::config::{Config, Origin, Rates};
use crate::environment::Environment;
use crate::health::Readiness;
use crate::limiter::Limiter;
use crate::metrics::Metrics;
use crate::passkeys::Passkeys;
use crate::refusal::Common;
use crate::sessions::{Challenges, Proofs, Tokens};
use crate::socket::Hub;
use crate::web::Web;
use sotto_keys::{AccountId, Address, Timestamp};
use sotto_store::Stores;
use std::net::IpAddr;
use std::sync::Arc;

/// The server's state; cheap to clone.
pub(crate) type App = Arc<State>;

/// What all endpoints share.
pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) origin: Origin,
    pub(crate) stores: Stores,
    pub(crate) environment: Environment,
    pub(crate) challenges: Challenges,
    pub(crate) tokens: Tokens,
    pub(crate) proofs: Proofs,
    pub(crate) passkeys: Passkeys,
    pub(crate) limits: Limits,
    pub(crate) hub: Hub,
    pub(crate) metrics: Metrics,
    pub(crate) readiness: Readiness,
    pub(crate) web: Web,
}

impl State {
    /// Now.
    pub(crate) fn now(&self) -> Timestamp {
        self.environment.clock.now()
    }
}

/// Runs work that takes milliseconds of a processor, such as verifying many signatures, where it holds nobody up.
pub(crate) async fn compute<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Common> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Common::Broken)
}

/// The rates at which things may be done.
pub(crate) struct Limits {
    pub(crate) messages: Limiter<AccountId>,
    pub(crate) ephemeral: Limiter<AccountId>,
    pub(crate) lookups: Limiter<AccountId>,
    pub(crate) claims: Limiter<AccountId>,
    pub(crate) claims_of_one: Limiter<(AccountId, Address)>,
    pub(crate) changes: Limiter<AccountId>,
    pub(crate) registrations: Limiter<IpAddr>,
    pub(crate) anonymous: Limiter<IpAddr>,
}

impl Limits {
    fn new(rates: &Rates) -> Self {
        Self {
            messages: Limiter::new(rates.messages),
            ephemeral: Limiter::new(rates.ephemeral),
            lookups: Limiter::new(rates.lookups),
            claims: Limiter::new(rates.claims),
            claims_of_one: Limiter::new(rates.claims_of_one),
            changes: Limiter::new(rates.changes),
            registrations: Limiter::new(rates.registrations),
            anonymous: Limiter::new(rates.anonymous),
        }
    }
}

/// A server without a listener: its routes and its state. [`crate::start`] puts one on a socket.
#[derive(Clone)]
pub struct Server(pub(crate) App);

impl Server {
    /// A server that browsers see under this origin.
    pub fn new(config: Config, origin: Origin, stores: Stores, environment: Environment) -> Self {
        Self(Arc::new(State {
            challenges: Challenges::new(),
            tokens: Tokens::new(),
            proofs: Proofs::new(),
            passkeys: Passkeys::new(&origin),
            limits: Limits::new(&config.rates),
            hub: Hub::new(config.connections_per_account),
            metrics: Metrics::default(),
            readiness: Readiness::default(),
            web: Web::new(config.web_dir.clone()),
            config,
            origin,
            stores,
            environment,
        }))
    }

    /// Everything that it answers to. Where requests carry no `ConnectInfo<SocketAddr>`, all come from one address.
    pub fn router(&self) -> axum::Router {
        crate::routes::router(self.0.clone())
    }

    /// Tells every connection to come back later, turns unready, and waits until the connections are gone.
    pub async fn drain(&self) {
        self.0.readiness.stop();
        self.0.hub.close_all().await;
    }

    /// Deletes what is too old, once.
    pub async fn sweep(&self) {
        crate::upkeep::sweep(&self.0).await;
    }
}
