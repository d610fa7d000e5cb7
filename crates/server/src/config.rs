//! Settings: flags, then environment, then a file, then defaults; checked once, at the start.

mod layer;
mod origin;

pub use layer::Layer;
pub use origin::{InvalidOrigin, Origin};

use crate::logging::Log;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// So many in such a time, and so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many; at least 1.
    pub amount: u32,
    /// In how long a time.
    pub per: Duration,
    /// How many at once after a pause; at least 1.
    pub burst: u32,
}

impl Rate {
    /// So many a minute.
    pub const fn per_minute(amount: u32, burst: u32) -> Self {
        Self {
            amount,
            per: Duration::from_secs(60),
            burst,
        }
    }
}

/// How often things may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Sends, by account.
    pub messages: Rate,
    /// Ephemeral frames, by account.
    pub ephemeral: Rate,
    /// Looking accounts up, by account.
    pub lookups: Rate,
    /// Claiming prekeys, by account.
    pub claims: Rate,
    /// Claiming prekeys of one device, by account and device.
    pub claims_of_one: Rate,
    /// Uploads and changes of one's own, by account.
    pub changes: Rate,
    /// New accounts, by network address.
    pub registrations: Rate,
    /// Everything else that no account stands behind, by network address.
    pub anonymous: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            messages: Rate::per_minute(60, 240),
            ephemeral: Rate::per_minute(600, 300),
            lookups: Rate::per_minute(60, 60),
            claims: Rate::per_minute(60, 120),
            claims_of_one: Rate::per_minute(2, 20),
            changes: Rate::per_minute(30, 60),
            registrations: Rate::per_minute(2, 60),
            anonymous: Rate::per_minute(120, 240),
        }
    }
}

/// Who may make an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    /// Everyone.
    Open,
    /// Nobody.
    Closed,
}

/// Where a client's network address is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum ClientAddress {
    /// At the other end of the connection.
    Socket,
    /// Last in `X-Forwarded-For`: for a server behind a proxy of one's own, and only there.
    Forwarded,
}

/// Something to be known by few; not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// What the server goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The folder that everything is kept in.
    pub data: PathBuf,
    /// Where it listens; port 0 for any that is free.
    pub listen: SocketAddr,
    /// The origin that browsers see; `None` for `http://localhost:PORT`.
    pub origin: Option<Origin>,
    /// Other origins whose pages may connect.
    pub extra_origins: Vec<Origin>,
    /// Who may make an account.
    pub registration: Registration,
    /// How often things may be done.
    pub rates: Rates,
    /// Most connected devices of an account.
    pub connections_per_account: usize,
    /// How often a connection is pinged; one silent for two of these is dropped.
    pub heartbeat: Duration,
    /// How long mail is kept for a device that doesn't fetch it.
    pub mail_kept: Duration,
    /// Most items of mail that may wait for a device.
    pub mailbox_messages: u64,
    /// Most bytes of mail that may wait for a device.
    pub mailbox_bytes: u64,
    /// Largest size of the database in bytes; `None` for as large as the disk.
    pub max_database_bytes: Option<u64>,
    /// Where a client's network address is found.
    pub client_address: ClientAddress,
    /// Lets a bearer of it read `/metrics`; `None` for the machine itself only.
    pub metrics_token: Option<Secret>,
    /// A folder to serve the web client from, instead of the one that is built in.
    pub web_dir: Option<PathBuf>,
    /// What is logged, and how.
    pub log: Log,
}

/// Settings that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A setting that there is no default for.
    #[error("the setting `{0}` is missing")]
    Missing(&'static str),
    /// A setting that must be more than zero.
    #[error("the setting `{0}` must be more than zero")]
    Zero(&'static str),
    /// The settings' file can't be read.
    #[error("the settings' file can't be read")]
    Unreadable(#[source] std::io::Error),
    /// The settings' file isn't understood.
    #[error("the settings' file isn't understood: {0}")]
    Malformed(#[source] toml::de::Error),
}

impl Config {
    /// The defaults.
    pub fn new(data: PathBuf, listen: SocketAddr) -> Self {
        Self {
            data,
            listen,
            origin: None,
            extra_origins: Vec::new(),
            registration: Registration::Open,
            rates: Rates::default(),
            connections_per_account: 5,
            heartbeat: Duration::from_secs(30),
            mail_kept: Duration::from_secs(30 * 24 * 60 * 60),
            mailbox_messages: 100_000,
            mailbox_bytes: 512 * 1024 * 1024,
            max_database_bytes: None,
            client_address: ClientAddress::Socket,
            metrics_token: None,
            web_dir: None,
            log: Log::default(),
        }
    }
}

/// What `sotto-server config` prints: one setting a line, secrets hidden.
impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            data,
            listen,
            origin,
            extra_origins,
            registration,
            rates,
            connections_per_account,
            heartbeat,
            mail_kept,
            mailbox_messages,
            mailbox_bytes,
            max_database_bytes,
            client_address,
            metrics_token,
            web_dir,
            log,
        } = self;
        let mut line = |name: &str, value: &dyn fmt::Debug| writeln!(f, "{name} = {value:?}");
        line("data", data)?;
        line("listen", listen)?;
        line("origin", &origin.as_ref().map(Origin::as_str))?;
        line(
            "extra_origins",
            &extra_origins.iter().map(Origin::as_str).collect::<Vec<_>>(),
        )?;
        line("registration", registration)?;
        line("messages_per_minute", &rates.messages.amount)?;
        line("messages_burst", &rates.messages.burst)?;
        line("ephemeral_per_minute", &rates.ephemeral.amount)?;
        line("lookups_per_minute", &rates.lookups.amount)?;
        line("claims_per_minute", &rates.claims.amount)?;
        line("changes_per_minute", &rates.changes.amount)?;
        line("registrations_per_minute", &rates.registrations.amount)?;
        line("registrations_burst", &rates.registrations.burst)?;
        line("anonymous_per_minute", &rates.anonymous.amount)?;
        line("connections_per_account", connections_per_account)?;
        line("heartbeat_seconds", &heartbeat.as_secs())?;
        line("mail_days", &(mail_kept.as_secs() / (24 * 60 * 60)))?;
        line("mailbox_messages", mailbox_messages)?;
        line("mailbox_bytes", mailbox_bytes)?;
        line("max_database_bytes", max_database_bytes)?;
        line("client_address", client_address)?;
        line("metrics_token", metrics_token)?;
        line("web_dir", web_dir)?;
        line("log_format", &log.format)?;
        line("log_level", &log.level.to_string())
    }
}
