//! Bytes that nobody may see.

use core::fmt;

use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// `N` secret bytes: on the heap, so that moves leave no copies; wiped on drop; compared in constant time; never
/// shown.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Secret<const N: usize>(Box<[u8; N]>);

impl<const N: usize> Secret<N> {
    /// Lets `write` fill the bytes where they will stay.
    pub(crate) fn filled(write: impl FnOnce(&mut [u8; N])) -> Self {
        let mut bytes = Box::new([0; N]);
        write(&mut bytes);
        Self(bytes)
    }

    /// Copies the bytes.
    pub(crate) fn copied(bytes: &[u8; N]) -> Self {
        Self::filled(|out| out.copy_from_slice(bytes))
    }

    /// Draws the bytes.
    pub(crate) fn random(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self::filled(|out| rng.fill_bytes(out))
    }

    /// The bytes. Don't copy them.
    pub(crate) fn expose(&self) -> &[u8; N] {
        &self.0
    }

    /// Cuts the bytes into equal parts.
    pub(crate) fn split<const LEN: usize, const PARTS: usize>(&self) -> [Secret<LEN>; PARTS] {
        const { assert!(LEN * PARTS == N, "the parts make up the whole") };
        core::array::from_fn(|part| Secret::filled(|out| out.copy_from_slice(&self.0[part * LEN..][..LEN])))
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl<const N: usize> Eq for Secret<N> {}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl<const N: usize> Secret<N> {
    /// Reads the bytes.
    pub(crate) fn read(reader: &mut sotto_keys::codec::Reader<'_>) -> Result<Self, sotto_keys::DecodeError> {
        reader.boxed().map(Self)
    }
}
