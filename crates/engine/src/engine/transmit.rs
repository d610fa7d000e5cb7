//! From the outbox to the server: sessions, ciphertexts, answers.

use super::Engine;
use crate::calls::{Purpose as CallPurpose, Request};
use crate::config::STALE_TRIES;
use crate::effects::Effects;
use crate::outbox::{Entry, Purpose, Stage};
use crate::peers::Freshness;
use crate::view::{Failure, MessageState, Standing};
use sotto_keys::{AccountId, Address, PrekeyBundle};
use sotto_protocol::Session;
use sotto_wire::Code;
use sotto_wire::api::{ClaimPrekeys, ClaimedPrekeys};
use sotto_wire::content::{Body, Content, MessageId, SeenList};
use sotto_wire::frame::{Refused, SendId};
use std::collections::BTreeSet;

/// What an entry needs before it can be encrypted.
enum Ready {
    /// Nothing: these devices get it.
    Yes(Vec<Address>),
    /// These accounts are to be fetched.
    Accounts(BTreeSet<AccountId>),
    /// Sessions with these devices are to be begun.
    Sessions(Vec<Address>),
    /// A person has to look at the changed identity first.
    No,
}

impl Engine {
    /// Encrypts and sends what can be, in order for each person; asks for what is missing.
    pub(super) fn pump(&mut self, effects: &mut Effects<'_>) {
        if !self.link.is_online() {
            return;
        }
        let held: Vec<_> = self.inbox.held_accounts().collect();
        held.into_iter()
            .for_each(|account| self.fetch_account(account, effects));
        if self.outbox.paused_until.is_some_and(|until| until > effects.now) {
            return;
        }
        self.outbox.paused_until = None;
        let mut blocked = BTreeSet::new();
        for number in self.outbox.numbers() {
            let Some(entry) = self.outbox.get(number) else {
                continue;
            };
            let (to, is_plain) = (entry.to, matches!(entry.stage, Stage::Plain { .. }));
            if blocked.contains(&to) || matches!(entry.stage, Stage::Failed(_)) {
                continue;
            }
            if is_plain && !self.seal(number, effects) {
                blocked.insert(to);
                continue;
            }
            self.outbox.transmit(number, self.config.window, effects);
        }
    }

    /// Encrypts an entry if everything is there, else asks for what is missing. Whether it is encrypted.
    fn seal(&mut self, number: u64, effects: &mut Effects<'_>) -> bool {
        let Some(entry) = self.outbox.get(number).cloned() else {
            return false;
        };
        match self.ready(&entry) {
            Ready::Yes(devices) => self.encrypt(number, entry, &devices, effects),
            Ready::Accounts(accounts) => {
                accounts
                    .into_iter()
                    .for_each(|account| self.fetch_account(account, effects));
                false
            }
            Ready::Sessions(devices) => {
                self.claim_prekeys(&devices, effects);
                false
            }
            Ready::No => false,
        }
    }

    fn ready(&self, entry: &Entry) -> Ready {
        let accounts = self.accounts_of(entry);
        let unusable = |account: &AccountId| {
            self.peers
                .get(*account)
                .is_none_or(|peer| peer.freshness != Freshness::Fresh)
        };
        let missing: BTreeSet<_> = accounts.iter().copied().filter(unusable).collect();
        if !missing.is_empty() {
            return Ready::Accounts(missing);
        }
        if !accounts.iter().all(|account| self.is_trusted(*account)) {
            return Ready::No;
        }
        let devices: Vec<_> = accounts
            .iter()
            .filter_map(|account| self.peers.get(*account))
            .flat_map(|peer| peer.addresses())
            .filter(|address| *address != self.local.address)
            .collect();
        let without: Vec<_> = devices
            .iter()
            .copied()
            .filter(|address| !self.sessions.has_sending(*address))
            .collect();
        if without.is_empty() {
            Ready::Yes(devices)
        } else {
            Ready::Sessions(without)
        }
    }

    /// Whose devices get an entry: messages go to one's own others too.
    fn accounts_of(&self, entry: &Entry) -> Vec<AccountId> {
        match entry.purpose {
            Purpose::Message(_) => vec![entry.to, self.account()],
            Purpose::Receipt => vec![entry.to],
        }
    }

    fn encrypt(
        &mut self,
        number: u64,
        mut entry: Entry,
        devices: &[Address],
        effects: &mut Effects<'_>,
    ) -> bool {
        let Some((for_them, for_us)) = self.plaintexts(&entry) else {
            self.outbox.remove(number, effects);
            return false;
        };
        let Stage::Plain { kept } = &entry.stage else {
            return false;
        };
        let mut recipients = Vec::with_capacity(devices.len());
        for address in devices {
            let kept = kept
                .iter()
                .find(|(device, _)| device == address)
                .map(|(_, body)| body.clone());
            let plaintext = if address.account == self.account() {
                &for_us
            } else {
                &for_them
            };
            let body = match kept {
                Some(body) => Ok(body),
                None => match self.sessions.encrypt(*address, plaintext, effects) {
                    Some(result) => result,
                    None => return false,
                },
            };
            let Ok(body) = body else {
                self.give_up(number, Failure::Refused, effects);
                return false;
            };
            recipients.push((*address, body));
        }
        entry.stage = Stage::Sealed {
            id: SendId(effects.random()),
            recipients,
            lists: self.claims(&entry),
        };
        let fits = entry.fits();
        self.outbox.put(number, entry, effects);
        if !fits {
            self.give_up(number, Failure::TooLarge, effects);
        }
        fits
    }

    fn claims(&self, entry: &Entry) -> Vec<(AccountId, u64)> {
        let version = |account: &AccountId| {
            self.peers
                .get(*account)
                .map(|peer| (*account, peer.account.pin().version))
        };
        self.accounts_of(entry).iter().filter_map(version).collect()
    }

    /// The content for the other side and for one's own devices, with the device lists as they are now.
    fn plaintexts(&self, entry: &Entry) -> Option<(Vec<u8>, Vec<u8>)> {
        let own_list = self.peers.get(self.account())?.seen_list();
        let peer_list = self.peers.get(entry.to)?.seen_list();
        let content = Content {
            own_list,
            peer_list,
            ..entry.content()?
        };
        let for_them = content.encode();
        let sent = Body::Sent {
            to: entry.to,
            content: for_them.clone(),
        };
        let for_us = Content {
            peer_list: own_list,
            body: sent,
            ..content
        };
        Some((for_them, for_us.encode()))
    }

    fn claim_prekeys(&mut self, devices: &[Address], effects: &mut Effects<'_>) {
        let accounts: BTreeSet<_> = devices.iter().map(|address| address.account).collect();
        for account in accounts {
            let purpose = CallPurpose::Prekeys(account);
            let too_soon = self.peers.retry_at(account).is_some_and(|at| at > effects.now);
            let token = self
                .token(effects.now)
                .filter(|_| !too_soon && !self.calls.under_way(&purpose));
            let Some(token) = token else { continue };
            let of_account = devices.iter().filter(|address| address.account == account);
            let request = ClaimPrekeys {
                devices: of_account.map(|address| address.device).collect(),
            };
            let path = format!("/v1/accounts/{account}/prekeys");
            self.calls
                .make(purpose, Request::post(path, &request).signed_in(&token), effects);
        }
    }

    /// Begins sessions with the devices whose bundles verify; gives their number.
    pub(super) fn begin_sessions(
        &mut self,
        account: AccountId,
        claimed: &ClaimedPrekeys,
        effects: &mut Effects<'_>,
    ) -> usize {
        let mut began = 0;
        for claim in &claimed.devices {
            let address = Address {
                account,
                device: claim.device,
            };
            if self.sessions.has_sending(address) {
                continue;
            }
            let Some(session) = self.begin_session(address, &claim.bundle.0, effects) else {
                continue;
            };
            let Some(device) = self.peers.get(account).and_then(|peer| peer.device(address)) else {
                continue;
            };
            let certificate = device.certificate_hash();
            self.sessions.begin(address, certificate, session, effects);
            began += 1;
        }
        began
    }

    fn begin_session(&self, address: Address, bundle: &[u8], effects: &mut Effects<'_>) -> Option<Session> {
        let remote = self.peers.get(address.account)?.remote(address)?;
        let bundle = PrekeyBundle::decode(bundle)
            .ok()?
            .verify(&remote.device, effects.now)
            .ok()?;
        Session::initiate(effects.rng, &self.local, &remote, &bundle).ok()
    }

    pub(super) fn accepted(&mut self, id: SendId, effects: &mut Effects<'_>) {
        let Some(number) = self.outbox.find_send(id) else {
            return;
        };
        let Some(entry) = self.outbox.remove(number, effects) else {
            return;
        };
        if let Purpose::Message(message) = entry.purpose {
            self.conversations
                .raise(entry.to, &[message], MessageState::Sent, effects);
        }
    }

    pub(super) fn refused(&mut self, refused: &Refused, effects: &mut Effects<'_>) {
        let Some(number) = refused.id.and_then(|id| self.outbox.find_send(id)) else {
            return;
        };
        match refused.code {
            Code::StaleDeviceList | Code::UnknownDevice => self.lists_refused(number, refused, effects),
            Code::RateLimited | Code::StorageFull | Code::Internal | Code::ShuttingDown => {
                let wait = refused.retry_after.max(self.config.reconnect_first);
                self.outbox.answered(number);
                self.outbox.paused_until = Some(effects.now.saturating_add(wait));
            }
            Code::TooLarge => self.give_up(number, Failure::TooLarge, effects),
            Code::MailboxFull => self.give_up(number, Failure::MailboxFull, effects),
            Code::NotFound => self.give_up(number, Failure::NoSuchPerson, effects),
            _ => self.give_up(number, Failure::Refused, effects),
        }
    }

    /// The lists have to be fetched; what was encrypted for devices that remain is kept.
    fn lists_refused(&mut self, number: u64, refused: &Refused, effects: &mut Effects<'_>) {
        let Some(mut entry) = self.outbox.unseal(number) else {
            return;
        };
        if entry.stale_tries >= STALE_TRIES {
            return self.give_up(number, Failure::Refused, effects);
        }
        let concerned = self.accounts_of(&entry);
        refused
            .stale
            .iter()
            .filter(|account| concerned.contains(account))
            .for_each(|account| {
                self.peers.mark_stale(*account);
            });
        if let Stage::Sealed { recipients, .. } = entry.stage {
            entry.stage = Stage::Plain { kept: recipients };
        }
        entry.stale_tries += 1;
        self.outbox.put(number, entry, effects);
    }

    /// Queues the receipts that are due.
    pub(super) fn queue_receipts(&mut self, effects: &mut Effects<'_>) {
        for (to, kind, ids) in self.receipts.take_due(&self.config, effects) {
            if self.conversations.standing(to) == Some(Standing::Accepted) {
                self.queue(to, Purpose::Receipt, Body::Receipt { kind, ids }, effects);
            }
        }
    }

    /// Queues content for a person.
    pub(super) fn queue(&mut self, to: AccountId, purpose: Purpose, body: Body, effects: &mut Effects<'_>) {
        let id = match purpose {
            Purpose::Message(id) => id,
            Purpose::Receipt => MessageId(effects.random()),
        };
        let content = Content {
            id,
            sent_at: effects.now,
            own_list: NO_LIST,
            peer_list: NO_LIST,
            body,
        };
        self.outbox.push(Entry::new(to, purpose, &content), effects);
    }
}

/// Stands in queued content until it is encrypted.
const NO_LIST: SeenList = SeenList {
    version: 0,
    hash: [0; 32],
};
