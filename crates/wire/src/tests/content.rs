//! What is refused of end-to-end content, and how.

use crate::content::{Body, Content, Ephemeral, MessageId, ReceiptKind, SeenList};
use crate::proto::{self, ContentBody, EphemeralBody};
use crate::{DecodeError, limits};
use prost::Message;
use sotto_keys::{AccountId, Timestamp};

const LIST: SeenList = SeenList {
    version: u64::MAX,
    hash: [1; 32],
};

/// The longest of everything around a body.
fn content(body: Body) -> Content {
    Content {
        id: MessageId([1; 16]),
        sent_at: Timestamp::from_millis(u64::MAX),
        own_list: LIST,
        peer_list: LIST,
        body,
    }
}

fn decode(body: Body) -> Result<Content, DecodeError> {
    Content::decode(&content(body).encode())
}

fn with(change: impl FnOnce(&mut proto::Content)) -> Result<Content, DecodeError> {
    let bytes = content(Body::Text("hello".into())).encode();
    let mut raw = proto::Content::decode(&bytes[..]).unwrap();
    change(&mut raw);
    Content::decode(&raw.encode_to_vec())
}

#[test]
fn a_text_has_its_length() {
    let text = |length| decode(Body::Text("x".repeat(length)));
    assert_eq!(text(0), Err(DecodeError::Missing("text")));
    assert!(text(limits::TEXT).is_ok());
    assert_eq!(text(limits::TEXT + 1), Err(DecodeError::TooLarge));
}

#[test]
fn a_text_is_utf_8() {
    let mut bytes = content(Body::Text("hello".into())).encode();
    let last = bytes.len() - 1;
    bytes[last] = 0xff;
    assert_eq!(Content::decode(&bytes), Err(DecodeError::Malformed));
}

/// One's other devices get the longest text too, which is wrapped once more for them.
#[test]
fn the_longest_text_fits_wherever_it_is_wrapped() {
    let sent = content(Body::Text("x".repeat(limits::TEXT))).encode();
    let to = AccountId::from_bytes([2; 16]);
    assert!(decode(Body::Sent { to, content: sent }).is_ok());
}

#[test]
fn what_was_sent_is_there_and_within_its_limit() {
    let sent = |length| {
        decode(Body::Sent {
            to: AccountId::from_bytes([2; 16]),
            content: vec![0; length],
        })
    };
    assert_eq!(sent(0), Err(DecodeError::Missing("content")));
    assert!(sent(limits::SENT).is_ok());
    assert_eq!(sent(limits::SENT + 1), Err(DecodeError::TooLarge));
}

#[test]
fn a_receipt_names_some_messages_and_not_too_many() {
    let receipt = |count| {
        decode(Body::Receipt {
            kind: ReceiptKind::Read,
            ids: vec![MessageId([1; 16]); count],
        })
    };
    assert_eq!(receipt(0), Err(DecodeError::Missing("ids")));
    assert!(receipt(limits::RECEIPT_IDS).is_ok());
    assert_eq!(receipt(limits::RECEIPT_IDS + 1), Err(DecodeError::TooMany("ids")));
}

#[test]
fn content_as_a_whole_is_within_its_limit() {
    assert_eq!(
        Content::decode(&vec![0; limits::CONTENT + 1]),
        Err(DecodeError::TooLarge)
    );
    assert_eq!(
        Ephemeral::decode(&vec![0; limits::EPHEMERAL_BODY + 1]),
        Err(DecodeError::TooLarge)
    );
}

#[test]
fn every_field_is_there_and_has_its_length() {
    assert_eq!(
        with(|content| content.id.truncate(15)),
        Err(DecodeError::Invalid("id"))
    );
    assert_eq!(
        with(|content| content.own_list = None),
        Err(DecodeError::Missing("own_list"))
    );
    assert_eq!(
        with(|content| content.peer_list = None),
        Err(DecodeError::Missing("peer_list"))
    );
    assert_eq!(
        with(|content| {
            content.peer_list = Some(proto::ListPin {
                version: 1,
                hash: vec![1; 31],
            });
        }),
        Err(DecodeError::Invalid("peer_list"))
    );
    assert_eq!(
        with(|content| {
            content.body = Some(ContentBody::Sent(proto::Sent {
                to: vec![1; 15],
                content: vec![1],
            }));
        }),
        Err(DecodeError::Invalid("to"))
    );
    assert_eq!(
        with(|content| {
            content.body = Some(ContentBody::Receipt(proto::Receipt {
                kind: 1,
                ids: vec![vec![1; 16], vec![1; 17]],
            }));
        }),
        Err(DecodeError::Invalid("ids"))
    );
}

#[test]
fn what_a_newer_version_says_is_unknown_not_broken() {
    let unknown = |decoded: Result<Content, DecodeError>| decoded.map(|content| content.body);
    assert_eq!(
        unknown(with(|content| content.body = None)),
        Ok(Body::Unknown),
        "a kind of body"
    );
    let receipt = proto::Receipt {
        kind: 3,
        ids: vec![vec![1; 16]],
    };
    assert_eq!(
        unknown(with(|content| content.body = Some(ContentBody::Receipt(receipt)))),
        Ok(Body::Unknown),
        "a kind of receipt"
    );
}

#[test]
fn an_ephemeral_frame_says_something_known() {
    let said = |body| Ephemeral::decode(&proto::EphemeralContent { body }.encode_to_vec());
    assert_eq!(said(None), Err(DecodeError::Missing("body")));
    for unknown in [EphemeralBody::Typing(0), EphemeralBody::Typing(3)] {
        assert_eq!(said(Some(unknown)), Err(DecodeError::Invalid("body")));
    }
    for unknown in [0, 4, u32::MAX].map(EphemeralBody::Presence) {
        assert_eq!(said(Some(unknown)), Err(DecodeError::Invalid("body")));
    }
}

#[test]
fn what_is_printed_says_nothing_of_what_was_said() {
    let printed = format!("{:?}", content(Body::Text("attack at dawn".into())));
    assert!(
        printed.contains("Text(..)") && !printed.contains("dawn"),
        "{printed}"
    );
}
