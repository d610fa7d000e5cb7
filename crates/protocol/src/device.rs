//! A device's private keys.

use core::fmt;

use rand_core::CryptoRng;
use sotto_keys::codec::Reader;
use sotto_keys::{
    BatchHeader, DecodeError, DevicePublicKeys, HybridSignature, Purpose, SignInChallenge, X25519PublicKey,
};
use zeroize::Zeroizing;

use crate::primitives::signing::HybridSigningKey;
use crate::primitives::x25519::{self, AllZero};
use crate::secret::Secret;

/// A device's private keys: X25519 for sessions, Ed25519 and ML-DSA-65 for signing.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceKeys {
    x25519: Secret<32>,
    signing: HybridSigningKey,
    public: DevicePublicKeys,
}

impl DeviceKeys {
    const VERSION: u8 = 1;

    /// Draws new keys.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self::new(Secret::random(rng), HybridSigningKey::generate(rng))
    }

    fn new(x25519: Secret<32>, signing: HybridSigningKey) -> Self {
        let public = DevicePublicKeys {
            x25519: x25519::public_key(&x25519),
            signing: signing.public().clone(),
        };
        Self {
            x25519,
            signing,
            public,
        }
    }

    /// The public halves.
    pub fn public(&self) -> &DevicePublicKeys {
        &self.public
    }

    /// Answers a server's challenge: the encoding of a hybrid signature. The caller has checked that origin and
    /// address are its own.
    pub fn sign_in(&self, challenge: &SignInChallenge) -> Vec<u8> {
        self.signing.sign(Purpose::SignIn, &challenge.encode()).encode()
    }

    /// A version byte, the X25519 secret and both signing seeds.
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(1 + 32 + HybridSigningKey::SECRET_LEN));
        out.push(Self::VERSION);
        out.extend(self.x25519.expose());
        self.signing.write(&mut out);
        out
    }

    /// Takes keys from exactly what [`DeviceKeys::to_secret_bytes`] gave.
    ///
    /// # Errors
    /// If the length or the version is another.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, |reader| {
            reader.version(Self::VERSION)?;
            Ok(Self::new(Secret::read(reader)?, HybridSigningKey::read(reader)?))
        })
    }

    pub(crate) fn sign_prekeys(&self, header: &BatchHeader) -> HybridSignature {
        self.signing.sign(Purpose::PrekeyBatch, &header.encode())
    }

    pub(crate) fn agree(&self, public: &X25519PublicKey) -> Result<Secret<32>, AllZero> {
        x25519::diffie_hellman(&self.x25519, public)
    }
}

/// Shows the public halves only.
impl fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            x25519: _,
            signing: _,
            public,
        } = self;
        f.debug_struct("DeviceKeys")
            .field("public", public)
            .finish_non_exhaustive()
    }
}
