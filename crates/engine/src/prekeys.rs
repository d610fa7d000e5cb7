//! The private halves of one's prekeys, and their upkeep.

use crate::config::Config;
use crate::effects::Effects;
use crate::own::{self, key};
use crate::records::{self, RecordError};
use crate::{Change, Record, Table};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use sotto_keys::{Address, BatchShapeError, PrekeyKind, Timestamp};
use sotto_protocol::{DeviceKeys, PrekeyIds, PrekeySecret, PrekeySecretsRef, generate_prekeys};
use sotto_wire::api::{Base64, PrekeyCounts, UploadPrekeys};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Most one-time prekeys in one batch.
const BATCH: u16 = 256;

/// What is remembered about the making of prekeys.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct PrekeyState {
    next_id: u32,
    rotated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct PrekeyRecord {
    replaced_at: Option<Timestamp>,
    secret: Zeroizing<Vec<u8>>,
}

struct Held {
    secret: PrekeySecret,
    replaced_at: Option<Timestamp>,
}

/// All prekeys whose private halves are kept.
#[derive(Default)]
pub(crate) struct Prekeys {
    held: BTreeMap<(u8, u32), Held>,
    state: PrekeyState,
    /// What the server doesn't have for certain yet.
    upload: Option<Upload>,
    /// What the server says that it has.
    pub counts: Option<PrekeyCounts>,
}

/// A request that waits to be made.
pub(crate) struct Upload {
    pub body: Vec<u8>,
}

/// Prekeys that were just made.
#[derive(Default)]
pub(crate) struct Made {
    secrets: Vec<PrekeySecret>,
    batches: Vec<Base64>,
}

/// Whose prekeys, and by which parameters.
pub(crate) struct Maker<'a> {
    pub keys: &'a DeviceKeys,
    pub address: Address,
    pub config: &'a Config,
    pub now: Timestamp,
}

impl Maker<'_> {
    fn make(
        &self,
        kind: PrekeyKind,
        count: u16,
        state: &mut PrekeyState,
        made: &mut Made,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), BatchShapeError> {
        let kept = if kind.is_one_time() {
            self.config.one_time_offered
        } else {
            self.config.prekey_offered
        };
        let expires = self.now.saturating_add(kept);
        let (secrets, batch) = generate_prekeys(
            rng,
            self.keys,
            self.address,
            kind,
            state.next_id,
            count,
            self.now,
            expires,
        )?;
        state.next_id += u32::from(count);
        made.secrets.extend(secrets);
        made.batches.push(Base64(batch.encode()));
        Ok(())
    }

    /// A signed prekey and a last-resort KEM key, in place of the former ones.
    fn rotate(
        &self,
        state: &mut PrekeyState,
        made: &mut Made,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), BatchShapeError> {
        self.make(PrekeyKind::SignedEc, 1, state, made, rng)?;
        self.make(PrekeyKind::LastResortKem, 1, state, made, rng)?;
        state.rotated_at = self.now;
        Ok(())
    }

    /// One-time prekeys up to the pool's size.
    fn fill(
        &self,
        counts: PrekeyCounts,
        state: &mut PrekeyState,
        made: &mut Made,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), BatchShapeError> {
        let kinds = [
            (PrekeyKind::OneTimeEc, counts.one_time_ec),
            (PrekeyKind::OneTimeKem, counts.one_time_kem),
        ];
        for (kind, left) in kinds {
            let missing = u32::from(self.config.prekey_pool).saturating_sub(left);
            let missing = u16::try_from(missing).unwrap_or(BATCH).min(BATCH);
            if left < self.config.prekey_refill && missing > 0 {
                self.make(kind, missing, state, made, rng)?;
            }
        }
        Ok(())
    }
}

/// The first prekeys of a device: the records to keep, and the request to make.
pub(crate) fn first(
    maker: &Maker<'_>,
    rng: &mut dyn CryptoRng,
) -> Result<(Vec<Change>, UploadPrekeys), BatchShapeError> {
    let (mut state, mut made) = (
        PrekeyState {
            next_id: 1,
            ..Default::default()
        },
        Made::default(),
    );
    maker.rotate(&mut state, &mut made, rng)?;
    maker.fill(PrekeyCounts::default(), &mut state, &mut made, rng)?;
    let mut changes: Vec<_> = made
        .secrets
        .iter()
        .map(|secret| Change::Put(record(secret, None)))
        .collect();
    changes.push(Change::Put(own::record(key::PREKEYS, &state)));
    Ok((
        changes,
        UploadPrekeys {
            batches: made.batches,
        },
    ))
}

impl Prekeys {
    pub fn load(&mut self, record: &Record) -> Result<(), RecordError> {
        let stored: PrekeyRecord = records::decode(&record.value)?;
        let secret = PrekeySecret::from_secret_bytes(&stored.secret).map_err(|_| RecordError)?;
        let held = Held {
            secret,
            replaced_at: stored.replaced_at,
        };
        self.held.insert(index(&held.secret), held);
        Ok(())
    }

    /// Takes a record of [`Table::Own`], if it is one of these.
    pub fn load_own(&mut self, record: &Record) -> Result<(), RecordError> {
        match record.key.as_slice() {
            key::PREKEYS => self.state = records::decode(&record.value)?,
            key::UPLOAD => {
                self.upload = Some(Upload {
                    body: record.value.to_vec(),
                })
            }
            _ => {}
        }
        Ok(())
    }

    /// The secrets that a first message needs; `None` if one of them is gone.
    pub fn secrets(&self, ids: PrekeyIds) -> Option<PrekeySecretsRef<'_>> {
        let secret = |kind: PrekeyKind, id| self.held.get(&(kind.number(), id)).map(|held| &held.secret);
        let one_time_ec = match ids.one_time_ec {
            Some(id) => Some(secret(PrekeyKind::OneTimeEc, id)?),
            None => None,
        };
        Some(PrekeySecretsRef {
            signed_ec: secret(PrekeyKind::SignedEc, ids.signed_ec)?,
            one_time_ec,
            kem: secret(ids.kem_kind, ids.kem)?,
        })
    }

    /// A session began with these: the one-time ones among them are deleted.
    pub fn consume(&mut self, ids: PrekeyIds, effects: &mut Effects<'_>) {
        let kem = ids
            .kem_kind
            .is_one_time()
            .then_some((ids.kem_kind.number(), ids.kem));
        let ec = ids.one_time_ec.map(|id| (PrekeyKind::OneTimeEc.number(), id));
        for used in [kem, ec].into_iter().flatten() {
            if self.held.remove(&used).is_some() {
                effects.delete(Table::Prekey, stored_key(used));
            }
        }
    }

    /// Makes what is due: rotated keys, and one-time keys if the server runs low.
    pub fn upkeep(&mut self, maker: &Maker<'_>, effects: &mut Effects<'_>) {
        if self.upload.is_some() {
            return;
        }
        let (mut state, mut made) = (self.state.clone(), Made::default());
        let rotation_due = self.now_rotates(maker);
        let result = (if rotation_due {
            maker.rotate(&mut state, &mut made, effects.rng)
        } else {
            Ok(())
        })
        .and_then(|()| match self.counts {
            Some(counts) => maker.fill(counts, &mut state, &mut made, effects.rng),
            None => Ok(()),
        });
        if result.is_err() || made.batches.is_empty() {
            return;
        }
        if rotation_due {
            self.retire(effects);
        }
        self.state = state;
        effects.change(Change::Put(own::record(key::PREKEYS, &self.state)));
        self.keep(made.secrets, effects);
        self.queue_upload(
            UploadPrekeys {
                batches: made.batches,
            },
            effects,
        );
    }

    /// The request to make, byte for byte until it succeeded.
    pub fn upload(&self) -> Option<&Upload> {
        self.upload.as_ref()
    }

    /// The server has the upload, or will never take it.
    pub fn uploaded(&mut self, effects: &mut Effects<'_>) {
        self.upload = None;
        effects.delete(Table::Own, key::UPLOAD.to_vec());
    }

    /// Deletes the private halves that nobody may use any more.
    pub fn prune(&mut self, config: &Config, effects: &mut Effects<'_>) {
        let expired = |held: &Held| {
            held.replaced_at
                .is_some_and(|replaced| effects.now.since(replaced) > config.prekey_kept)
        };
        let gone: Vec<_> = self
            .held
            .iter()
            .filter(|(_, held)| expired(held))
            .map(|(index, _)| *index)
            .collect();
        for index in gone {
            self.held.remove(&index);
            effects.delete(Table::Prekey, stored_key(index));
        }
    }

    /// When the next rotation is due.
    pub fn next_rotation(&self, config: &Config) -> Timestamp {
        self.state.rotated_at.saturating_add(config.prekey_rotation)
    }

    fn now_rotates(&self, maker: &Maker<'_>) -> bool {
        self.next_rotation(maker.config) <= maker.now
    }

    /// Marks the keys that are about to be replaced.
    fn retire(&mut self, effects: &mut Effects<'_>) {
        for held in self.held.values_mut() {
            if !held.secret.kind().is_one_time() && held.replaced_at.is_none() {
                held.replaced_at = Some(effects.now);
                effects.change(Change::Put(record(&held.secret, held.replaced_at)));
            }
        }
    }

    fn keep(&mut self, secrets: Vec<PrekeySecret>, effects: &mut Effects<'_>) {
        for secret in secrets {
            effects.change(Change::Put(record(&secret, None)));
            self.held.insert(
                index(&secret),
                Held {
                    secret,
                    replaced_at: None,
                },
            );
        }
    }

    fn queue_upload(&mut self, request: UploadPrekeys, effects: &mut Effects<'_>) {
        let Ok(body) = serde_json::to_vec(&request) else {
            return;
        };
        effects.put_bytes(Table::Own, key::UPLOAD.to_vec(), Zeroizing::new(body.clone()));
        self.upload = Some(Upload { body });
    }
}

fn index(secret: &PrekeySecret) -> (u8, u32) {
    (secret.kind().number(), secret.id())
}

fn stored_key((kind, id): (u8, u32)) -> Vec<u8> {
    [&[kind][..], &id.to_be_bytes()].concat()
}

fn record(secret: &PrekeySecret, replaced_at: Option<Timestamp>) -> Record {
    let value = records::encode(&PrekeyRecord {
        replaced_at,
        secret: secret.to_secret_bytes(),
    });
    Record {
        table: Table::Prekey,
        key: stored_key(index(secret)),
        value,
    }
}
