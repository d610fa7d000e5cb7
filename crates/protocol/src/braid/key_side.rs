//! The side whose key it is in an epoch: it sends header and vector, and receives the ciphertext
//! (ML-KEM Braid, section 2).
//!
//! ```text
//!  KeysUnsampled ──send──► KeysSampled ──a chunk of ciphertext 1──► HeaderSent ──all of it──► Ct1Received
//!        ▲                                                                                       │
//!        │ (the other side's epoch begins)                           a chunk of ciphertext 2 ────┤
//!        │                                                                                       ▼
//!   ciphertext side ◄────────────── all of it: the epoch is agreed on ────────────── EkSentCt1Received
//! ```

use rand_core::CryptoRng;

use super::agreed::{Agreed, EpochChains};
use super::ciphertext_side::NoHeaderReceived;
use super::erasure::{Added, Chunk, Incoming, Outgoing, cut, uncut};
use super::pieces::{
    CIPHERTEXT1_CHUNKS, CIPHERTEXT2_CHUNKS, HEADER_CHUNKS, VECTOR_CHUNKS, header_piece, split_ciphertext2,
};
use super::{Braid, Misbehaved};
use crate::primitives::braid_kem::{self, CIPHERTEXT1_LEN};
use crate::secret::Secret;

/// No key is drawn yet: it will be when something is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeysUnsampled {
    pub(super) agreed: Agreed,
}

/// The header goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeysSampled {
    pub(super) agreed: Agreed,
    pub(super) seed: Secret<64>,
    pub(super) header: Outgoing<HEADER_CHUNKS>,
}

/// The header has arrived: the vector goes out, ciphertext 1 comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HeaderSent {
    pub(super) agreed: Agreed,
    pub(super) seed: Secret<64>,
    pub(super) vector: Outgoing<VECTOR_CHUNKS>,
    pub(super) ciphertext1: Incoming<CIPHERTEXT1_CHUNKS>,
}

/// Ciphertext 1 is there, and each chunk of the vector says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ct1Received {
    pub(super) agreed: Agreed,
    pub(super) seed: Secret<64>,
    pub(super) vector: Outgoing<VECTOR_CHUNKS>,
    pub(super) ciphertext1: Box<[u8; CIPHERTEXT1_LEN]>,
}

/// The vector has arrived, ciphertext 2 comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EkSentCt1Received {
    pub(super) agreed: Agreed,
    pub(super) seed: Secret<64>,
    pub(super) ciphertext1: Box<[u8; CIPHERTEXT1_LEN]>,
    pub(super) ciphertext2: Incoming<CIPHERTEXT2_CHUNKS>,
}

/// The vector of a key, to be sent.
pub(super) fn vector_of(seed: &Secret<64>) -> Outgoing<VECTOR_CHUNKS> {
    Outgoing::new(cut(&braid_kem::public_key(seed).vector))
}

impl KeysUnsampled {
    /// Draws the epoch's key.
    pub(super) fn sample(self, rng: &mut (impl CryptoRng + ?Sized)) -> KeysSampled {
        KeysSampled::new(self.agreed, Secret::random(rng))
    }
}

impl KeysSampled {
    pub(super) fn new(agreed: Agreed, seed: Secret<64>) -> Self {
        let header = header_piece(&agreed, &braid_kem::public_key(&seed).header);
        Self {
            agreed,
            seed,
            header: Outgoing::new(header),
        }
    }

    /// Goes on with that chunk of the header.
    pub(super) fn skip_to(self, next: u16) -> Self {
        let header = self.header.skip_to(next);
        Self { header, ..self }
    }

    /// Takes the first chunk of ciphertext 1.
    pub(super) fn receive_ciphertext1(self, chunk: Chunk) -> Result<Braid, Misbehaved> {
        let sent = HeaderSent {
            agreed: self.agreed,
            vector: vector_of(&self.seed),
            seed: self.seed,
            ciphertext1: Incoming::default(),
        };
        sent.receive_ciphertext1(chunk)
    }
}

impl HeaderSent {
    /// Takes a chunk of ciphertext 1.
    pub(super) fn receive_ciphertext1(self, chunk: Chunk) -> Result<Braid, Misbehaved> {
        Ok(match self.ciphertext1.add(chunk)? {
            Added::Partial(ciphertext1) => Self { ciphertext1, ..self }.into(),
            Added::Complete(piece) => Ct1Received {
                agreed: self.agreed,
                seed: self.seed,
                vector: self.vector,
                ciphertext1: uncut(&piece),
            }
            .into(),
        })
    }
}

impl Ct1Received {
    /// Takes the first chunk of ciphertext 2.
    pub(super) fn receive_ciphertext2(
        self,
        chunk: Chunk,
    ) -> Result<(Braid, Option<EpochChains>), Misbehaved> {
        let sent = EkSentCt1Received {
            agreed: self.agreed,
            seed: self.seed,
            ciphertext1: self.ciphertext1,
            ciphertext2: Incoming::default(),
        };
        sent.receive_ciphertext2(chunk)
    }
}

impl EkSentCt1Received {
    /// Takes a chunk of ciphertext 2. The last one ends the epoch.
    pub(super) fn receive_ciphertext2(
        self,
        chunk: Chunk,
    ) -> Result<(Braid, Option<EpochChains>), Misbehaved> {
        let piece = match self.ciphertext2.add(chunk)? {
            Added::Partial(ciphertext2) => return Ok((Self { ciphertext2, ..self }.into(), None)),
            Added::Complete(piece) => piece,
        };
        let (ciphertext2, mac) = split_ciphertext2(&piece);
        let shared = braid_kem::decapsulate(&self.seed, &self.ciphertext1, &ciphertext2);
        let (agreed, chains) = self.agreed.mix(&shared);
        if agreed.ciphertext_mac(&self.ciphertext1, &ciphertext2) != mac {
            return Err(Misbehaved);
        }
        Ok((NoHeaderReceived::new(agreed).into(), Some(chains)))
    }
}
