//! What is fuzzed of `sotto-wire`: every decoder. None may panic, and what one accepts encodes to bytes that decode to
//! the same value. (Protobuf and JSON have many forms of one value.)
//!
//! The corpora are replayed by a test of `sotto-wire`, which includes this file.

use core::fmt::Debug;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sotto_wire::api;
use sotto_wire::content::{Content, Ephemeral};
use sotto_wire::frame::{ClientFrame, ServerFrame};

/// A target's name, which is also its corpus's, and what it does with its input.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: &[Target] = &[
    ("api_json", api_json),
    ("client_frame", |data| {
        survives(data, ClientFrame::decode, ClientFrame::encode)
    }),
    ("content", |data| survives(data, Content::decode, Content::encode)),
    ("ephemeral_content", |data| {
        survives(data, Ephemeral::decode, |said| said.encode())
    }),
    ("server_frame", |data| {
        survives(data, ServerFrame::decode, ServerFrame::encode)
    }),
];

/// Runs one target.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|(target, _)| *target == name);
    assert!(target.is_some(), "no target {name}");
    target.iter().for_each(|(_, run)| run(data));
}

fn survives<T: PartialEq + Debug, E: PartialEq + Debug>(
    data: &[u8],
    decode: impl Fn(&[u8]) -> Result<T, E>,
    encode: impl Fn(&T) -> Vec<u8>,
) {
    if let Ok(value) = decode(data) {
        assert_eq!(decode(&encode(&value)), Ok(value));
    }
}

/// Each type of the control plane reads the same text.
fn api_json(data: &[u8]) {
    equal_again::<api::Account>(data);
    equal_again::<api::AccountProof>(data);
    equal_again::<api::AddDevice>(data);
    equal_again::<api::ChangeMe>(data);
    equal_again::<api::Challenge>(data);
    equal_again::<api::ClaimPrekeys>(data);
    equal_again::<api::ClaimedPrekeys>(data);
    equal_again::<api::Me>(data);
    equal_again::<api::PasskeyRegistration>(data);
    equal_again::<api::PrekeyCounts>(data);
    equal_again::<api::Refusal>(data);
    equal_again::<api::ReplaceDevices>(data);
    equal_again::<api::ServerInfo>(data);
    equal_again::<api::Session>(data);
    equal_again::<api::SignIn>(data);
    equal_again::<api::UploadPrekeys>(data);
    readable_again::<api::PasskeyCeremony>(data);
    readable_again::<api::ProveAccount>(data);
    readable_again::<api::Register>(data);
}

fn equal_again<T: Serialize + DeserializeOwned + PartialEq + Debug>(data: &[u8]) {
    if let Ok(value) = serde_json::from_slice::<T>(data) {
        assert_eq!(again(&value), Some(value));
    }
}

/// For what holds a browser's own JSON: a fraction in it may come back off by its last bit.
fn readable_again<T: Serialize + DeserializeOwned>(data: &[u8]) {
    if let Ok(value) = serde_json::from_slice::<T>(data) {
        assert!(again(&value).is_some());
    }
}

fn again<T: Serialize + DeserializeOwned>(value: &T) -> Option<T> {
    serde_json::from_slice(&serde_json::to_vec(value).ok()?).ok()
}
