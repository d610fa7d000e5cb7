//! Typing and presence: encrypted, passed through, never stored. Only between people who have accepted each other.

use super::Engine;
use crate::config::PRESENCE_CONVERSATIONS;
use crate::effects::Effects;
use crate::view::{Choice, Standing};
use sotto_keys::{AccountId, Address};
use sotto_protocol::Envelope;
use sotto_wire::content::{Ephemeral, Presence, Typing};
use sotto_wire::frame::{ClientFrame, Recipient};
use sotto_wire::limits;

impl Engine {
    pub(super) fn receive_ephemeral(&mut self, from: Address, body: &[u8], effects: &mut Effects<'_>) {
        let account = from.account;
        if self.conversations.standing(account) != Some(Standing::Accepted) || !self.is_listed(from) {
            return;
        }
        let Ok(envelope @ Envelope::Ephemeral(_)) = Envelope::parse(body) else {
            return;
        };
        let opened = self
            .sessions
            .open_ephemeral(from, envelope.session_id(), body, effects.now);
        let Some(Ok(plaintext)) = opened else { return };
        let Ok(said) = Ephemeral::decode(&plaintext) else {
            return;
        };
        let settings = self.own.settings;
        let Some(conversation) = self.conversations.get_mut(account) else {
            return;
        };
        match said {
            Ephemeral::Typing(typing) if settings.typing == Choice::On => {
                let until = effects.now.saturating_add(self.config.typing_expires);
                conversation.typing_until = (typing == Typing::Started).then_some(until);
            }
            Ephemeral::Presence(presence) if settings.presence == Choice::On => {
                let until = effects.now.saturating_add(self.config.presence_interval * 5 / 2);
                let shown = if presence == Presence::Asking {
                    Presence::Online
                } else {
                    presence
                };
                conversation.presence = Some((shown, until));
                if presence == Presence::Asking && self.presence.now == Presence::Online {
                    self.say(&[account], Ephemeral::Presence(Presence::Online), effects);
                }
            }
            Ephemeral::Typing(_) | Ephemeral::Presence(_) => return,
        }
        effects.touch(account);
    }

    pub(super) fn set_typing(&mut self, account: AccountId, typing: Typing, effects: &mut Effects<'_>) {
        if self.own.settings.typing == Choice::On {
            self.say(&[account], Ephemeral::Typing(typing), effects);
        }
    }

    pub(super) fn set_presence(&mut self, presence: Presence, effects: &mut Effects<'_>) {
        let presence = if presence == Presence::Asking {
            Presence::Online
        } else {
            presence
        };
        if presence != self.presence.now {
            self.presence.now = presence;
            let said = if presence == Presence::Online {
                Presence::Asking
            } else {
                presence
            };
            self.tell_presence(said, effects);
        }
    }

    /// After connecting: says that one is there, and asks who else is.
    pub(super) fn ask_for_presence(&mut self, effects: &mut Effects<'_>) {
        if self.presence.now == Presence::Online {
            self.tell_presence(Presence::Asking, effects);
        }
    }

    /// Says again that one is there, and ends what has run out.
    pub(super) fn keep_presence(&mut self, effects: &mut Effects<'_>) {
        for (account, conversation) in self.conversations.iter_mut() {
            if conversation
                .typing_until
                .take_if(|until| *until <= effects.now)
                .is_some()
            {
                effects.touch(account);
            }
            if conversation
                .presence
                .take_if(|(_, until)| *until <= effects.now)
                .is_some()
            {
                effects.touch(account);
            }
        }
        let again = self
            .presence
            .told_at
            .saturating_add(self.config.presence_interval);
        if self.presence.now == Presence::Online && self.link.is_online() && again <= effects.now {
            self.tell_presence(Presence::Online, effects);
        }
    }

    /// Without a connection nothing is known of others: gives those whose view changed.
    pub(super) fn presence_lost(&mut self) -> Vec<AccountId> {
        let lost = |(account, conversation): (AccountId, &mut crate::conversations::Conversation)| {
            let known = conversation.presence.take().is_some();
            let typed = conversation.typing_until.take().is_some();
            (known || typed).then_some(account)
        };
        self.conversations.iter_mut().filter_map(lost).collect()
    }

    fn tell_presence(&mut self, presence: Presence, effects: &mut Effects<'_>) {
        self.presence.told_at = effects.now;
        if self.own.settings.presence == Choice::Off {
            return;
        }
        let mut accounts = self.conversations.newest_first();
        accounts.truncate(PRESENCE_CONVERSATIONS);
        self.say(&accounts, Ephemeral::Presence(presence), effects);
    }

    /// Says something in passing to people who have accepted.
    fn say(&self, accounts: &[AccountId], said: Ephemeral, effects: &mut Effects<'_>) {
        if !self.link.is_online() {
            return;
        }
        let plaintext = said.encode();
        let mut recipients = Vec::new();
        for account in accounts {
            let accepted = self.conversations.standing(*account) == Some(Standing::Accepted);
            let Some(peer) = self
                .peers
                .get(*account)
                .filter(|_| accepted && !self.is_changed(*account))
            else {
                continue;
            };
            for address in peer.addresses() {
                if let Some(Ok(body)) = self.sessions.seal_ephemeral(address, &plaintext, effects) {
                    recipients.push(Recipient { address, body });
                }
            }
        }
        for recipients in recipients.chunks(limits::RECIPIENTS) {
            effects.send(&ClientFrame::Ephemeral {
                recipients: recipients.to_vec(),
            });
        }
    }
}
