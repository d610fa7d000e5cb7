//! Other accounts, as far as they are verified: roots, pinned device lists, certificates, trust.

use crate::effects::Effects;
use crate::records::{self, RecordError};
use crate::view::{PersonView, Trust};
use crate::{Record, Table};
use serde::{Deserialize, Serialize};
use sotto_keys::{
    AccountId, Address, CertifiedDevice, DeviceCertificate, ListConflict, RootPublicKey, SignedDeviceList,
    Timestamp, Username, VerifiedAccount,
};
use sotto_protocol::Remote;
use sotto_wire::api::Account;
use sotto_wire::content::SeenList;
use sotto_wire::limits;
use std::collections::BTreeMap;

/// An account that was verified.
pub(crate) struct Peer {
    pub account: VerifiedAccount,
    pub username: Option<Username>,
    pub trust: Trust,
    /// The encoded signed list that `account` was verified with.
    list: Vec<u8>,
    pub freshness: Freshness,
}

/// Whether the list in hand may be used for sending.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Freshness {
    Fresh,
    /// Somebody said that there is a newer list; fetch it first. One below this version is not the one.
    Stale {
        at_least: u64,
    },
}

/// What the server said about an account doesn't hold together, or contradicts what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Forged;

#[derive(Serialize, Deserialize)]
struct PeerRecord {
    username: Option<Username>,
    root: Vec<u8>,
    list: Vec<u8>,
    certificates: Vec<Vec<u8>>,
    trust: Trust,
}

impl Peer {
    /// One's own account, just made.
    pub fn own(account: VerifiedAccount, list: &SignedDeviceList, username: Option<Username>) -> Self {
        Self {
            account,
            username,
            trust: Trust::Verified,
            list: list.encode(),
            freshness: Freshness::Fresh,
        }
    }

    /// Verifies what the server says about an account that isn't known yet: trust on first use.
    pub fn first(answer: &Account) -> Result<Self, Forged> {
        let root = RootPublicKey::decode(&answer.root.0).map_err(|_| Forged)?;
        let lists = decode_lists(answer)?;
        let mut pin = None;
        for list in &lists {
            let verified = list.verify(&root, answer.account).map_err(|_| Forged)?;
            match &pin {
                None if verified.version() != 1 => return Err(Forged),
                None => {}
                Some(pin) => drop(verified.follows(pin).map_err(|_| Forged)?),
            }
            pin = Some(verified.pin());
        }
        let last = lists.last().ok_or(Forged)?;
        let account = verify(answer, &root, last)?;
        Ok(Self {
            account,
            username: answer.username.clone(),
            trust: Trust::Unverified,
            list: last.encode(),
            freshness: Freshness::Fresh,
        })
    }

    /// Follows what the server says about a known account: along the chain, or with an alarm.
    fn follow(&self, answer: &Account) -> Result<Self, Forged> {
        let root = RootPublicKey::decode(&answer.root.0).map_err(|_| Forged)?;
        let lists = decode_lists(answer)?;
        if root != *self.account.root() {
            return Ok(Self {
                trust: Trust::Changed,
                ..Self::first(answer)?
            });
        }
        let last = lists.last().ok_or(Forged)?;
        let trust = match self.walk(&root, &lists) {
            Ok(()) => self.trust,
            Err(ListConflict::Forked) => Trust::Changed,
            Err(ListConflict::RolledBack | ListConflict::Gap) => return Err(Forged),
        };
        let account = verify(answer, &root, last)?;
        Ok(Self {
            account,
            username: answer.username.clone(),
            trust,
            list: last.encode(),
            freshness: Freshness::Fresh,
        })
    }

    /// Walks the chain from the pinned list to the newest.
    fn walk(&self, root: &RootPublicKey, lists: &[SignedDeviceList]) -> Result<(), ListConflict> {
        let mut pin = self.account.pin();
        let newest = lists.last().map_or(0, SignedDeviceList::claimed_version);
        if newest < pin.version {
            return Err(ListConflict::RolledBack);
        }
        let known = pin.version;
        for list in lists.iter().filter(|list| list.claimed_version() >= known) {
            let verified = list
                .verify(root, self.account.account())
                .map_err(|_| ListConflict::Gap)?;
            verified.follows(&pin)?;
            pin = verified.pin();
        }
        if pin.version == newest {
            Ok(())
        } else {
            Err(ListConflict::Gap)
        }
    }

    /// What messages say of this account's list.
    pub fn seen_list(&self) -> SeenList {
        let pin = self.account.pin();
        SeenList {
            version: pin.version,
            hash: pin.hash,
        }
    }

    pub fn device(&self, address: Address) -> Option<&CertifiedDevice> {
        self.account.device(address.device)
    }

    pub fn remote(&self, address: Address) -> Option<Remote> {
        let device = self.device(address)?.clone();
        Some(Remote {
            device,
            root: self.account.root().clone(),
        })
    }

    pub fn addresses(&self) -> impl Iterator<Item = Address> + '_ {
        self.account.devices().iter().map(CertifiedDevice::address)
    }

    pub fn view(&self) -> PersonView {
        PersonView {
            account: self.account.account(),
            username: self.username.clone(),
            trust: self.trust,
        }
    }

    pub fn record(&self) -> Record {
        let value = records::encode(&PeerRecord {
            username: self.username.clone(),
            root: self.account.root().encode(),
            list: self.list.clone(),
            certificates: self
                .account
                .devices()
                .iter()
                .map(|device| device.encoded().to_vec())
                .collect(),
            trust: self.trust,
        });
        Record {
            table: Table::Peer,
            key: records::account_key(self.account.account()),
            value,
        }
    }

    fn load(record: &Record) -> Result<Self, RecordError> {
        let account: AccountId = records::part(&record.key)?;
        let stored: PeerRecord = records::decode(&record.value)?;
        let root = RootPublicKey::decode(&stored.root).map_err(|_| RecordError)?;
        let list = SignedDeviceList::decode(&stored.list).map_err(|_| RecordError)?;
        let certificates = stored
            .certificates
            .iter()
            .map(|bytes| DeviceCertificate::decode(bytes));
        let certificates = certificates
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| RecordError)?;
        let account =
            VerifiedAccount::verify(account, &root, &list, &certificates).map_err(|_| RecordError)?;
        Ok(Self {
            account,
            username: stored.username,
            trust: stored.trust,
            list: stored.list,
            freshness: Freshness::Fresh,
        })
    }
}

fn decode_lists(answer: &Account) -> Result<Vec<SignedDeviceList>, Forged> {
    if answer.lists.len() > limits::LISTS {
        return Err(Forged);
    }
    let decode = |list: &sotto_wire::api::Base64| SignedDeviceList::decode(&list.0).map_err(|_| Forged);
    answer.lists.iter().map(decode).collect()
}

fn verify(
    answer: &Account,
    root: &RootPublicKey,
    list: &SignedDeviceList,
) -> Result<VerifiedAccount, Forged> {
    let decode = |bytes: &sotto_wire::api::Base64| DeviceCertificate::decode(&bytes.0).map_err(|_| Forged);
    let certificates = answer
        .certificates
        .iter()
        .map(decode)
        .collect::<Result<Vec<_>, _>>()?;
    VerifiedAccount::verify(answer.account, root, list, &certificates).map_err(|_| Forged)
}

/// All known accounts, one's own among them.
#[derive(Default)]
pub(crate) struct Peers {
    by_account: BTreeMap<AccountId, Peer>,
    /// After a failure: not asked for again before then.
    retry_at: BTreeMap<AccountId, Timestamp>,
}

impl Peers {
    pub fn load(&mut self, record: &Record) -> Result<(), RecordError> {
        let peer = Peer::load(record)?;
        self.by_account.insert(peer.account.account(), peer);
        Ok(())
    }

    pub fn get(&self, account: AccountId) -> Option<&Peer> {
        self.by_account.get(&account)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Peer> {
        self.by_account.values()
    }

    /// Takes in what the server says about one's own account: under the root that is known, or not at all.
    pub fn learn_own(&mut self, answer: &Account, effects: &mut Effects<'_>) -> Result<&Peer, Forged> {
        let known = self.by_account.get(&answer.account).ok_or(Forged)?;
        if known.follow(answer)?.trust == Trust::Changed {
            return Err(Forged);
        }
        self.learn(answer, effects)
    }

    /// Takes in what the server says about an account, if it verifies. The trust may have become `Changed`.
    pub fn learn(&mut self, answer: &Account, effects: &mut Effects<'_>) -> Result<&Peer, Forged> {
        let known = self.by_account.get(&answer.account);
        let wanted = known.map(|known| known.freshness);
        let mut peer = known.map_or_else(|| Peer::first(answer), |known| known.follow(answer))?;
        if let Some(Freshness::Stale { at_least }) = wanted
            && peer.account.pin().version < at_least
        {
            // The owner's own device says that there is a newer one: the server withholds it.
            peer.freshness = Freshness::Stale { at_least };
        }
        effects.change(crate::Change::Put(peer.record()));
        effects.touch(answer.account);
        self.retry_at.remove(&answer.account);
        self.by_account.remove(&answer.account);
        Ok(self.by_account.entry(answer.account).or_insert(peer))
    }

    /// Sets the trust.
    pub fn set_trust(&mut self, account: AccountId, trust: Trust, effects: &mut Effects<'_>) {
        if let Some(peer) = self.by_account.get_mut(&account) {
            peer.trust = trust;
            effects.change(crate::Change::Put(peer.record()));
            effects.touch(account);
        }
    }

    /// The list in hand is not to be sent by before it was fetched again.
    pub fn mark_stale(&mut self, account: AccountId) {
        self.want_list(account, 0);
    }

    /// The list in hand is not to be sent by before one of at least this version was fetched.
    fn want_list(&mut self, account: AccountId, version: u64) {
        if let Some(peer) = self.by_account.get_mut(&account) {
            let at_least = match peer.freshness {
                Freshness::Fresh => version,
                Freshness::Stale { at_least } => at_least.max(version),
            };
            peer.freshness = Freshness::Stale { at_least };
        }
    }

    /// What an account's own device says about its list.
    ///
    /// A newer one has to be fetched. Another one of the same version means that somebody signed two.
    pub fn heard_of_list(&mut self, account: AccountId, seen: SeenList, effects: &mut Effects<'_>) {
        let Some(pin) = self.get(account).map(|peer| peer.account.pin()) else {
            return;
        };
        if seen.version > pin.version {
            self.want_list(account, seen.version);
        } else if seen.version == pin.version && seen.hash != pin.hash {
            self.set_trust(account, Trust::Changed, effects);
        }
    }

    /// What somebody else says about one's own list: worth a look if it is newer, and no more than that.
    pub fn heard_of_own_list(&mut self, own: AccountId, seen: SeenList) {
        if self
            .get(own)
            .is_some_and(|peer| seen.version > peer.account.pin().version)
        {
            self.mark_stale(own);
        }
    }

    pub fn retry_later(&mut self, account: AccountId, at: Timestamp) {
        self.retry_at.insert(account, at);
    }

    pub fn retry_at(&self, account: AccountId) -> Option<Timestamp> {
        self.retry_at.get(&account).copied()
    }

    pub fn next_retry(&self, now: Timestamp) -> Option<Timestamp> {
        self.retry_at.values().copied().filter(|at| *at > now).min()
    }
}
