//! What comes of calls to the control plane.

use super::Engine;
use crate::calls::{Purpose, Request};
use crate::effects::Effects;
use crate::peers::Freshness;
use crate::view::{Failure, MessageState};
use crate::{Answer, CallId, CommandError, Method, Notification, Outcome, Tag, Unreachable};
use serde::de::DeserializeOwned;
use sotto_keys::{AccountId, Username};
use sotto_wire::Code;
use sotto_wire::api::{Account, ClaimedPrekeys, Me, PrekeyCounts, Refusal};

/// A call came to nothing.
enum Trouble {
    Unreachable,
    Refused(Refusal),
    /// Not the JSON that it should be.
    Malformed,
}

impl Trouble {
    fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Unreachable | Self::Malformed => None,
        }
    }

    fn code(&self) -> Option<Code> {
        self.refusal().map(|refusal| refusal.code)
    }

    fn command_error(&self) -> CommandError {
        match self {
            Self::Unreachable => CommandError::Offline,
            Self::Malformed => CommandError::Refused,
            Self::Refused(refusal) => match (refusal.code, refusal.retry_after) {
                (Code::NotFound, _) => CommandError::NoSuchPerson,
                (Code::RateLimited, after) => CommandError::RateLimited {
                    retry_after: after.unwrap_or(1000),
                },
                _ => CommandError::Refused,
            },
        }
    }
}

fn read<T: DeserializeOwned>(result: Result<Answer, Unreachable>) -> Result<T, Trouble> {
    let answer = result.map_err(|Unreachable| Trouble::Unreachable)?;
    if (200..300).contains(&answer.status) {
        let body: &[u8] = if answer.body.is_empty() {
            b"null"
        } else {
            &answer.body
        };
        return serde_json::from_slice(body).map_err(|_| Trouble::Malformed);
    }
    let refusal = serde_json::from_slice(&answer.body);
    Err(refusal.map_or(Trouble::Unreachable, Trouble::Refused))
}

impl Engine {
    pub(super) fn answer(
        &mut self,
        id: CallId,
        result: Result<Answer, Unreachable>,
        effects: &mut Effects<'_>,
    ) {
        let Some(purpose) = self.calls.take(id) else {
            return;
        };
        if let Ok(Answer { status: 401, .. }) = &result
            && !matches!(purpose, Purpose::Challenge | Purpose::SignIn)
        {
            self.unauthenticated(effects);
        }
        match purpose {
            Purpose::Challenge => match read(result) {
                Ok(challenge) => self.challenged(&challenge, effects),
                Err(trouble) => self.not_let_in(trouble.refusal(), effects),
            },
            Purpose::SignIn => match read(result) {
                Ok(session) => self.signed_in(&session, effects),
                Err(trouble) => self.not_let_in(trouble.refusal(), effects),
            },
            Purpose::Account(account) => self.account_answered(account, read(result), effects),
            Purpose::Prekeys(account) => self.prekeys_answered(account, read(result), effects),
            Purpose::Upload => self.upload_answered(read(result), effects),
            Purpose::Find { tag, username } => {
                let result = self.found(&username, read(result), effects);
                effects.notify(Notification::Done { tag, result });
            }
            Purpose::AskServer { tag } => {
                let result = read::<Me>(result).map_err(|trouble| trouble.command_error());
                let record = result.and_then(|me| {
                    self.prekeys.counts = Some(me.prekeys);
                    serde_json::to_string(&me).map_err(|_| CommandError::Refused)
                });
                let result = record.map(|json| Outcome::Me(crate::command::ServerRecord(json)));
                effects.notify(Notification::Done { tag, result });
            }
        }
    }

    /// Asks the server about an account, unless that is under way or failed just now.
    pub(super) fn fetch_account(&mut self, account: AccountId, effects: &mut Effects<'_>) {
        let purpose = Purpose::Account(account);
        let retry = self.peers.retry_at(account).is_some_and(|at| at > effects.now);
        let Some(token) = self
            .token(effects.now)
            .filter(|_| !retry && !self.calls.under_way(&purpose))
        else {
            return;
        };
        let request = Request::get(format!("/v1/accounts/{account}")).signed_in(&token);
        self.calls.make(purpose, request, effects);
    }

    fn account_answered(
        &mut self,
        account: AccountId,
        answer: Result<Account, Trouble>,
        effects: &mut Effects<'_>,
    ) {
        let learned = match &answer {
            Ok(answer) if answer.account == account => self.learn(answer, effects),
            Err(trouble) if trouble.code() == Some(Code::NotFound) => {
                return self.account_gone(account, effects);
            }
            _ => false,
        };
        if learned {
            self.after_learning(account, effects);
        }
        let peer = self.peers.get(account);
        let fresh = peer.is_some_and(|peer| peer.freshness == Freshness::Fresh);
        if !(learned && fresh) {
            self.peers
                .retry_later(account, effects.now.saturating_add(self.config.fetch_again));
        }
    }

    /// Takes in what the server says about an account. Nobody is told anything new about one's own.
    fn learn(&mut self, answer: &Account, effects: &mut Effects<'_>) -> bool {
        let learned = if answer.account == self.account() {
            self.peers.learn_own(answer, effects)
        } else {
            self.peers.learn(answer, effects)
        };
        learned.is_ok()
    }

    /// An account is known anew: what waited for it goes on.
    fn after_learning(&mut self, account: AccountId, effects: &mut Effects<'_>) {
        // A changed identity may be the server's invention: what was agreed with the old one goes when a person says so.
        if !self.is_changed(account) {
            self.forget_dropped_devices(account, effects);
        }
        for delivery in self.inbox.take_held(account) {
            self.receive_known(delivery, effects);
        }
    }

    /// Forgets the sessions with devices that an account no longer has: those with another certificate, whatever
    /// their address says.
    pub(super) fn forget_dropped_devices(&mut self, account: AccountId, effects: &mut Effects<'_>) {
        let of_account = self
            .sessions
            .devices()
            .filter(|address| address.account == account);
        let devices: Vec<_> = of_account.collect();
        for address in devices {
            let listed = self.peers.get(account).and_then(|peer| peer.device(address));
            let certificate = listed.map(sotto_keys::CertifiedDevice::certificate_hash);
            self.sessions.forget_others(address, certificate, effects);
        }
    }

    /// A person has looked at a changed identity: what was agreed on or encrypted with the old one is forgotten.
    pub(super) fn leave_old_identity(&mut self, account: AccountId, effects: &mut Effects<'_>) {
        self.forget_dropped_devices(account, effects);
        self.outbox.drop_kept(account, effects);
    }

    /// The account was deleted: what it sent can't be authenticated, what is for it can't be sent.
    fn account_gone(&mut self, account: AccountId, effects: &mut Effects<'_>) {
        let held = self.inbox.take_held(account);
        effects.acks.extend(held.iter().map(|delivery| delivery.id));
        let numbers = self.outbox.numbers();
        for number in numbers {
            if self.outbox.get(number).is_some_and(|entry| entry.to == account) {
                self.give_up(number, Failure::NoSuchPerson, effects);
            }
        }
    }

    fn prekeys_answered(
        &mut self,
        account: AccountId,
        answer: Result<ClaimedPrekeys, Trouble>,
        effects: &mut Effects<'_>,
    ) {
        let began = answer
            .ok()
            .map_or(0, |claimed| self.begin_sessions(account, &claimed, effects));
        if began == 0 {
            self.peers
                .retry_later(account, effects.now.saturating_add(self.config.fetch_again));
        }
    }

    pub(super) fn upload_prekeys(&mut self, effects: &mut Effects<'_>) {
        let Some(upload) = self.prekeys.upload() else {
            return;
        };
        let own = self.account();
        let too_soon = self.peers.retry_at(own).is_some_and(|at| at > effects.now);
        if too_soon || self.calls.under_way(&Purpose::Upload) {
            return;
        }
        if let Some(token) = self.token(effects.now) {
            let request =
                Request::with_body(Method::Put, "/v1/prekeys", upload.body.clone()).signed_in(&token);
            self.calls.make(Purpose::Upload, request, effects);
        }
    }

    fn upload_answered(&mut self, answer: Result<PrekeyCounts, Trouble>, effects: &mut Effects<'_>) {
        match answer {
            Ok(counts) => {
                self.prekeys.counts = Some(counts);
                self.prekeys.uploaded(effects);
                // A server that never has enough doesn't get more at once.
                let again = effects.now.saturating_add(self.config.fetch_again);
                self.peers.retry_later(self.account(), again);
                effects.touch_own();
            }
            // Refused for good: others will be made.
            Err(trouble) if matches!(trouble.code(), Some(Code::BadPrekeys | Code::TooLarge)) => {
                self.prekeys.uploaded(effects);
                self.peers.retry_later(
                    self.account(),
                    effects.now.saturating_add(self.config.fetch_again),
                );
            }
            Err(_) => {
                self.peers.retry_later(
                    self.account(),
                    effects.now.saturating_add(self.config.fetch_again),
                );
            }
        }
    }

    pub(super) fn find(&mut self, tag: Tag, username: Username, effects: &mut Effects<'_>) {
        match self.token(effects.now) {
            Some(token) => {
                let request = Request::get(format!("/v1/accounts/by-username/{username}")).signed_in(&token);
                self.calls.make(Purpose::Find { tag, username }, request, effects);
            }
            None => {
                effects.notify(Notification::Done {
                    tag,
                    result: self.find_known(&username),
                });
            }
        }
    }

    /// Without a connection, those who are known are found.
    fn find_known(&self, username: &Username) -> Result<Outcome, CommandError> {
        let account = self.person_by_name(username).ok_or(CommandError::Offline)?;
        Ok(Outcome::Person(self.person(account)))
    }

    fn found(
        &mut self,
        username: &Username,
        answer: Result<Account, Trouble>,
        effects: &mut Effects<'_>,
    ) -> Result<Outcome, CommandError> {
        let answer = match answer {
            Err(Trouble::Unreachable) => return self.find_known(username),
            answer => answer.map_err(|trouble| trouble.command_error())?,
        };
        if answer.account == self.account() {
            return Err(CommandError::Oneself);
        }
        if answer.username.as_ref() != Some(username) {
            return Err(CommandError::Forged);
        }
        if !self.learn(&answer, effects) {
            return Err(CommandError::Forged);
        }
        self.after_learning(answer.account, effects);
        Ok(Outcome::Person(self.person(answer.account)))
    }

    /// Gives an entry up: a message can be tried again, a receipt is dropped.
    pub(super) fn give_up(&mut self, number: u64, failure: Failure, effects: &mut Effects<'_>) {
        let Some(mut entry) = self.outbox.unseal(number) else {
            return;
        };
        match entry.purpose {
            crate::outbox::Purpose::Receipt => drop(self.outbox.remove(number, effects)),
            crate::outbox::Purpose::Message(id) => {
                let to = entry.to;
                entry.stage = crate::outbox::Stage::Failed(failure);
                self.outbox.put(number, entry, effects);
                self.conversations
                    .raise(to, &[id], MessageState::Failed(failure), effects);
            }
        }
    }
}
