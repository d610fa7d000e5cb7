//! A byte stream to the server: TCP, under TLS where the URL says `https`.

use crate::server_url::{Security, ServerUrl};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A stream to the server.
pub type Connection = Box<dyn Stream>;

/// What TCP and TLS streams have in common.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// How long connecting may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The host isn't found or doesn't answer.
    #[error("{0}")]
    Unreachable(#[source] io::Error),
    /// The server can't be authenticated, or doesn't speak TLS.
    #[error("it can't be made secure: {0}")]
    Insecure(#[source] io::Error),
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// It ended in the middle.
    #[error("it broke off")]
    BrokeOff,
}

/// Connects.
pub async fn connect(server: &ServerUrl) -> Result<Connection, Trouble> {
    tokio::time::timeout(TIMEOUT, dial(server))
        .await
        .map_err(|_| Trouble::TimedOut)?
}

async fn dial(server: &ServerUrl) -> Result<Connection, Trouble> {
    let stream = TcpStream::connect((server.host(), server.port()))
        .await
        .map_err(Trouble::Unreachable)?;
    stream.set_nodelay(true).map_err(Trouble::Unreachable)?;
    match server.security() {
        Security::Plain => Ok(Box::new(stream)),
        Security::Tls => secure(server, stream).await.map_err(Trouble::Insecure),
    }
}

async fn secure(server: &ServerUrl, stream: TcpStream) -> io::Result<Connection> {
    let name = ServerName::try_from(server.host().to_owned()).map_err(io::Error::other)?;
    let stream = connector()?.connect(name, stream).await?;
    Ok(Box::new(stream))
}

/// Reads the system's certificates once. `SSL_CERT_FILE` and `SSL_CERT_DIR` name others.
fn connector() -> io::Result<TlsConnector> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(config.clone().into());
    }
    let mut roots = RootCertStore::empty();
    // Those that can't be read are passed over: the server's may be among the others.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(CONFIG.get_or_init(|| Arc::new(config)).clone().into())
}
