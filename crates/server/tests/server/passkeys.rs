//! `/v1/passkeys`, `/v1/account-proofs`, and what a proof is good for.

use crate::common::authenticator::Authenticator;
use crate::common::{Person, TestServer, http};
use serde_json::{Value, json};
use sotto_keys::{Address, DeviceId};
use sotto_wire::api::{
    AccountProof, AddDevice, Me, PasskeyCeremony, PasskeyRegistration, Proof, ProveAccount, Session,
};
use std::time::Duration;

async fn begin_registration(server: &TestServer, person: &Person) -> PasskeyCeremony {
    let asked = PasskeyRegistration {
        account: person.account(),
        name: person.name.clone(),
    };
    http::json(server.address, "POST", "/v1/passkeys/registration", None, &asked)
        .await
        .read()
}

/// Alice with a passkey, and its authenticator.
async fn alice(server: &TestServer) -> (Person, Authenticator) {
    let mut alice = Person::new("alice", server.now());
    let ceremony = begin_registration(server, &alice).await;
    let (authenticator, credential) = Authenticator::create(&ceremony.options, &server.origin);
    let mut registration = alice.registration(server.address, &server.origin).await;
    registration.root_envelope = Some(b"sealed".to_vec().into());
    registration.proof = Proof::Passkey {
        ceremony: ceremony.ceremony,
        credential,
    };
    let answer = http::json(server.address, "POST", "/v1/accounts", None, &registration).await;
    alice.hold(&answer.read::<Session>());
    (alice, authenticator)
}

async fn begin_assertion(server: &TestServer) -> PasskeyCeremony {
    http::request(server.address, "POST", "/v1/passkeys/assertion", &[], b"")
        .await
        .read()
}

async fn prove(server: &TestServer, ceremony: &str, credential: Value) -> http::Answer {
    let asked = ProveAccount {
        ceremony: ceremony.to_owned(),
        credential,
    };
    http::json(server.address, "POST", "/v1/account-proofs", None, &asked).await
}

async fn proof(server: &TestServer, authenticator: &mut Authenticator) -> http::Answer {
    let ceremony = begin_assertion(server).await;
    let credential = authenticator.assert(&ceremony.options, &server.origin);
    prove(server, &ceremony.ceremony, credential).await
}

#[tokio::test]
async fn a_passkey_proves_its_account_without_a_name_and_lets_a_device_be_added() {
    let server = TestServer::new().await;
    let (mut alice, mut authenticator) = alice(&server).await;
    let me: Me = http::get(server.address, "/v1/me", Some(&alice.token))
        .await
        .read();
    assert_eq!(me.passkeys, 1);
    let proof: AccountProof = proof(&server, &mut authenticator).await.read();
    assert_eq!(proof.account, alice.account());
    assert_eq!(proof.root_envelope, Some(b"sealed".to_vec().into()));

    let mut second = Person::new("second", server.now());
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
    let mut asked = AddDevice {
        proof: proof.proof,
        certificate: second.certificate.encode().into(),
        list: alice.signed_list().encode().into(),
        prekeys: second.prekeys(1),
        sign_in: second.answer(server.address, &server.origin).await,
    };
    let add = async |asked: &AddDevice| http::json(server.address, "POST", "/v1/devices", None, asked).await;
    let good = asked.clone();
    asked.prekeys.batches.clear();
    assert_eq!(add(&asked).await.code(), "bad_prekeys");
    asked.certificate = alice.certificate.encode().into();
    assert_eq!(add(&asked).await.code(), "bad_device_list");
    second.hold(&add(&good).await.read());
    let me: Me = http::get(server.address, "/v1/me", Some(&second.token))
        .await
        .read();
    assert_eq!((me.devices, me.device), (2, second.address.device));
    assert_eq!(
        add(&good).await.code(),
        "challenge_expired",
        "a proof serves once"
    );
}

#[tokio::test]
async fn ceremonies_expire_and_serve_once() {
    let server = TestServer::new().await;
    let (_, mut authenticator) = alice(&server).await;
    let ceremony = begin_assertion(&server).await;
    let credential = authenticator.assert(&ceremony.options, &server.origin);
    assert_eq!(
        prove(&server, &ceremony.ceremony, credential.clone())
            .await
            .status,
        200
    );
    assert_eq!(
        prove(&server, &ceremony.ceremony, credential).await.code(),
        "challenge_expired"
    );
    let ceremony = begin_assertion(&server).await;
    let credential = authenticator.assert(&ceremony.options, &server.origin);
    server.clock.advance(Duration::from_secs(300));
    assert_eq!(
        prove(&server, &ceremony.ceremony, credential).await.code(),
        "challenge_expired"
    );
}

#[tokio::test]
async fn a_counter_that_goes_backwards_is_noticed() {
    let server = TestServer::new().await;
    let (_, mut authenticator) = alice(&server).await;
    assert_eq!(proof(&server, &mut authenticator).await.status, 200);
    authenticator.counter -= 1;
    let cloned = proof(&server, &mut authenticator).await;
    assert_eq!((cloned.status, cloned.code()), (403, "passkey_cloned".into()));
    assert_eq!(
        proof(&server, &mut authenticator).await.status,
        200,
        "the counter had not been moved"
    );
}

#[tokio::test]
async fn forged_foreign_and_leaking_assertions_are_refused() {
    let server = TestServer::new().await;
    let (_, mut authenticator) = alice(&server).await;
    let ceremony = begin_assertion(&server).await;
    let foreign = authenticator.assert(&ceremony.options, "https://elsewhere.example");
    assert_eq!(
        prove(&server, &ceremony.ceremony, foreign).await.code(),
        "bad_signature"
    );
    let ceremony = begin_assertion(&server).await;
    let mut leaking = authenticator.assert(&ceremony.options, &server.origin);
    leaking["clientExtensionResults"] = json!({"prf": {"results": {"first": "c2VjcmV0"}}});
    assert_eq!(
        prove(&server, &ceremony.ceremony, leaking).await.code(),
        "bad_signature"
    );
    let nonsense = prove(&server, &ceremony.ceremony, json!({"id": 7})).await;
    assert_eq!(nonsense.code(), "bad_signature");
}

#[tokio::test]
async fn a_ceremony_is_for_the_account_that_it_was_begun_for() {
    let server = TestServer::new().await;
    let (alice, mut bob) = (
        Person::new("alice", server.now()),
        Person::new("bob", server.now()),
    );
    let ceremony = begin_registration(&server, &alice).await;
    let (_, credential) = Authenticator::create(&ceremony.options, &server.origin);
    let mut registration = bob.registration(server.address, &server.origin).await;
    registration.proof = Proof::Passkey {
        ceremony: ceremony.ceremony,
        credential,
    };
    let answer = http::json(server.address, "POST", "/v1/accounts", None, &registration).await;
    assert_eq!(answer.code(), "challenge_expired");
    assert_eq!(server.stores.accounts.find(bob.account()).await, Ok(None));
}
