//! The root chain (Double Ratchet, section 2.3).

use sotto_keys::tag_prefix;

use crate::primitives::kdf;
use crate::secret::Secret;
use crate::session::chain_key::ChainKey;
use crate::session::ephemeral::EpochKey;

/// The key that each agreement of ratchet keys is mixed into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RootKey(pub(crate) Secret<32>);

/// What one step of the root chain gives.
pub(crate) struct RootStep {
    pub(crate) root: RootKey,
    pub(crate) chain: ChainKey,
    pub(crate) epoch: EpochKey,
}

impl RootKey {
    /// Mixes in what the two sides' ratchet keys agree on: HKDF-SHA256 with the root key as salt.
    pub(crate) fn step(&self, agreed: &Secret<32>) -> RootStep {
        let output = kdf::hkdf::<96>(self.0.expose(), agreed.expose(), &tag_prefix("sotto/1 root step"));
        let [root, chain, epoch] = output.split();
        RootStep {
            root: Self(root),
            chain: ChainKey::first(chain),
            epoch: EpochKey(epoch),
        }
    }
}
