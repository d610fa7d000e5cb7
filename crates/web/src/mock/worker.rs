//! Answers like the worker, from memory.

use super::people::{self, Canned, OWN, preview};
use super::scene::Scene;
use crate::worker::{Deliver, Port};
use leptos::prelude::set_timeout;
use sotto_web_worker::messages::view::{
    MessageState, MessageView, OwnView, PersonView, SafetyNumberView, Settings, Standing, Trust,
};
use sotto_web_worker::messages::{
    AccountId, Command, CommandError, DeviceId, FromPage, FromWorker, Link, MessageId, Notification, Outcome,
    Phase, Request, Response, Scan, StorageFault, Timestamp, UnlockKind, WorkerError,
};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// Connects to it.
pub fn connect(scene: Scene, deliver: Deliver) -> Box<dyn Port> {
    let now = js_sys::Date::now() as u64;
    let people = if scene == Scene::Alone {
        Vec::new()
    } else {
        people::all(now)
    };
    let own = OwnView {
        account: OWN,
        device: DeviceId::from_bytes([7; 8]),
        username: "mary".parse().ok(),
        origin: "https://chat.example.org".to_owned(),
        root_in_vault: true,
        prekeys: None,
        outbox: 0,
        waiting: 0,
        settings: Settings::default(),
    };
    Box::new(Mock {
        deliver,
        state: Rc::new(RefCell::new(State {
            scene,
            people,
            own,
            next: 1_000_000,
        })),
    })
}

struct Mock {
    deliver: Deliver,
    state: Rc<RefCell<State>>,
}

struct State {
    scene: Scene,
    people: Vec<Canned>,
    own: OwnView,
    next: i64,
}

impl Port for Mock {
    fn post(&self, bytes: &[u8]) {
        let Ok(FromPage { number, request }) = postcard::from_bytes(bytes) else {
            return;
        };
        let mut later = Vec::new();
        let result = self.state.borrow_mut().answer(request, &mut later);
        let answer = FromWorker::Response { number, result };
        self.say(answer, 5);
        for (n, notification) in later.into_iter().enumerate() {
            self.say(FromWorker::Notification(notification), 5 + 700 * n as u64);
        }
    }
}

impl Mock {
    fn say(&self, what: FromWorker, milliseconds: u64) {
        let deliver = Rc::clone(&self.deliver);
        let say = move || deliver(postcard::to_allocvec(&what).ok());
        set_timeout(say, Duration::from_millis(milliseconds));
    }
}

type Answer = Result<Response, WorkerError>;

impl State {
    fn answer(&mut self, request: Request, later: &mut Vec<Notification>) -> Answer {
        Ok(match request {
            Request::Start => Response::Phase(self.phase(later)),
            Request::TakeOver | Request::Unlock { .. } | Request::CreateAccount { .. } => {
                self.scene = Scene::Open;
                Response::Phase(self.phase(later))
            }
            Request::Lock => Response::Phase(locked()),
            Request::Erase => Response::Phase(Phase::Empty),
            Request::BeginPasskey { .. } => return Err(WorkerError::Unreachable),
            Request::Command(command) => Response::Outcome(self.command(command, later)?),
            Request::Own => Response::Own(self.own.clone()),
            Request::Conversations => {
                Response::Conversations(self.people.iter().map(|one| one.view.clone()).collect())
            }
            Request::Messages {
                conversation,
                before,
                limit,
            } => {
                let before = before.unwrap_or(i64::MAX);
                let mut page = self.messages(conversation, |at| at < before);
                Response::Messages(page.split_off(page.len().saturating_sub(limit as usize)))
            }
            Request::MessagesAfter {
                conversation,
                after,
                limit,
            } => {
                let mut page = self.messages(conversation, |at| at > after);
                page.truncate(limit as usize);
                Response::Messages(page)
            }
            Request::MessagesAround {
                conversation,
                position,
                limit,
            } => {
                let half = i64::from(limit / 2);
                Response::Messages(self.messages(conversation, |at| (at - position).abs() <= half))
            }
            Request::Search { query, limit, .. } => Response::Messages(self.search(&query, limit as usize)),
            Request::SafetyNumber { person } => Response::SafetyNumber(self.number(person)?),
            Request::CompareScanned { .. } => Response::Scanned(Scan::Mismatch),
            Request::Network(_) => Response::Done,
        })
    }

    fn phase(&self, later: &mut Vec<Notification>) -> Phase {
        match self.scene {
            Scene::Empty => Phase::Empty,
            Scene::Locked => locked(),
            Scene::Elsewhere => Phase::ElsewhereOpen,
            Scene::Broken => Phase::Broken(StorageFault::Blocked),
            Scene::Offline => {
                later.push(Notification::Link(Link::Waiting { retry_in: 18_000 }));
                Phase::Open(self.own.clone())
            }
            Scene::Open | Scene::Alone => {
                later.push(Notification::Link(Link::Online));
                Phase::Open(self.own.clone())
            }
        }
    }

    fn find(&mut self, account: AccountId) -> Result<&mut Canned, WorkerError> {
        let found = self
            .people
            .iter_mut()
            .find(|one| one.view.person.account == account);
        found.ok_or(WorkerError::Command(CommandError::NoSuchThing))
    }

    fn messages(&self, conversation: AccountId, wanted: impl Fn(i64) -> bool) -> Vec<MessageView> {
        let one = self
            .people
            .iter()
            .find(|one| one.view.person.account == conversation);
        let messages = one.map(|one| {
            one.messages
                .iter()
                .filter(|message| wanted(message.position))
                .cloned()
        });
        messages.map(Iterator::collect).unwrap_or_default()
    }

    fn search(&self, query: &str, limit: usize) -> Vec<MessageView> {
        let query = query.to_lowercase();
        let all = self.people.iter().flat_map(|one| one.messages.iter().rev());
        all.filter(|message| message.text.to_lowercase().contains(&query))
            .take(limit)
            .cloned()
            .collect()
    }

    fn number(&mut self, person: AccountId) -> Result<SafetyNumberView, WorkerError> {
        let person = self.find(person)?.view.person.clone();
        let digits: Vec<String> = (0..12_u32)
            .map(|n| format!("{:05}", (n * 73_939 + 10_463) % 100_000))
            .collect();
        let qr = (0..73_u8).map(|n| n.wrapping_mul(89)).collect();
        Ok(SafetyNumberView {
            person,
            digits: digits.join(" "),
            qr,
        })
    }

    fn command(&mut self, command: Command, later: &mut Vec<Notification>) -> Result<Outcome, WorkerError> {
        match command {
            Command::Find { username } => {
                let account = AccountId::from_bytes([0x99; 16]);
                if username.as_str() == "nobody" {
                    return Err(CommandError::NoSuchPerson.into());
                }
                return Ok(Outcome::Person(PersonView {
                    account,
                    username: Some(username),
                    trust: Trust::Unverified,
                }));
            }
            Command::Send { to, text } => return self.send(to, text, later),
            Command::Accept { conversation } | Command::Unblock { conversation } => {
                self.change(conversation, later, |one| one.view.standing = Standing::Accepted)?;
            }
            Command::Block { conversation } => {
                self.change(conversation, later, |one| one.view.standing = Standing::Blocked)?
            }
            Command::MarkRead { conversation } => {
                self.change(conversation, later, |one| one.view.unread = 0)?
            }
            Command::SaveDraft { conversation, text } => {
                self.change(conversation, later, |one| one.view.draft = text)?
            }
            Command::Verify { person, .. } => {
                self.change(person, later, |one| one.view.person.trust = Trust::Verified)?
            }
            Command::AcceptIdentity { person } => {
                self.change(person, later, |one| one.view.person.trust = Trust::Unverified)?;
            }
            Command::DeleteMessage { conversation, id } => {
                self.change(conversation, later, |one| {
                    one.messages.retain(|message| message.id != id)
                })?;
                later.push(Notification::Deleted {
                    conversation,
                    id: Some(id),
                });
            }
            Command::ClearConversation { conversation } => {
                self.change(conversation, later, |one| one.messages.clear())?;
                later.push(Notification::Deleted {
                    conversation,
                    id: None,
                });
            }
            Command::SetSettings { settings } => {
                self.own.settings = settings;
                later.push(Notification::Own(self.own.clone()));
            }
            Command::AskServer => {
                return Ok(Outcome::Me(sotto_web_worker::messages::ServerRecord(
                    RECORD.to_owned(),
                )));
            }
            Command::Retry { .. } | Command::SetTyping { .. } | Command::SetPresence { .. } => {}
        }
        Ok(Outcome::Done)
    }

    fn change(
        &mut self,
        who: AccountId,
        later: &mut Vec<Notification>,
        change: impl FnOnce(&mut Canned),
    ) -> Result<(), WorkerError> {
        let one = self.find(who)?;
        change(one);
        later.push(Notification::Conversation(one.view.clone()));
        Ok(())
    }

    fn send(
        &mut self,
        to: AccountId,
        text: String,
        later: &mut Vec<Notification>,
    ) -> Result<Outcome, WorkerError> {
        self.next += 1;
        let at = Timestamp::from_millis(js_sys::Date::now() as u64);
        let mut id = [9; 16];
        id[..8].copy_from_slice(&self.next.to_be_bytes());
        let message = MessageView {
            position: self.next,
            conversation: to,
            id: MessageId(id),
            author: OWN,
            sent_at: at,
            received_at: at,
            text,
            state: MessageState::Queued,
        };
        let stored = message.clone();
        self.change(to, later, |one| {
            one.view.last = Some(preview(&stored));
            one.messages.push(stored);
        })?;
        for state in [MessageState::Sent, MessageState::Delivered, MessageState::Read] {
            later.push(Notification::States {
                conversation: to,
                ids: vec![message.id],
                state,
            });
        }
        Ok(Outcome::Queued(message))
    }
}

fn locked() -> Phase {
    Phase::Locked {
        username: "mary".parse().ok(),
        unlocks: vec![
            UnlockKind::Prf {
                credential_id: vec![1; 16],
            },
            UnlockKind::Passphrase,
        ],
    }
}

const RECORD: &str = r#"{"account":"42424242424242424242424242424242","username":"mary","discovery":"listed","created_at":1762905600000,"device":"0707070707070707","devices":1,"passkeys":0,"prekeys":{"one_time_ec":100,"one_time_kem":98},"mailbox_messages":0,"mailbox_bytes":0,"root_envelope":null}"#;
