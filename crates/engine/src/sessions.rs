//! Sessions with other devices: which one sends, which ones still receive.

use crate::config::{RECEIVE_ONLY_KEPT, RECEIVE_ONLY_SESSIONS};
use crate::effects::Effects;
use crate::records::{self, RecordError};
use crate::{Record, Table};
use serde::{Deserialize, Serialize};
use sotto_keys::{Address, Timestamp};
use sotto_protocol::{
    BraidRowId, DecryptError, EncryptError, EphemeralError, Role, Session, SessionId, SkippedKeyId,
};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

#[derive(Serialize, Deserialize)]
struct SessionRecord {
    certificate: CertificateHash,
    receive_only_since: Option<Timestamp>,
    state: Zeroizing<Vec<u8>>,
}

/// Which of the devices that an address was ever given to.
type CertificateHash = [u8; 32];

struct Held {
    session: Session,
    certificate: CertificateHash,
    /// `None` for the one that sends.
    receive_only_since: Option<Timestamp>,
}

/// The sessions with one device.
#[derive(Default)]
struct DeviceSessions {
    held: BTreeMap<SessionId, Held>,
    sending: Option<SessionId>,
}

/// All sessions.
#[derive(Default)]
pub(crate) struct Sessions {
    by_device: BTreeMap<Address, DeviceSessions>,
}

impl Sessions {
    pub fn has_sending(&self, address: Address) -> bool {
        self.by_device
            .get(&address)
            .is_some_and(|device| device.sending.is_some())
    }

    /// Adds a session that this side began; it sends from now on.
    pub fn begin(
        &mut self,
        address: Address,
        certificate: CertificateHash,
        session: Session,
        effects: &mut Effects<'_>,
    ) {
        let id = session.id();
        self.insert(address, certificate, session, effects);
        self.send_by(address, id, effects);
    }

    /// Adds a session that the other side began. If this side began one at the same time, the lower transcript hash sends.
    pub fn answer(
        &mut self,
        address: Address,
        certificate: CertificateHash,
        session: Session,
        effects: &mut Effects<'_>,
    ) {
        let (id, hash) = (session.id(), session.transcript_hash());
        let ours = self.sending(address);
        let keep_ours = ours.is_some_and(|ours| {
            ours.role() == Role::Initiator && !ours.has_answer() && ours.transcript_hash() < hash
        });
        self.insert(address, certificate, session, effects);
        if !keep_ours {
            self.send_by(address, id, effects);
        }
    }

    /// Encrypts for a device by the session that sends; `None` if there is none.
    pub fn encrypt(
        &mut self,
        address: Address,
        plaintext: &[u8],
        effects: &mut Effects<'_>,
    ) -> Option<Result<Vec<u8>, EncryptError>> {
        let device = self.by_device.get_mut(&address)?;
        let held = device.held.get_mut(&device.sending?)?;
        let result = held.session.encrypt(effects.rng, plaintext);
        store(address, held, effects);
        Some(result)
    }

    /// Decrypts by a known session. On an error the session is as it was.
    pub fn decrypt(
        &mut self,
        address: Address,
        id: SessionId,
        body: &[u8],
        effects: &mut Effects<'_>,
    ) -> Option<Result<Zeroizing<Vec<u8>>, DecryptError>> {
        let held = self.by_device.get_mut(&address)?.held.get_mut(&id)?;
        let result = held.session.decrypt(body);
        if result.is_ok() {
            store(address, held, effects);
        }
        Some(result)
    }

    pub fn seal_ephemeral(
        &self,
        address: Address,
        plaintext: &[u8],
        effects: &mut Effects<'_>,
    ) -> Option<Result<Vec<u8>, EphemeralError>> {
        let session = self.sending(address)?;
        Some(session.seal_ephemeral(effects.rng, effects.now, plaintext))
    }

    pub fn open_ephemeral(
        &mut self,
        address: Address,
        id: SessionId,
        body: &[u8],
        now: Timestamp,
    ) -> Option<Result<Vec<u8>, EphemeralError>> {
        let held = self.by_device.get_mut(&address)?.held.get_mut(&id)?;
        Some(held.session.open_ephemeral(now, body))
    }

    /// Drops what is past its time.
    pub fn prune(&mut self, effects: &mut Effects<'_>) {
        for (address, device) in &mut self.by_device {
            device.prune(*address, effects);
        }
    }

    /// Drops all sessions at an address but those with the device that has it now.
    pub fn forget_others(
        &mut self,
        address: Address,
        certificate: Option<CertificateHash>,
        effects: &mut Effects<'_>,
    ) {
        let Some(device) = self.by_device.get_mut(&address) else {
            return;
        };
        let others = device
            .held
            .iter()
            .filter(|(_, held)| Some(held.certificate) != certificate);
        let others: Vec<_> = others.map(|(id, _)| *id).collect();
        for id in others {
            device.remove(address, id, effects);
            if device.sending == Some(id) {
                device.sending = None;
                effects.delete(Table::Session, records::device_key(address, &[]));
            }
        }
    }

    pub fn devices(&self) -> impl Iterator<Item = Address> + '_ {
        self.by_device.keys().copied()
    }

    fn sending(&self, address: Address) -> Option<&Session> {
        let device = self.by_device.get(&address)?;
        device.held.get(&device.sending?).map(|held| &held.session)
    }

    fn insert(
        &mut self,
        address: Address,
        certificate: CertificateHash,
        session: Session,
        effects: &mut Effects<'_>,
    ) {
        let device = self.by_device.entry(address).or_default();
        let mut held = Held {
            session,
            certificate,
            receive_only_since: Some(effects.now),
        };
        store(address, &mut held, effects);
        device.held.insert(held.session.id(), held);
    }

    fn send_by(&mut self, address: Address, id: SessionId, effects: &mut Effects<'_>) {
        let device = self.by_device.entry(address).or_default();
        let former = device.sending.replace(id).filter(|former| *former != id);
        if let Some(held) = former.and_then(|former| device.held.get_mut(&former)) {
            held.receive_only_since = Some(effects.now);
            store(address, held, effects);
        }
        if let Some(held) = device.held.get_mut(&id) {
            held.receive_only_since = None;
            store(address, held, effects);
        }
        let value = Zeroizing::new(id.as_bytes().to_vec());
        effects.put_bytes(Table::Session, records::device_key(address, &[]), value);
        device.prune(address, effects);
    }
}

impl DeviceSessions {
    /// Keeps the session that sends, and the newest others within their number and time.
    fn prune(&mut self, address: Address, effects: &mut Effects<'_>) {
        let mut others: Vec<_> = self
            .held
            .iter()
            .filter_map(|(id, held)| Some((held.receive_only_since?, *id)))
            .collect();
        others.sort_unstable();
        others.reverse();
        let gone = others.into_iter().enumerate().filter(|(index, (since, _))| {
            *index >= RECEIVE_ONLY_SESSIONS || effects.now.since(*since) > RECEIVE_ONLY_KEPT
        });
        for id in gone.map(|(_, (_, id))| id).collect::<Vec<_>>() {
            self.remove(address, id, effects);
        }
    }

    fn remove(&mut self, address: Address, id: SessionId, effects: &mut Effects<'_>) {
        let Some(held) = self.held.remove(&id) else { return };
        effects.delete(Table::Session, records::device_key(address, id.as_bytes()));
        for row in held.session.braid_rows() {
            effects.delete(Table::Session, braid_key(address, id, row));
        }
        for skipped in held.session.skipped_keys() {
            effects.delete(Table::SkippedKey, skipped_key(address, id, skipped));
        }
    }
}

/// Persists what changed in a session.
fn store(address: Address, held: &mut Held, effects: &mut Effects<'_>) {
    let id = held.session.id();
    let changes = held.session.take_changes();
    let record = SessionRecord {
        certificate: held.certificate,
        receive_only_since: held.receive_only_since,
        state: changes.state,
    };
    effects.put(
        Table::Session,
        records::device_key(address, id.as_bytes()),
        &record,
    );
    for (row, value) in changes.braid {
        let key = braid_key(address, id, row);
        match value {
            Some(value) => effects.put_bytes(Table::Session, key, value),
            None => effects.delete(Table::Session, key),
        }
    }
    for (skipped, secret) in changes.skipped_added {
        effects.put_bytes(Table::SkippedKey, skipped_key(address, id, skipped), secret);
    }
    for skipped in changes.skipped_removed {
        effects.delete(Table::SkippedKey, skipped_key(address, id, skipped));
    }
}

fn braid_key(address: Address, id: SessionId, row: BraidRowId) -> Vec<u8> {
    records::device_key(address, &[&id.as_bytes()[..], &row.to_bytes()].concat())
}

fn skipped_key(address: Address, id: SessionId, skipped: SkippedKeyId) -> Vec<u8> {
    records::device_key(address, &[&id.as_bytes()[..], &skipped.to_bytes()].concat())
}

/// A session's rows of one kind.
type Rows<Id> = Vec<(Id, Zeroizing<Vec<u8>>)>;

/// Gathers the sessions from their records, which come in any order.
#[derive(Default)]
pub(crate) struct SessionsLoader {
    sessions: BTreeMap<(Address, SessionId), SessionRecord>,
    braid: BTreeMap<(Address, SessionId), Rows<BraidRowId>>,
    skipped: BTreeMap<(Address, SessionId), Rows<SkippedKeyId>>,
    sending: BTreeMap<Address, SessionId>,
}

impl SessionsLoader {
    pub fn take_session(&mut self, record: &Record) -> Result<(), RecordError> {
        let (address, rest) = split_address(&record.key)?;
        if rest.is_empty() {
            let sending = SessionId::from_bytes(records::part(&record.value)?);
            self.sending.insert(address, sending);
            return Ok(());
        }
        let (id, row) = rest.split_first_chunk().ok_or(RecordError)?;
        let session = (address, SessionId::from_bytes(*id));
        if row.is_empty() {
            self.sessions.insert(session, records::decode(&record.value)?);
        } else {
            let row = BraidRowId::from_bytes(row).map_err(|_| RecordError)?;
            let rows = self.braid.entry(session).or_default();
            rows.push((row, record.value.clone()));
        }
        Ok(())
    }

    pub fn take_skipped(&mut self, record: &Record) -> Result<(), RecordError> {
        let (address, rest) = split_address(&record.key)?;
        let (id, skipped) = rest.split_at_checked(8).ok_or(RecordError)?;
        let id = SessionId::from_bytes(records::part(id)?);
        let skipped = SkippedKeyId::from_bytes(skipped).map_err(|_| RecordError)?;
        self.skipped
            .entry((address, id))
            .or_default()
            .push((skipped, record.value.clone()));
        Ok(())
    }

    pub fn finish(mut self) -> Result<Sessions, RecordError> {
        let mut sessions = Sessions::default();
        for ((address, id), record) in self.sessions {
            let skipped = self.skipped.remove(&(address, id)).unwrap_or_default();
            let braid = self.braid.remove(&(address, id)).unwrap_or_default();
            let session = Session::load(&record.state, braid, skipped).map_err(|_| RecordError)?;
            let device = sessions.by_device.entry(address).or_default();
            device.held.insert(
                id,
                Held {
                    session,
                    certificate: record.certificate,
                    receive_only_since: record.receive_only_since,
                },
            );
        }
        for (address, id) in self.sending {
            sessions.by_device.entry(address).or_default().sending = Some(id);
        }
        Ok(sessions)
    }
}

fn split_address(key: &[u8]) -> Result<(Address, &[u8]), RecordError> {
    let (address, rest) = key.split_at_checked(Address::LEN).ok_or(RecordError)?;
    Ok((records::part(address)?, rest))
}
