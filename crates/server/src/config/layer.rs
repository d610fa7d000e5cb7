//! One layer of settings, of which each may be absent: flags and environment, or a file.

use super::{ClientAddress, Config, ConfigError, Origin, Registration, Secret};
use crate::logging::LogFormat;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tracing_subscriber::filter::LevelFilter;

/// Declares the settings once: as flags with their environment variables, and as fields of a file.
macro_rules! layer {
    ($($(#[$attr:meta])* $field:ident: $type:ty = $env:literal;)*) => {
        /// Settings, each of which may be absent.
        #[derive(Clone, Debug, Default, clap::Args, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Layer {
            $($(#[$attr])*
            #[arg(long, env = $env, global = true, hide_env_values = true)]
            pub $field: Option<$type>,)*
        }

        impl Layer {
            /// This layer where it says something, the other elsewhere.
            #[must_use]
            pub fn over(self, other: Self) -> Self {
                Self { $($field: self.$field.or(other.$field),)* }
            }
        }
    };
}

layer! {
    /// The folder that everything is kept in
    data: PathBuf = "SOTTO_DATA";
    /// Address and port to listen at; port 0 for any that is free [default: 127.0.0.1:8080]
    listen: SocketAddr = "SOTTO_LISTEN";
    /// The origin that browsers see, such as https://chat.example.org [default: http://localhost:PORT]
    origin: Origin = "SOTTO_ORIGIN";
    /// Another origin whose pages may connect
    extra_origin: Origin = "SOTTO_EXTRA_ORIGIN";
    /// Who may make an account
    registration: Registration = "SOTTO_REGISTRATION";
    /// Messages a minute, by account [default: 60]
    messages_per_minute: u32 = "SOTTO_MESSAGES_PER_MINUTE";
    /// Messages at once after a pause, by account [default: 240]
    messages_burst: u32 = "SOTTO_MESSAGES_BURST";
    /// Typing, presence and ringing frames a minute, by account [default: 600]
    ephemeral_per_minute: u32 = "SOTTO_EPHEMERAL_PER_MINUTE";
    /// Lookups of accounts a minute, by account [default: 60]
    lookups_per_minute: u32 = "SOTTO_LOOKUPS_PER_MINUTE";
    /// Claims of prekeys a minute, by account [default: 60]
    claims_per_minute: u32 = "SOTTO_CLAIMS_PER_MINUTE";
    /// Uploads and changes of one's own a minute, by account [default: 30]
    changes_per_minute: u32 = "SOTTO_CHANGES_PER_MINUTE";
    /// New accounts a minute, by network address [default: 2]
    registrations_per_minute: u32 = "SOTTO_REGISTRATIONS_PER_MINUTE";
    /// New accounts at once, by network address [default: 60]
    registrations_burst: u32 = "SOTTO_REGISTRATIONS_BURST";
    /// Requests a minute that no account stands behind, by network address [default: 120]
    anonymous_per_minute: u32 = "SOTTO_ANONYMOUS_PER_MINUTE";
    /// Most connected devices of an account [default: 5]
    connections_per_account: usize = "SOTTO_CONNECTIONS_PER_ACCOUNT";
    /// Seconds between pings; a connection silent for two of these is dropped [default: 30]
    heartbeat_seconds: u32 = "SOTTO_HEARTBEAT_SECONDS";
    /// Days that undelivered mail is kept [default: 30]
    mail_days: u32 = "SOTTO_MAIL_DAYS";
    /// Most items of mail that may wait for a device [default: 100000]
    mailbox_messages: u64 = "SOTTO_MAILBOX_MESSAGES";
    /// Most bytes of mail that may wait for a device [default: 536870912]
    mailbox_bytes: u64 = "SOTTO_MAILBOX_BYTES";
    /// Largest size of the database in bytes [default: as large as the disk]
    max_database_bytes: u64 = "SOTTO_MAX_DATABASE_BYTES";
    /// Where a client's network address is found [default: socket]
    client_address: ClientAddress = "SOTTO_CLIENT_ADDRESS";
    /// Lets a bearer of it read /metrics [default: the machine itself only]
    metrics_token: String = "SOTTO_METRICS_TOKEN";
    /// A folder to serve the web client from, instead of the one that is built in
    web_dir: PathBuf = "SOTTO_WEB_DIR";
    /// How to log [default: text]
    log_format: LogFormat = "SOTTO_LOG_FORMAT";
    /// What to log: off, error, warn, info, debug or trace [default: info]
    #[serde(deserialize_with = "level")]
    log_level: LevelFilter = "SOTTO_LOG_LEVEL";
}

impl Layer {
    /// Reads a file in TOML.
    ///
    /// # Errors
    /// [`ConfigError::Unreadable`], [`ConfigError::Malformed`].
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(ConfigError::Unreadable)?;
        toml::from_str(&text).map_err(ConfigError::Malformed)
    }

    /// Fills in the defaults and checks the whole.
    ///
    /// # Errors
    /// [`ConfigError::Missing`], [`ConfigError::Zero`].
    pub fn finish(self) -> Result<Config, ConfigError> {
        let data = self.data.ok_or(ConfigError::Missing("data"))?;
        let listen = self.listen.unwrap_or((Ipv4Addr::LOCALHOST, 8080).into());
        let mut config = Config::new(data, listen);
        config.origin = self.origin;
        config.extra_origins = self.extra_origin.into_iter().collect();
        config.max_database_bytes = self.max_database_bytes;
        config.metrics_token = self.metrics_token.map(Secret);
        config.web_dir = self.web_dir;
        set(&mut config.registration, self.registration);
        set(&mut config.client_address, self.client_address);
        set(&mut config.log.format, self.log_format);
        set(&mut config.log.level, self.log_level);
        let rates = &mut config.rates;
        for (setting, value, name) in [
            (
                &mut rates.messages.amount,
                self.messages_per_minute,
                "messages_per_minute",
            ),
            (&mut rates.messages.burst, self.messages_burst, "messages_burst"),
            (
                &mut rates.ephemeral.amount,
                self.ephemeral_per_minute,
                "ephemeral_per_minute",
            ),
            (
                &mut rates.lookups.amount,
                self.lookups_per_minute,
                "lookups_per_minute",
            ),
            (
                &mut rates.claims.amount,
                self.claims_per_minute,
                "claims_per_minute",
            ),
            (
                &mut rates.changes.amount,
                self.changes_per_minute,
                "changes_per_minute",
            ),
            (
                &mut rates.registrations.amount,
                self.registrations_per_minute,
                "registrations_per_minute",
            ),
            (
                &mut rates.registrations.burst,
                self.registrations_burst,
                "registrations_burst",
            ),
            (
                &mut rates.anonymous.amount,
                self.anonymous_per_minute,
                "anonymous_per_minute",
            ),
        ] {
            positive(setting, value, name)?;
        }
        let connections = self.connections_per_account;
        positive(
            &mut config.connections_per_account,
            connections,
            "connections_per_account",
        )?;
        positive(
            &mut config.mailbox_messages,
            self.mailbox_messages,
            "mailbox_messages",
        )?;
        positive(&mut config.mailbox_bytes, self.mailbox_bytes, "mailbox_bytes")?;
        seconds(
            &mut config.heartbeat,
            self.heartbeat_seconds,
            1,
            "heartbeat_seconds",
        )?;
        seconds(&mut config.mail_kept, self.mail_days, 24 * 60 * 60, "mail_days")?;
        Ok(config)
    }
}

fn set<T>(setting: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *setting = value;
    }
}

fn positive<T: Default + PartialEq>(
    setting: &mut T,
    value: Option<T>,
    name: &'static str,
) -> Result<(), ConfigError> {
    if value.as_ref() == Some(&T::default()) {
        return Err(ConfigError::Zero(name));
    }
    set(setting, value);
    Ok(())
}

fn seconds(
    setting: &mut Duration,
    value: Option<u32>,
    each: u64,
    name: &'static str,
) -> Result<(), ConfigError> {
    let duration = value.map(|count| Duration::from_secs(u64::from(count) * each));
    positive(setting, duration, name)
}

fn level<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<LevelFilter>, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(deserializer)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Result<Layer, ConfigError> {
        toml::from_str(text).map_err(ConfigError::Malformed)
    }

    #[test]
    fn flags_beat_the_file_and_the_file_beats_the_defaults() {
        let flags = Layer {
            listen: Some(([0, 0, 0, 0], 1).into()),
            ..Layer::default()
        };
        let file = file("data = '/d'\nlisten = '0.0.0.0:2'\nmail_days = 7\nlog_level = 'debug'").unwrap();
        let config = flags.over(file).finish().unwrap();
        assert_eq!(config.listen.port(), 1);
        assert_eq!(config.mail_kept.as_secs(), 7 * 86_400);
        assert_eq!(config.log.level, LevelFilter::DEBUG);
        assert_eq!(config.connections_per_account, 5);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let finish = |text: &str| file(text).and_then(Layer::finish);
        assert!(matches!(finish(""), Err(ConfigError::Missing("data"))));
        assert!(matches!(
            finish("data = 'd'\nmail_days = 0"),
            Err(ConfigError::Zero("mail_days"))
        ));
        assert!(matches!(
            finish("data = 'd'\nmale_days = 1"),
            Err(ConfigError::Malformed(_))
        ));
        assert!(matches!(
            finish("data = 'd'\norigin = 'nonsense'"),
            Err(ConfigError::Malformed(_))
        ));
    }

    #[test]
    fn printed_settings_hide_secrets() {
        let config = file("data = 'd'\nmetrics_token = 'hunter2'")
            .and_then(Layer::finish)
            .unwrap();
        let printed = format!("{config}{config:?}");
        assert!(printed.contains("metrics_token = Some((hidden))"), "{printed}");
        assert!(!printed.contains("hunter2"));
    }
}
