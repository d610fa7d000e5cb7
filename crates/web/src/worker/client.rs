//! Requests with their answers.

use super::{AskError, Deliver, Port};
use futures_channel::oneshot;
use leptos::prelude::{GetValue, LocalStorage, StoredValue};
use sotto_web_worker::messages::view::MessageView;
use sotto_web_worker::messages::{
    Command, FromPage, FromWorker, Notification, Outcome, Phase, Request, Response, WorkerError,
};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// What the worker says by itself.
pub enum Event {
    /// Something changed.
    Notification(Notification),
    /// It stands elsewhere now.
    Phase(Phase),
    /// It is dead.
    Dead,
}

/// Asks the worker. A handle: copies ask the same worker.
#[derive(Clone, Copy)]
pub struct Client {
    wire: StoredValue<Rc<Wire>, LocalStorage>,
}

struct Wire {
    port: Box<dyn Port>,
    last_number: Cell<u64>,
    waiting: Rc<Waiting>,
}

/// Few wait at a time: no need for a map.
type Waiting = RefCell<Vec<(u64, oneshot::Sender<Result<Response, WorkerError>>)>>;

impl Client {
    /// Connects, and gives everything that isn't an answer to `on_event`.
    pub fn new(
        connect: impl FnOnce(Deliver) -> Result<Box<dyn Port>, JsValue>,
        on_event: impl Fn(Event) + 'static,
    ) -> Result<Self, JsValue> {
        let waiting = Rc::new(Waiting::default());
        let deliver = {
            let waiting = Rc::clone(&waiting);
            move |bytes: Option<Vec<u8>>| sort(bytes.as_deref(), &waiting, &on_event)
        };
        let wire = Wire {
            port: connect(Rc::new(deliver))?,
            last_number: Cell::new(0),
            waiting,
        };
        Ok(Self {
            wire: StoredValue::new_local(Rc::new(wire)),
        })
    }

    /// Asks, and waits for the answer.
    pub async fn ask(self, request: Request) -> Result<Response, AskError> {
        let answer = self.wire.get_value().post(request)?;
        Ok(answer.await.map_err(|_| AskError::Lost)??)
    }

    /// Asks the engine for something.
    pub async fn command(self, command: Command) -> Result<Outcome, AskError> {
        match self.ask(Request::Command(command)).await? {
            Response::Outcome(outcome) => Ok(outcome),
            _ => Err(AskError::Lost),
        }
    }

    /// Asks for messages.
    pub async fn messages(self, request: Request) -> Result<Vec<MessageView>, AskError> {
        match self.ask(request).await? {
            Response::Messages(messages) => Ok(messages),
            _ => Err(AskError::Lost),
        }
    }

    /// Asks for something that moves the worker to another phase.
    pub async fn phase(self, request: Request) -> Result<Phase, AskError> {
        match self.ask(request).await? {
            Response::Phase(phase) => Ok(phase),
            _ => Err(AskError::Lost),
        }
    }

    /// Tells the engine something whose outcome changes nothing here.
    pub fn tell(self, command: Command) {
        leptos::task::spawn_local(async move {
            // What it changes comes back as a notification; if it was refused, nothing has changed.
            let _ = self.command(command).await;
        });
    }
}

impl Wire {
    fn post(&self, request: Request) -> Result<oneshot::Receiver<Result<Response, WorkerError>>, AskError> {
        let number = self.last_number.get() + 1;
        let bytes = postcard::to_allocvec(&FromPage { number, request }).map_err(|_| AskError::Lost)?;
        self.last_number.set(number);
        let (answer, receiver) = oneshot::channel();
        self.waiting.borrow_mut().push((number, answer));
        self.port.post(&bytes);
        Ok(receiver)
    }
}

/// Brings an answer to whoever waits for it, and an event to `on_event`.
fn sort(bytes: Option<&[u8]>, waiting: &Waiting, on_event: &impl Fn(Event)) {
    match bytes.and_then(|bytes| postcard::from_bytes(bytes).ok()) {
        Some(FromWorker::Response { number, result }) => {
            let answer = take(&mut waiting.borrow_mut(), number);
            if let Some(answer) = answer {
                // Whoever asked may have gone away.
                let _ = answer.send(result);
            }
        }
        Some(FromWorker::Notification(notification)) => on_event(Event::Notification(notification)),
        Some(FromWorker::Phase(phase)) => on_event(Event::Phase(phase)),
        None => {
            waiting.borrow_mut().clear();
            on_event(Event::Dead);
        }
    }
}

fn take<T>(waiting: &mut Vec<(u64, T)>, number: u64) -> Option<T> {
    let place = waiting.iter().position(|(other, _)| *other == number)?;
    Some(waiting.swap_remove(place).1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos::prelude::Owner;

    struct Recorder(Rc<RefCell<Vec<u64>>>);

    impl Port for Recorder {
        fn post(&self, bytes: &[u8]) {
            let sent: FromPage = postcard::from_bytes(bytes).unwrap();
            self.0.borrow_mut().push(sent.number);
        }
    }

    #[test]
    fn answers_reach_the_one_who_asked_and_a_dead_worker_ends_the_wait() {
        let owner = Owner::new();
        owner.set();
        let posted = Rc::new(RefCell::new(Vec::new()));
        let dead = Rc::new(Cell::new(0));
        let deliver: Rc<RefCell<Option<Deliver>>> = Rc::default();
        let client = {
            let (posted, deliver, dead) = (Rc::clone(&posted), Rc::clone(&deliver), Rc::clone(&dead));
            Client::new(
                move |way| {
                    *deliver.borrow_mut() = Some(way);
                    Ok(Box::new(Recorder(posted)) as Box<dyn Port>)
                },
                move |event| dead.set(dead.get() + u32::from(matches!(event, Event::Dead))),
            )
            .unwrap()
        };
        let wire = client.wire.get_value();
        let mut first = wire.post(Request::Own).unwrap();
        let mut second = wire.post(Request::Start).unwrap();
        assert_eq!(*posted.borrow(), [1, 2]);

        let deliver = deliver.borrow().clone().unwrap();
        let answer = FromWorker::Response {
            number: 2,
            result: Ok(Response::Done),
        };
        deliver(Some(postcard::to_allocvec(&answer).unwrap()));
        assert!(matches!(second.try_recv(), Ok(Some(Ok(Response::Done)))));
        assert!(matches!(first.try_recv(), Ok(None)));

        deliver(None);
        assert!(first.try_recv().is_err());
        assert_eq!(dead.get(), 1);
    }
}
