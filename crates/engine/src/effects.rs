//! Gathers what one input brings about, and puts it out in the order that the contract asks for.

use crate::{Batch, Call, Change, Notification, Output, Record, Table};
use rand_core::CryptoRng;
use serde::Serialize;
use sotto_keys::{AccountId, Timestamp};
use sotto_wire::frame::ClientFrame;
use std::collections::BTreeSet;
use zeroize::Zeroizing;

/// Time, randomness, and the effects of the input at hand.
pub(crate) struct Effects<'a> {
    pub now: Timestamp,
    pub rng: &'a mut dyn CryptoRng,
    batch: Batch,
    network: Vec<Output>,
    notifications: Vec<Notification>,
    /// Mailbox ids to acknowledge once the batch is committed.
    pub acks: Vec<u64>,
    /// Conversations whose view has to be told.
    pub touched: BTreeSet<AccountId>,
    /// Whether one's own view has to be told.
    pub own_touched: OwnView,
}

/// Whether one's own view changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnView {
    Same,
    Changed,
}

impl<'a> Effects<'a> {
    pub fn new(now: Timestamp, rng: &'a mut dyn CryptoRng) -> Self {
        Self {
            now,
            rng,
            batch: Batch::default(),
            network: Vec::new(),
            notifications: Vec::new(),
            acks: Vec::new(),
            touched: BTreeSet::new(),
            own_touched: OwnView::Same,
        }
    }

    /// Draws random bytes.
    pub fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    pub fn change(&mut self, change: Change) {
        self.batch.changes.push(change);
    }

    pub fn put(&mut self, table: Table, key: Vec<u8>, value: &impl Serialize) {
        let value = crate::records::encode(value);
        self.change(Change::Put(Record { table, key, value }));
    }

    pub fn put_bytes(&mut self, table: Table, key: Vec<u8>, value: Zeroizing<Vec<u8>>) {
        self.change(Change::Put(Record { table, key, value }));
    }

    pub fn delete(&mut self, table: Table, key: Vec<u8>) {
        self.change(Change::Delete { table, key });
    }

    pub fn send(&mut self, frame: &ClientFrame) {
        self.network.push(Output::Send(frame.encode()));
    }

    pub fn call(&mut self, call: Call) {
        self.network.push(Output::Call(call));
    }

    pub fn connect(&mut self) {
        self.network.push(Output::Connect);
    }

    pub fn disconnect(&mut self) {
        self.network.push(Output::Disconnect);
    }

    pub fn notify(&mut self, notification: Notification) {
        self.notifications.push(notification);
    }

    pub fn touch(&mut self, conversation: AccountId) {
        self.touched.insert(conversation);
    }

    pub fn touch_own(&mut self) {
        self.own_touched = OwnView::Changed;
    }

    /// Persist, then the network, then the person.
    pub fn into_outputs(mut self) -> Vec<Output> {
        let mut outputs = Vec::new();
        if !self.batch.changes.is_empty() {
            outputs.push(Output::Persist(self.batch));
        }
        for ids in self.acks.chunks(sotto_wire::limits::BATCH) {
            outputs.push(Output::Send(ClientFrame::Ack { ids: ids.to_vec() }.encode()));
        }
        outputs.append(&mut self.network);
        outputs.extend(self.notifications.into_iter().map(Output::Notify));
        outputs
    }
}
