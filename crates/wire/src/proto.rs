//! The schema as prost sees it: `sotto.proto`, field by field. Everything else uses the checked types.

use prost::{Message, Oneof};

#[derive(Clone, PartialEq, Message)]
pub struct ClientFrame {
    #[prost(oneof = "ClientFrameKind", tags = "1, 2, 3, 4, 5")]
    pub frame: Option<ClientFrameKind>,
}

#[derive(Clone, PartialEq, Oneof)]
pub enum ClientFrameKind {
    #[prost(message, tag = "1")]
    Hello(Hello),
    #[prost(message, tag = "2")]
    Send(Send),
    #[prost(message, tag = "3")]
    Ephemeral(Ephemeral),
    #[prost(message, tag = "4")]
    Ack(Ack),
    #[prost(message, tag = "5")]
    Ping(Ping),
}

#[derive(Clone, PartialEq, Message)]
pub struct ServerFrame {
    #[prost(oneof = "ServerFrameKind", tags = "1, 2, 3, 4, 5, 6, 7, 8, 9")]
    pub frame: Option<ServerFrameKind>,
}

#[derive(Clone, PartialEq, Oneof)]
pub enum ServerFrameKind {
    #[prost(message, tag = "1")]
    Welcome(Welcome),
    #[prost(message, tag = "2")]
    Accepted(Accepted),
    #[prost(message, tag = "3")]
    Refused(Refused),
    #[prost(message, tag = "4")]
    Deliver(Deliver),
    #[prost(message, tag = "5")]
    Drained(Drained),
    #[prost(message, tag = "6")]
    Incoming(Incoming),
    #[prost(message, tag = "7")]
    PrekeysLow(Prekeys),
    #[prost(message, tag = "8")]
    Pong(Ping),
    #[prost(message, tag = "9")]
    Goodbye(Goodbye),
}

/// Declares messages with numbered fields.
macro_rules! messages {
    ($($name:ident { $($(#[$attr:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            #[derive(Clone, PartialEq, Message)]
            pub struct $name { $($(#[$attr])* pub $field: $type,)* }
        )*
    };
}

messages! {
    Hello {
        #[prost(bytes = "vec", tag = "1")] token: Vec<u8>,
        #[prost(uint32, tag = "2")] protocol: u32,
    }
    Recipient {
        #[prost(bytes = "vec", tag = "1")] account: Vec<u8>,
        #[prost(bytes = "vec", tag = "2")] device: Vec<u8>,
        #[prost(bytes = "vec", tag = "3")] body: Vec<u8>,
    }
    ListClaim {
        #[prost(bytes = "vec", tag = "1")] account: Vec<u8>,
        #[prost(uint64, tag = "2")] version: u64,
    }
    Send {
        #[prost(bytes = "vec", tag = "1")] id: Vec<u8>,
        #[prost(message, repeated, tag = "2")] recipients: Vec<Recipient>,
        #[prost(message, repeated, tag = "3")] lists: Vec<ListClaim>,
    }
    Ephemeral {
        #[prost(message, repeated, tag = "1")] recipients: Vec<Recipient>,
    }
    Ack {
        #[prost(uint64, repeated, tag = "1")] ids: Vec<u64>,
    }
    Ping {
        #[prost(uint64, tag = "1")] nonce: u64,
    }
    Prekeys {
        #[prost(uint32, tag = "1")] one_time_ec: u32,
        #[prost(uint32, tag = "2")] one_time_kem: u32,
    }
    Welcome {
        #[prost(uint64, tag = "1")] time: u64,
        #[prost(uint32, tag = "2")] heartbeat: u32,
        #[prost(message, optional, tag = "3")] prekeys: Option<Prekeys>,
    }
    Accepted {
        #[prost(bytes = "vec", tag = "1")] id: Vec<u8>,
        #[prost(uint64, tag = "2")] at: u64,
    }
    Refused {
        #[prost(bytes = "vec", tag = "1")] id: Vec<u8>,
        #[prost(uint32, tag = "2")] code: u32,
        #[prost(uint64, tag = "3")] retry_after: u64,
        #[prost(bytes = "vec", repeated, tag = "4")] stale: Vec<Vec<u8>>,
    }
    Delivery {
        #[prost(uint64, tag = "1")] id: u64,
        #[prost(bytes = "vec", tag = "2")] account: Vec<u8>,
        #[prost(bytes = "vec", tag = "3")] device: Vec<u8>,
        #[prost(uint64, tag = "4")] at: u64,
        #[prost(bytes = "vec", tag = "5")] body: Vec<u8>,
    }
    Deliver {
        #[prost(message, repeated, tag = "1")] items: Vec<Delivery>,
    }
    Drained {}
    Incoming {
        #[prost(bytes = "vec", tag = "1")] account: Vec<u8>,
        #[prost(bytes = "vec", tag = "2")] device: Vec<u8>,
        #[prost(bytes = "vec", tag = "3")] body: Vec<u8>,
    }
    Goodbye {
        #[prost(uint32, tag = "1")] code: u32,
        #[prost(uint64, tag = "2")] retry_after: u64,
    }
    ListPin {
        #[prost(uint64, tag = "1")] version: u64,
        #[prost(bytes = "vec", tag = "2")] hash: Vec<u8>,
    }
    Text {
        #[prost(string, tag = "1")] text: String,
    }
    Receipt {
        #[prost(uint32, tag = "1")] kind: u32,
        #[prost(bytes = "vec", repeated, tag = "2")] ids: Vec<Vec<u8>>,
    }
    Sent {
        #[prost(bytes = "vec", tag = "1")] to: Vec<u8>,
        #[prost(bytes = "vec", tag = "2")] content: Vec<u8>,
    }
    Content {
        #[prost(bytes = "vec", tag = "1")] id: Vec<u8>,
        #[prost(uint64, tag = "2")] sent_at: u64,
        #[prost(message, optional, tag = "3")] own_list: Option<ListPin>,
        #[prost(message, optional, tag = "4")] peer_list: Option<ListPin>,
        #[prost(oneof = "ContentBody", tags = "10, 11, 12")] body: Option<ContentBody>,
    }
    EphemeralContent {
        #[prost(oneof = "EphemeralBody", tags = "1, 2")] body: Option<EphemeralBody>,
    }
}

#[derive(Clone, PartialEq, Oneof)]
pub enum ContentBody {
    #[prost(message, tag = "10")]
    Text(Text),
    #[prost(message, tag = "11")]
    Receipt(Receipt),
    #[prost(message, tag = "12")]
    Sent(Sent),
}

#[derive(Clone, PartialEq, Oneof)]
pub enum EphemeralBody {
    #[prost(uint32, tag = "1")]
    Typing(u32),
    #[prost(uint32, tag = "2")]
    Presence(u32),
}
