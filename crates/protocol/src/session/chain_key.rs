//! Sending and receiving chains (Double Ratchet, section 2.2), and the braid's beside them.

use crate::message::RatchetHeader;
use crate::primitives::kdf;
use crate::secret::Secret;
use crate::session::braid_chain::BraidChain;
use crate::session::message_key::MessageSeed;
use crate::session::skipped::SkippedKeyId;
use sotto_keys::X25519PublicKey;

/// The label of one step along a chain, its length in front.
pub(super) const STEP: &[u8] = b"\x12sotto/1 chain step";

/// The key of a chain's next message, and that message's number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChainKey {
    pub(crate) key: Secret<32>,
    pub(crate) next: u32,
}

/// The two chains of one direction, which step together.
#[derive(Clone)]
pub(crate) struct Paired {
    pub(crate) chain: ChainKey,
    pub(crate) braid: BraidChain,
}

/// Chains that were moved behind a message.
pub(crate) struct Advanced {
    pub(crate) paired: Paired,
    pub(crate) seed: MessageSeed,
    pub(crate) skipped: Vec<(SkippedKeyId, MessageSeed)>,
}

/// More messages would be skipped than is allowed.
pub(crate) struct TooFar;

/// How far one message may move a chain.
pub(crate) const MAX_JUMP: u32 = 2_000;

impl ChainKey {
    pub(crate) fn first(key: Secret<32>) -> Self {
        Self { key, next: 0 }
    }

    /// The next message's seed, and the chain behind it.
    pub(crate) fn step(&self) -> (Self, Secret<32>) {
        let [key, seed] = kdf::expand::<64>(self.key.expose(), STEP).split();
        let next = self.next.saturating_add(1);
        (Self { key, next }, seed)
    }
}

impl Paired {
    /// The next message's seeds, and the chains behind it.
    pub(crate) fn step(&self) -> (Self, MessageSeed) {
        let (chain, classical) = self.chain.step();
        let (braid, post_quantum) = self.braid.step();
        let seed = MessageSeed {
            classical,
            post_quantum,
        };
        (Self { chain, braid }, seed)
    }

    /// Moves the chains up to message `end`, keeping the seeds on the way.
    pub(crate) fn skip_to(
        self,
        end: u32,
        ratchet_key: &X25519PublicKey,
    ) -> Result<(Self, Vec<(SkippedKeyId, MessageSeed)>), TooFar> {
        let jump = end.saturating_sub(self.chain.next);
        if jump > MAX_JUMP {
            return Err(TooFar);
        }
        let mut paired = self;
        let mut skipped = Vec::new();
        while paired.chain.next < end {
            let (behind, seed) = paired.step();
            skipped.push((SkippedKeyId::new(*ratchet_key, paired.chain.next), seed));
            paired = behind;
        }
        Ok((paired, skipped))
    }

    /// Moves the chains behind the message with this header, which they have not passed yet.
    pub(crate) fn advance(self, header: &RatchetHeader) -> Result<Advanced, TooFar> {
        let (paired, skipped) = self.skip_to(header.number, &header.ratchet_key)?;
        let (paired, seed) = paired.step();
        Ok(Advanced {
            paired,
            seed,
            skipped,
        })
    }
}
