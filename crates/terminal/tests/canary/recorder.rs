//! A proxy that writes down everything that passes between the clients and the server.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

type Bytes = Arc<Mutex<Vec<u8>>>;

/// The proxy; it runs until the process ends.
pub struct Recorder {
    address: SocketAddr,
    connections: Arc<Mutex<Vec<Connection>>>,
}

struct Connection {
    to_server: Bytes,
    to_client: Bytes,
    copying: Vec<JoinHandle<()>>,
}

/// What went one way on one connection.
#[derive(Clone)]
pub struct Stream(pub Vec<u8>);

/// What went on one connection.
pub struct Conversation {
    pub to_server: Stream,
    pub to_client: Stream,
}

impl Recorder {
    /// Takes connections, and passes them on to the server.
    pub fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let connections: Arc<Mutex<Vec<Connection>>> = Arc::default();
        let recorded = Arc::clone(&connections);
        thread::spawn(move || {
            for client in listener.incoming() {
                // A server that isn't there is the client's business.
                if let Ok(connection) = client.and_then(|client| Connection::open(client, server)) {
                    recorded.lock().unwrap().push(connection);
                }
            }
        });
        Self { address, connections }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Everything up to now, once all connections are closed.
    pub fn conversations(&self) -> Vec<Conversation> {
        let mut connections = self.connections.lock().unwrap();
        connections.iter_mut().map(Connection::finish).collect()
    }
}

impl Connection {
    fn open(client: TcpStream, server: SocketAddr) -> io::Result<Self> {
        let server = TcpStream::connect(server)?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (to_server, to_client) = (Bytes::default(), Bytes::default());
        let copying = vec![
            copy(client.try_clone()?, server.try_clone()?, Arc::clone(&to_server)),
            copy(server, client, Arc::clone(&to_client)),
        ];
        Ok(Self {
            to_server,
            to_client,
            copying,
        })
    }

    fn finish(&mut self) -> Conversation {
        for copying in self.copying.drain(..) {
            copying.join().unwrap();
        }
        let stream = |bytes: &Bytes| Stream(bytes.lock().unwrap().clone());
        Conversation {
            to_server: stream(&self.to_server),
            to_client: stream(&self.to_client),
        }
    }
}

/// Writes down first, then passes on: nothing arrives that isn't recorded.
fn copy(mut from: TcpStream, mut to: TcpStream, record: Bytes) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            record.lock().unwrap().extend(&buffer[..length]);
            if to.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        // One side that is gone ends both ways.
        let _ = to.shutdown(Shutdown::Write);
        let _ = from.shutdown(Shutdown::Read);
    })
}

impl Stream {
    /// The messages on a WebSocket (RFC 6455, section 5), unmasked, fragments put together; none if it isn't one.
    pub fn messages(&self) -> Vec<Vec<u8>> {
        let (head, mut frames) = self.split_head();
        let mut messages: Vec<Vec<u8>> = Vec::new();
        if !head.contains("upgrade: websocket") {
            return messages;
        }
        while let Some((opcode, payload)) = take_frame(&mut frames) {
            match (opcode, messages.last_mut()) {
                (0, Some(last)) => last.extend(payload),
                _ => messages.push(payload),
            }
        }
        assert_eq!(frames, [0_u8; 0], "a frame that isn't understood");
        messages
    }

    /// The lines before the first body, in small letters, and what follows them.
    pub fn split_head(&self) -> (String, &[u8]) {
        let end = self.0.windows(4).position(|window| window == b"\r\n\r\n");
        let (head, rest) = self.0.split_at(end.map_or(self.0.len(), |end| end + 4));
        (String::from_utf8_lossy(head).to_lowercase(), rest)
    }
}

fn take_frame(bytes: &mut &[u8]) -> Option<(u8, Vec<u8>)> {
    let mut rest = *bytes;
    let [first, second] = take(&mut rest)?;
    assert_eq!(first & 0x70, 0, "an extension that isn't understood");
    let length = match second & 0x7f {
        126 => u16::from_be_bytes(take(&mut rest)?).into(),
        127 => u64::from_be_bytes(take(&mut rest)?),
        short => short.into(),
    };
    let mask = if second & 0x80 == 0 {
        [0; 4]
    } else {
        take(&mut rest)?
    };
    let (payload, rest) = rest.split_at_checked(usize::try_from(length).unwrap())?;
    *bytes = rest;
    let unmasked = payload
        .iter()
        .zip(mask.iter().cycle())
        .map(|(byte, mask)| byte ^ mask);
    Some((first & 0x0f, unmasked.collect()))
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}
