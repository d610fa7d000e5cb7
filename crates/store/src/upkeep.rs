//! Looking after the storage itself.

use crate::StoreFuture;
use sotto_keys::Timestamp;

/// What a sweep deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Items of mail that nobody fetched in time.
    pub mail: u64,
    /// Ids of sends, remembered against repetition.
    pub sends: u64,
    /// Batches of prekeys that had expired.
    pub batches: u64,
}

/// Upkeep.
pub trait Upkeep: Send + Sync {
    /// Writes something, durably, to find out whether that is possible.
    fn probe(&self) -> StoreFuture<'_, ()>;

    /// Deletes what is too old: mail stored before `mail_before`, ids of sends before `sends_before`, prekeys expired at
    /// `now`. A bounded piece of work: call again while it deletes something.
    fn sweep(
        &self,
        mail_before: Timestamp,
        sends_before: Timestamp,
        now: Timestamp,
    ) -> StoreFuture<'_, Swept>;
}
