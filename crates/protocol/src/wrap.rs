//! Encrypting a key under what opens an account: a passkey's PRF output, a passphrase, a recovery code and so on.

use core::fmt;

use rand_core::CryptoRng;
use sotto_keys::codec::Reader;
use sotto_keys::{DecodeError, tag_prefix};
use zeroize::Zeroizing;

use crate::primitives::{aead, kdf, passphrase};
use crate::recovery_code::RecoveryCode;
use crate::secret::Secret;

/// What a key is wrapped under.
#[derive(Clone, Copy)]
pub enum WrapSecret<'a> {
    /// The output of a passkey's PRF extension (WebAuthn level 3).
    Prf(&'a [u8; 32]),
    /// A passphrase, stretched by Argon2id. The caller has brought it into one Unicode form (NFKC).
    Passphrase(&'a str),
    /// The recovery code.
    Recovery(&'a RecoveryCode),
    /// A random key that the device keeps by other means, such as a WebCrypto key that cannot be exported.
    DeviceKey(&'a [u8; 32]),
    /// The export key of OPAQUE (RFC 9807).
    OpaqueExport(&'a [u8; 64]),
}

/// Which kind of secret opens a wrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WrapKind {
    /// [`WrapSecret::Prf`]
    Prf,
    /// [`WrapSecret::Passphrase`]
    Passphrase,
    /// [`WrapSecret::Recovery`]
    Recovery,
    /// [`WrapSecret::DeviceKey`]
    DeviceKey,
    /// [`WrapSecret::OpaqueExport`]
    OpaqueExport,
}

impl WrapKind {
    const ALL: [Self; 5] = [
        Self::Prf,
        Self::Passphrase,
        Self::Recovery,
        Self::DeviceKey,
        Self::OpaqueExport,
    ];

    /// The kind's number in the formats.
    pub const fn number(self) -> u8 {
        match self {
            Self::Prf => 1,
            Self::Passphrase => 2,
            Self::Recovery => 3,
            Self::DeviceKey => 4,
            Self::OpaqueExport => 5,
        }
    }

    /// Whether someone who has only the wrap cannot try out secrets with a chance of success.
    pub const fn resists_guessing(self) -> bool {
        !matches!(self, Self::Passphrase)
    }

    fn from_number(number: u8) -> Result<Self, DecodeError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.number() == number)
            .ok_or(DecodeError::OutOfRange)
    }
}

impl WrapSecret<'_> {
    /// Which kind of secret this is.
    pub fn kind(&self) -> WrapKind {
        match self {
            Self::Prf(_) => WrapKind::Prf,
            Self::Passphrase(_) => WrapKind::Passphrase,
            Self::Recovery(_) => WrapKind::Recovery,
            Self::DeviceKey(_) => WrapKind::DeviceKey,
            Self::OpaqueExport(_) => WrapKind::OpaqueExport,
        }
    }

    /// What goes into HKDF.
    fn key_material(&self, salt: &[u8; 32], cost: PassphraseCost) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match self {
            Self::Prf(output) => output.to_vec(),
            Self::Passphrase(text) => cost.stretch(text, salt).expose().to_vec(),
            Self::Recovery(code) => code.expose().to_vec(),
            Self::DeviceKey(key) => key.to_vec(),
            Self::OpaqueExport(key) => key.to_vec(),
        })
    }
}

/// Shows the kind only.
impl fmt::Debug for WrapSecret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrapSecret::{:?}([secret])", self.kind())
    }
}

/// What stretching a passphrase costs: Argon2id with one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassphraseCost {
    memory_kib: u32,
    passes: u32,
}

impl PassphraseCost {
    /// 64 MiB, three passes.
    pub const RECOMMENDED: Self = Self {
        memory_kib: 64 * 1024,
        passes: 3,
    };
    /// Least memory, in KiB: what Argon2 itself needs.
    pub const MIN_MEMORY_KIB: u32 = 8;
    /// Most memory, in KiB: nobody's wrap may exhaust a phone.
    pub const MAX_MEMORY_KIB: u32 = 256 * 1024;
    /// Most passes.
    pub const MAX_PASSES: u32 = 16;

    /// A cost within the limits; only tests have a reason to go below [`PassphraseCost::RECOMMENDED`].
    pub const fn new(memory_kib: u32, passes: u32) -> Option<Self> {
        let in_bounds = memory_kib >= Self::MIN_MEMORY_KIB
            && memory_kib <= Self::MAX_MEMORY_KIB
            && passes >= 1
            && passes <= Self::MAX_PASSES;
        if in_bounds {
            Some(Self { memory_kib, passes })
        } else {
            None
        }
    }

    /// Only passphrases cost anything; of the rest all costs are one.
    fn for_kind(self, kind: WrapKind) -> Self {
        if kind == WrapKind::Passphrase {
            self
        } else {
            Self::RECOMMENDED
        }
    }

    #[expect(clippy::expect_used, reason = "a cost within our limits is within Argon2's")]
    fn stretch(self, text: &str, salt: &[u8; 32]) -> Secret<32> {
        passphrase::stretch(text.as_bytes(), salt, self.memory_kib, self.passes).expect("an allowed cost")
    }
}

/// Why a wrap does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnwrapError {
    /// Not the secret it was wrapped under; or the wrap was tampered with, which looks the same.
    #[error("the secret does not open this")]
    WrongSecret,
    /// It was wrapped under another kind of secret.
    #[error("another kind of secret opens this")]
    OtherKind,
}

/// A key under a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrapped {
    kind: WrapKind,
    cost: PassphraseCost,
    salt: [u8; 32],
    ciphertext: Vec<u8>,
}

impl Wrapped {
    const VERSION: u8 = 1;

    /// Encrypts `key` under a fresh salt, bound to a label and a context.
    pub(crate) fn seal(
        rng: &mut (impl CryptoRng + ?Sized),
        label: &str,
        context: &[u8],
        secret: &WrapSecret<'_>,
        cost: PassphraseCost,
        key: &[u8],
    ) -> Self {
        let mut salt = [0; 32];
        rng.fill_bytes(&mut salt);
        let mut wrapped = Self {
            kind: secret.kind(),
            cost: cost.for_kind(secret.kind()),
            salt,
            ciphertext: Vec::new(),
        };
        let (wrapping_key, bound) = wrapped.keys(label, context, secret);
        wrapped.ciphertext = aead::aes_seal(wrapping_key.key(), wrapping_key.nonce(), &bound, key);
        wrapped
    }

    pub(crate) fn open(
        &self,
        label: &str,
        context: &[u8],
        secret: &WrapSecret<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, UnwrapError> {
        if secret.kind() != self.kind {
            return Err(UnwrapError::OtherKind);
        }
        let (wrapping_key, bound) = self.keys(label, context, secret);
        aead::aes_open(wrapping_key.key(), wrapping_key.nonce(), &bound, &self.ciphertext)
            .map_err(|aead::Unauthentic| UnwrapError::WrongSecret)
    }

    pub(crate) fn kind(&self) -> WrapKind {
        self.kind
    }

    /// The key and nonce, which the salt makes unique, and what the ciphertext is bound to.
    fn keys(&self, label: &str, context: &[u8], secret: &WrapSecret<'_>) -> (aead::KeyAndNonce, Vec<u8>) {
        let material = secret.key_material(&self.salt, self.cost);
        let bound = [&tag_prefix(label)[..], &self.header(), context].concat();
        (aead::KeyAndNonce(kdf::hkdf(&self.salt, &material, &bound)), bound)
    }

    fn header(&self) -> Vec<u8> {
        let mut out = vec![Self::VERSION, self.kind.number()];
        if self.kind == WrapKind::Passphrase {
            out.extend(self.cost.memory_kib.to_be_bytes());
            out.extend(self.cost.passes.to_be_bytes());
        }
        out.extend(self.salt);
        out
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        [&self.header()[..], &self.ciphertext].concat()
    }

    /// Reads the wrap of a key of `key_len` bytes.
    pub(crate) fn decode(bytes: &[u8], key_len: usize) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, |reader| {
            reader.version(Self::VERSION)?;
            let kind = WrapKind::from_number(reader.u8()?)?;
            let cost = if kind == WrapKind::Passphrase {
                PassphraseCost::new(reader.u32()?, reader.u32()?).ok_or(DecodeError::OutOfRange)?
            } else {
                PassphraseCost::RECOMMENDED
            };
            let salt = reader.array()?;
            Ok(Self {
                kind,
                cost,
                salt,
                ciphertext: reader.take(key_len + aead::TAG_LEN)?.to_vec(),
            })
        })
    }
}
