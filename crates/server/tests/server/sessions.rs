//! `/v1/challenges`, `/v1/sessions`

use crate::common::{Person, TestServer, http};
use std::time::Duration;

#[tokio::test]
async fn a_device_signs_in_again_and_out() {
    let server = TestServer::new().await;
    let mut alice = server.person("alice").await;
    let first = alice.token.clone();
    alice.sign_in(server.address, &server.origin).await;
    assert_ne!(alice.token, first);
    let out = http::json(
        server.address,
        "DELETE",
        "/v1/sessions/current",
        Some(&alice.token),
        &(),
    )
    .await;
    assert_eq!(out.status, 204);
    assert_eq!(
        http::get(server.address, "/v1/me", Some(&alice.token))
            .await
            .code(),
        "unauthenticated"
    );
    assert_eq!(
        http::get(server.address, "/v1/me", Some(&first)).await.status,
        200
    );
}

#[tokio::test]
async fn tokens_expire_after_an_hour() {
    let server = TestServer::new().await;
    let alice = server.person("alice").await;
    server.clock.advance(Duration::from_secs(3599));
    assert_eq!(
        http::get(server.address, "/v1/me", Some(&alice.token))
            .await
            .status,
        200
    );
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(
        http::get(server.address, "/v1/me", Some(&alice.token))
            .await
            .code(),
        "unauthenticated"
    );
}

#[tokio::test]
async fn an_answer_serves_once_and_a_forged_one_spends_nothing() {
    let server = TestServer::new().await;
    let alice = server.person("alice").await;
    let answer = alice.answer(server.address, &server.origin).await;
    let mut forged = answer.clone();
    forged.signature.0[100] ^= 1;
    let sign_in = async |answer| http::json(server.address, "POST", "/v1/sessions", None, answer).await;
    assert_eq!(sign_in(&forged).await.code(), "bad_signature");
    assert_eq!(sign_in(&answer).await.status, 200);
    let reused = sign_in(&answer).await;
    assert_eq!((reused.status, reused.code()), (401, "challenge_expired".into()));
    let mut short = answer.clone();
    short.nonce.0.truncate(3);
    assert_eq!(sign_in(&short).await.code(), "challenge_expired");
}

#[tokio::test]
async fn an_unknown_device_is_told_so() {
    let server = TestServer::new().await;
    let nobody = Person::new("nobody", server.now());
    let answer = nobody.answer(server.address, &server.origin).await;
    let refused = http::json(server.address, "POST", "/v1/sessions", None, &answer).await;
    assert_eq!((refused.status, refused.code()), (404, "unknown_device".into()));
}

#[tokio::test]
async fn garbage_for_a_token_is_no_token() {
    let server = TestServer::new().await;
    for garbage in ["", "x", "!!!!", &"A".repeat(43), &"A".repeat(10_000)] {
        assert_eq!(
            http::get(server.address, "/v1/me", Some(garbage)).await.code(),
            "unauthenticated"
        );
    }
}
