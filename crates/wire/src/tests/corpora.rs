//! The seeds of the fuzz targets in `fuzz/corpus/`: one valid input of each kind. They are made by
//! `SOTTO_WRITE_CORPORA=1 cargo test -p sotto-wire corpora`; what fuzzing finds is added beside them.

use crate::Code;
use crate::api::{Base64, Challenge, ChangeMe, ClaimPrekeys, ProveAccount, Refusal, SignIn};
use crate::content::{Body, Content, Ephemeral, MessageId, Presence, ReceiptKind, SeenList, Typing};
use crate::frame::{
    ClientFrame, Delivery, ListClaim, PrekeyCounts, Recipient, Refused, Send, SendId, ServerFrame,
};
use core::time::Duration;
use sotto_keys::{AccountId, Address, DeviceId, Timestamp};
use std::path::PathBuf;

type Seed = (&'static str, &'static str, Vec<u8>);

const ADDRESS: Address = Address {
    account: AccountId::from_bytes([1; 16]),
    device: DeviceId::from_bytes([2; 8]),
};
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

#[test]
fn corpora_hold_what_the_code_makes() {
    let seeds = [
        client_frames(),
        server_frames(),
        contents(),
        ephemeral_contents(),
        json(),
    ];
    for (target, name, bytes) in seeds.into_iter().flatten() {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../../fuzz/corpus")
            .join(target);
        let path = folder.join(name);
        if std::env::var_os("SOTTO_WRITE_CORPORA").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &bytes).unwrap();
        }
        assert!(
            std::fs::read(&path).unwrap() == bytes,
            "{target}/{name} is not what the code makes"
        );
    }
}

fn recipients() -> Vec<Recipient> {
    vec![Recipient {
        address: ADDRESS,
        body: vec![3; 5],
    }]
}

fn client_frames() -> Vec<Seed> {
    let send = Send {
        id: SendId([4; 16]),
        recipients: recipients(),
        lists: vec![ListClaim {
            account: ADDRESS.account,
            version: 1,
        }],
    };
    let hello = ClientFrame::Hello {
        token: [5; 32],
        protocol: 1,
    };
    let ephemeral = ClientFrame::Ephemeral {
        recipients: recipients(),
    };
    let seed = |name, frame: ClientFrame| ("client_frame", name, frame.encode());
    vec![
        seed("hello", hello),
        seed("send", ClientFrame::Send(send)),
        seed("ephemeral", ephemeral),
        seed("ack", ClientFrame::Ack { ids: vec![1, 300] }),
        seed("ping", ClientFrame::Ping { nonce: 9 }),
    ]
}

fn server_frames() -> Vec<Seed> {
    let prekeys = PrekeyCounts {
        one_time_ec: 100,
        one_time_kem: 7,
    };
    let welcome = ServerFrame::Welcome {
        time: NOW,
        heartbeat: Duration::from_secs(30),
        prekeys,
    };
    let refused = ServerFrame::Refused(Refused {
        id: Some(SendId([4; 16])),
        code: Code::StaleDeviceList,
        retry_after: Duration::from_millis(1500),
        stale: vec![ADDRESS.account],
    });
    let item = Delivery {
        id: 300,
        from: ADDRESS,
        at: NOW,
        body: vec![3; 5],
    };
    let accepted = ServerFrame::Accepted {
        id: SendId([4; 16]),
        at: NOW,
    };
    let ephemeral = ServerFrame::Ephemeral {
        from: ADDRESS,
        body: vec![3; 5],
    };
    let goodbye = ServerFrame::Goodbye {
        code: Code::ShuttingDown,
        retry_after: Duration::from_secs(2),
    };
    let seed = |name, frame: ServerFrame| ("server_frame", name, frame.encode());
    vec![
        seed("welcome", welcome),
        seed("accepted", accepted),
        seed("refused", refused),
        seed("deliver", ServerFrame::Deliver { items: vec![item] }),
        seed("drained", ServerFrame::Drained),
        seed("ephemeral", ephemeral),
        seed("prekeys_low", ServerFrame::PrekeysLow(prekeys)),
        seed("pong", ServerFrame::Pong { nonce: 9 }),
        seed("goodbye", goodbye),
    ]
}

fn contents() -> Vec<Seed> {
    let list = SeenList {
        version: 1,
        hash: [6; 32],
    };
    let content = |body| {
        Content {
            id: MessageId([7; 16]),
            sent_at: NOW,
            own_list: list,
            peer_list: list,
            body,
        }
        .encode()
    };
    let text = content(Body::Text("good morning".into()));
    let receipt = Body::Receipt {
        kind: ReceiptKind::Read,
        ids: vec![MessageId([7; 16])],
    };
    let sent = Body::Sent {
        to: ADDRESS.account,
        content: text.clone(),
    };
    vec![
        ("content", "text", text),
        ("content", "receipt", content(receipt)),
        ("content", "sent", content(sent)),
        ("content", "unknown", content(Body::Unknown)),
    ]
}

fn ephemeral_contents() -> Vec<Seed> {
    vec![
        (
            "ephemeral_content",
            "typing",
            Ephemeral::Typing(Typing::Started).encode(),
        ),
        (
            "ephemeral_content",
            "presence",
            Ephemeral::Presence(Presence::Asking).encode(),
        ),
    ]
}

fn json() -> Vec<Seed> {
    fn seed(name: &'static str, value: &impl serde::Serialize) -> Seed {
        ("api_json", name, serde_json::to_vec(value).unwrap())
    }
    let nonce = Base64(vec![8; 32]);
    let challenge = Challenge {
        nonce: nonce.clone(),
        expires: NOW,
    };
    let sign_in = SignIn {
        address: ADDRESS,
        nonce: nonce.clone(),
        expires: NOW,
        signature: nonce,
    };
    let change = ChangeMe {
        username: Some("alice".parse().unwrap()),
        discovery: None,
    };
    let claim = ClaimPrekeys {
        devices: vec![ADDRESS.device],
    };
    let prove = ProveAccount {
        ceremony: "c".into(),
        credential: serde_json::json!({ "id": "AA", "response": [1, null, true] }),
    };
    let refusal = Refusal {
        code: Code::RateLimited,
        message: "slow down".into(),
        retry_after: Some(1500),
    };
    vec![
        seed("challenge", &challenge),
        seed("sign_in", &sign_in),
        seed("change_me", &change),
        seed("claim_prekeys", &claim),
        seed("prove_account", &prove),
        seed("refusal", &refusal),
    ]
}
