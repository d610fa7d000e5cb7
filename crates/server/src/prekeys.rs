//! Prekeys.

mod claim;
mod upload;

pub(crate) use claim::*;
pub(crate) use upload::*;

use sotto_keys::{CertifiedDevice, PrekeyBatch, PrekeyKind, Timestamp};
use sotto_store::NewBatch;
use sotto_wire::api::UploadPrekeys;
use sotto_wire::frame::PrekeyCounts;

/// Most batches in one upload.
const MOST_BATCHES: usize = 8;
/// Fewer one-time keys of a kind than this, and their device is told.
const LOW: u32 = 25;

/// A batch that doesn't verify, or too many of them.
pub(crate) struct BadBatch;

/// Verifies an upload: the device's own, signed, unexpired.
pub(crate) fn verified_batches(
    upload: &UploadPrekeys,
    device: &CertifiedDevice,
    now: Timestamp,
) -> Result<Vec<NewBatch>, BadBatch> {
    if upload.batches.len() > MOST_BATCHES {
        return Err(BadBatch);
    }
    let verified = upload.batches.iter().map(|batch| {
        let batch = PrekeyBatch::decode(&batch.0).map_err(|_| BadBatch)?;
        let batch = batch.verify(device, now).map_err(|_| BadBatch)?;
        Ok(NewBatch::from(&batch))
    });
    verified.collect()
}

/// Whether their device should upload more.
pub(crate) fn is_low(counts: PrekeyCounts) -> bool {
    counts.one_time_ec < LOW || counts.one_time_kem < LOW
}

/// Whether someone can start a session with a device that leaves these: a signed key and one of last resort are there.
pub(crate) fn can_be_reached(prekeys: &[NewBatch]) -> bool {
    let has = |kind| prekeys.iter().any(|batch| batch.kind == kind);
    has(PrekeyKind::SignedEc) && has(PrekeyKind::LastResortKem)
}
