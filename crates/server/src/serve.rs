//! A server on a socket.

use crate::app::{App, Server};
use crate::config::{Config, InvalidOrigin, Origin};
use crate::environment::Environment;
use crate::upkeep;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use sotto_store::Stores;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tower::ServiceExt;

/// How long a connection may take to send a request's headers.
const HEADERS: Duration = Duration::from_secs(10);
/// How long a shutdown waits for those who don't go by themselves.
const FAREWELL: Duration = Duration::from_secs(10);
/// Pause after a connection could not be accepted, such as for want of file descriptors.
const BREATHER: Duration = Duration::from_millis(50);

/// Why the server doesn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address can't be listened at.
    #[error("can't listen there")]
    Listen(#[from] io::Error),
    /// No origin was set, and there is none for the address.
    #[error(transparent)]
    Origin(#[from] InvalidOrigin),
}

/// A server that runs. Dropped, it runs on.
pub struct RunningServer {
    address: SocketAddr,
    origin: Origin,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl RunningServer {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The origin that browsers see.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Stops: unready at once, connections told to come back, requests under way answered; then the listener is gone.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        // A task that panicked has stopped too.
        let _ = self.task.await;
    }
}

/// Starts a server where its settings say.
///
/// # Errors
/// See [`StartError`].
pub async fn start(
    config: Config,
    stores: Stores,
    environment: Environment,
) -> Result<RunningServer, StartError> {
    let listener = TcpListener::bind(config.listen).await?;
    let address = listener.local_addr()?;
    let origin = match config.origin.clone() {
        Some(origin) => origin,
        None => Origin::localhost(address.port())?,
    };
    let server = Server::new(config, origin.clone(), stores, environment);
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(run(server, listener, stopped));
    Ok(RunningServer {
        address,
        origin,
        stop,
        task,
    })
}

async fn run(server: Server, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
    let (open, mut all_closed) = mpsc::channel(1);
    let door = Door {
        router: server.router(),
        stopped: stopped.clone(),
        open,
    };
    tokio::select! {
        () = door.accept(&listener) => {}
        () = upkeep::run(&server.0) => {}
        () = stop(&mut stopped) => {}
    }
    drop((listener, door));
    tracing::info!("shutting down");
    let everyone = async {
        server.drain().await;
        all_closed.recv().await;
    };
    if tokio::time::timeout(FAREWELL, everyone).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
    finish(&server.0).await;
}

/// What was acknowledged is on the disk already; this only waits for what is under way.
async fn finish(app: &App) {
    let _ = app.stores.upkeep.probe().await;
}

/// Waits for the word to stop. The server that would give it being gone, there is no more to wait for either.
async fn stop(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Where connections come in.
struct Door {
    router: Router,
    stopped: watch::Receiver<bool>,
    /// Held by every connection while it is there.
    open: mpsc::Sender<()>,
}

impl Door {
    async fn accept(&self, listener: &TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => self.serve(stream, peer),
                Err(error) => {
                    tracing::warn!(kind = ?error.kind(), "a connection could not be accepted");
                    tokio::time::sleep(BREATHER).await;
                }
            }
        }
    }

    fn serve(&self, stream: TcpStream, peer: SocketAddr) {
        // Frames are small and people wait for them.
        let _ = stream.set_nodelay(true);
        let router = self.router.clone();
        let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let (mut stopped, open) = (self.stopped.clone(), self.open.clone());
        // A connection that breaks is the client's business.
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            tokio::select! {
                _ = connection.as_mut() => {}
                () = stop(&mut stopped) => {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            }
            drop(open);
        });
    }
}
