//! The ML-KEM Braid: how two devices agree on one post-quantum secret after the other, thirty-two bytes at a time
//! (ML-KEM Braid, section 2, a public specification of Signal's; Double Ratchet, section 5).
//!
//! An exchange is an epoch, counted from 1; the sides take turns, the initiator's key comes first.
//!
//! ```text
//!  the side whose key it is                      the side that encapsulates
//!  KeysUnsampled                                 NoHeaderReceived
//!  KeysSampled          ──── header ─────────►
//!                                                HeaderReceived
//!                       ◄─── ciphertext 1 ────   Ct1Sampled            (has the secret)
//!  HeaderSent           ──── vector ─────────►
//!  Ct1Received          ──── vector, acknowledging ──►  Ct1Acknowledged or EkReceivedCt1Sampled
//!                       ◄─── ciphertext 2 ────   Ct2Sampled
//!  EkSentCt1Received
//!  (has the secret: is the next epoch's NoHeaderReceived)
//!                       ──── next epoch ─────►   (is the next epoch's KeysUnsampled)
//! ```
//!
//! Messages come in any order, or not at all: a piece is any `N` of its chunks, and what does not fit the state changes
//! nothing. All of it comes out of authenticated messages only; what breaks the rules was done by the other side
//! itself, and is refused.

pub(crate) mod agreed;
mod ciphertext_side;
pub(crate) mod erasure;
mod field;
mod key_side;
mod pieces;
pub(crate) mod rows;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

use rand_core::CryptoRng;

use crate::Role;
use crate::secret::Secret;
use agreed::{Agreed, EpochChains};
use ciphertext_side::{
    Ct1Acknowledged, Ct1Sampled, Ct2Sampled, EkReceivedCt1Sampled, HeaderReceived, NoHeaderReceived,
};
use erasure::{Chunk, Contradiction};
use key_side::{Ct1Received, EkSentCt1Received, HeaderSent, KeysSampled, KeysUnsampled};

/// The state of the exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Braid {
    KeysUnsampled(KeysUnsampled),
    KeysSampled(KeysSampled),
    HeaderSent(HeaderSent),
    Ct1Received(Ct1Received),
    EkSentCt1Received(EkSentCt1Received),
    NoHeaderReceived(NoHeaderReceived),
    HeaderReceived(HeaderReceived),
    Ct1Sampled(Ct1Sampled),
    EkReceivedCt1Sampled(EkReceivedCt1Sampled),
    Ct1Acknowledged(Ct1Acknowledged),
    Ct2Sampled(Ct2Sampled),
}

/// What one message carries of the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing but the epoch.
    Nothing,
    /// A chunk of the header.
    Header(Chunk),
    /// A chunk of the vector.
    Vector(Chunk),
    /// A chunk of the vector; and ciphertext 1 has arrived.
    VectorAcknowledging(Chunk),
    /// A chunk of ciphertext 1.
    Ciphertext1(Chunk),
    /// A chunk of ciphertext 2.
    Ciphertext2(Chunk),
}

/// The other side broke the rules of the exchange, in a message that is authentic: a piece that is not, a key that is
/// invalid, two chunks of one number, an epoch that can't be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Misbehaved;

impl Braid {
    /// The exchange at a session's start, and the chains of epoch 0.
    pub(crate) fn start(role: Role, secret: &Secret<32>) -> (Self, EpochChains) {
        let (agreed, chains) = Agreed::start(secret);
        let braid = match role {
            Role::Initiator => KeysUnsampled { agreed }.into(),
            Role::Responder => NoHeaderReceived::new(agreed).into(),
        };
        (braid, chains)
    }

    /// The exchange's epoch. The other side surely has the secrets of those before.
    pub(crate) fn epoch(&self) -> u32 {
        match self {
            Self::KeysUnsampled(KeysUnsampled { agreed })
            | Self::KeysSampled(KeysSampled { agreed, .. })
            | Self::HeaderSent(HeaderSent { agreed, .. })
            | Self::Ct1Received(Ct1Received { agreed, .. })
            | Self::EkSentCt1Received(EkSentCt1Received { agreed, .. })
            | Self::NoHeaderReceived(NoHeaderReceived { agreed, .. })
            | Self::HeaderReceived(HeaderReceived { agreed, .. }) => agreed.epoch.saturating_add(1),
            Self::Ct1Sampled(Ct1Sampled { encapsulated, .. })
            | Self::EkReceivedCt1Sampled(EkReceivedCt1Sampled { encapsulated, .. })
            | Self::Ct1Acknowledged(Ct1Acknowledged { encapsulated, .. }) => encapsulated.agreed.epoch,
            Self::Ct2Sampled(Ct2Sampled { agreed, .. }) => agreed.epoch,
        }
    }

    /// What the next message carries. Draws a key, or encapsulates, if it is time to.
    pub(crate) fn send(self, rng: &mut (impl CryptoRng + ?Sized)) -> (Self, Step, Option<EpochChains>) {
        let (mut braid, chains) = match self {
            Self::KeysUnsampled(state) => (state.sample(rng).into(), None),
            Self::HeaderReceived(state) => {
                let (state, chains) = state.encapsulate(rng);
                (state.into(), Some(chains))
            }
            other => (other, None),
        };
        let step = braid.take_step();
        (braid, step, chains)
    }

    fn take_step(&mut self) -> Step {
        match self {
            Self::KeysSampled(state) => Step::Header(state.header.take()),
            Self::HeaderSent(state) => Step::Vector(state.vector.take()),
            Self::Ct1Received(state) => Step::VectorAcknowledging(state.vector.take()),
            Self::Ct1Sampled(state) => Step::Ciphertext1(state.ciphertext1.take()),
            Self::EkReceivedCt1Sampled(state) => Step::Ciphertext1(state.ciphertext1.take()),
            Self::Ct2Sampled(state) => Step::Ciphertext2(state.ciphertext2.take()),
            Self::KeysUnsampled(_)
            | Self::EkSentCt1Received(_)
            | Self::NoHeaderReceived(_)
            | Self::HeaderReceived(_)
            | Self::Ct1Acknowledged(_) => Step::Nothing,
        }
    }

    /// Takes in what an authentic message carried, sent in that epoch.
    pub(crate) fn receive(self, epoch: u32, step: Step) -> Result<(Self, Option<EpochChains>), Misbehaved> {
        let own = self.epoch();
        match self {
            late if epoch < own => Ok((late, None)),
            current if epoch == own => current.receive_step(step),
            Self::Ct2Sampled(state) if epoch == own.saturating_add(1) => {
                Self::from(state.receive_next_epoch()).receive_step(step)
            }
            _ => Err(Misbehaved),
        }
    }

    fn receive_step(self, step: Step) -> Result<(Self, Option<EpochChains>), Misbehaved> {
        let braid = match (self, step) {
            (Self::NoHeaderReceived(state), Step::Header(chunk)) => state.receive_header(chunk)?,
            (Self::KeysSampled(state), Step::Ciphertext1(chunk)) => state.receive_ciphertext1(chunk)?,
            (Self::HeaderSent(state), Step::Ciphertext1(chunk)) => state.receive_ciphertext1(chunk)?,
            (Self::Ct1Sampled(state), Step::Vector(chunk)) => state.receive_vector(chunk)?,
            (Self::Ct1Sampled(state), Step::VectorAcknowledging(chunk)) => {
                state.receive_acknowledgement(chunk)?
            }
            (Self::EkReceivedCt1Sampled(state), Step::VectorAcknowledging(_)) => {
                state.receive_acknowledgement().into()
            }
            (Self::Ct1Acknowledged(state), Step::Vector(chunk) | Step::VectorAcknowledging(chunk)) => {
                state.receive_vector(chunk)?
            }
            (Self::Ct1Received(state), Step::Ciphertext2(chunk)) => return state.receive_ciphertext2(chunk),
            (Self::EkSentCt1Received(state), Step::Ciphertext2(chunk)) => {
                return state.receive_ciphertext2(chunk);
            }
            // Late, or said before.
            (state, _) => state,
        };
        Ok((braid, None))
    }
}

impl From<Contradiction> for Misbehaved {
    fn from(Contradiction: Contradiction) -> Self {
        Self
    }
}

macro_rules! into_braid {
    ($($state:ident),* $(,)?) => {
        $(impl From<$state> for Braid {
            fn from(state: $state) -> Self {
                Self::$state(state)
            }
        })*
    };
}

into_braid!(
    KeysUnsampled,
    KeysSampled,
    HeaderSent,
    Ct1Received,
    EkSentCt1Received,
    NoHeaderReceived,
    HeaderReceived,
    Ct1Sampled,
    EkReceivedCt1Sampled,
    Ct1Acknowledged,
    Ct2Sampled,
);
