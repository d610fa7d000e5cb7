//! `sotto-server`: the settings, the backend, the signals.

use clap::{Parser, Subcommand};
use sotto_server::config::Layer;
use sotto_server::{Config, ConfigError, Environment, StartError, start};
use sotto_store::{StoreError, Stores};
use sotto_store_sqlite::{Commit, Options, SqliteStore};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

/// The Sotto server: stores and forwards ciphertext.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// A file of settings in TOML; flags and the environment go before it
    #[arg(long, env = "SOTTO_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Layer,
}

#[derive(Clone, Copy, Subcommand)]
enum Command {
    /// Run the server (what happens without a command too)
    Serve,
    /// Print the settings in force, secrets hidden
    Config,
}

/// Why the program ends early.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("the data folder can't be made")]
    Folder(#[source] io::Error),
    #[error("the database can't be opened: {0}")]
    Store(#[from] StoreError),
    #[error("the server doesn't start: {0}")]
    Start(#[from] StartError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody may be reading.
            let _ = writeln!(io::stderr(), "sotto-server: {failure}");
            match failure {
                Failure::Config(_) => ExitCode::from(2),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let file = arguments
        .config
        .map_or_else(|| Ok(Layer::default()), |path| Layer::read(&path))?;
    let config = arguments.settings.over(file).finish()?;
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Config => Ok(write!(io::stdout(), "{config}")?),
        Command::Serve => {
            // Nothing else takes the events in.
            let _ = config.log.install();
            tokio::runtime::Runtime::new()?.block_on(serve(config))
        }
    }
}

async fn serve(config: Config) -> Result<(), Failure> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    // Who wrote to whom concerns nobody else on this machine.
    let mut folder = std::fs::DirBuilder::new();
    let made = folder.recursive(true).mode(0o700).create(&config.data);
    made.map_err(Failure::Folder)?;
    let store = SqliteStore::open(&Options {
        path: config.data.join("sotto.db"),
        commit: Commit::Batched,
        max_bytes: config.max_database_bytes,
    })?;
    let server = start(config, Stores::of(Arc::new(store)), Environment::system()).await?;
    writeln!(io::stdout(), "listening on http://{}", server.address())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    server.shutdown().await;
    Ok(())
}
