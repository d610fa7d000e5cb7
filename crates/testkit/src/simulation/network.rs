//! Sockets: ordered, until they break.

use crate::fake_server::Socket;
use sotto_keys::Timestamp;
use std::collections::BTreeMap;

/// A socket between a person and the server.
struct Line {
    person: usize,
    client: End,
    server: End,
    /// When the last frame of each direction arrives: none overtakes another.
    up: Timestamp,
    down: Timestamp,
    flow: Flow,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Open,
    Closed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Flowing,
    Broken,
}

/// All sockets.
#[derive(Default)]
pub(super) struct Network {
    lines: BTreeMap<Socket, Line>,
    next: u64,
}

impl Network {
    pub fn open(&mut self, person: usize) -> Socket {
        self.next += 1;
        let socket = Socket(self.next);
        let (up, down) = (Timestamp::default(), Timestamp::default());
        let line = Line {
            person,
            client: End::Open,
            server: End::Open,
            up,
            down,
            flow: Flow::Flowing,
        };
        self.lines.insert(socket, line);
        socket
    }

    /// The socket that a person has open.
    pub fn socket_of(&self, person: usize) -> Option<Socket> {
        let open = |line: &Line| line.person == person && line.client == End::Open;
        self.lines
            .iter()
            .find(|(_, line)| open(line))
            .map(|(socket, _)| *socket)
    }

    /// Whether the server still has its end.
    pub fn server_end(&self, socket: Socket) -> bool {
        self.lines
            .get(&socket)
            .is_some_and(|line| line.server == End::Open)
    }

    /// Whose end it is, if that is open.
    pub fn client_end(&self, socket: Socket) -> Option<usize> {
        self.lines
            .get(&socket)
            .filter(|line| line.client == End::Open)
            .map(|line| line.person)
    }

    pub fn close_server_end(&mut self, socket: Socket) {
        if let Some(line) = self.lines.get_mut(&socket) {
            line.server = End::Closed;
        }
    }

    /// Closes the client's end; gives whose it was, if it was open.
    pub fn close_client_end(&mut self, socket: Socket) -> Option<usize> {
        let line = self.lines.get_mut(&socket)?;
        let was = core::mem::replace(&mut line.client, End::Closed);
        line.flow = Flow::Broken;
        (was == End::Open).then_some(line.person)
    }

    pub fn break_both_ways(&mut self, socket: Socket) {
        if let Some(line) = self.lines.get_mut(&socket) {
            line.flow = Flow::Broken;
        }
    }

    /// When a frame that would take until `at` arrives; `None` if it doesn't.
    pub fn upstream(&mut self, socket: Socket, at: Timestamp) -> Option<Timestamp> {
        let line = self
            .lines
            .get_mut(&socket)
            .filter(|line| line.flow == Flow::Flowing)?;
        line.up = line.up.max(at);
        Some(line.up)
    }

    /// As [`Network::upstream`], the other way.
    pub fn downstream(&mut self, socket: Socket, at: Timestamp) -> Option<Timestamp> {
        let line = self
            .lines
            .get_mut(&socket)
            .filter(|line| line.flow == Flow::Flowing)?;
        line.down = line.down.max(at);
        Some(line.down)
    }
}
