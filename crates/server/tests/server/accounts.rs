//! `/v1/accounts`, `/v1/me`

use crate::common::{Person, TestServer, http};
use sotto_keys::{DeviceCertificate, RootPublicKey, SignedDeviceList, VerifiedAccount};
use sotto_server::config::{Rate, Registration};
use sotto_wire::api::{Account, ChangeMe, Discovery, Me, Register, Session};
use std::time::Duration;

async fn register(server: &TestServer, registration: &Register) -> http::Answer {
    http::json(server.address, "POST", "/v1/accounts", None, registration).await
}

#[tokio::test]
async fn a_new_account_is_found_and_everything_about_it_verifies() {
    let server = TestServer::new().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let by_name = http::get(server.address, "/v1/accounts/by-username/bob", Some(&alice.token)).await;
    let account: Account = by_name.read();
    let root = RootPublicKey::decode(&account.root.0).unwrap();
    let list = SignedDeviceList::decode(&account.lists[0].0).unwrap();
    let certificates: Vec<_> = account
        .certificates
        .iter()
        .map(|bytes| DeviceCertificate::decode(&bytes.0).unwrap())
        .collect();
    let verified = VerifiedAccount::verify(bob.account(), &root, &list, &certificates).unwrap();
    assert_eq!(verified.devices(), [bob.device()]);

    let path = format!("/v1/accounts/{}", bob.account());
    let by_id: Account = http::get(server.address, &path, Some(&alice.token)).await.read();
    assert_eq!(by_id, account);
    let me: Me = http::get(server.address, "/v1/me", Some(&bob.token)).await.read();
    assert_eq!(
        (me.account, me.device, me.devices),
        (bob.account(), bob.address.device, 1)
    );
    assert_eq!((me.prekeys.one_time_ec, me.prekeys.one_time_kem), (2, 2));
}

#[tokio::test]
async fn the_same_registration_again_answers_the_same() {
    let server = TestServer::new().await;
    let mut alice = Person::new("alice", server.now());
    let mut registration = alice.registration(server.address, &server.origin).await;
    for _ in 0..2 {
        let session: Session = register(&server, &registration).await.read();
        alice.hold(&session);
        assert_eq!(
            http::get(server.address, "/v1/me", Some(&alice.token))
                .await
                .status,
            200
        );
    }
    // With a challenge of its own it is still the same registration.
    registration.sign_in = alice.answer(server.address, &server.origin).await;
    assert_eq!(register(&server, &registration).await.status, 200);
    // Anything else under that id is not.
    registration.username = None;
    registration.sign_in = alice.answer(server.address, &server.origin).await;
    assert_eq!(register(&server, &registration).await.code(), "account_exists");
}

/// Changes Alice's registration, with what Mallory has.
type Forgery = fn(&mut Register, &mut Person, &Person);

#[tokio::test]
async fn forged_and_missing_parts_are_refused_each_by_its_code_and_leave_nothing() {
    let server = TestServer::new().await;
    let mallory = Person::new("mallory", server.now());
    let forge: [(&str, Forgery); 10] = [
        ("bad_certificate", |asked, _, mallory| {
            asked.root = mallory.root.public().encode().into()
        }),
        ("bad_certificate", |asked, _, _| asked.certificate.0[2000] ^= 1),
        ("bad_certificate", |asked, _, mallory| {
            asked.account = mallory.account()
        }),
        ("bad_device_list", |asked, alice, _| {
            let hash = alice.certificate.hash();
            asked.list = alice
                .root
                .sign_list(alice.list.next(vec![hash]).unwrap())
                .encode()
                .into();
        }),
        ("bad_device_list", |asked, _, mallory| {
            asked.list = mallory.signed_list().encode().into()
        }),
        ("bad_prekeys", |asked, _, _| drop(asked.prekeys.batches.remove(1))),
        ("bad_prekeys", |asked, _, _| asked.prekeys.batches[2].0[200] ^= 1),
        ("bad_signature", |asked, _, _| asked.sign_in.signature.0[9] ^= 1),
        ("bad_signature", |asked, _, _| asked.sign_in.nonce.0[9] ^= 1),
        ("bad_request", |asked, _, mallory| {
            asked.sign_in.address = mallory.address
        }),
    ];
    let mut alice = Person::new("alice", server.now());
    for (index, (code, change)) in forge.into_iter().enumerate() {
        let mut registration = alice.registration(server.address, &server.origin).await;
        change(&mut registration, &mut alice, &mallory);
        assert_eq!(
            register(&server, &registration).await.code(),
            code,
            "forgery {index}"
        );
    }
    assert_eq!(server.stores.accounts.find(alice.account()).await, Ok(None));
    alice.register(server.address, &server.origin).await;
}

#[tokio::test]
async fn challenges_expire_and_serve_once() {
    let server = TestServer::new().await;
    let (mut alice, mut bob) = (
        Person::new("alice", server.now()),
        Person::new("bob", server.now()),
    );
    let late = alice.registration(server.address, &server.origin).await;
    server.clock.advance(Duration::from_secs(300));
    assert_eq!(register(&server, &late).await.code(), "challenge_expired");

    let mut first = alice.registration(server.address, &server.origin).await;
    first.username = None;
    assert_eq!(register(&server, &first).await.status, 200);
    let challenge = sotto_wire::api::Challenge {
        nonce: first.sign_in.nonce.clone(),
        expires: first.sign_in.expires,
    };
    let mut second = bob.registration(server.address, &server.origin).await;
    second.sign_in = bob.sign(&server.origin, &challenge);
    assert_eq!(register(&server, &second).await.code(), "challenge_expired");
    // A signature for another origin is worth nothing here.
    let challenge = http::request(server.address, "POST", "/v1/challenges", &[], b"")
        .await
        .read();
    second.sign_in = bob.sign("https://elsewhere.example", &challenge);
    assert_eq!(register(&server, &second).await.code(), "bad_signature");
}

#[tokio::test]
async fn names_are_unique_exact_and_of_their_alphabet() {
    let server = TestServer::new().await;
    let alice = server.person("alice").await;
    let mut other = Person::new("other", server.now());
    let mut registration = other.registration(server.address, &server.origin).await;
    registration.username = "alice".parse().ok();
    assert_eq!(register(&server, &registration).await.code(), "username_taken");
    // Nothing was spent on that: another name goes through.
    registration.username = "alice2".parse().ok();
    assert_eq!(register(&server, &registration).await.status, 200);

    let find = async |name: &str| {
        let path = format!("/v1/accounts/by-username/{name}");
        http::get(server.address, &path, Some(&alice.token)).await.code()
    };
    assert_eq!(find("alice").await, "");
    assert_eq!(find("alic").await, "not_found");
    assert_eq!(find("ALICE").await, "username_invalid");
    assert_eq!(find("al").await, "username_invalid");
    let mut bad = serde_json::to_value(&registration).unwrap();
    bad["username"] = "no spaces".into();
    let answer = http::json(server.address, "POST", "/v1/accounts", None, &bad).await;
    assert_eq!((answer.status, answer.code()), (400, "username_invalid".into()));
}

#[tokio::test]
async fn who_does_not_want_to_be_found_by_name_is_not() {
    let server = TestServer::new().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let change = ChangeMe {
        discovery: Some(Discovery::Unlisted),
        username: "bobby".parse().ok(),
    };
    let me: Me = http::json(server.address, "PATCH", "/v1/me", Some(&bob.token), &change)
        .await
        .read();
    assert_eq!(
        (me.discovery, me.username),
        (Discovery::Unlisted, "bobby".parse().ok())
    );
    let by_name = http::get(
        server.address,
        "/v1/accounts/by-username/bobby",
        Some(&alice.token),
    )
    .await;
    assert_eq!(by_name.code(), "not_found");
    let path = format!("/v1/accounts/{}", bob.account());
    let by_id: Account = http::get(server.address, &path, Some(&alice.token)).await.read();
    assert_eq!(by_id.username, None);
    let taken = ChangeMe {
        username: "alice".parse().ok(),
        discovery: None,
    };
    let answer = http::json(server.address, "PATCH", "/v1/me", Some(&bob.token), &taken).await;
    assert_eq!(answer.code(), "username_taken");
}

#[tokio::test]
async fn lookups_want_a_token_and_have_a_rate() {
    let server = TestServer::with(|config| config.rates.lookups = Rate::per_minute(60, 2)).await;
    let alice = server.person("alice").await;
    let path = "/v1/accounts/by-username/alice";
    assert_eq!(
        http::get(server.address, path, None).await.code(),
        "unauthenticated"
    );
    for _ in 0..2 {
        assert_eq!(
            http::get(server.address, path, Some(&alice.token)).await.status,
            200
        );
    }
    let limited = http::get(server.address, path, Some(&alice.token)).await;
    assert_eq!((limited.status, limited.code()), (429, "rate_limited".into()));
    assert_eq!(limited.json()["retry_after"], 1000);
    assert_eq!(limited.header("retry-after"), Some("1"));
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(
        http::get(server.address, path, Some(&alice.token)).await.status,
        200
    );
}

#[tokio::test]
async fn a_deleted_account_is_gone_and_its_token_with_it() {
    let server = TestServer::new().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let delete = http::json(server.address, "DELETE", "/v1/me", Some(&bob.token), &()).await;
    assert_eq!(delete.status, 204);
    assert_eq!(
        http::get(server.address, "/v1/me", Some(&bob.token)).await.code(),
        "unauthenticated"
    );
    let by_name = http::get(server.address, "/v1/accounts/by-username/bob", Some(&alice.token)).await;
    assert_eq!(by_name.code(), "not_found");
}

#[tokio::test]
async fn registration_can_be_closed_and_has_a_rate() {
    let closed = TestServer::with(|config| config.registration = Registration::Closed).await;
    let mut alice = Person::new("alice", closed.now());
    let registration = alice.registration(closed.address, &closed.origin).await;
    assert_eq!(
        register(&closed, &registration).await.code(),
        "registration_closed"
    );

    let slow = TestServer::with(|config| config.rates.registrations = Rate::per_minute(1, 1)).await;
    slow.person("alice").await;
    let mut bob = Person::new("bob", slow.now());
    let registration = bob.registration(slow.address, &slow.origin).await;
    assert_eq!(register(&slow, &registration).await.code(), "rate_limited");
}
