//! Hashes under a domain tag.

use sha2::{Digest, Sha256};

/// SHA-256 over one byte with the tag's length, the tag, and the parts, one after the other.
///
/// The parts carry no lengths of their own: a caller's parts are of fixed length, but for the last.
pub fn tagged_hash(tag: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(tag_prefix(tag));
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// One byte with the tag's length, then the tag. A tag has at most 255 bytes; ours are constants.
pub fn tag_prefix(tag: &str) -> Vec<u8> {
    let len = u8::try_from(tag.len()).unwrap_or(u8::MAX);
    core::iter::once(len)
        .chain(tag.bytes().take(len.into()))
        .collect()
}
