//! From the server to the person: frames, decryption, what messages do.

use super::Engine;
use crate::effects::Effects;
use crate::inbox;
use crate::view::{MessageState, MessageView, Standing, Trust};
use crate::{Notification, StoredMessage};
use sotto_keys::{AccountId, Address, Timestamp};
use sotto_protocol::{DecryptError, Envelope, InitialMessage, RespondError, Session};
use sotto_wire::content::{Body, Content, MessageId, ReceiptKind};
use sotto_wire::frame::{Delivery, ServerFrame};
use zeroize::Zeroizing;

/// A delivery could not be read.
struct Unreadable;

/// A text, and when its author wrote it.
struct Said {
    id: MessageId,
    sent_at: Timestamp,
    text: String,
}

impl Said {
    fn stored(
        self,
        conversation: AccountId,
        author: AccountId,
        state: MessageState,
        received_at: Timestamp,
    ) -> StoredMessage {
        let Self { id, sent_at, text } = self;
        StoredMessage {
            conversation,
            id,
            author,
            sent_at,
            received_at,
            text,
            state,
        }
    }
}

impl Engine {
    pub(super) fn frame(&mut self, bytes: &[u8], effects: &mut Effects<'_>) {
        self.link.heard(effects.now);
        // A frame that this version doesn't understand is passed over: nothing of it can be acknowledged.
        let Ok(frame) = ServerFrame::decode(bytes) else {
            return;
        };
        match frame {
            ServerFrame::Welcome {
                time: _,
                heartbeat,
                prekeys,
            } => {
                self.link.welcomed(heartbeat, effects);
                self.prekeys.counts = Some(prekeys);
                self.ask_for_presence(effects);
                effects.touch_own();
            }
            ServerFrame::Accepted { id, at: _ } => self.accepted(id, effects),
            ServerFrame::Refused(refused) => self.refused(&refused, effects),
            ServerFrame::Deliver { items } => items.into_iter().for_each(|item| self.receive(item, effects)),
            ServerFrame::Drained => {
                // Mail that needs an old key has been read by now, unless some waits for its sender's account.
                if self.inbox.held_accounts().next().is_none() {
                    self.prekeys.prune(&self.config, effects);
                }
                self.inbox.prune(&self.config, effects);
                self.sessions.prune(effects);
                effects.notify(Notification::CaughtUp);
            }
            ServerFrame::Ephemeral { from, body } => self.receive_ephemeral(from, &body, effects),
            ServerFrame::PrekeysLow(counts) => self.prekeys.counts = Some(counts),
            ServerFrame::Pong { .. } => {}
            ServerFrame::Goodbye { code, retry_after } => self.goodbye(code, retry_after, effects),
        }
    }

    /// Takes a delivery in; one from an account or a device that isn't known waits until it was fetched.
    fn receive(&mut self, delivery: Delivery, effects: &mut Effects<'_>) {
        if self.inbox.has_seen(&inbox::hash(delivery.from, &delivery.body)) {
            effects.acks.push(delivery.id);
            return;
        }
        let account = delivery.from.account;
        if self.is_listed(delivery.from) && !self.inbox.is_held(account) {
            self.receive_known(delivery, effects);
        } else {
            self.inbox.hold(delivery);
        }
    }

    /// Takes in a delivery of an account that was fetched. Once this is committed, the server may forget it.
    pub(super) fn receive_known(&mut self, delivery: Delivery, effects: &mut Effects<'_>) {
        let hash = inbox::hash(delivery.from, &delivery.body);
        effects.acks.push(delivery.id);
        if self.inbox.has_seen(&hash) {
            return;
        }
        self.inbox.mark_seen(hash, effects);
        match self.open_envelope(delivery.from, &delivery.body, effects) {
            Ok(plaintext) => {
                if let Ok(content) = Content::decode(&plaintext) {
                    self.content(delivery.from, content, effects);
                }
            }
            Err(Unreadable) => self.inbox.keep_waiting(hash, &delivery, effects),
        }
    }

    fn open_envelope(
        &mut self,
        from: Address,
        body: &[u8],
        effects: &mut Effects<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
        if !self.is_listed(from) {
            return Err(Unreadable);
        }
        let envelope = Envelope::parse(body).map_err(|_| Unreadable)?;
        if let Envelope::Ephemeral(_) = envelope {
            return Err(Unreadable);
        }
        match self.sessions.decrypt(from, envelope.session_id(), body, effects) {
            Some(result) => result.map_err(|_: DecryptError| Unreadable),
            None => match envelope {
                Envelope::Initial(initial) => self.respond(from, &initial, effects),
                Envelope::Ratchet(_) | Envelope::Ephemeral(_) => Err(Unreadable),
            },
        }
    }

    /// Answers the beginning of a session. The one-time prekeys that it used go only when it is authentic.
    fn respond(
        &mut self,
        from: Address,
        initial: &InitialMessage,
        effects: &mut Effects<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
        let remote = self
            .peers
            .get(from.account)
            .and_then(|peer| peer.remote(from))
            .ok_or(Unreadable)?;
        let secrets = self.prekeys.secrets(initial.prekeys()).ok_or(Unreadable)?;
        let (session, plaintext) =
            Session::respond(&self.local, &remote, secrets, initial).map_err(|_: RespondError| Unreadable)?;
        self.prekeys.consume(initial.prekeys(), effects);
        let certificate = remote.device.certificate_hash();
        self.sessions.answer(from, certificate, session, effects);
        Ok(plaintext)
    }

    /// Does what an authentic message says.
    fn content(&mut self, from: Address, content: Content, effects: &mut Effects<'_>) {
        if from.account == self.account() {
            self.peers.heard_of_own_list(from.account, content.own_list);
        } else {
            self.peers.heard_of_list(from.account, content.own_list, effects);
        }
        let own = self.account();
        self.peers.heard_of_own_list(own, content.peer_list);
        let Content {
            id, sent_at, body, ..
        } = content;
        match body {
            Body::Text(text) => self.text(from.account, Said { id, sent_at, text }, effects),
            Body::Receipt { kind, ids } => self.receipt(from.account, kind, &ids, effects),
            Body::Sent { to, content } if from.account == own => {
                if let Ok(Content {
                    id,
                    sent_at,
                    body: Body::Text(text),
                    ..
                }) = Content::decode(&content)
                {
                    self.sent_elsewhere(to, Said { id, sent_at, text }, effects);
                }
            }
            Body::Sent { .. } | Body::Unknown => {}
        }
    }

    fn text(&mut self, author: AccountId, said: Said, effects: &mut Effects<'_>) {
        if author == self.account() || said.text.is_empty() {
            return;
        }
        match self.conversations.standing(author) {
            Some(Standing::Blocked) => return,
            Some(Standing::Accepted) => self
                .receipts
                .owe(author, said.id, ReceiptKind::Delivered, effects),
            Some(Standing::Request) => {}
            None => self
                .conversations
                .set_standing(author, Standing::Request, effects),
        }
        let message = said.stored(author, author, MessageState::Received, effects.now);
        self.append(message, effects);
    }

    /// Another device of one's own has sent something.
    fn sent_elsewhere(&mut self, to: AccountId, said: Said, effects: &mut Effects<'_>) {
        if self.conversations.standing(to) != Some(Standing::Accepted) {
            self.conversations.set_standing(to, Standing::Accepted, effects);
        }
        let message = said.stored(to, self.account(), MessageState::Sent, effects.now);
        self.append(message, effects);
    }

    /// Stores a message and shows it.
    pub(super) fn append(&mut self, message: StoredMessage, effects: &mut Effects<'_>) -> MessageView {
        let view = message.view();
        self.conversations.append(message, effects);
        effects.notify(Notification::Message(view.clone()));
        view
    }

    fn receipt(&mut self, from: AccountId, kind: ReceiptKind, ids: &[MessageId], effects: &mut Effects<'_>) {
        if self.conversations.standing(from) != Some(Standing::Accepted) || ids.is_empty() {
            return;
        }
        let shown = self.own.settings.read_receipts == crate::view::Choice::On;
        let state = match kind {
            ReceiptKind::Read if shown => MessageState::Read,
            ReceiptKind::Read | ReceiptKind::Delivered => MessageState::Delivered,
        };
        self.conversations.raise(from, ids, state, effects);
    }

    /// Whether the device is in its account's list, as far as that is known.
    pub(super) fn is_listed(&self, address: Address) -> bool {
        let peer = self.peers.get(address.account);
        peer.is_some_and(|peer| peer.device(address).is_some())
    }

    /// Whether this person's identity changed, and nobody has looked.
    pub(super) fn is_changed(&self, account: AccountId) -> bool {
        self.peers
            .get(account)
            .is_some_and(|peer| peer.trust == Trust::Changed)
    }
}

impl StoredMessage {
    /// As the timeline shows it; the store knows its position.
    pub fn view(&self) -> MessageView {
        MessageView {
            position: 0,
            conversation: self.conversation,
            id: self.id,
            author: self.author,
            sent_at: self.sent_at,
            received_at: self.received_at,
            text: self.text.clone(),
            state: self.state,
        }
    }
}
