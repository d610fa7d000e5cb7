//! Structured logs. They never hold content, keys, names, tokens or addresses, of people or of networks: only this
//! server's own events are written, and those name routes, codes, counts and durations.

use std::io;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry};

/// What is logged, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    /// How.
    pub format: LogFormat,
    /// From which level on.
    pub level: LevelFilter,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            level: LevelFilter::INFO,
        }
    }
}

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: an object a line.
    Json,
}

impl Log {
    /// What takes the events in. Libraries' own events are left out: nobody vouches for what is in them.
    pub fn subscriber<W>(self, writer: W) -> Box<dyn tracing::Subscriber + Send + Sync>
    where
        W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
    {
        let ours = Targets::new().with_target("sotto_server", self.level);
        let lines = tracing_subscriber::fmt::layer()
            .with_writer(writer)
            .with_ansi(false);
        match self.format {
            LogFormat::Text => Box::new(Registry::default().with(lines.with_filter(ours))),
            LogFormat::Json => Box::new(Registry::default().with(lines.json().with_filter(ours))),
        }
    }

    /// Logs to standard error from now on.
    ///
    /// # Errors
    /// If something else takes the events in already.
    pub fn install(self) -> Result<(), tracing::dispatcher::SetGlobalDefaultError> {
        tracing::subscriber::set_global_default(self.subscriber(io::stderr))
    }
}
