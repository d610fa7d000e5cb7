//! `/v1/devices`

use crate::common::ws::Socket;
use crate::common::{Person, TestServer, http};
use sotto_keys::{Address, DeviceId};
use sotto_store::{ListSwap, NewDevice, Swapped};
use sotto_wire::Code;
use sotto_wire::api::ReplaceDevices;

/// Puts a second device of Alice's into the store, as adding one would.
async fn second_device(server: &TestServer, alice: &mut Person) -> Person {
    let mut second = Person::new("alice's second device", server.now());
    second.address = Address {
        account: alice.account(),
        device: DeviceId::from_bytes([2; 8]),
    };
    second.certificate = alice.root.certify(
        alice.account(),
        second.address.device,
        second.keys.public(),
        server.now(),
    );
    alice.list = alice
        .list
        .next(vec![alice.certificate.hash(), second.certificate.hash()])
        .unwrap();
    let swap = ListSwap {
        account: alice.account(),
        version: 2,
        list: alice.signed_list().encode(),
        added: Some(NewDevice {
            device: second.address.device,
            certificate: second.certificate.encode(),
            prekeys: Vec::new(),
        }),
        kept: vec![alice.address.device],
        at: server.now(),
    };
    let swapped = server.stores.devices.swap(swap).await;
    assert_eq!(swapped, Ok(Swapped::Swapped { revoked: Vec::new() }));
    second.sign_in(server.address, &server.origin).await;
    second
}

async fn replace(server: &TestServer, alice: &Person) -> http::Answer {
    let list = ReplaceDevices {
        list: alice.signed_list().encode().into(),
    };
    http::json(server.address, "PUT", "/v1/devices", Some(&alice.token), &list).await
}

#[tokio::test]
async fn a_revoked_device_is_out_at_once() {
    let server = TestServer::new().await;
    let mut alice = server.person("alice").await;
    let second = second_device(&server, &mut alice).await;
    let (mut socket, _) = Socket::open(server.address, &second).await;

    alice.list = alice.list.next(vec![alice.certificate.hash()]).unwrap();
    assert_eq!(replace(&server, &alice).await.status, 204);
    assert_eq!(socket.goodbye().await, Code::Revoked);
    assert_eq!(
        http::get(server.address, "/v1/me", Some(&second.token))
            .await
            .code(),
        "unauthenticated"
    );
    let answer = second.answer(server.address, &server.origin).await;
    let refused = http::json(server.address, "POST", "/v1/sessions", None, &answer).await;
    assert_eq!((refused.status, refused.code()), (403, "revoked".into()));

    // The same list again, and one that brings the device back.
    assert_eq!(replace(&server, &alice).await.code(), "stale_device_list");
    alice.list = alice
        .list
        .next(vec![alice.certificate.hash(), second.certificate.hash()])
        .unwrap();
    assert_eq!(replace(&server, &alice).await.code(), "bad_device_list");
}

#[tokio::test]
async fn a_list_has_to_follow_and_to_be_the_roots() {
    let server = TestServer::new().await;
    let mut alice = server.person("alice").await;
    let mallory = Person::new("mallory", server.now());
    let first = alice.list.clone();
    let hash = alice.certificate.hash();

    alice.list = first.next(vec![hash]).unwrap().next(vec![hash]).unwrap();
    assert_eq!(replace(&server, &alice).await.code(), "stale_device_list");
    alice.list = first.next(vec![hash]).unwrap();
    let forged = ReplaceDevices {
        list: mallory.root.sign_list(alice.list.clone()).encode().into(),
    };
    let answer = http::json(server.address, "PUT", "/v1/devices", Some(&alice.token), &forged).await;
    assert_eq!(answer.code(), "bad_device_list");
    assert_eq!(replace(&server, &alice).await.status, 204);
    assert_eq!(
        server
            .stores
            .devices
            .lists(alice.account())
            .await
            .map(|lists| lists.len()),
        Ok(2)
    );
}
