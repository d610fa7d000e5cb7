//! Engine and store together: takes inputs, persists what the engine wants persisted, hands on the rest.

use std::collections::BTreeSet;

use rand_core::CryptoRng;
use sotto_client_store::Store;
use sotto_engine::view::MessageView;
use sotto_engine::{
    Batch, Call, CommandError, Config, Engine, Input, Notification, Outcome, Output, Record, Tag,
};
use sotto_keys::Timestamp;

use crate::messages::StorageFault;

/// What a driver needs of a store.
pub trait Storage {
    /// Commits a batch durably, whole or not at all.
    ///
    /// # Errors
    /// If it was not committed.
    fn commit(&mut self, batch: &Batch) -> Result<(), StorageFault>;

    /// Every record.
    ///
    /// # Errors
    /// If they can't be read.
    fn records(&self) -> Result<Vec<Record>, StorageFault>;

    /// Where a message stands, if it is there.
    ///
    /// # Errors
    /// If that can't be read.
    fn position(&self, message: &MessageView) -> Result<Option<i64>, StorageFault>;
}

impl Storage for Store {
    fn commit(&mut self, batch: &Batch) -> Result<(), StorageFault> {
        Ok(Self::commit(self, batch)?)
    }

    fn records(&self) -> Result<Vec<Record>, StorageFault> {
        Ok(Self::records(self)?)
    }

    fn position(&self, message: &MessageView) -> Result<Option<i64>, StorageFault> {
        Ok(Self::position(self, message)?)
    }
}

/// Carries out what is not for the store. See [`Output`].
pub trait Effects {
    /// Opens the socket.
    fn connect(&mut self);
    /// Closes the socket.
    fn disconnect(&mut self);
    /// Writes to the socket.
    fn send(&mut self, frame: Vec<u8>);
    /// Makes a request.
    fn call(&mut self, call: Call);
    /// Sets the timer.
    fn wake(&mut self, at: Timestamp);
    /// Tells the page; never [`Notification::Done`].
    fn notify(&mut self, notification: Notification);
    /// Answers the page's request with that number.
    fn answer(&mut self, number: u64, result: Result<Outcome, CommandError>);
}

/// A running engine and its store.
pub struct Driver<S> {
    engine: Engine,
    store: S,
    /// Commands that the engine has not answered.
    asked: BTreeSet<u64>,
    /// Commits that failed since one succeeded.
    failures: u32,
}

impl<S: Storage> Driver<S> {
    /// Opens the engine on what the store holds.
    ///
    /// # Errors
    /// If the records can't be read, or make no sense.
    pub fn open(store: S, now: Timestamp) -> Result<Self, StorageFault> {
        Ok(Self {
            engine: open_engine(&store, now)?,
            store,
            asked: BTreeSet::new(),
            failures: 0,
        })
    }

    /// The engine, to look at.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The store, to look at.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Gives the engine an input and carries out, in order, what it puts out. A command's tag is its request's number.
    ///
    /// # Errors
    /// If something could not be persisted: what comes after it was not carried out, and the engine is ahead of the
    /// store. Nothing but [`Driver::restart`] may follow.
    pub fn handle(
        &mut self,
        input: Input,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
        effects: &mut impl Effects,
    ) -> Result<(), StorageFault> {
        if let Input::Command { tag: Tag(number), .. } = &input {
            self.asked.insert(*number);
        }
        for output in self.engine.handle(input, now, rng) {
            match output {
                Output::Persist(batch) => self.persist(&batch)?,
                Output::Connect => effects.connect(),
                Output::Disconnect => effects.disconnect(),
                Output::Send(frame) => effects.send(frame),
                Output::Call(call) => effects.call(call),
                Output::Wake(at) => effects.wake(at),
                Output::Notify(notification) => self.notify(notification, effects)?,
            }
        }
        Ok(())
    }

    fn persist(&mut self, batch: &Batch) -> Result<(), StorageFault> {
        let result = self.store.commit(batch);
        self.failures = match result {
            Ok(()) => 0,
            Err(_) => self.failures.saturating_add(1),
        };
        result
    }

    /// How often in a row nothing could be persisted.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    fn notify(&mut self, notification: Notification, effects: &mut impl Effects) -> Result<(), StorageFault> {
        match notification {
            Notification::Message(mut message) => {
                self.place(&mut message)?;
                effects.notify(Notification::Message(message));
            }
            Notification::Done { tag, mut result } => {
                if let Ok(Outcome::Queued(message)) = &mut result {
                    self.place(message)?;
                }
                self.asked.remove(&tag.0);
                effects.answer(tag.0, result);
            }
            other => effects.notify(other),
        }
        Ok(())
    }

    /// The engine doesn't know positions; the store does.
    fn place(&self, message: &mut MessageView) -> Result<(), StorageFault> {
        message.position = self.store.position(message)?.unwrap_or(message.position);
        Ok(())
    }

    /// Drops the engine with everything that was not persisted, and opens it anew, offline.
    ///
    /// # Errors
    /// If the store can't be read any more.
    pub fn restart(&mut self, now: Timestamp) -> Result<(), StorageFault> {
        self.engine = open_engine(&self.store, now)?;
        Ok(())
    }

    /// Takes the numbers of the requests that the engine has not answered: before a restart, or the end.
    pub fn unanswered(&mut self) -> BTreeSet<u64> {
        core::mem::take(&mut self.asked)
    }
}

fn open_engine(store: &impl Storage, now: Timestamp) -> Result<Engine, StorageFault> {
    Engine::open(store.records()?, now, Config::default()).map_err(|_| StorageFault::Damaged)
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;
    use sotto_client_store::MemoryStore;
    use sotto_engine::enrol::{NewAccount, NewIdentity, RootCustody};
    use sotto_engine::view::{Choice, MessageState, Settings};
    use sotto_engine::{Change, Command, StoredMessage};
    use sotto_keys::AccountId;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const ALICE: AccountId = AccountId::from_bytes([0xA1; 16]);

    /// A store whose disk can be full.
    #[derive(Default)]
    struct Disk {
        store: MemoryStore,
        full: bool,
    }

    impl Storage for Disk {
        fn commit(&mut self, batch: &Batch) -> Result<(), StorageFault> {
            if self.full {
                return Err(StorageFault::Full);
            }
            self.store.commit(batch);
            Ok(())
        }

        fn records(&self) -> Result<Vec<Record>, StorageFault> {
            Ok(self.store.records())
        }

        fn position(&self, message: &MessageView) -> Result<Option<i64>, StorageFault> {
            Ok(self.store.position(message))
        }
    }

    /// What was done, in order.
    #[derive(Default)]
    struct Seen {
        calls: Vec<String>,
        notifications: Vec<Notification>,
        answers: Vec<(u64, Result<Outcome, CommandError>)>,
    }

    impl Effects for Seen {
        fn connect(&mut self) {}
        fn disconnect(&mut self) {}
        fn send(&mut self, _: Vec<u8>) {}
        fn call(&mut self, call: Call) {
            self.calls.push(call.path);
        }
        fn wake(&mut self, _: Timestamp) {}
        fn notify(&mut self, notification: Notification) {
            self.notifications.push(notification);
        }
        fn answer(&mut self, number: u64, result: Result<Outcome, CommandError>) {
            self.answers.push((number, result));
        }
    }

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::from_seed([6; 32])
    }

    fn driver() -> Driver<Disk> {
        let identity = NewIdentity {
            account: ALICE,
            username: None,
            origin: "https://chat.example.org".to_owned(),
        };
        let config = Config::default();
        let new = NewAccount::generate(&mut rng(), NOW, identity, RootCustody::Vault, &config).unwrap();
        let mut disk = Disk::default();
        disk.commit(&new.batch()).unwrap();
        Driver::open(disk, NOW).unwrap()
    }

    fn set_receipts(number: u64, read_receipts: Choice) -> Input {
        let settings = Settings {
            read_receipts,
            ..Settings::default()
        };
        Input::Command {
            tag: Tag(number),
            command: Command::SetSettings { settings },
        }
    }

    #[test]
    fn a_command_is_answered_under_its_requests_number() {
        let (mut driver, mut seen) = (driver(), Seen::default());
        driver
            .handle(set_receipts(41, Choice::Off), NOW, &mut rng(), &mut seen)
            .unwrap();
        assert_eq!(seen.answers, [(41, Ok(Outcome::Done))]);
        assert!(driver.unanswered().is_empty());
        let leaked = |notification: &Notification| matches!(notification, Notification::Done { .. });
        assert!(!seen.notifications.iter().any(leaked));
    }

    #[test]
    fn what_could_not_be_persisted_is_not_told_and_gone_after_a_restart() {
        let (mut driver, mut seen) = (driver(), Seen::default());
        driver.store.full = true;
        for failures in 1..=2 {
            let result = driver.handle(set_receipts(failures, Choice::Off), NOW, &mut rng(), &mut seen);
            assert_eq!(result, Err(StorageFault::Full));
            assert_eq!(u64::from(driver.failures()), failures);
            assert!(seen.answers.is_empty() && seen.notifications.is_empty());
            assert_eq!(driver.unanswered(), BTreeSet::from([failures]));
            driver.restart(NOW).unwrap();
            assert_eq!(driver.engine().own().settings, Settings::default());
        }

        driver.store.full = false;
        driver
            .handle(set_receipts(3, Choice::Off), NOW, &mut rng(), &mut seen)
            .unwrap();
        assert_eq!(driver.failures(), 0);
        assert_eq!(driver.engine().own().settings.read_receipts, Choice::Off);
        driver.restart(NOW).unwrap();
        assert_eq!(driver.engine().own().settings.read_receipts, Choice::Off);
    }

    #[test]
    fn an_engine_that_goes_online_asks_for_a_challenge() {
        let (mut driver, mut seen) = (driver(), Seen::default());
        driver
            .handle(Input::GoOnline, NOW, &mut rng(), &mut seen)
            .unwrap();
        assert_eq!(seen.calls, ["/v1/challenges"]);
    }

    #[test]
    fn messages_get_their_position_from_the_store() {
        let (mut driver, mut seen) = (driver(), Seen::default());
        let stored = |id: u8| StoredMessage {
            conversation: ALICE,
            id: sotto_wire::content::MessageId([id; 16]),
            author: ALICE,
            sent_at: NOW,
            received_at: NOW,
            text: "text".to_owned(),
            state: MessageState::Queued,
        };
        let appended = Batch {
            changes: vec![Change::Append(stored(1)), Change::Append(stored(2))],
        };
        driver.store.commit(&appended).unwrap();
        let mut told = driver.store.store.messages(ALICE, None, 1).remove(0);
        let position = told.position;
        told.position = 0;

        let done = Notification::Done {
            tag: Tag(1),
            result: Ok(Outcome::Queued(told.clone())),
        };
        driver.notify(done, &mut seen).unwrap();
        driver.notify(Notification::Message(told), &mut seen).unwrap();
        assert!(
            matches!(&seen.answers[..], [(1, Ok(Outcome::Queued(message)))] if message.position == position)
        );
        assert!(
            matches!(&seen.notifications[..], [Notification::Message(message)] if message.position == position)
        );
        assert!(position > 1);
    }
}
