//! What a person asks for.

use super::Engine;
use crate::calls::{Purpose as CallPurpose, Request};
use crate::effects::Effects;
use crate::outbox::{Purpose, Stage};
use crate::own::{self, key};
use crate::view::{Choice, MessageState, Settings, Standing, Trust};
use crate::{Change, Command, CommandError, Notification, Outcome, StoredMessage, Tag};
use sotto_keys::AccountId;
use sotto_wire::content::{Body, MessageId, Presence, ReceiptKind};
use sotto_wire::limits;

impl Engine {
    pub(super) fn command(&mut self, tag: Tag, command: Command, effects: &mut Effects<'_>) {
        let result = match command {
            // These two are answered when the server has answered.
            Command::Find { username } => return self.find(tag, username, effects),
            Command::AskServer => return self.ask_server(tag, effects),
            Command::Send { to, text } => self.send_text(to, text, effects),
            Command::Retry { conversation, id } => self.retry(conversation, id, effects),
            Command::Accept { conversation } => self.accept(conversation, effects),
            Command::Block { conversation } => self.block(conversation, effects),
            Command::Unblock { conversation } => self.unblock(conversation, effects),
            Command::MarkRead { conversation } => self.mark_read(conversation, effects),
            Command::SetTyping { conversation, typing } => {
                self.set_typing(conversation, typing, effects);
                Ok(Outcome::Done)
            }
            Command::SetPresence { presence } => {
                self.set_presence(presence, effects);
                Ok(Outcome::Done)
            }
            Command::SaveDraft { conversation, text } => self.save_draft(conversation, text, effects),
            Command::Verify { person, digits } => self.verify(person, &digits, effects),
            Command::AcceptIdentity { person } => self.accept_identity(person, effects),
            Command::DeleteMessage { conversation, id } => self.delete(conversation, Some(id), effects),
            Command::ClearConversation { conversation } => self.delete(conversation, None, effects),
            Command::SetSettings { settings } => self.set_settings(settings, effects),
        };
        effects.notify(Notification::Done { tag, result });
    }

    fn send_text(
        &mut self,
        to: AccountId,
        text: String,
        effects: &mut Effects<'_>,
    ) -> Result<Outcome, CommandError> {
        self.may_write(to)?;
        if text.is_empty() || text.len() > limits::TEXT {
            return Err(CommandError::TextLength);
        }
        if self.conversations.standing(to) != Some(Standing::Accepted) {
            self.accept_person(to, effects);
        }
        let id = MessageId(effects.random());
        let message = StoredMessage {
            conversation: to,
            id,
            author: self.account(),
            sent_at: effects.now,
            received_at: effects.now,
            text: text.clone(),
            state: MessageState::Queued,
        };
        self.queue(to, Purpose::Message(id), Body::Text(text), effects);
        Ok(Outcome::Queued(self.append(message, effects)))
    }

    fn may_write(&self, to: AccountId) -> Result<(), CommandError> {
        if to == self.account() {
            return Err(CommandError::Oneself);
        }
        let trust = self.peers.get(to).ok_or(CommandError::NoSuchPerson)?.trust;
        if self.conversations.standing(to) == Some(Standing::Blocked) {
            return Err(CommandError::Blocked);
        }
        match trust {
            Trust::Changed => Err(CommandError::IdentityChanged),
            Trust::Unverified | Trust::Verified if !self.is_trusted(to) => Err(CommandError::NotVerified),
            Trust::Unverified | Trust::Verified => Ok(()),
        }
    }

    /// Whether an identity is as this person's settings want it, for whatever is sent.
    pub(super) fn is_trusted(&self, account: AccountId) -> bool {
        let only_verified = self.own.settings.only_verified == Choice::On;
        self.peers.get(account).is_some_and(|peer| match peer.trust {
            Trust::Changed => false,
            Trust::Unverified => !only_verified,
            Trust::Verified => true,
        })
    }

    fn retry(
        &mut self,
        conversation: AccountId,
        id: MessageId,
        effects: &mut Effects<'_>,
    ) -> Result<Outcome, CommandError> {
        self.may_write(conversation)?;
        let number = self
            .outbox
            .find_message(conversation, id)
            .ok_or(CommandError::NoSuchThing)?;
        let mut entry = self
            .outbox
            .get(number)
            .cloned()
            .ok_or(CommandError::NoSuchThing)?;
        if let Stage::Failed(_) = entry.stage {
            entry.stage = Stage::Plain { kept: Vec::new() };
            entry.stale_tries = 0;
            self.outbox.put(number, entry, effects);
            self.conversations
                .raise(conversation, &[id], MessageState::Queued, effects);
        }
        Ok(Outcome::Done)
    }

    fn accept(&mut self, account: AccountId, effects: &mut Effects<'_>) -> Result<Outcome, CommandError> {
        match self.standing(account)? {
            Standing::Request => self.accept_person(account, effects),
            Standing::Accepted => {}
            Standing::Blocked => return Err(CommandError::Blocked),
        }
        Ok(Outcome::Done)
    }

    /// Lets a person talk: what they have written so far is acknowledged now.
    fn accept_person(&mut self, account: AccountId, effects: &mut Effects<'_>) {
        self.conversations
            .set_standing(account, Standing::Accepted, effects);
        let unread = self
            .conversations
            .get(account)
            .map(|one| one.unread_ids())
            .unwrap_or_default();
        for id in unread {
            self.receipts.owe(account, id, ReceiptKind::Delivered, effects);
        }
        if self.presence.now == Presence::Online {
            self.ask_for_presence(effects);
        }
    }

    fn block(&mut self, account: AccountId, effects: &mut Effects<'_>) -> Result<Outcome, CommandError> {
        self.standing(account)?;
        self.conversations
            .set_standing(account, Standing::Blocked, effects);
        self.conversations.mark_read(account, effects);
        self.receipts.forget(account, effects);
        Ok(Outcome::Done)
    }

    fn unblock(&mut self, account: AccountId, effects: &mut Effects<'_>) -> Result<Outcome, CommandError> {
        // Back to a request: a stranger who was blocked was never accepted.
        if self.standing(account)? == Standing::Blocked {
            self.conversations
                .set_standing(account, Standing::Request, effects);
        }
        Ok(Outcome::Done)
    }

    fn mark_read(&mut self, account: AccountId, effects: &mut Effects<'_>) -> Result<Outcome, CommandError> {
        let accepted = self.standing(account)? == Standing::Accepted;
        let told = accepted && self.own.settings.read_receipts == Choice::On;
        // A request stays unread until it is accepted, so that its receipts are sent then.
        if accepted {
            for id in self.conversations.mark_read(account, effects) {
                if told {
                    self.receipts.owe(account, id, ReceiptKind::Read, effects);
                }
            }
        }
        Ok(Outcome::Done)
    }

    fn save_draft(
        &mut self,
        account: AccountId,
        text: String,
        effects: &mut Effects<'_>,
    ) -> Result<Outcome, CommandError> {
        self.standing(account)?;
        if text.len() > limits::TEXT {
            return Err(CommandError::TextLength);
        }
        self.conversations.set_draft(account, text, effects);
        Ok(Outcome::Done)
    }

    fn verify(
        &mut self,
        person: AccountId,
        digits: &str,
        effects: &mut Effects<'_>,
    ) -> Result<Outcome, CommandError> {
        let number = self.safety_number_of(person).ok_or(CommandError::NoSuchPerson)?;
        let bare = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        if bare(&number.digits()) != bare(digits) {
            return Err(CommandError::OtherSafetyNumber);
        }
        self.peers.set_trust(person, Trust::Verified, effects);
        self.leave_old_identity(person, effects);
        Ok(Outcome::Done)
    }

    fn accept_identity(
        &mut self,
        person: AccountId,
        effects: &mut Effects<'_>,
    ) -> Result<Outcome, CommandError> {
        let trust = self.peers.get(person).ok_or(CommandError::NoSuchPerson)?.trust;
        if trust == Trust::Changed {
            self.peers.set_trust(person, Trust::Unverified, effects);
            self.leave_old_identity(person, effects);
        }
        Ok(Outcome::Done)
    }

    fn delete(
        &mut self,
        account: AccountId,
        id: Option<MessageId>,
        effects: &mut Effects<'_>,
    ) -> Result<Outcome, CommandError> {
        self.standing(account)?;
        for number in self.outbox.messages_to(account, id) {
            self.outbox.remove(number, effects);
        }
        self.conversations.delete(account, id, effects);
        Ok(Outcome::Done)
    }

    fn set_settings(
        &mut self,
        settings: Settings,
        effects: &mut Effects<'_>,
    ) -> Result<Outcome, CommandError> {
        self.own.settings = settings;
        effects.change(Change::Put(own::record(key::SETTINGS, &settings)));
        effects.touch_own();
        Ok(Outcome::Done)
    }

    fn ask_server(&mut self, tag: Tag, effects: &mut Effects<'_>) {
        match self.token(effects.now) {
            Some(token) => {
                let request = Request::get("/v1/me").signed_in(&token);
                self.calls.make(CallPurpose::AskServer { tag }, request, effects);
            }
            None => effects.notify(Notification::Done {
                tag,
                result: Err(CommandError::Offline),
            }),
        }
    }

    fn standing(&self, account: AccountId) -> Result<Standing, CommandError> {
        self.conversations
            .standing(account)
            .ok_or(CommandError::NoSuchThing)
    }
}
