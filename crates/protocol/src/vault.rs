//! The vault key: what encrypts everything that a device stores.

use core::fmt;

use rand_core::CryptoRng;
use sotto_keys::{DecodeError, tag_prefix};
use zeroize::Zeroizing;

use crate::primitives::kdf;
use crate::secret::Secret;
use crate::wrap::{PassphraseCost, UnwrapError, WrapKind, WrapSecret, Wrapped};

/// 32 random bytes from which the keys of a device's storage are derived. Stored only wrapped.
#[derive(Clone, PartialEq, Eq)]
pub struct VaultKey(Secret<32>);

const WRAP_LABEL: &str = "sotto/1 vault key";
const SUBKEY_LABEL: &str = "sotto/1 vault subkey";

impl VaultKey {
    /// Draws a key.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self(Secret::random(rng))
    }

    /// The key for one use (HKDF-Expand); labels are constants of the code.
    pub fn subkey(&self, label: &str) -> Zeroizing<[u8; 32]> {
        let info = [&tag_prefix(SUBKEY_LABEL)[..], label.as_bytes()].concat();
        Zeroizing::new(*kdf::expand::<32>(self.0.expose(), &info).expose())
    }

    /// Encrypts the key. `cost` matters for passphrases only.
    pub fn wrap(
        &self,
        rng: &mut (impl CryptoRng + ?Sized),
        secret: &WrapSecret<'_>,
        cost: PassphraseCost,
    ) -> WrappedVaultKey {
        WrappedVaultKey(Wrapped::seal(rng, WRAP_LABEL, &[], secret, cost, self.0.expose()))
    }
}

/// Shows nothing.
impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("VaultKey([secret])")
    }
}

/// A vault key under a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedVaultKey(Wrapped);

impl WrappedVaultKey {
    /// Decrypts the key.
    ///
    /// # Errors
    /// See [`UnwrapError`].
    pub fn unwrap(&self, secret: &WrapSecret<'_>) -> Result<VaultKey, UnwrapError> {
        let bytes = self.0.open(WRAP_LABEL, &[], secret)?;
        let key = bytes
            .as_slice()
            .try_into()
            .map_err(|_| UnwrapError::WrongSecret)?;
        Ok(VaultKey(Secret::copied(key)))
    }

    /// What opens it.
    pub fn kind(&self) -> WrapKind {
        self.0.kind()
    }

    /// Whether it may be kept on a server: not if a passphrase alone opens it, which could be guessed there.
    pub fn may_leave_device(&self) -> bool {
        self.0.kind().resists_guessing()
    }

    /// Reads a wrap.
    ///
    /// # Errors
    /// If the bytes are not exactly one wrap of a known version, or its costs are out of bounds.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Wrapped::decode(bytes, 32).map(Self)
    }

    /// The encoding.
    pub fn encode(&self) -> Vec<u8> {
        self.0.encode()
    }
}
