//! Getting online and staying there.

use super::Engine;
use crate::calls::{Purpose, Request};
use crate::effects::Effects;
use crate::link::{Beat, State};
use crate::notification::ShutReason;
use sotto_keys::{SignInChallenge, Timestamp};
use sotto_wire::api::{Base64, Challenge, Session, SignIn};
use sotto_wire::frame::{ClientFrame, PROTOCOL};
use sotto_wire::{Code, api::Refusal};

impl Engine {
    pub(super) fn go_online(&mut self, effects: &mut Effects<'_>) {
        self.link.forgive();
        if matches!(
            self.link.state(),
            State::Offline | State::Waiting { .. } | State::Shut(_)
        ) {
            self.begin(effects);
        }
    }

    pub(super) fn go_offline(&mut self, effects: &mut Effects<'_>) {
        self.lose_connection();
        self.link.set(State::Offline, effects);
        effects.disconnect();
    }

    /// Signs in, or connects at once if the token is still good.
    fn begin(&mut self, effects: &mut Effects<'_>) {
        if self.link.token(effects.now).is_some() {
            self.link.set(State::Connecting, effects);
            effects.connect();
        } else {
            self.link.set(State::SigningIn, effects);
            self.calls
                .make(Purpose::Challenge, Request::post("/v1/challenges", &()), effects);
        }
    }

    /// The challenge came: signs it.
    pub(super) fn challenged(&mut self, challenge: &Challenge, effects: &mut Effects<'_>) {
        if !self.is_signing_in() {
            return;
        }
        let signed = sign_in(&self.local, &self.own.identity.origin, challenge);
        match signed {
            Some(sign_in) => {
                self.calls
                    .make(Purpose::SignIn, Request::post("/v1/sessions", &sign_in), effects);
            }
            None => self.link.wait(&self.config, effects),
        }
    }

    /// Whether a token is wanted: to connect, or in place of one that runs out.
    fn is_signing_in(&self) -> bool {
        matches!(self.link.state(), State::SigningIn | State::Online)
    }

    /// The token came: connects, unless it was only renewed.
    pub(super) fn signed_in(&mut self, session: &Session, effects: &mut Effects<'_>) {
        if !self.is_signing_in() {
            return;
        }
        let taken = self.link.set_token(session).is_ok();
        match self.link.state() {
            State::Online => {}
            _ if taken => {
                self.link.set(State::Connecting, effects);
                effects.connect();
            }
            _ => self.link.wait(&self.config, effects),
        }
    }

    /// Gets a new token when the one at hand runs out; the socket stays open meanwhile.
    fn renew_token(&mut self, effects: &mut Effects<'_>) {
        let under_way = self.calls.under_way(&Purpose::Challenge) || self.calls.under_way(&Purpose::SignIn);
        let own = self.account();
        let too_soon = self.peers.retry_at(own).is_some_and(|at| at > effects.now);
        if self.link.is_online() && self.link.token(effects.now).is_none() && !under_way && !too_soon {
            let again = effects.now.saturating_add(self.config.fetch_again);
            self.peers.retry_later(own, again);
            self.calls
                .make(Purpose::Challenge, Request::post("/v1/challenges", &()), effects);
        }
    }

    /// Signing in failed.
    pub(super) fn not_let_in(&mut self, refusal: Option<&Refusal>, effects: &mut Effects<'_>) {
        if self.link.state() != State::SigningIn {
            return;
        }
        if let Some(after) = refusal.and_then(|refusal| refusal.retry_after) {
            self.link.ask_to_wait(core::time::Duration::from_millis(after));
        }
        match refusal.and_then(|refusal| ShutReason::from_code(refusal.code)) {
            Some(reason) => self.link.set(State::Shut(reason), effects),
            None => self.link.wait(&self.config, effects),
        }
    }

    pub(super) fn connected(&mut self, effects: &mut Effects<'_>) {
        if self.link.state() != State::Connecting {
            return;
        }
        match self.link.token_bytes() {
            Some(token) => {
                self.link.set(State::Greeting, effects);
                effects.send(&ClientFrame::Hello {
                    token,
                    protocol: PROTOCOL,
                });
            }
            None => self.begin(effects),
        }
    }

    pub(super) fn disconnected(&mut self, effects: &mut Effects<'_>) {
        self.lose_connection();
        if matches!(
            self.link.state(),
            State::Connecting | State::Greeting | State::Online
        ) {
            self.link.wait(&self.config, effects);
        }
        for account in self.presence_lost() {
            effects.touch(account);
        }
    }

    /// The server says that it closes the connection.
    pub(super) fn goodbye(
        &mut self,
        code: Code,
        retry_after: core::time::Duration,
        effects: &mut Effects<'_>,
    ) {
        self.link.ask_to_wait(retry_after);
        if code == Code::Unauthenticated {
            self.link.drop_token();
        }
        self.lose_connection();
        match ShutReason::from_code(code) {
            Some(reason) => self.link.set(State::Shut(reason), effects),
            None => self.link.wait(&self.config, effects),
        }
        effects.disconnect();
    }

    fn lose_connection(&mut self) {
        self.outbox.disconnected();
        self.inbox.disconnected();
    }

    /// Pings, gives up, or tries again, whatever is due.
    pub(super) fn keep_link(&mut self, effects: &mut Effects<'_>) {
        match self.link.state() {
            State::Waiting { until } if until <= effects.now => self.begin(effects),
            _ => {}
        }
        self.renew_token(effects);
        match self.link.beat(effects.now) {
            Beat::Nothing => {}
            Beat::Ping => effects.send(&ClientFrame::Ping {
                nonce: effects.now.as_millis(),
            }),
            Beat::Dead => {
                self.lose_connection();
                self.link.wait(&self.config, effects);
                effects.disconnect();
            }
        }
    }

    /// A call was answered with "who are you?": the token is worth nothing.
    pub(super) fn unauthenticated(&mut self, effects: &mut Effects<'_>) {
        self.link.drop_token();
        if self.link.is_online() {
            self.lose_connection();
            self.link.wait(&self.config, effects);
            effects.disconnect();
        }
    }

    /// The token for a call, if there is a connection.
    pub(super) fn token(&self, now: Timestamp) -> Option<String> {
        if self.link.is_online() {
            self.link.token(now).map(str::to_owned)
        } else {
            None
        }
    }
}

/// Signs a challenge with the device's keys.
pub(crate) fn sign_in(local: &sotto_protocol::Local, origin: &str, challenge: &Challenge) -> Option<SignIn> {
    let nonce: [u8; 32] = challenge.nonce.0.as_slice().try_into().ok()?;
    let address = local.address;
    let to_sign = SignInChallenge {
        origin: origin.to_owned(),
        address,
        nonce,
        expires: challenge.expires,
    };
    Some(SignIn {
        address,
        nonce: challenge.nonce.clone(),
        expires: challenge.expires,
        signature: Base64(local.keys.sign_in(&to_sign)),
    })
}
