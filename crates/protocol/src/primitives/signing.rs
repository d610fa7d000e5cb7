//! Hybrid signatures: Ed25519 (RFC 8032) and ML-DSA-65 (FIPS 204, deterministic, empty context).

use ed25519_dalek::Signer;
use ml_dsa::{ExpandedSigningKey, MlDsa65};
use rand_core::CryptoRng;
use sotto_keys::codec::Reader;
use sotto_keys::{DecodeError, HybridPublicKey, HybridSignature, Purpose};

use crate::secret::Secret;

/// The seeds of an Ed25519 and an ML-DSA-65 signing key, and the public keys made from them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct HybridSigningKey {
    ed25519: Secret<32>,
    ml_dsa: Secret<32>,
    public: HybridPublicKey,
}

impl HybridSigningKey {
    /// Length of the secret encoding.
    pub(crate) const SECRET_LEN: usize = 64;

    pub(crate) fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self::from_seeds(Secret::random(rng), Secret::random(rng))
    }

    #[expect(
        clippy::expect_used,
        reason = "the public key of a seed is a canonical point of prime order"
    )]
    fn from_seeds(ed25519: Secret<32>, ml_dsa: Secret<32>) -> Self {
        let ed25519_public = ed25519_dalek::SigningKey::from_bytes(ed25519.expose())
            .verifying_key()
            .to_bytes();
        let ml_dsa_public = Box::new(expand(&ml_dsa).verifying_key().encode().into());
        let public = HybridPublicKey::new(ed25519_public, ml_dsa_public).expect("a valid public key");
        Self {
            ed25519,
            ml_dsa,
            public,
        }
    }

    /// Reads both seeds.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (ed25519, ml_dsa) = (Secret::read(reader)?, Secret::read(reader)?);
        Ok(Self::from_seeds(ed25519, ml_dsa))
    }

    /// Appends both seeds.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.ed25519.expose());
        out.extend(self.ml_dsa.expose());
    }

    pub(crate) fn public(&self) -> &HybridPublicKey {
        &self.public
    }

    /// Signs a body for a purpose, twice.
    pub(crate) fn sign(&self, purpose: Purpose, body: &[u8]) -> HybridSignature {
        let signed = self.public.to_be_signed(purpose, body);
        HybridSignature::new(
            Box::new(sign_ed25519(&self.ed25519, &signed)),
            Box::new(sign_ml_dsa(&self.ml_dsa, &signed)),
        )
    }
}

pub(super) fn sign_ed25519(seed: &Secret<32>, message: &[u8]) -> [u8; 64] {
    ed25519_dalek::SigningKey::from_bytes(seed.expose())
        .sign(message)
        .to_bytes()
}

#[expect(
    clippy::expect_used,
    reason = "only a context above 255 bytes fails, and ours is empty"
)]
pub(super) fn sign_ml_dsa(seed: &Secret<32>, message: &[u8]) -> [u8; HybridSignature::ML_DSA_LEN] {
    expand(seed)
        .sign_deterministic(message, &[])
        .expect("an empty context")
        .encode()
        .into()
}

fn expand(seed: &Secret<32>) -> Box<ExpandedSigningKey<MlDsa65>> {
    Box::new(ExpandedSigningKey::from_seed(seed.expose().into()))
}
