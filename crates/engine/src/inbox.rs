//! What came in: what was taken already, what waits for its sender's account, what waits to be healed.

use crate::config::{Config, HELD_DELIVERIES, WAITING_MESSAGES};
use crate::effects::Effects;
use crate::records::{self, RecordError};
use crate::{Record, Table};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sotto_keys::{AccountId, Address, Timestamp};
use sotto_wire::frame::Delivery;
use std::collections::BTreeMap;

/// A ciphertext's hash, under its sender.
pub(crate) type Hash = [u8; 32];

#[derive(Serialize, Deserialize)]
struct WaitingRecord {
    from: Address,
    received_at: Timestamp,
    body: Vec<u8>,
}

/// What came in.
#[derive(Default)]
pub(crate) struct Inbox {
    seen: BTreeMap<Hash, Timestamp>,
    /// Deliveries, not acknowledged, until their sender's account is fetched.
    held: BTreeMap<AccountId, Vec<Delivery>>,
    /// How many messages wait to be healed.
    waiting: usize,
    pruned_at: Timestamp,
}

impl Inbox {
    pub fn load_seen(&mut self, record: &Record) -> Result<(), RecordError> {
        let at: Timestamp = records::decode(&record.value)?;
        self.seen.insert(records::part(&record.key)?, at);
        Ok(())
    }

    pub fn load_waiting(&mut self) {
        self.waiting += 1;
    }

    pub fn has_seen(&self, hash: &Hash) -> bool {
        self.seen.contains_key(hash)
    }

    /// From now on this ciphertext is a duplicate.
    pub fn mark_seen(&mut self, hash: Hash, effects: &mut Effects<'_>) {
        self.seen.insert(hash, effects.now);
        effects.put(Table::Seen, hash.to_vec(), &effects.now.clone());
    }

    /// Whether deliveries of this account have to wait behind others.
    pub fn is_held(&self, account: AccountId) -> bool {
        self.held.contains_key(&account)
    }

    /// Holds a delivery; one too many is dropped unacknowledged, so that the server brings it again.
    pub fn hold(&mut self, delivery: Delivery) {
        let held: usize = self.held.values().map(Vec::len).sum();
        if held < HELD_DELIVERIES {
            self.held.entry(delivery.from.account).or_default().push(delivery);
        }
    }

    pub fn take_held(&mut self, account: AccountId) -> Vec<Delivery> {
        self.held.remove(&account).unwrap_or_default()
    }

    /// Accounts that deliveries wait for.
    pub fn held_accounts(&self) -> impl Iterator<Item = AccountId> + '_ {
        self.held.keys().copied()
    }

    /// The connection is gone: the server will bring again what wasn't acknowledged.
    pub fn disconnected(&mut self) {
        self.held.clear();
    }

    /// Keeps a message that can't be decrypted, until it is healed. Beyond the bound it is dropped.
    pub fn keep_waiting(&mut self, hash: Hash, delivery: &Delivery, effects: &mut Effects<'_>) {
        if self.waiting >= WAITING_MESSAGES {
            return;
        }
        self.waiting += 1;
        let record = WaitingRecord {
            from: delivery.from,
            received_at: effects.now,
            body: delivery.body.clone(),
        };
        effects.put(Table::Waiting, hash.to_vec(), &record);
        effects.touch_own();
    }

    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// Forgets hashes that are past their time; looks once a day.
    pub fn prune(&mut self, config: &Config, effects: &mut Effects<'_>) {
        const DAY: core::time::Duration = core::time::Duration::from_secs(24 * 60 * 60);
        if effects.now.since(self.pruned_at) < DAY {
            return;
        }
        self.pruned_at = effects.now;
        let oldest = effects.now.saturating_sub(config.seen_kept);
        self.seen.retain(|hash, at| {
            let keep = *at >= oldest;
            if !keep {
                effects.delete(Table::Seen, hash.to_vec());
            }
            keep
        });
    }
}

/// The hash by which a duplicate is known.
pub(crate) fn hash(from: Address, body: &[u8]) -> Hash {
    Sha256::new()
        .chain_update(from.to_bytes())
        .chain_update(body)
        .finalize()
        .into()
}
