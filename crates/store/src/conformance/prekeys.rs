//! Prekeys.

use super::fixture::{Fixture, address, batch};
use crate::{ClaimedBundle, MOST_PREKEYS, NewBatch, Stores, Uploaded};
use sotto_keys::PrekeyKind::{LastResortKem, OneTimeEc, OneTimeKem, SignedEc};
use sotto_keys::Timestamp;
use sotto_wire::frame::PrekeyCounts;

const BOB: sotto_keys::Address = Fixture::BOB;
const NOW: Timestamp = Fixture::NOW;

async fn upload(stores: &Stores, batches: Vec<NewBatch>) -> Uploaded {
    stores.prekeys.upload(BOB, batches, NOW).await.unwrap()
}

async fn claim(stores: &Stores) -> Option<ClaimedBundle> {
    stores.prekeys.claim(vec![BOB], NOW).await.unwrap().remove(0)
}

fn uploaded(one_time_ec: u32, one_time_kem: u32) -> Uploaded {
    Uploaded::Uploaded(PrekeyCounts {
        one_time_ec,
        one_time_kem,
    })
}

fn everything() -> Vec<NewBatch> {
    vec![
        batch(SignedEc, "signed", 1),
        batch(LastResortKem, "last", 1),
        batch(OneTimeEc, "ec", 2),
        batch(OneTimeKem, "kem", 1),
    ]
}

fn bundle(one_time_ec: Option<&str>, kem: &str) -> Option<ClaimedBundle> {
    Some(ClaimedBundle {
        signed_ec: b"signed0".to_vec(),
        one_time_ec: one_time_ec.map(|key| key.as_bytes().to_vec()),
        kem: kem.as_bytes().to_vec(),
    })
}

/// Every one-time key is handed out once, oldest first.
pub async fn one_time_keys_go_once(stores: &Stores) {
    Fixture::new(stores).await;
    assert_eq!(claim(stores).await, None);
    assert_eq!(upload(stores, everything()).await, uploaded(2, 1));
    assert_eq!(claim(stores).await, bundle(Some("ec0"), "kem0"));
    assert_eq!(claim(stores).await, bundle(Some("ec1"), "last0"));
    assert_eq!(claim(stores).await, bundle(None, "last0"));
    let counts = stores.prekeys.counts(BOB, NOW).await;
    assert_eq!(counts, Ok(PrekeyCounts::default()));
}

/// Without a KEM key at all there is no bundle, and no one-time key is wasted on one.
pub async fn last_resort_stays(stores: &Stores) {
    Fixture::new(stores).await;
    upload(
        stores,
        vec![batch(SignedEc, "signed", 1), batch(OneTimeEc, "ec", 1)],
    )
    .await;
    assert_eq!(claim(stores).await, None);
    assert_eq!(
        upload(stores, vec![batch(LastResortKem, "last", 1)]).await,
        uploaded(1, 0)
    );
    assert_eq!(claim(stores).await, bundle(Some("ec0"), "last0"));
    assert_eq!(claim(stores).await, bundle(None, "last0"));
}

/// A repeated upload brings used keys not back.
pub async fn uploads_are_idempotent(stores: &Stores) {
    Fixture::new(stores).await;
    upload(stores, everything()).await;
    claim(stores).await;
    assert_eq!(upload(stores, everything()).await, uploaded(1, 0));
    claim(stores).await;
    assert_eq!(upload(stores, everything()).await, uploaded(0, 0));
}

/// One-time keys add up; signed and last-resort keys replace their forerunners.
pub async fn replaced_and_added(stores: &Stores) {
    Fixture::new(stores).await;
    upload(stores, everything()).await;
    let more = vec![batch(SignedEc, "newer", 1), batch(OneTimeEc, "more", 3)];
    assert_eq!(upload(stores, more).await, uploaded(5, 1));
    assert_eq!(
        claim(stores).await.map(|bundle| bundle.signed_ec),
        Some(b"newer0".to_vec())
    );
    let nobody = stores.prekeys.upload(address(9, 9), everything(), NOW).await;
    assert_eq!(nobody, Ok(Uploaded::NoDevice));
}

/// Expired keys are neither handed out nor counted.
pub async fn expired_are_not_handed_out(stores: &Stores) {
    Fixture::new(stores).await;
    upload(stores, everything()).await;
    let counts = stores.prekeys.counts(BOB, Fixture::EXPIRY).await;
    assert_eq!(counts, Ok(PrekeyCounts::default()));
    let claimed = stores
        .prekeys
        .claim(vec![BOB, address(9, 9)], Fixture::EXPIRY)
        .await;
    assert_eq!(claimed, Ok(vec![None, None]));
    assert_eq!(claim(stores).await, bundle(Some("ec0"), "kem0"));
}

/// Claims at the same time get different keys.
pub async fn claims_race(stores: &Stores) {
    Fixture::new(stores).await;
    upload(stores, everything()).await;
    let claims = [(); 3].map(|()| stores.prekeys.claim(vec![BOB], NOW));
    let mut keys = Vec::new();
    for claim in claims {
        keys.extend(
            claim
                .await
                .unwrap()
                .remove(0)
                .and_then(|bundle| bundle.one_time_ec),
        );
    }
    keys.sort_unstable();
    assert_eq!(keys, [b"ec0".to_vec(), b"ec1".to_vec()]);
}

/// More keys than a device may leave are refused as a whole.
pub async fn too_many_are_refused(stores: &Stores) {
    Fixture::new(stores).await;
    let full: Vec<_> = (0..MOST_PREKEYS / 128)
        .map(|number| batch(OneTimeEc, &format!("full {number}"), 128))
        .collect();
    assert_eq!(upload(stores, full).await, uploaded(MOST_PREKEYS, 0));
    let one_more = vec![batch(OneTimeKem, "kem", 1), batch(OneTimeEc, "more", 1)];
    assert_eq!(upload(stores, one_more).await, Uploaded::TooMany);
    let counts = stores.prekeys.counts(BOB, NOW).await;
    assert_eq!(
        counts,
        Ok(PrekeyCounts {
            one_time_ec: MOST_PREKEYS,
            one_time_kem: 0
        })
    );
}
