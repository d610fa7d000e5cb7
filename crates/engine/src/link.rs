//! The connection to the server: signing in, saying hello, noticing that it is dead, coming back.
//!
//! ```text
//! Offline ─▶ SigningIn ─▶ Connecting ─▶ Greeting ─▶ Online
//!    ▲           │             │            │          │
//!    └─ GoOffline└─────────────┴── Waiting ◀┴──────────┘     Shut: not by trying again
//! ```

use crate::config::{Config, TOKEN_MARGIN};
use crate::effects::Effects;
use crate::notification::{Link as LinkView, ShutReason};
use core::time::Duration;
use sotto_keys::Timestamp;
use sotto_wire::api::Session;
use zeroize::Zeroizing;

/// Where the connection stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    Offline,
    SigningIn,
    Connecting,
    Greeting,
    Online,
    Waiting { until: Timestamp },
    Shut(ShutReason),
}

/// How long each step of connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// A token, and until when it may be used.
struct Token {
    bytes: Zeroizing<[u8; 32]>,
    text: Zeroizing<String>,
    expires: Timestamp,
}

/// The connection.
pub(crate) struct Link {
    state: State,
    /// Failed tries in a row.
    failures: u32,
    token: Option<Token>,
    heartbeat: Duration,
    /// When the state was last changed.
    since: Timestamp,
    /// When the server was last heard.
    heard_at: Timestamp,
    pinged_at: Timestamp,
    /// The server's own word on when to come back.
    asked_to_wait: Option<Duration>,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            state: State::Offline,
            failures: 0,
            token: None,
            heartbeat: Duration::from_secs(30),
            since: Timestamp::default(),
            heard_at: Timestamp::default(),
            pinged_at: Timestamp::default(),
            asked_to_wait: None,
        }
    }
}

/// What the heartbeat asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Beat {
    Nothing,
    Ping,
    Dead,
}

impl Link {
    pub fn state(&self) -> State {
        self.state
    }

    pub fn is_online(&self) -> bool {
        self.state == State::Online
    }

    /// The token for calls, if it is good for a while.
    pub fn token(&self, now: Timestamp) -> Option<&str> {
        let token = self.token.as_ref()?;
        (token.expires > now.saturating_add(TOKEN_MARGIN)).then_some(token.text.as_str())
    }

    pub fn token_bytes(&self) -> Option<[u8; 32]> {
        self.token.as_ref().map(|token| *token.bytes)
    }

    pub fn set_token(&mut self, session: &Session) -> Result<(), sotto_wire::DecodeError> {
        let invalid = sotto_wire::DecodeError::Invalid("token");
        let bytes: [u8; 32] = session.token.0.as_slice().try_into().map_err(|_| invalid)?;
        let text = serde_json::to_value(&session.token)
            .ok()
            .and_then(|text| text.as_str().map(str::to_owned));
        let text = Zeroizing::new(text.ok_or(invalid)?);
        self.token = Some(Token {
            bytes: Zeroizing::new(bytes),
            text,
            expires: session.expires,
        });
        Ok(())
    }

    pub fn drop_token(&mut self) {
        self.token = None;
    }

    pub fn set(&mut self, state: State, effects: &mut Effects<'_>) {
        if state != self.state {
            self.state = state;
            self.since = effects.now;
            effects.notify(crate::Notification::Link(self.view(effects.now)));
        }
    }

    /// `Welcome` came.
    pub fn welcomed(&mut self, heartbeat: Duration, effects: &mut Effects<'_>) {
        self.failures = 0;
        self.asked_to_wait = None;
        self.heartbeat = heartbeat.max(Duration::from_secs(1));
        self.heard(effects.now);
        self.pinged_at = effects.now;
        self.set(State::Online, effects);
    }

    pub fn heard(&mut self, now: Timestamp) {
        self.heard_at = now;
    }

    pub fn ask_to_wait(&mut self, retry_after: Duration) {
        self.asked_to_wait = Some(retry_after);
    }

    /// Waits before the next try: longer each time, with jitter, or as long as the server asked for.
    pub fn wait(&mut self, config: &Config, effects: &mut Effects<'_>) {
        let longest = config
            .reconnect_first
            .saturating_mul(1 << self.failures.min(16))
            .min(config.reconnect_most);
        let jitter = u32::from(effects.random::<1>()[0]);
        let delay = longest / 2 + longest / 2 * jitter / 255;
        let delay = self
            .asked_to_wait
            .take()
            .map_or(delay, |asked| asked.min(config.reconnect_most) + delay);
        self.failures = self.failures.saturating_add(1);
        self.set(
            State::Waiting {
                until: effects.now.saturating_add(delay),
            },
            effects,
        );
    }

    /// The network came back: the next failure waits briefly again.
    pub fn forgive(&mut self) {
        self.failures = 0;
        self.asked_to_wait = None;
    }

    /// Whether to ping, or to give the connection up.
    pub fn beat(&mut self, now: Timestamp) -> Beat {
        match self.state {
            State::SigningIn | State::Connecting | State::Greeting if now >= self.deadline() => {
                return Beat::Dead;
            }
            State::Online => {}
            _ => return Beat::Nothing,
        }
        if now.since(self.heard_at) >= self.heartbeat * 2 {
            return Beat::Dead;
        }
        if now.since(self.pinged_at.max(self.heard_at)) >= self.heartbeat {
            self.pinged_at = now;
            return Beat::Ping;
        }
        Beat::Nothing
    }

    /// When something is due by itself.
    pub fn next_due(&self) -> Option<Timestamp> {
        match self.state {
            State::Waiting { until } => Some(until),
            State::SigningIn | State::Connecting | State::Greeting => Some(self.deadline()),
            State::Online => {
                let ping = self.pinged_at.max(self.heard_at).saturating_add(self.heartbeat);
                Some(ping.min(self.heard_at.saturating_add(self.heartbeat * 2)))
            }
            _ => None,
        }
    }

    /// When a connection that is still being made is given up.
    fn deadline(&self) -> Timestamp {
        self.since.saturating_add(CONNECT_TIMEOUT)
    }

    pub fn view(&self, now: Timestamp) -> LinkView {
        match self.state {
            State::Offline => LinkView::Offline,
            State::SigningIn | State::Connecting | State::Greeting => LinkView::Connecting,
            State::Online => LinkView::Online,
            State::Waiting { until } => LinkView::Waiting {
                retry_in: u64::try_from(until.since(now).as_millis()).unwrap_or(u64::MAX),
            },
            State::Shut(code) => LinkView::Shut { code },
        }
    }
}
