//! A network cable that can be pulled: a SOCKS proxy (RFC 1928) that all of a person's connections pass.
//!
//! Emulating "offline" inside the browser would reach the page but not its workers.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// A person's connection to the network.
pub struct Cable {
    address: SocketAddr,
    connected: watch::Sender<bool>,
    proxy: AbortHandle,
}

impl Cable {
    /// A new cable, connected.
    pub(crate) async fn plug_in() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (connected, state) = watch::channel(true);
        let proxy = tokio::spawn(accept(listener, state)).abort_handle();
        Ok(Self {
            address,
            connected,
            proxy,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Breaks every connection and lets none through.
    pub fn pull(&self) {
        self.connected.send_replace(false);
    }

    /// Lets connections through again.
    pub fn restore(&self) {
        self.connected.send_replace(true);
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.proxy.abort();
    }
}

async fn accept(listener: TcpListener, state: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    while let Ok((browser, _)) = listener.accept().await {
        let mut state = state.clone();
        connections.spawn(async move {
            tokio::select! {
                // A connection that breaks is the browser's to notice.
                _ = relay(browser) => {}
                _ = state.wait_for(|connected| !connected) => {}
            }
        });
    }
}

async fn relay(mut browser: TcpStream) -> io::Result<()> {
    browser.set_nodelay(true)?;
    let (host, port) = greet(&mut browser).await?;
    let mut server = TcpStream::connect((host.as_str(), port)).await?;
    server.set_nodelay(true)?;
    // Version 5, succeeded, reserved, and a bound address that nobody reads.
    browser.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    copy_bidirectional(&mut browser, &mut server).await?;
    Ok(())
}

/// The greeting and the request, RFC 1928 sections 3 and 4: where the browser wants to go.
async fn greet(browser: &mut TcpStream) -> io::Result<(String, u16)> {
    let [_version, methods] = read(browser).await?;
    let mut offered = vec![0; methods.into()];
    browser.read_exact(&mut offered).await?;
    browser.write_all(&[5, 0]).await?;
    let [_version, _connect, _reserved, kind] = read(browser).await?;
    let host = match kind {
        1 => std::net::Ipv4Addr::from(read::<4>(browser).await?).to_string(),
        4 => std::net::Ipv6Addr::from(read::<16>(browser).await?).to_string(),
        _ => {
            let [length] = read(browser).await?;
            let mut name = vec![0; length.into()];
            browser.read_exact(&mut name).await?;
            String::from_utf8(name).map_err(|_| io::ErrorKind::InvalidData)?
        }
    };
    Ok((host, u16::from_be_bytes(read(browser).await?)))
}

async fn read<const N: usize>(stream: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}
