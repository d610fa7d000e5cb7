//! What one run of the engine does in the browser.

use sotto_engine::{Call, CommandError, Notification, Outcome};
use sotto_keys::Timestamp;
use wasm_bindgen_futures::spawn_local;

use super::socket::{Socket, SocketEvent};
use super::timer::Timer;
use super::{Epoch, Event, Events, NetworkEvent, clock, http, page, report};
use crate::messages::{FromWorker, Response, WorkerError};
use crate::runtime::Effects;

/// Socket, timer and requests of one run. Dropped, it closes the socket and stops the timer.
pub(super) struct Network {
    events: Events,
    epoch: Epoch,
    socket: Option<Socket>,
    /// The number of the newest socket: what an older one reported late is dropped.
    sockets: u64,
    wake: Option<Timer>,
}

/// There was a socket to cut.
pub(super) struct Cut;

impl Network {
    pub(super) fn new(events: Events, epoch: Epoch) -> Self {
        Self {
            events,
            epoch,
            socket: None,
            sockets: 0,
            wake: None,
        }
    }

    pub(super) fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Whether a socket's event still counts.
    pub(super) fn is_current(&self, socket: u64) -> bool {
        socket == self.sockets
    }

    /// Forgets the socket, and closes it if it is open. Nothing that it reported before counts any more.
    pub(super) fn cut(&mut self) -> Option<Cut> {
        self.sockets += 1;
        self.socket.take().map(|_| Cut)
    }

    fn reporter(&self) -> impl Fn(NetworkEvent) + Clone + 'static {
        let (events, epoch) = (self.events.clone(), self.epoch);
        move |event| report(&events, Event::Network(epoch, event))
    }
}

impl Effects for Network {
    fn connect(&mut self) {
        self.sockets += 1;
        let (number, report) = (self.sockets, self.reporter());
        let on_event = {
            let report = report.clone();
            move |event| report(NetworkEvent::Socket(number, event))
        };
        self.socket = Socket::open(on_event).ok();
        if self.socket.is_none() {
            report(NetworkEvent::Socket(number, SocketEvent::Closed));
        }
    }

    fn disconnect(&mut self) {
        self.cut();
        self.reporter()(NetworkEvent::Socket(self.sockets, SocketEvent::Closed));
    }

    fn send(&mut self, frame: Vec<u8>) {
        if let Some(socket) = &self.socket {
            socket.send(&frame);
        }
    }

    fn call(&mut self, call: Call) {
        let report = self.reporter();
        spawn_local(async move {
            let result = http::request(
                call.method,
                &call.path,
                call.body.as_deref(),
                call.token.as_deref(),
            )
            .await;
            report(NetworkEvent::Answer(call.id, result));
        });
    }

    fn wake(&mut self, at: Timestamp) {
        let report = self.reporter();
        self.wake = Some(Timer::after(at.since(clock::now()), move || {
            report(NetworkEvent::Wake);
        }));
    }

    fn notify(&mut self, notification: Notification) {
        page::tell(&FromWorker::Notification(notification));
    }

    fn answer(&mut self, number: u64, result: Result<Outcome, CommandError>) {
        page::tell(&FromWorker::Response {
            number,
            result: result.map(Response::Outcome).map_err(WorkerError::Command),
        });
    }
}
