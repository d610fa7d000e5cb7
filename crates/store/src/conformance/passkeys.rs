//! Passkeys.

use super::fixture::Fixture;
use crate::{Created, NewPasskey, PasskeyRecord, Stores, Updated};

async fn with_passkey(stores: &Stores) {
    let mut account = Fixture::alice();
    account.passkey = Some(NewPasskey {
        id: b"id".to_vec(),
        state: b"0".to_vec(),
    });
    assert_eq!(stores.accounts.create(account).await, Ok(Created::Created));
}

/// A state is replaced only where it still is the expected one.
pub async fn kept_and_compared(stores: &Stores) {
    with_passkey(stores).await;
    let update = |from: &[u8], to: &[u8]| {
        stores
            .passkeys
            .update_passkey(b"id".to_vec(), from.to_vec(), to.to_vec())
    };
    assert_eq!(update(b"0", b"1").await, Ok(Updated::Updated));
    assert_eq!(update(b"0", b"2").await, Ok(Updated::Stale));
    let record = PasskeyRecord {
        account: Fixture::ALICE.account,
        state: b"1".to_vec(),
    };
    assert_eq!(
        stores.passkeys.find_passkey(b"id".to_vec()).await,
        Ok(Some(record))
    );
    assert_eq!(stores.passkeys.find_passkey(b"other".to_vec()).await, Ok(None));
}

/// Passkeys count for their account, and go with it.
pub async fn one_account_each(stores: &Stores) {
    with_passkey(stores).await;
    stores.accounts.create(Fixture::bob()).await.unwrap();
    assert_eq!(
        stores.passkeys.count_passkeys(Fixture::ALICE.account).await,
        Ok(1)
    );
    assert_eq!(stores.passkeys.count_passkeys(Fixture::BOB.account).await, Ok(0));
    stores.accounts.delete(Fixture::ALICE.account).await.unwrap();
    assert_eq!(stores.passkeys.find_passkey(b"id".to_vec()).await, Ok(None));
}
