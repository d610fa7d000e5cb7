//! What travels in chunks, and the MACs with it.

use super::agreed::Agreed;
use super::erasure::{CHUNK_LEN, Piece, cut, uncut};
use crate::primitives::braid_kem::{CIPHERTEXT1_LEN, CIPHERTEXT2_LEN, HEADER_LEN, VECTOR_LEN};
use crate::secret::Secret;

/// HMAC-SHA256.
const MAC_LEN: usize = 32;
/// Header and MAC.
pub(crate) const HEADER_CHUNKS: usize = (HEADER_LEN + MAC_LEN) / CHUNK_LEN;
/// The vector; the header has its hash.
pub(crate) const VECTOR_CHUNKS: usize = VECTOR_LEN / CHUNK_LEN;
/// Ciphertext 1; the MAC behind ciphertext 2 covers it.
pub(crate) const CIPHERTEXT1_CHUNKS: usize = CIPHERTEXT1_LEN / CHUNK_LEN;
/// Ciphertext 2 and the MAC of both.
pub(crate) const CIPHERTEXT2_CHUNKS: usize = (CIPHERTEXT2_LEN + MAC_LEN) / CHUNK_LEN;

pub(super) fn header_piece(agreed: &Agreed, header: &[u8; HEADER_LEN]) -> Piece<HEADER_CHUNKS> {
    cut(&append::<HEADER_LEN, { HEADER_LEN + MAC_LEN }>(
        header,
        &agreed.header_mac(header),
    ))
}

pub(super) fn split_header(piece: &Piece<HEADER_CHUNKS>) -> ([u8; HEADER_LEN], Secret<MAC_LEN>) {
    split::<HEADER_LEN, { HEADER_LEN + MAC_LEN }>(&uncut(piece))
}

pub(super) fn ciphertext2_piece(
    agreed: &Agreed,
    ciphertext1: &[u8; CIPHERTEXT1_LEN],
    ciphertext2: &[u8; CIPHERTEXT2_LEN],
) -> Piece<CIPHERTEXT2_CHUNKS> {
    let mac = agreed.ciphertext_mac(ciphertext1, ciphertext2);
    cut(&append::<CIPHERTEXT2_LEN, { CIPHERTEXT2_LEN + MAC_LEN }>(
        ciphertext2,
        &mac,
    ))
}

pub(super) fn split_ciphertext2(
    piece: &Piece<CIPHERTEXT2_CHUNKS>,
) -> ([u8; CIPHERTEXT2_LEN], Secret<MAC_LEN>) {
    split::<CIPHERTEXT2_LEN, { CIPHERTEXT2_LEN + MAC_LEN }>(&uncut(piece))
}

fn append<const LEN: usize, const WITH: usize>(content: &[u8; LEN], mac: &Secret<MAC_LEN>) -> [u8; WITH] {
    const { assert!(WITH == LEN + MAC_LEN, "the MAC behind the content") };
    let mut out = [0; WITH];
    out[..LEN].copy_from_slice(content);
    out[LEN..].copy_from_slice(mac.expose());
    out
}

fn split<const LEN: usize, const WITH: usize>(bytes: &[u8; WITH]) -> ([u8; LEN], Secret<MAC_LEN>) {
    const { assert!(WITH == LEN + MAC_LEN, "the MAC behind the content") };
    let mut content = [0; LEN];
    content.copy_from_slice(&bytes[..LEN]);
    (content, Secret::filled(|mac| mac.copy_from_slice(&bytes[LEN..])))
}
