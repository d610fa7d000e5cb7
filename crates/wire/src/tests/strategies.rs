//! Valid values of the schema, small ones.

use crate::Code;
use crate::content::{Body, Content, Ephemeral, MessageId, Presence, ReceiptKind, SeenList, Typing};
use crate::frame::{
    ClientFrame, Delivery, ListClaim, PrekeyCounts, Recipient, Refused, Send, SendId, ServerFrame,
};
use core::time::Duration;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use sotto_keys::{AccountId, Address, DeviceId, Timestamp};

pub(super) fn account() -> impl Strategy<Value = AccountId> {
    any::<[u8; 16]>().prop_map(AccountId::from_bytes)
}

pub(super) fn address() -> impl Strategy<Value = Address> {
    (account(), any::<[u8; 8]>()).prop_map(|(account, device)| Address {
        account,
        device: DeviceId::from_bytes(device),
    })
}

pub(super) fn time() -> impl Strategy<Value = Timestamp> {
    any::<u64>().prop_map(Timestamp::from_millis)
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 1..40)
}

fn recipients() -> impl Strategy<Value = Vec<Recipient>> {
    let recipient = |(address, body)| Recipient { address, body };
    btree_map(address(), body(), 1..5).prop_map(move |map| map.into_iter().map(recipient).collect())
}

fn lists() -> impl Strategy<Value = Vec<ListClaim>> {
    let claim = |(account, version)| ListClaim { account, version };
    btree_map(account(), any::<u64>(), 0..4).prop_map(move |map| map.into_iter().map(claim).collect())
}

pub(super) fn client_frame() -> impl Strategy<Value = ClientFrame> {
    let hello = (any::<[u8; 32]>(), any::<u32>())
        .prop_map(|(token, protocol)| ClientFrame::Hello { token, protocol });
    let send = (any::<[u8; 16]>(), recipients(), lists()).prop_map(|(id, recipients, lists)| {
        ClientFrame::Send(Send {
            id: SendId(id),
            recipients,
            lists,
        })
    });
    prop_oneof![
        hello,
        send,
        recipients().prop_map(|recipients| ClientFrame::Ephemeral { recipients }),
        vec(any::<u64>(), 0..9).prop_map(|ids| ClientFrame::Ack { ids }),
        any::<u64>().prop_map(|nonce| ClientFrame::Ping { nonce }),
    ]
}

fn counts() -> impl Strategy<Value = PrekeyCounts> {
    (any::<u32>(), any::<u32>()).prop_map(|(one_time_ec, one_time_kem)| PrekeyCounts {
        one_time_ec,
        one_time_kem,
    })
}

fn millis() -> impl Strategy<Value = Duration> {
    any::<u64>().prop_map(Duration::from_millis)
}

pub(super) fn code() -> impl Strategy<Value = Code> {
    select(Code::ALL)
}

fn refused() -> impl Strategy<Value = Refused> {
    let id = proptest::option::of(any::<[u8; 16]>().prop_map(SendId));
    (id, code(), millis(), vec(account(), 0..4)).prop_map(|(id, code, retry_after, stale)| Refused {
        id,
        code,
        retry_after,
        stale,
    })
}

fn delivery() -> impl Strategy<Value = Delivery> {
    (any::<u64>(), address(), time(), body()).prop_map(|(id, from, at, body)| Delivery { id, from, at, body })
}

pub(super) fn server_frame() -> impl Strategy<Value = ServerFrame> {
    let welcome =
        (time(), any::<u32>(), counts()).prop_map(|(time, seconds, prekeys)| ServerFrame::Welcome {
            time,
            heartbeat: Duration::from_secs(seconds.into()),
            prekeys,
        });
    let accepted =
        (any::<[u8; 16]>(), time()).prop_map(|(id, at)| ServerFrame::Accepted { id: SendId(id), at });
    let goodbye =
        (code(), millis()).prop_map(|(code, retry_after)| ServerFrame::Goodbye { code, retry_after });
    prop_oneof![
        welcome,
        accepted,
        goodbye,
        refused().prop_map(ServerFrame::Refused),
        vec(delivery(), 1..5).prop_map(|items| ServerFrame::Deliver { items }),
        Just(ServerFrame::Drained),
        (address(), body()).prop_map(|(from, body)| ServerFrame::Ephemeral { from, body }),
        counts().prop_map(ServerFrame::PrekeysLow),
        any::<u64>().prop_map(|nonce| ServerFrame::Pong { nonce }),
    ]
}

fn seen_list() -> impl Strategy<Value = SeenList> {
    (any::<u64>(), any::<[u8; 32]>()).prop_map(|(version, hash)| SeenList { version, hash })
}

fn content_body() -> impl Strategy<Value = Body> {
    let kind = select(vec![ReceiptKind::Delivered, ReceiptKind::Read]);
    let ids = vec(any::<[u8; 16]>().prop_map(MessageId), 1..5);
    prop_oneof![
        vec(any::<char>(), 1..20).prop_map(|text| Body::Text(text.into_iter().collect())),
        (kind, ids).prop_map(|(kind, ids)| Body::Receipt { kind, ids }),
        (account(), body()).prop_map(|(to, content)| Body::Sent { to, content }),
        Just(Body::Unknown),
    ]
}

pub(super) fn content() -> impl Strategy<Value = Content> {
    (
        any::<[u8; 16]>(),
        time(),
        seen_list(),
        seen_list(),
        content_body(),
    )
        .prop_map(|(id, sent_at, own_list, peer_list, body)| Content {
            id: MessageId(id),
            sent_at,
            own_list,
            peer_list,
            body,
        })
}

pub(super) fn ephemeral() -> impl Strategy<Value = Ephemeral> {
    select(vec![
        Ephemeral::Typing(Typing::Stopped),
        Ephemeral::Typing(Typing::Started),
        Ephemeral::Presence(Presence::Away),
        Ephemeral::Presence(Presence::Online),
        Ephemeral::Presence(Presence::Asking),
    ])
}
