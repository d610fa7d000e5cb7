//! Prekeys: taken in by the batch, handed out one by one.

use crate::StoreFuture;
use sotto_keys::{Address, PrekeyKind, Timestamp, VerifiedBatch};
use sotto_wire::frame::PrekeyCounts;

/// Most keys of one kind that a device may leave.
pub const MOST_PREKEYS: u32 = 512;

/// A batch of prekeys, verified. A prekey's encoding is the header, then its leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBatch {
    /// What the keys are for.
    pub kind: PrekeyKind,
    /// The part that all keys share. Of one device, two batches with one header are the same batch.
    pub header: Vec<u8>,
    /// Each key's own part, in the order of their ids.
    pub leaves: Vec<Vec<u8>>,
    /// Not handed out from then on.
    pub expires_at: Timestamp,
}

impl From<&VerifiedBatch> for NewBatch {
    fn from(batch: &VerifiedBatch) -> Self {
        Self {
            kind: batch.kind(),
            header: batch.signed_header(),
            leaves: batch.leaves().map(|(_, leaf)| leaf).collect(),
            expires_at: batch.expires_at(),
        }
    }
}

/// What became of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uploaded {
    /// The keys are there: so many one-time keys now.
    Uploaded(PrekeyCounts),
    /// The device would have more than [`MOST_PREKEYS`] of a kind; nothing was stored.
    TooMany,
    /// There is no such device in force.
    NoDevice,
}

/// One prekey of each kind, for starting one session; each as its encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedBundle {
    /// The signed prekey.
    pub signed_ec: Vec<u8>,
    /// A one-time prekey, if there was one; never handed out again.
    pub one_time_ec: Option<Vec<u8>>,
    /// A one-time KEM key, never handed out again, or else the last-resort key.
    pub kem: Vec<u8>,
}

/// Prekeys.
pub trait Prekeys: Send + Sync {
    /// Takes batches in. One-time keys are added, others replace the former of their kind. A batch that was taken in
    /// before is left as it is: its used keys don't come back.
    fn upload(&self, address: Address, batches: Vec<NewBatch>, now: Timestamp) -> StoreFuture<'_, Uploaded>;

    /// Hands out one bundle for each device, in the order asked for; `None` for one that isn't in force, or has no
    /// signed key or no KEM key that is still good.
    fn claim(&self, addresses: Vec<Address>, now: Timestamp) -> StoreFuture<'_, Vec<Option<ClaimedBundle>>>;

    /// How many one-time keys are left.
    fn counts(&self, address: Address, now: Timestamp) -> StoreFuture<'_, PrekeyCounts>;
}
