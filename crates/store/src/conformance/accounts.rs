//! Accounts.

use super::fixture::{Fixture, account, address};
use crate::{AccountChange, Changed, Created, NewPasskey, Stores};
use sotto_wire::api::Discovery;

/// An account is found by id and by name once it was created, not before.
pub async fn created_once_and_found(stores: &Stores) {
    let id = Fixture::ALICE.account;
    assert_eq!(stores.accounts.find(id).await, Ok(None));
    Fixture::new(stores).await;
    let expected = Fixture::alice().record;
    assert_eq!(stores.accounts.find(id).await, Ok(Some(expected.clone())));
    let by_name = stores.accounts.find_by_username("alice".parse().unwrap()).await;
    assert_eq!(by_name, Ok(Some(expected)));
    let nobody = stores.accounts.find_by_username("nobody".parse().unwrap()).await;
    assert_eq!(nobody, Ok(None));
}

/// The same registration again changes nothing; another under the same id is refused.
pub async fn repeated_word_for_word(stores: &Stores) {
    Fixture::new(stores).await;
    assert_eq!(
        stores.accounts.create(Fixture::alice()).await,
        Ok(Created::Repeated)
    );
    let mut other = Fixture::alice();
    other.record.registration = [2; 32];
    assert_eq!(stores.accounts.create(other).await, Ok(Created::AccountExists));
    assert_eq!(
        stores
            .devices
            .lists(Fixture::ALICE.account)
            .await
            .map(|lists| lists.len()),
        Ok(1)
    );
}

/// A name belongs to one account; any number have none.
pub async fn names_are_unique(stores: &Stores) {
    Fixture::new(stores).await;
    let taken = account(address(3, 1), "alice");
    assert_eq!(stores.accounts.create(taken).await, Ok(Created::UsernameTaken));
    for id in 4..6 {
        let mut nameless = account(address(id, 1), "x");
        nameless.record.username = None;
        assert_eq!(stores.accounts.create(nameless).await, Ok(Created::Created));
    }
}

/// An account whose passkey is taken leaves nothing behind.
pub async fn refused_whole(stores: &Stores) {
    let passkey = NewPasskey {
        id: b"credential".to_vec(),
        state: b"state".to_vec(),
    };
    let mut first = Fixture::alice();
    first.passkey = Some(passkey.clone());
    assert_eq!(stores.accounts.create(first).await, Ok(Created::Created));
    let mut second = Fixture::bob();
    second.passkey = Some(passkey);
    assert_eq!(stores.accounts.create(second).await, Ok(Created::PasskeyTaken));
    assert_eq!(stores.accounts.find(Fixture::BOB.account).await, Ok(None));
    assert_eq!(stores.devices.device(Fixture::BOB).await, Ok(None));
    assert_eq!(stores.accounts.create(Fixture::bob()).await, Ok(Created::Created));
}

/// Name and discovery change alone or together; a taken name changes nothing.
pub async fn changed(stores: &Stores) {
    Fixture::new(stores).await;
    let id = Fixture::ALICE.account;
    let change = |username: Option<&str>, discovery| AccountChange {
        username: username.map(|name| name.parse().unwrap()),
        discovery,
    };
    let unlisted = Some(Discovery::Unlisted);
    let taken = stores.accounts.change(id, change(Some("bob"), unlisted)).await;
    assert_eq!(taken, Ok(Changed::UsernameTaken));
    assert_eq!(stores.accounts.find(id).await, Ok(Some(Fixture::alice().record)));

    let own = stores.accounts.change(id, change(Some("alice"), unlisted)).await;
    assert_eq!(own, Ok(Changed::Changed));
    let renamed = stores.accounts.change(id, change(Some("alicia"), None)).await;
    assert_eq!(renamed, Ok(Changed::Changed));
    let record = stores.accounts.find(id).await.unwrap().unwrap();
    assert_eq!(record.username, Some("alicia".parse().unwrap()));
    assert_eq!(record.discovery, Discovery::Unlisted);
    let nobody = stores
        .accounts
        .change(address(9, 1).account, change(None, unlisted))
        .await;
    assert_eq!(nobody, Ok(Changed::NoAccount));
}

/// A deleted account leaves no device, list or mail, and the mail that it had sent stays with those who got it.
pub async fn deleted_with_everything(stores: &Stores) {
    let fixture = Fixture::new(stores).await;
    fixture.send(1, b"to bob").await;
    let alice = Fixture::ALICE;
    assert_eq!(
        stores.accounts.delete(alice.account).await,
        Ok(Some(vec![alice.device]))
    );
    assert_eq!(stores.accounts.delete(alice.account).await, Ok(None));
    assert_eq!(stores.accounts.find(alice.account).await, Ok(None));
    assert_eq!(stores.devices.device(alice).await, Ok(None));
    assert_eq!(stores.devices.lists(alice.account).await, Ok(Vec::new()));
    assert_eq!(fixture.waiting().await.len(), 1);

    stores.accounts.delete(Fixture::BOB.account).await.unwrap();
    Fixture::new(stores).await;
    assert_eq!(fixture.waiting().await, []);
}
