//! The control plane's JSON.

use super::{config, strategies};
use crate::Code;
use crate::api::*;
use core::fmt::Debug;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use sotto_keys::{AccountId, Address, DeviceId, Timestamp, Username};

/// What values are made of.
#[derive(Clone, Debug)]
struct Matter {
    address: Address,
    bytes: Vec<u8>,
    text: String,
    time: Timestamp,
    number: u64,
    code: Code,
    username: Option<Username>,
}

fn matter() -> impl Strategy<Value = Matter> {
    let letter = proptest::sample::select("abyz019_.".chars().collect::<Vec<_>>());
    let name = proptest::collection::vec(letter, 3..=32)
        .prop_map(|name| Username::try_from(name.into_iter().collect::<String>()).unwrap());
    let bytes = proptest::collection::vec(any::<u8>(), 0..40);
    let parts = (
        strategies::address(),
        bytes,
        any::<String>(),
        strategies::time(),
        any::<u64>(),
        strategies::code(),
        proptest::option::of(name),
    );
    parts.prop_map(|(address, bytes, text, time, number, code, username)| Matter {
        address,
        bytes,
        text,
        time,
        number,
        code,
        username,
    })
}

impl Matter {
    fn base64(&self) -> Base64 {
        Base64(self.bytes.clone())
    }

    fn maybe_base64(&self) -> Option<Base64> {
        self.username.is_some().then(|| self.base64())
    }

    fn count(&self) -> u32 {
        self.number as u32
    }

    fn discovery(&self) -> Discovery {
        if self.number.is_multiple_of(2) {
            Discovery::Listed
        } else {
            Discovery::Unlisted
        }
    }

    fn sign_in(&self) -> SignIn {
        SignIn {
            address: self.address,
            nonce: self.base64(),
            expires: self.time,
            signature: self.base64(),
        }
    }

    fn prekeys(&self) -> UploadPrekeys {
        UploadPrekeys {
            batches: vec![self.base64(); self.bytes.len() % 3],
        }
    }

    fn counts(&self) -> PrekeyCounts {
        PrekeyCounts {
            one_time_ec: self.count(),
            one_time_kem: u32::MAX - self.count(),
        }
    }

    fn register(&self, proof: Proof) -> Register {
        Register {
            account: self.address.account,
            username: self.username.clone(),
            root: self.base64(),
            certificate: self.base64(),
            list: self.base64(),
            prekeys: self.prekeys(),
            root_envelope: self.maybe_base64(),
            proof,
            sign_in: self.sign_in(),
        }
    }

    fn me(&self) -> Me {
        Me {
            account: self.address.account,
            username: self.username.clone(),
            discovery: self.discovery(),
            created_at: self.time,
            device: self.address.device,
            devices: self.count(),
            passkeys: self.count(),
            prekeys: self.counts(),
            mailbox_messages: self.number,
            mailbox_bytes: self.number,
            root_envelope: self.maybe_base64(),
        }
    }
}

fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T) {
    let text = serde_json::to_string(&value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), value, "{text}");
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn accounts_survive(matter in matter()) {
        survives(ServerInfo {
            version: matter.text.clone(),
            protocols: vec![matter.count()],
            origin: matter.text.clone(),
            registration: matter.number.is_multiple_of(2),
            time: matter.time,
        });
        survives(matter.register(Proof::Anonymous));
        survives(matter.register(Proof::Passkey {
            ceremony: matter.text.clone(),
            credential: json!({ matter.text.as_str(): [matter.number, null, matter.text] }),
        }));
        survives(Account {
            account: matter.address.account,
            username: matter.username.clone(),
            root: matter.base64(),
            lists: vec![matter.base64(); 2],
            certificates: Vec::new(),
        });
        survives(matter.me());
        survives(ChangeMe {
            username: matter.username.clone(),
            discovery: matter.username.is_some().then(|| matter.discovery()),
        });
        survives(Refusal {
            code: matter.code,
            message: matter.text.clone(),
            retry_after: matter.username.is_some().then_some(matter.number),
        });
    }

    #[test]
    fn sessions_devices_and_prekeys_survive(matter in matter()) {
        survives(Challenge { nonce: matter.base64(), expires: matter.time });
        survives(matter.sign_in());
        survives(Session { token: matter.base64(), expires: matter.time });
        survives(PasskeyRegistration { account: matter.address.account, name: matter.text.clone() });
        survives(PasskeyCeremony {
            ceremony: matter.text.clone(),
            options: json!([matter.text]),
            expires: matter.time,
        });
        survives(ProveAccount { ceremony: matter.text.clone(), credential: json!(matter.number) });
        survives(AccountProof {
            account: matter.address.account,
            proof: matter.base64(),
            root_envelope: matter.maybe_base64(),
            expires: matter.time,
        });
        survives(AddDevice {
            proof: matter.base64(),
            certificate: matter.base64(),
            list: matter.base64(),
            prekeys: matter.prekeys(),
            sign_in: matter.sign_in(),
        });
        survives(ReplaceDevices { list: matter.base64() });
        survives(matter.prekeys());
        survives(ClaimPrekeys { devices: vec![matter.address.device; 2] });
        survives(ClaimedPrekeys {
            devices: vec![DevicePrekeys { device: matter.address.device, bundle: matter.base64() }],
        });
        survives(matter.counts());
    }

    #[test]
    fn bytes_survive_as_text_of_one_alphabet(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let text = serde_json::to_string(&Base64(bytes.clone())).unwrap();
        let inside = text.trim_matches('"');
        prop_assert!(inside.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_')), "{}", text);
        prop_assert_eq!(serde_json::from_str::<Base64>(&text).unwrap(), Base64(bytes));
    }
}

fn base64(text: &str) -> Option<Vec<u8>> {
    serde_json::from_value(json!(text))
        .ok()
        .map(|Base64(bytes)| bytes)
}

#[test]
fn bytes_have_one_form() {
    assert_eq!(base64("-_8"), Some(vec![0xfb, 0xff]));
    assert_eq!(base64(""), Some(Vec::new()));
    let others = [
        ("-_8=", "padding"),
        ("+/8", "the other alphabet"),
        ("-_9", "bits left over"),
        ("-_8A_", "no such length"),
        (" -_8", "a space"),
        ("-_8\n", "a line's end"),
    ];
    for (text, why) in others {
        assert_eq!(base64(text), None, "{why}");
    }
    assert!(
        serde_json::from_value::<Base64>(json!([251, 255])).is_err(),
        "numbers"
    );
    assert!(serde_json::from_value::<Base64>(json!(null)).is_err(), "nothing");
}

#[test]
fn names_in_json_stay_as_they_are() {
    let address = Address {
        account: AccountId::from_bytes([0xab; 16]),
        device: DeviceId::from_bytes([1; 8]),
    };
    let account = "ab".repeat(16);
    let refusal = Refusal {
        code: Code::RateLimited,
        message: "slow down".into(),
        retry_after: Some(1500),
    };
    assert_eq!(
        serde_json::to_value(&refusal).unwrap(),
        json!({ "code": "rate_limited", "message": "slow down", "retry_after": 1500 })
    );
    let sign_in = SignIn {
        address,
        nonce: Base64(vec![0xff]),
        expires: Timestamp::from_millis(7),
        signature: Base64(vec![0]),
    };
    assert_eq!(
        serde_json::to_value(&sign_in).unwrap(),
        json!({
            "address": { "account": account, "device": "0101010101010101" },
            "nonce": "_w", "expires": 7, "signature": "AA",
        })
    );
    assert_eq!(
        serde_json::to_value(Proof::Anonymous).unwrap(),
        json!({ "kind": "anonymous" })
    );
    assert_eq!(
        serde_json::to_value(Discovery::Unlisted).unwrap(),
        json!("unlisted")
    );
}

#[test]
fn what_is_absent_is_none_and_what_is_new_is_skipped() {
    let change: ChangeMe = serde_json::from_value(json!({ "colour": "blue" })).unwrap();
    assert_eq!(change, ChangeMe::default());
    let refusal = json!({ "code": "not_found", "message": "", "since": 2 });
    assert_eq!(
        serde_json::from_value::<Refusal>(refusal).unwrap().retry_after,
        None
    );
}

#[test]
fn wrong_json_is_refused() {
    let challenge = json!({ "nonce": "AA", "expires": 1 });
    assert!(serde_json::from_value::<Challenge>(challenge.clone()).is_ok());
    let wrong = [
        ("expires", json!(-1)),
        ("expires", json!(1.5)),
        ("expires", json!("1")),
        ("nonce", json!("A")),
        ("nonce", json!(null)),
    ];
    for (field, value) in wrong {
        let mut challenge = challenge.clone();
        challenge[field] = value.clone();
        assert!(
            serde_json::from_value::<Challenge>(challenge).is_err(),
            "{field}: {value}"
        );
    }
    let registration = |account: &str| json!({ "account": account, "name": "" });
    for account in ["", "ab", &"ab".repeat(17), &"zz".repeat(16)] {
        assert!(serde_json::from_value::<PasskeyRegistration>(registration(account)).is_err());
    }
    for username in ["", "ab", "Alice", "a b c", &"a".repeat(33)] {
        assert!(serde_json::from_value::<ChangeMe>(json!({ "username": username })).is_err());
    }
    assert!(serde_json::from_value::<Code>(json!("no_such_code")).is_err());
}

/// A browser's own JSON may nest, but not without end.
#[test]
fn endless_nesting_is_refused() {
    let deep = |depth: usize| {
        let credential = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        format!(r#"{{"ceremony":"","credential":{credential}}}"#)
    };
    assert!(serde_json::from_str::<ProveAccount>(&deep(20)).is_ok());
    assert!(serde_json::from_str::<ProveAccount>(&deep(200_000)).is_err());
}

#[test]
fn what_is_printed_holds_no_token() {
    let session = Session {
        token: Base64(vec![171; 32]),
        expires: Timestamp::from_millis(1),
    };
    let proof = AccountProof {
        account: AccountId::from_bytes([1; 16]),
        proof: Base64(vec![171; 32]),
        root_envelope: Some(Base64(vec![171; 32])),
        expires: Timestamp::from_millis(1),
    };
    for printed in [format!("{session:?}"), format!("{proof:?}")] {
        assert!(!printed.contains("171") && !printed.contains("q6ur"), "{printed}");
    }
}
