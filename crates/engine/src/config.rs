//! The client's parameters, in one place.

use core::time::Duration;

/// What may be set differently; [`Config::default`] is what people run.
#[derive(Clone, Debug)]
pub struct Config {
    /// One-time prekeys of each kind that the server should hold.
    pub prekey_pool: u16,
    /// Below this many of a kind the pool is filled up.
    pub prekey_refill: u32,
    /// How often the signed prekey and the last-resort KEM key are replaced.
    pub prekey_rotation: Duration,
    /// How long a signed prekey may be used by others after it was made.
    pub prekey_offered: Duration,
    /// How long the private half of a replaced prekey is kept.
    pub prekey_kept: Duration,
    /// How long one-time prekeys may be used by others.
    pub one_time_offered: Duration,
    /// How long hashes of taken ciphertexts are kept: longer than any prekey that a replayed first message could use.
    pub seen_kept: Duration,
    /// Receipts to one person go out at most this often.
    pub receipt_interval: Duration,
    /// Typing ends by itself after this.
    pub typing_expires: Duration,
    /// Presence is told again this often, and ends by itself after two and a half of these.
    pub presence_interval: Duration,
    /// The first wait before connecting again; doubles up to `reconnect_most`.
    pub reconnect_first: Duration,
    /// The longest wait before connecting again.
    pub reconnect_most: Duration,
    /// Before an account or its prekeys are asked for again after a failure.
    pub fetch_again: Duration,
    /// `Send` frames that may be unanswered at a time.
    pub window: usize,
}

/// Most sessions kept with one device besides the one that sends.
pub(crate) const RECEIVE_ONLY_SESSIONS: usize = 5;
/// How long receive-only sessions are kept.
pub(crate) const RECEIVE_ONLY_KEPT: Duration = days(31);
/// Most deliveries held in memory until their sender's account is fetched.
pub(crate) const HELD_DELIVERIES: usize = 1024;
/// Most messages kept to be healed.
pub(crate) const WAITING_MESSAGES: usize = 1024;
/// Characters of a message that the list shows.
pub(crate) const PREVIEW_CHARACTERS: usize = 200;
/// How often a send may be refused for its device lists before it fails.
pub(crate) const STALE_TRIES: u8 = 5;
/// A token is not used in its last minute.
pub(crate) const TOKEN_MARGIN: Duration = Duration::from_secs(60);
/// Conversations that are told of one's presence: those with the newest messages.
pub(crate) const PRESENCE_CONVERSATIONS: usize = 50;

const fn days(days: u64) -> Duration {
    Duration::from_secs(days * 24 * 60 * 60)
}

impl Default for Config {
    fn default() -> Self {
        Self {
            prekey_pool: 100,
            prekey_refill: 25,
            prekey_rotation: days(2),
            prekey_offered: days(7),
            prekey_kept: days(31),
            one_time_offered: days(90),
            seen_kept: days(40),
            receipt_interval: Duration::from_secs(1),
            typing_expires: Duration::from_secs(5),
            presence_interval: Duration::from_secs(60),
            reconnect_first: Duration::from_millis(500),
            reconnect_most: Duration::from_secs(60),
            fetch_again: Duration::from_secs(10),
            window: 64,
        }
    }
}
