//! Devices and lists.

use super::UNLIMITED;
use super::fixture::{Fixture, address, batch, device};
use crate::{Appended, ListSwap, MailboxSize, Stores, Swapped};
use sotto_keys::{DeviceId, PrekeyKind};

const FIRST: DeviceId = Fixture::BOB.device;
const SECOND: DeviceId = address(2, 2).device;

fn swap(version: u64, added: Option<DeviceId>, kept: &[DeviceId]) -> ListSwap {
    ListSwap {
        account: Fixture::BOB.account,
        version,
        list: format!("list {version}").into_bytes(),
        added: added.map(device),
        kept: kept.to_vec(),
        at: Fixture::NOW,
    }
}

fn swapped(revoked: &[DeviceId]) -> Swapped {
    Swapped::Swapped {
        revoked: revoked.to_vec(),
    }
}

async fn in_force(stores: &Stores) -> Vec<DeviceId> {
    let devices = stores.devices.in_force(Fixture::BOB.account).await.unwrap();
    devices.into_iter().map(|record| record.device).collect()
}

/// A list that adds a device: the chain grows, both are in force.
pub async fn chained_and_swapped(stores: &Stores) {
    Fixture::new(stores).await;
    assert_eq!(
        stores.devices.swap(swap(2, Some(SECOND), &[FIRST])).await,
        Ok(swapped(&[]))
    );
    let lists = stores.devices.lists(Fixture::BOB.account).await;
    assert_eq!(lists, Ok(vec![b"list 1".to_vec(), b"list 2".to_vec()]));
    assert_eq!(in_force(stores).await, [FIRST, SECOND]);
    let nobody = ListSwap {
        account: address(9, 1).account,
        ..swap(2, None, &[])
    };
    assert_eq!(stores.devices.swap(nobody).await, Ok(Swapped::NoAccount));
}

/// A revoked device loses its mail and prekeys, can neither send nor receive, and is known as revoked.
pub async fn revoked_for_good(stores: &Stores) {
    let fixture = Fixture::new(stores).await;
    fixture.send(1, b"lost with the device").await;
    stores
        .devices
        .swap(swap(2, Some(SECOND), &[FIRST]))
        .await
        .unwrap();
    assert_eq!(
        stores.devices.swap(swap(3, None, &[SECOND])).await,
        Ok(swapped(&[FIRST]))
    );
    assert_eq!(in_force(stores).await, [SECOND]);
    let record = stores.devices.device(Fixture::BOB).await.unwrap().unwrap();
    assert_eq!(record.revoked_at, Some(Fixture::NOW));
    assert_eq!(fixture.waiting().await, []);
    assert_eq!(
        stores.mailboxes.size(Fixture::BOB).await,
        Ok(MailboxSize::default())
    );
    let mut to_revoked = Fixture::outgoing(2, b"x");
    to_revoked.lists.clear();
    let accounts = vec![Fixture::BOB.account];
    let refused = stores.mailboxes.append(to_revoked, UNLIMITED).await;
    assert_eq!(refused, Ok(Appended::UnknownDevice { accounts }));
    let mut from_revoked = Fixture::outgoing(3, b"x");
    from_revoked.sender = Fixture::BOB;
    let refused = stores.mailboxes.append(from_revoked, UNLIMITED).await;
    assert_eq!(refused, Ok(Appended::UnknownSender));
}

/// Of two lists of one version the second comes too late.
pub async fn swap_is_compare_and_set(stores: &Stores) {
    Fixture::new(stores).await;
    let (first, second) = (
        stores.devices.swap(swap(2, Some(SECOND), &[FIRST])),
        stores.devices.swap(swap(2, None, &[])),
    );
    assert_eq!(first.await, Ok(swapped(&[])));
    assert_eq!(second.await, Ok(Swapped::Stale));
    assert_eq!(stores.devices.swap(swap(4, None, &[])).await, Ok(Swapped::Stale));
    assert_eq!(in_force(stores).await, [FIRST, SECOND]);
}

/// A device id that was ever used is not let in again, and nothing of the attempt stays.
pub async fn ids_are_never_reused(stores: &Stores) {
    Fixture::new(stores).await;
    stores
        .devices
        .swap(swap(2, Some(SECOND), &[FIRST]))
        .await
        .unwrap();
    stores.devices.swap(swap(3, None, &[FIRST])).await.unwrap();
    let mut back = swap(4, Some(SECOND), &[]);
    back.added.as_mut().unwrap().prekeys = vec![batch(PrekeyKind::SignedEc, "s", 1)];
    assert_eq!(stores.devices.swap(back).await, Ok(Swapped::DeviceExists));
    assert_eq!(in_force(stores).await, [FIRST]);
    assert_eq!(
        stores
            .devices
            .lists(Fixture::BOB.account)
            .await
            .map(|lists| lists.len()),
        Ok(3)
    );
}
