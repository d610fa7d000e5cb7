//! The private halves of prekeys.

use core::fmt;

use rand_core::CryptoRng;
use sotto_keys::codec::Reader;
use sotto_keys::{
    Address, BatchShapeError, DecodeError, PrekeyBatch, PrekeyKind, PrekeyPublic, Timestamp, UnsignedBatch,
};
use zeroize::Zeroizing;

use crate::device::DeviceKeys;
use crate::primitives::{kem, x25519};
use crate::secret::Secret;

/// The private half of one prekey.
#[derive(Clone, PartialEq, Eq)]
pub struct PrekeySecret {
    kind: PrekeyKind,
    id: u32,
    secret: PrekeyMaterial,
}

#[derive(Clone, PartialEq, Eq)]
enum PrekeyMaterial {
    Ec(Secret<32>),
    Kem(Secret<64>),
}

impl PrekeySecret {
    const VERSION: u8 = 1;

    /// What the prekey is for.
    pub fn kind(&self) -> PrekeyKind {
        self.kind
    }

    /// Its number among the device's prekeys of its kind.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// A version byte, kind, id, and the secret: 32 bytes of X25519, or the 64 of an ML-KEM seed.
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(1 + 1 + 4 + 64));
        out.extend([Self::VERSION, self.kind.number()]);
        out.extend(self.id.to_be_bytes());
        match &self.secret {
            PrekeyMaterial::Ec(secret) => out.extend(secret.expose()),
            PrekeyMaterial::Kem(seed) => out.extend(seed.expose()),
        }
        out
    }

    /// Takes a prekey from exactly what [`PrekeySecret::to_secret_bytes`] gave.
    ///
    /// # Errors
    /// If the length, the version or the kind is another.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, |reader| {
            reader.version(Self::VERSION)?;
            let kind = PrekeyKind::from_number(reader.u8()?)?;
            let id = reader.u32()?;
            let secret = if kind.is_kem() {
                PrekeyMaterial::Kem(Secret::read(reader)?)
            } else {
                PrekeyMaterial::Ec(Secret::read(reader)?)
            };
            Ok(Self { kind, id, secret })
        })
    }

    fn generate(rng: &mut (impl CryptoRng + ?Sized), kind: PrekeyKind, id: u32) -> Self {
        let secret = if kind.is_kem() {
            PrekeyMaterial::Kem(Secret::random(rng))
        } else {
            PrekeyMaterial::Ec(Secret::random(rng))
        };
        Self { kind, id, secret }
    }

    fn public(&self) -> PrekeyPublic {
        match &self.secret {
            PrekeyMaterial::Ec(secret) => PrekeyPublic::Ec(x25519::public_key(secret)),
            PrekeyMaterial::Kem(seed) => PrekeyPublic::Kem(kem::public_key(seed)),
        }
    }

    pub(crate) fn ec(&self) -> Option<&Secret<32>> {
        if let PrekeyMaterial::Ec(secret) = &self.secret {
            Some(secret)
        } else {
            None
        }
    }

    pub(crate) fn kem(&self) -> Option<&Secret<64>> {
        if let PrekeyMaterial::Kem(seed) = &self.secret {
            Some(seed)
        } else {
            None
        }
    }
}

impl fmt::Debug for PrekeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, id, secret: _ } = self;
        f.debug_struct("PrekeySecret")
            .field("kind", kind)
            .field("id", id)
            .finish_non_exhaustive()
    }
}

/// Draws prekeys of one kind with the ids from `first_id` on, and signs them as one batch.
///
/// # Errors
/// If `count` is not 1 to 256, or there are not as many ids left.
#[expect(
    clippy::too_many_arguments,
    reason = "each says something else about the batch, and types tell them apart"
)]
pub fn generate_prekeys(
    rng: &mut (impl CryptoRng + ?Sized),
    keys: &DeviceKeys,
    address: Address,
    kind: PrekeyKind,
    first_id: u32,
    count: u16,
    created: Timestamp,
    expires: Timestamp,
) -> Result<(Vec<PrekeySecret>, PrekeyBatch), BatchShapeError> {
    if !(1..=PrekeyBatch::MAX_LEN).contains(&count) {
        return Err(BatchShapeError::WrongCount);
    }
    let end = first_id
        .checked_add(u32::from(count))
        .ok_or(BatchShapeError::IdsExhausted)?;
    let secrets: Vec<_> = (first_id..end)
        .map(|id| PrekeySecret::generate(rng, kind, id))
        .collect();
    let publics = secrets.iter().map(PrekeySecret::public).collect();
    let batch = UnsignedBatch::new(address, kind, first_id, publics, created, expires)?;
    let signature = keys.sign_prekeys(batch.header());
    Ok((secrets, batch.signed(signature)))
}
