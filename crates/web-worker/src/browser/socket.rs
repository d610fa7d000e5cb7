//! The WebSocket.

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue};
use web_sys::{BinaryType, MessageEvent, WebSocket};

use super::scope;

/// Something that happened to the socket.
pub(super) enum SocketEvent {
    /// It is open.
    Opened,
    /// A binary message came in.
    Message(Vec<u8>),
    /// It is closed, or could not be opened.
    Closed,
}

/// A socket that is open or being opened. Closed when dropped; nothing is reported from then on.
pub(super) struct Socket {
    socket: WebSocket,
    _on_open: Closure<dyn FnMut()>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut()>,
}

impl Socket {
    /// Opens `/v1/ws` of one's own origin.
    pub(super) fn open(report: impl Fn(SocketEvent) + Clone + 'static) -> Result<Self, JsValue> {
        let socket = WebSocket::new(&url())?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let on_open = {
            let report = report.clone();
            Closure::<dyn FnMut()>::new(move || report(SocketEvent::Opened))
        };
        let on_message = {
            let report = report.clone();
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                // Text is no part of the protocol.
                if let Ok(bytes) = event.data().dyn_into::<ArrayBuffer>() {
                    report(SocketEvent::Message(Uint8Array::new(&bytes).to_vec()));
                }
            })
        };
        let on_close = Closure::<dyn FnMut()>::new(move || report(SocketEvent::Closed));
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        // An error is always followed by this.
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Ok(Self {
            socket,
            _on_open: on_open,
            _on_message: on_message,
            _on_close: on_close,
        })
    }

    /// Writes a binary message, or drops it if the socket isn't open.
    pub(super) fn send(&self, frame: &[u8]) {
        if self.socket.ready_state() == WebSocket::OPEN {
            let _ = self.socket.send_with_u8_array(frame);
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

fn url() -> String {
    let location = scope().location();
    let scheme = if location.protocol() == "https:" {
        "wss"
    } else {
        "ws"
    };
    format!("{scheme}://{}/v1/ws", location.host())
}
