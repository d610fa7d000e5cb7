//! Every decoder is total, and takes back what was encoded.

use super::{config, strategies};
use crate::DecodeError;
use crate::content::{Content, Ephemeral};
use crate::frame::{ClientFrame, ServerFrame};
use proptest::prelude::*;

/// Decodes to the same value, and no beginning of the bytes does.
fn survives<T: PartialEq + core::fmt::Debug>(
    value: &T,
    bytes: &[u8],
    decode: impl Fn(&[u8]) -> Result<T, DecodeError>,
) {
    assert_eq!(decode(bytes).as_ref(), Ok(value));
    for length in 0..bytes.len() {
        assert_ne!(decode(&bytes[..length]).as_ref(), Ok(value), "cut to {length}");
    }
}

/// What is accepted survives, too.
fn settles<T: PartialEq + core::fmt::Debug>(
    bytes: &[u8],
    decode: impl Fn(&[u8]) -> Result<T, DecodeError>,
    encode: impl Fn(&T) -> Vec<u8>,
) {
    if let Ok(value) = decode(bytes) {
        assert_eq!(decode(&encode(&value)), Ok(value));
    }
}

fn all_settle(bytes: &[u8]) {
    settles(bytes, ClientFrame::decode, ClientFrame::encode);
    settles(bytes, ServerFrame::decode, ServerFrame::encode);
    settles(bytes, Content::decode, Content::encode);
    settles(bytes, Ephemeral::decode, |said| said.encode());
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn client_frames_survive(frame in strategies::client_frame()) {
        survives(&frame, &frame.encode(), ClientFrame::decode);
    }

    #[test]
    fn server_frames_survive(frame in strategies::server_frame()) {
        survives(&frame, &frame.encode(), ServerFrame::decode);
    }

    #[test]
    fn contents_survive(content in strategies::content()) {
        survives(&content, &content.encode(), Content::decode);
    }

    #[test]
    fn ephemeral_contents_survive(said in strategies::ephemeral()) {
        survives(&said, &said.encode(), Ephemeral::decode);
    }

    #[test]
    fn any_bytes_give_a_value_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        all_settle(&bytes);
    }

    /// One byte off what is valid reaches deeper than noise does.
    #[test]
    fn damaged_frames_give_a_value_or_an_error(
        client in strategies::client_frame(),
        server in strategies::server_frame(),
        content in strategies::content(),
        place in any::<proptest::sample::Index>(),
        flip in 1..=255_u8,
    ) {
        for mut bytes in [client.encode(), server.encode(), content.encode()] {
            let place = place.index(bytes.len());
            bytes[place] ^= flip;
            all_settle(&bytes);
        }
    }
}
