//! The server: stores and forwards ciphertext that it can't read.
//!
//! - Control plane: HTTP and JSON under `/v1`, see [`sotto_wire::api`]; described at `/docs`.
//! - Data plane: one WebSocket per device at `/v1/ws`, see [`sotto_wire::frame`].
//!
//! One module per domain, in it one file per endpoint: its refusals, its handler. [`start`] runs a server on a socket;
//! [`Server`] gives its routes to whoever brings a listener of their own.

mod accounts;
mod app;
pub mod config;
mod devices;
mod docs;
mod environment;
mod expiring;
mod health;
mod info;
mod limiter;
mod logging;
mod metrics;
mod passkeys;
mod prekeys;
mod refusal;
mod request;
mod response_headers;
mod routes;
mod serve;
mod sessions;
mod socket;
mod upkeep;
mod web;

pub use app::Server;
pub use config::{Config, ConfigError};
pub use environment::{Clock, Environment, Random, RandomError, SystemClock, SystemRandom};
pub use logging::{Log, LogFormat};
pub use serve::{RunningServer, StartError, start};
