//! What is refused of frames, and how.

use crate::frame::{ClientFrame, ListClaim, Recipient, Refused, Send, SendId, ServerFrame};
use crate::proto::{self, ClientFrameKind, ServerFrameKind};
use crate::{Code, DecodeError, limits};
use core::time::Duration;
use prost::Message;
use sotto_keys::{AccountId, Address, DeviceId, Timestamp};

/// Distinct devices, each with a body of that many bytes.
fn recipients(count: usize, body: usize) -> Vec<Recipient> {
    (0..count)
        .map(|number| Recipient {
            address: Address {
                account: AccountId::from_bytes((number as u128).to_be_bytes()),
                device: DeviceId::from_bytes([1; 8]),
            },
            body: vec![0; body],
        })
        .collect()
}

fn send(recipients: Vec<Recipient>) -> Send {
    Send {
        id: SendId([1; 16]),
        recipients,
        lists: Vec::new(),
    }
}

fn decode_send(send: Send) -> Result<ClientFrame, DecodeError> {
    ClientFrame::decode(&ClientFrame::Send(send).encode())
}

fn decode_ephemeral(recipients: Vec<Recipient>) -> Result<ClientFrame, DecodeError> {
    ClientFrame::decode(&ClientFrame::Ephemeral { recipients }.encode())
}

fn client(kind: ClientFrameKind) -> Result<ClientFrame, DecodeError> {
    ClientFrame::decode(&proto::ClientFrame { frame: Some(kind) }.encode_to_vec())
}

fn server(kind: ServerFrameKind) -> Result<ServerFrame, DecodeError> {
    ServerFrame::decode(&proto::ServerFrame { frame: Some(kind) }.encode_to_vec())
}

fn delivery(body: Vec<u8>) -> proto::Delivery {
    proto::Delivery {
        id: 1,
        account: vec![1; 16],
        device: vec![1; 8],
        at: 1,
        body,
    }
}

#[test]
fn a_send_names_some_devices_once_and_not_too_many() {
    assert_eq!(
        decode_send(send(Vec::new())),
        Err(DecodeError::Missing("recipients"))
    );
    assert!(decode_send(send(recipients(limits::RECIPIENTS, 1))).is_ok());
    assert_eq!(
        decode_send(send(recipients(limits::RECIPIENTS + 1, 1))),
        Err(DecodeError::TooMany("recipients"))
    );
    let twice = [recipients(2, 1), recipients(1, 2)].concat();
    assert_eq!(
        decode_send(send(twice.clone())),
        Err(DecodeError::Invalid("recipients"))
    );
    assert_eq!(decode_ephemeral(twice), Err(DecodeError::Invalid("recipients")));
    assert_eq!(
        decode_ephemeral(Vec::new()),
        Err(DecodeError::Missing("recipients"))
    );
}

#[test]
fn two_devices_of_one_account_are_two_recipients() {
    let mut both = recipients(2, 1);
    both[1].address = Address {
        device: DeviceId::from_bytes([2; 8]),
        ..both[0].address
    };
    assert!(decode_send(send(both)).is_ok());
}

#[test]
fn bodies_are_there_and_within_their_limit() {
    assert_eq!(
        decode_send(send(recipients(1, 0))),
        Err(DecodeError::Missing("body"))
    );
    assert!(decode_send(send(recipients(1, limits::BODY))).is_ok());
    assert_eq!(
        decode_send(send(recipients(1, limits::BODY + 1))),
        Err(DecodeError::TooLarge)
    );
    assert!(decode_ephemeral(recipients(1, limits::EPHEMERAL_BODY)).is_ok());
    assert_eq!(
        decode_ephemeral(recipients(1, limits::EPHEMERAL_BODY + 1)),
        Err(DecodeError::TooLarge)
    );
}

#[test]
fn list_claims_name_each_account_once_and_not_too_many() {
    let claims = |accounts: usize| {
        let claim = |number| ListClaim {
            account: AccountId::from_bytes((number as u128).to_be_bytes()),
            version: 1,
        };
        (0..accounts).map(claim).collect::<Vec<_>>()
    };
    let with = |lists| Send {
        lists,
        ..send(recipients(1, 1))
    };
    assert!(decode_send(with(claims(limits::RECIPIENTS))).is_ok());
    assert_eq!(
        decode_send(with(claims(limits::RECIPIENTS + 1))),
        Err(DecodeError::TooMany("lists"))
    );
    assert_eq!(
        decode_send(with([claims(2), claims(1)].concat())),
        Err(DecodeError::Invalid("lists"))
    );
}

#[test]
fn an_acknowledgement_names_no_more_than_a_batch() {
    let ack = |ids| ClientFrame::decode(&ClientFrame::Ack { ids: vec![7; ids] }.encode());
    assert!(ack(limits::BATCH).is_ok());
    assert_eq!(ack(limits::BATCH + 1), Err(DecodeError::TooMany("ids")));
}

#[test]
fn identifiers_and_tokens_have_their_length() {
    for length in [0, 31, 33] {
        let hello = proto::Hello {
            token: vec![1; length],
            protocol: 1,
        };
        assert_eq!(
            client(ClientFrameKind::Hello(hello)),
            Err(DecodeError::Invalid("token"))
        );
    }
    let recipient = |account, device| proto::Recipient {
        account: vec![1; account],
        device: vec![1; device],
        body: vec![1],
    };
    let sent = |id, recipient| {
        client(ClientFrameKind::Send(proto::Send {
            id: vec![1; id],
            recipients: vec![recipient],
            lists: Vec::new(),
        }))
    };
    assert!(sent(16, recipient(16, 8)).is_ok());
    assert_eq!(sent(15, recipient(16, 8)), Err(DecodeError::Invalid("id")));
    assert_eq!(sent(0, recipient(16, 8)), Err(DecodeError::Invalid("id")));
    assert_eq!(sent(16, recipient(17, 8)), Err(DecodeError::Invalid("account")));
    assert_eq!(sent(16, recipient(16, 7)), Err(DecodeError::Invalid("device")));
    let claims = proto::Send {
        id: vec![1; 16],
        recipients: vec![recipient(16, 8)],
        lists: vec![proto::ListClaim {
            account: vec![1; 15],
            version: 1,
        }],
    };
    assert_eq!(
        client(ClientFrameKind::Send(claims)),
        Err(DecodeError::Invalid("account"))
    );
}

#[test]
fn what_the_server_says_is_checked_too() {
    let deliver = |items| server(ServerFrameKind::Deliver(proto::Deliver { items }));
    assert_eq!(deliver(Vec::new()), Err(DecodeError::Missing("items")));
    assert_eq!(
        deliver(vec![delivery(vec![1]); limits::BATCH + 1]),
        Err(DecodeError::TooMany("items"))
    );
    assert_eq!(
        deliver(vec![delivery(Vec::new())]),
        Err(DecodeError::Missing("body"))
    );
    assert!(deliver(vec![delivery(vec![1; limits::BODY])]).is_ok());
    assert_eq!(
        deliver(vec![delivery(vec![1; limits::BODY + 1])]),
        Err(DecodeError::TooLarge)
    );
    let mut foreign = delivery(vec![1]);
    foreign.device.push(1);
    assert_eq!(deliver(vec![foreign]), Err(DecodeError::Invalid("device")));

    let incoming = |body| {
        server(ServerFrameKind::Incoming(proto::Incoming {
            account: vec![1; 16],
            device: vec![1; 8],
            body: vec![1; body],
        }))
    };
    assert_eq!(incoming(0), Err(DecodeError::Missing("body")));
    assert_eq!(incoming(limits::EPHEMERAL_BODY + 1), Err(DecodeError::TooLarge));

    let welcome = proto::Welcome {
        time: 1,
        heartbeat: 30,
        prekeys: None,
    };
    assert_eq!(
        server(ServerFrameKind::Welcome(welcome)),
        Err(DecodeError::Missing("prekeys"))
    );
    let accepted = proto::Accepted { id: vec![1], at: 1 };
    assert_eq!(
        server(ServerFrameKind::Accepted(accepted)),
        Err(DecodeError::Invalid("id"))
    );
}

fn refused(change: impl FnOnce(&mut proto::Refused)) -> Result<ServerFrame, DecodeError> {
    let mut refused = proto::Refused {
        id: vec![1; 16],
        code: Code::StaleDeviceList.number(),
        retry_after: 0,
        stale: vec![vec![1; 16]],
    };
    change(&mut refused);
    server(ServerFrameKind::Refused(refused))
}

#[test]
fn a_refusal_names_a_send_or_none_and_accounts() {
    assert!(refused(|_| {}).is_ok());
    assert!(matches!(
        refused(|refused| refused.id.clear()),
        Ok(ServerFrame::Refused(Refused { id: None, .. }))
    ));
    assert_eq!(
        refused(|refused| refused.id.push(1)),
        Err(DecodeError::Invalid("id"))
    );
    assert_eq!(
        refused(|refused| refused.stale.push(vec![1; 15])),
        Err(DecodeError::Invalid("stale"))
    );
    assert_eq!(
        refused(|refused| refused.stale = vec![vec![1; 16]; limits::RECIPIENTS + 1]),
        Err(DecodeError::TooMany("stale"))
    );
}

#[test]
fn a_code_of_a_newer_version_is_a_failure_of_the_server() {
    assert!(matches!(
        refused(|refused| refused.code = 9_999),
        Ok(ServerFrame::Refused(Refused {
            code: Code::Internal,
            ..
        }))
    ));
}

#[test]
fn a_frame_says_something_and_fits() {
    assert_eq!(ClientFrame::decode(&[]), Err(DecodeError::Missing("frame")));
    assert_eq!(ServerFrame::decode(&[]), Err(DecodeError::Missing("frame")));
    let large = vec![0; limits::FRAME + 1];
    assert_eq!(ClientFrame::decode(&large), Err(DecodeError::TooLarge));
    assert_eq!(ServerFrame::decode(&large), Err(DecodeError::TooLarge));
    assert_eq!(ClientFrame::decode(&[0xff; 20]), Err(DecodeError::Malformed));
}

/// A megabyte of empty recipients, or of anything else, is refused before memory is taken for each.
#[test]
fn fields_are_counted_before_they_are_decoded() {
    let flood = |kind: u8, field: u8| {
        let inside = [field << 3 | 2, 0].repeat(limits::FRAME / 2 - 8);
        let mut frame = vec![kind << 3 | 2];
        prost::encoding::encode_varint(inside.len() as u64, &mut frame);
        [frame, inside].concat()
    };
    assert_eq!(
        ClientFrame::decode(&flood(2, 2)),
        Err(DecodeError::TooMany("frame"))
    );
    assert_eq!(
        ServerFrame::decode(&flood(3, 4)),
        Err(DecodeError::TooMany("frame"))
    );
    let apart = [0x12, 2, 0x12, 0].repeat(limits::FRAME / 4);
    assert_eq!(ClientFrame::decode(&apart), Err(DecodeError::TooMany("frame")));
}

#[test]
fn groups_hide_nothing() {
    assert_eq!(
        ClientFrame::decode(&[0x12, 2, 0x7b, 0x7c]),
        Err(DecodeError::Malformed)
    );
}

#[test]
fn a_newer_versions_field_is_skipped() {
    let mut bytes = ClientFrame::Ping { nonce: 5 }.encode();
    bytes.extend([0x82, 0x01, 3, 0xff, 0xff, 0xff]);
    assert_eq!(ClientFrame::decode(&bytes), Ok(ClientFrame::Ping { nonce: 5 }));
}

#[test]
fn a_heartbeat_never_becomes_none() {
    let heartbeat = |heartbeat| {
        let welcome = ServerFrame::Welcome {
            time: Timestamp::from_millis(1),
            heartbeat,
            prekeys: crate::frame::PrekeyCounts::default(),
        };
        match ServerFrame::decode(&welcome.encode()) {
            Ok(ServerFrame::Welcome { heartbeat, .. }) => heartbeat,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(heartbeat(Duration::from_millis(500)), Duration::from_secs(1));
    assert_eq!(heartbeat(Duration::from_secs(30)), Duration::from_secs(30));
    assert_eq!(heartbeat(Duration::MAX), Duration::from_secs(u32::MAX.into()));
}

#[test]
fn what_is_printed_holds_neither_token_nor_ciphertext() {
    let hello = ClientFrame::Hello {
        token: [171; 32],
        protocol: 1,
    };
    assert_eq!(format!("{hello:?}"), "Hello { protocol: 1, .. }");
    let mut sent = recipients(1, 3);
    sent[0].body = vec![171; 3];
    let printed = format!("{:?}", ClientFrame::Send(send(sent)));
    assert!(
        printed.contains("body_len: 3") && !printed.contains("171"),
        "{printed}"
    );
}
