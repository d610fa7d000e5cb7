//! Who is connected.

use sotto_keys::{AccountId, Address};
use sotto_wire::Code;
use sotto_wire::frame::ServerFrame;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, mpsc, watch};

/// Frames that wait for a slow connection before new ones are dropped. None of them is mail.
const PASSING: usize = 64;

/// The connections, by device.
pub(crate) struct Hub {
    seats: Mutex<Seats>,
    per_account: usize,
    /// How many connections there are, seated or not yet.
    open: watch::Sender<usize>,
}

#[derive(Default)]
struct Seats {
    by_account: HashMap<AccountId, HashMap<Address, Handle>>,
    next: u64,
    closing: bool,
}

/// The hub's end of a connection.
struct Handle {
    number: u64,
    wake: Arc<Notify>,
    passing: mpsc::Sender<ServerFrame>,
    farewell: watch::Sender<Option<Code>>,
}

/// A connection's end: what reaches it from elsewhere.
pub(crate) struct Seat {
    number: u64,
    /// There may be new mail.
    pub(super) wake: Arc<Notify>,
    /// Frames to pass on.
    pub(super) passing: mpsc::Receiver<ServerFrame>,
    /// Set when the connection has to end.
    pub(super) farewell: watch::Receiver<Option<Code>>,
}

impl Hub {
    pub(crate) fn new(per_account: usize) -> Self {
        Self {
            seats: Mutex::default(),
            per_account,
            open: watch::Sender::new(0),
        }
    }

    /// Counts a connection until the guard is dropped.
    pub(super) fn open(&self) -> Open<'_> {
        self.open.send_modify(|open| *open += 1);
        Open(&self.open)
    }

    /// How many connections there are.
    pub(crate) fn count(&self) -> usize {
        *self.open.borrow()
    }

    /// Seats a device; its former connection is told that it was replaced.
    pub(super) fn join(&self, device: Address) -> Result<Seat, Code> {
        let mut seats = self.lock();
        if seats.closing {
            return Err(Code::ShuttingDown);
        }
        seats.next += 1;
        let number = seats.next;
        let devices = seats.by_account.entry(device.account).or_default();
        let others = devices.keys().filter(|other| **other != device).count();
        if others >= self.per_account {
            return Err(Code::TooManyConnections);
        }
        let (sender, passing) = mpsc::channel(PASSING);
        let (farewell, told) = watch::channel(None);
        let wake = Arc::new(Notify::new());
        let handle = Handle {
            number,
            wake: wake.clone(),
            passing: sender,
            farewell,
        };
        if let Some(former) = devices.insert(device, handle) {
            former.farewell.send_replace(Some(Code::Replaced));
        }
        Ok(Seat {
            number,
            wake,
            passing,
            farewell: told,
        })
    }

    /// Frees a seat, unless another connection took it over.
    pub(super) fn leave(&self, device: Address, seat: &Seat) {
        let mut seats = self.lock();
        if let Some(devices) = seats.by_account.get_mut(&device.account) {
            if devices
                .get(&device)
                .is_some_and(|handle| handle.number == seat.number)
            {
                devices.remove(&device);
            }
            if devices.is_empty() {
                seats.by_account.remove(&device.account);
            }
        }
    }

    /// Tells a device, if it is connected, that it may have new mail.
    pub(crate) fn wake(&self, device: Address) {
        self.with(device, |handle| handle.wake.notify_one());
    }

    /// Hands a frame to a device if it is connected and keeps up. Says whether.
    pub(crate) fn pass(&self, device: Address, frame: ServerFrame) -> bool {
        self.with(device, |handle| handle.passing.try_send(frame).is_ok()) == Some(true)
    }

    /// Whether a device is connected.
    pub(crate) fn is_connected(&self, device: Address) -> bool {
        self.with(device, |_| ()).is_some()
    }

    /// Ends a device's connection.
    pub(crate) fn close(&self, device: Address, why: Code) {
        self.with(device, |handle| handle.farewell.send_replace(Some(why)));
    }

    /// Ends all connections, lets no new ones in, and waits until all are gone.
    pub(crate) async fn close_all(&self) {
        {
            let mut seats = self.lock();
            seats.closing = true;
            for handle in seats.by_account.values().flat_map(HashMap::values) {
                handle.farewell.send_replace(Some(Code::ShuttingDown));
            }
        }
        // The sender is ours: it can't be gone.
        let _ = self.open.subscribe().wait_for(|open| *open == 0).await;
    }

    fn with<T>(&self, device: Address, act: impl FnOnce(&Handle) -> T) -> Option<T> {
        let seats = self.lock();
        seats.by_account.get(&device.account)?.get(&device).map(act)
    }

    fn lock(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a connection while it is there.
pub(super) struct Open<'a>(&'a watch::Sender<usize>);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sotto_keys::DeviceId;

    fn device(account: u8, device: u8) -> Address {
        Address {
            account: AccountId::from_bytes([account; 16]),
            device: DeviceId::from_bytes([device; 8]),
        }
    }

    #[test]
    fn a_second_connection_replaces_the_first_and_outlives_its_leaving() {
        let hub = Hub::new(5);
        let first = hub.join(device(1, 1)).ok().unwrap();
        let second = hub.join(device(1, 1)).ok().unwrap();
        assert_eq!(*first.farewell.borrow(), Some(Code::Replaced));
        hub.leave(device(1, 1), &first);
        assert!(hub.is_connected(device(1, 1)));
        hub.leave(device(1, 1), &second);
        assert!(!hub.is_connected(device(1, 1)));
    }

    #[test]
    fn an_account_has_so_many_connections_and_no_more() {
        let hub = Hub::new(2);
        let _seats = [hub.join(device(1, 1)), hub.join(device(1, 2))];
        assert_eq!(hub.join(device(1, 3)).err(), Some(Code::TooManyConnections));
        assert!(hub.join(device(1, 2)).is_ok(), "a replacement is no addition");
        assert!(hub.join(device(2, 1)).is_ok());
    }

    #[test]
    fn a_slow_connection_loses_passing_frames_and_nobody_waits() {
        let hub = Hub::new(5);
        let mut seat = hub.join(device(1, 1)).ok().unwrap();
        let passed = (0..100)
            .filter(|_| hub.pass(device(1, 1), ServerFrame::Drained))
            .count();
        assert_eq!(passed, PASSING);
        assert!(seat.passing.try_recv().is_ok());
        assert!(!hub.pass(device(2, 2), ServerFrame::Drained));
    }
}
