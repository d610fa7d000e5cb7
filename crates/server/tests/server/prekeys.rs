//! `/v1/prekeys`, `/v1/accounts/{account}/prekeys`

use crate::common::ws::Socket;
use crate::common::{Person, TestServer, http};
use sotto_keys::{DeviceId, PrekeyBundle, PrekeyKind};
use sotto_server::config::Rate;
use sotto_wire::api::{ClaimPrekeys, ClaimedPrekeys, PrekeyCounts, UploadPrekeys};
use sotto_wire::frame::ServerFrame;
use sotto_wire::limits;

async fn claim(server: &TestServer, by: &Person, of: &Person, devices: &[DeviceId]) -> http::Answer {
    let path = format!("/v1/accounts/{}/prekeys", of.account());
    let asked = ClaimPrekeys {
        devices: devices.to_vec(),
    };
    http::json(server.address, "POST", &path, Some(&by.token), &asked).await
}

async fn bundle(server: &TestServer, by: &Person, of: &Person) -> PrekeyBundle {
    let claimed: ClaimedPrekeys = claim(server, by, of, &[of.address.device]).await.read();
    let bundle = PrekeyBundle::decode(&claimed.devices[0].bundle.0).unwrap();
    bundle.verify(&of.device(), server.now()).unwrap();
    bundle
}

async fn upload(server: &TestServer, by: &Person, batches: UploadPrekeys) -> http::Answer {
    http::json(server.address, "PUT", "/v1/prekeys", Some(&by.token), &batches).await
}

#[tokio::test]
async fn bundles_verify_and_one_time_keys_go_once() {
    let server = TestServer::new().await;
    let (alice, mut bob) = (server.person("alice").await, server.person("bob").await);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let bundle = bundle(&server, &alice, &bob).await;
        let ec = bundle.one_time_ec.as_ref().map(|prekey| prekey.claimed_id());
        seen.push((ec, bundle.kem.claimed_kind(), bundle.kem.claimed_id()));
    }
    let one_time = PrekeyKind::OneTimeKem;
    assert_eq!(
        seen,
        [
            (Some(1), one_time, 1),
            (Some(2), one_time, 2),
            (None, PrekeyKind::LastResortKem, 1)
        ]
    );

    let batches = vec![bob.batch(PrekeyKind::OneTimeEc, 3, 5)];
    let counts: PrekeyCounts = upload(&server, &bob, UploadPrekeys { batches }).await.read();
    assert_eq!((counts.one_time_ec, counts.one_time_kem), (5, 0));
    let bundle = bundle(&server, &alice, &bob).await;
    assert_eq!(bundle.one_time_ec.map(|prekey| prekey.claimed_id()), Some(3));
}

#[tokio::test]
async fn someone_elses_and_forged_prekeys_are_refused() {
    let server = TestServer::new().await;
    let (mut alice, bob) = (server.person("alice").await, server.person("bob").await);
    let stolen = UploadPrekeys {
        batches: vec![alice.batch(PrekeyKind::OneTimeEc, 9, 1)],
    };
    assert_eq!(upload(&server, &bob, stolen.clone()).await.code(), "bad_prekeys");
    let mut forged = stolen.clone();
    let last = forged.batches[0].0.len() - 1;
    forged.batches[0].0[last] ^= 1;
    assert_eq!(upload(&server, &alice, forged).await.code(), "bad_prekeys");
    let many = UploadPrekeys {
        batches: vec![stolen.batches[0].clone(); 9],
    };
    assert_eq!(upload(&server, &alice, many).await.code(), "bad_prekeys");
    assert_eq!(upload(&server, &alice, stolen).await.status, 200);
}

#[tokio::test]
async fn what_cannot_be_claimed_is_left_out_or_refused() {
    let server = TestServer::new().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let unknown = DeviceId::from_bytes([9; 8]);
    let claimed: ClaimedPrekeys = claim(&server, &alice, &bob, &[unknown, bob.address.device])
        .await
        .read();
    assert_eq!(
        claimed
            .devices
            .iter()
            .map(|device| device.device)
            .collect::<Vec<_>>(),
        [bob.address.device]
    );
    assert_eq!(claim(&server, &alice, &bob, &[]).await.code(), "bad_request");
    assert_eq!(
        claim(&server, &alice, &bob, &[unknown; 2]).await.code(),
        "bad_request"
    );
    let many: Vec<_> = (0..=limits::DEVICES as u8)
        .map(|id| DeviceId::from_bytes([id; 8]))
        .collect();
    assert_eq!(claim(&server, &alice, &bob, &many).await.code(), "bad_request");
    let nobody = Person::new("nobody", server.now());
    assert_eq!(
        claim(&server, &alice, &nobody, &[unknown]).await.code(),
        "not_found"
    );
}

#[tokio::test]
async fn one_requester_cannot_drain_one_device() {
    let one = Rate::per_minute(1, 1);
    let server = TestServer::with(|config| config.rates.claims_of_one = one).await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let carol = server.person("carol").await;
    bundle(&server, &alice, &bob).await;
    assert_eq!(
        claim(&server, &alice, &bob, &[bob.address.device]).await.code(),
        "rate_limited"
    );
    bundle(&server, &alice, &carol).await;
    bundle(&server, &carol, &bob).await;
}

#[tokio::test]
async fn a_connected_device_is_told_that_its_keys_run_out() {
    let server = TestServer::new().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let (mut socket, _) = Socket::open(server.address, &bob).await;
    bundle(&server, &alice, &bob).await;
    let left = PrekeyCounts {
        one_time_ec: 1,
        one_time_kem: 1,
    };
    assert_eq!(socket.next().await, ServerFrame::PrekeysLow(left));
}
