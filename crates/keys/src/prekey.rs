//! Prekeys: keys that a device leaves with the server, so that others can start sessions while it is away.
//!
//! The prekeys of one upload are the leaves of a tree whose root the device signs once. Handed out one at a time,
//! each carries the signed header and its path to the root.

use core::ops::RangeInclusive;

use crate::certificate::{CertifiedDevice, read_address};
use crate::codec::{DecodeError, Reader};
use crate::curve::X25519PublicKey;
use crate::hash::tagged_hash;
use crate::kem::KemPublicKey;
use crate::merkle::{self, Hash, Tree};
use crate::signature::{HybridSignature, Purpose};
use crate::{Address, Timestamp};

/// What a prekey is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrekeyKind {
    /// X25519, handed out to everybody until it is rotated.
    SignedEc,
    /// X25519, handed out once.
    OneTimeEc,
    /// ML-KEM-1024, handed out once.
    OneTimeKem,
    /// ML-KEM-1024, handed out to everybody while no one-time key is left.
    LastResortKem,
}

impl PrekeyKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [
        Self::SignedEc,
        Self::OneTimeEc,
        Self::OneTimeKem,
        Self::LastResortKem,
    ];

    /// The kind's number in the formats.
    pub const fn number(self) -> u8 {
        match self {
            Self::SignedEc => 1,
            Self::OneTimeEc => 2,
            Self::OneTimeKem => 3,
            Self::LastResortKem => 4,
        }
    }

    /// The kind with that number.
    ///
    /// # Errors
    /// [`DecodeError::OutOfRange`] if there is none.
    pub fn from_number(number: u8) -> Result<Self, DecodeError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.number() == number)
            .ok_or(DecodeError::OutOfRange)
    }

    /// Whether keys of this kind are ML-KEM-1024; otherwise they are X25519.
    pub const fn is_kem(self) -> bool {
        matches!(self, Self::OneTimeKem | Self::LastResortKem)
    }

    /// Whether keys of this kind are handed out, and used, once.
    pub const fn is_one_time(self) -> bool {
        matches!(self, Self::OneTimeEc | Self::OneTimeKem)
    }
}

/// A prekey's public half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrekeyPublic {
    /// X25519.
    Ec(X25519PublicKey),
    /// ML-KEM-1024.
    Kem(KemPublicKey),
}

impl PrekeyPublic {
    /// The key's bytes: 32 or 1,568.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Ec(key) => key.as_bytes(),
            Self::Kem(key) => key.as_bytes(),
        }
    }

    fn read(kind: PrekeyKind, reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if kind.is_kem() {
            KemPublicKey::read(reader).map(Self::Kem)
        } else {
            X25519PublicKey::read(reader).map(Self::Ec)
        }
    }
}

/// What the device signs about a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchHeader {
    address: Address,
    kind: PrekeyKind,
    first_id: u32,
    count: u16,
    root: Hash,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl BatchHeader {
    /// The version of the format.
    pub const VERSION: u8 = 1;
    /// Length of the encoding.
    pub const LEN: usize = 1 + Address::LEN + 1 + 4 + 2 + 32 + 8 + 8;

    /// The bytes that the device signs.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::LEN);
        out.push(Self::VERSION);
        out.extend(self.address.to_bytes());
        out.push(self.kind.number());
        out.extend(self.first_id.to_be_bytes());
        out.extend(self.count.to_be_bytes());
        out.extend(self.root);
        out.extend(self.created_at.as_millis().to_be_bytes());
        out.extend(self.expires_at.as_millis().to_be_bytes());
        out
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.version(Self::VERSION)?;
        let header = Self {
            address: read_address(reader)?,
            kind: PrekeyKind::from_number(reader.u8()?)?,
            first_id: reader.u32()?,
            count: reader.u16()?,
            root: reader.array()?,
            created_at: Timestamp::from_millis(reader.u64()?),
            expires_at: Timestamp::from_millis(reader.u64()?),
        };
        let ids_end = header.first_id.checked_add(u32::from(header.count));
        if BATCH_SIZES.contains(&header.count) && ids_end.is_some() {
            Ok(header)
        } else {
            Err(DecodeError::OutOfRange)
        }
    }

    fn id(&self, index: u16) -> u32 {
        self.first_id.saturating_add(u32::from(index))
    }

    fn leaf_hash(&self, index: u16, key: &PrekeyPublic) -> Hash {
        let id = self.id(index).to_be_bytes();
        tagged_hash(
            "sotto/1 prekey leaf",
            &[&[self.kind.number()], &id, key.as_bytes()],
        )
    }

    fn verify(
        &self,
        signature: &HybridSignature,
        device: &CertifiedDevice,
        now: Timestamp,
    ) -> Result<(), PrekeyError> {
        if self.address != device.address() {
            return Err(PrekeyError::WrongDevice);
        }
        if now >= self.expires_at {
            return Err(PrekeyError::Expired);
        }
        let key = &device.keys().signing;
        key.verify(Purpose::PrekeyBatch, &self.encode(), signature)
            .map_err(|_| PrekeyError::BadSignature)
    }
}

/// How many prekeys a batch can hold.
const BATCH_SIZES: RangeInclusive<u16> = 1..=PrekeyBatch::MAX_LEN;

/// Why a prekey, a batch or a bundle may not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrekeyError {
    /// It is another device's.
    #[error("the prekey belongs to another device")]
    WrongDevice,
    /// It is of another kind than its place asks for.
    #[error("the prekey is of the wrong kind")]
    WrongKind,
    /// It has expired.
    #[error("the prekey has expired")]
    Expired,
    /// The keys do not lead to the signed root.
    #[error("the prekey is not in the signed batch")]
    NotInBatch,
    /// The device did not sign the batch.
    #[error("the prekey's signature is not valid")]
    BadSignature,
}

/// Why keys make no batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchShapeError {
    /// A batch holds 1 to [`PrekeyBatch::MAX_LEN`] keys.
    #[error("a batch holds 1 to 256 prekeys")]
    WrongCount,
    /// The ids would go past the greatest number.
    #[error("no ids are left")]
    IdsExhausted,
    /// A key is of another kind than the batch.
    #[error("a key is of another kind than the batch")]
    WrongKind,
}

/// A batch before it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsignedBatch {
    header: BatchHeader,
    keys: Vec<PrekeyPublic>,
}

impl UnsignedBatch {
    /// Puts keys of one kind into a batch; their ids are `first_id` and those that follow.
    ///
    /// # Errors
    /// See [`BatchShapeError`].
    pub fn new(
        address: Address,
        kind: PrekeyKind,
        first_id: u32,
        keys: Vec<PrekeyPublic>,
        created_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<Self, BatchShapeError> {
        let count = u16::try_from(keys.len())
            .ok()
            .filter(|count| BATCH_SIZES.contains(count));
        let count = count.ok_or(BatchShapeError::WrongCount)?;
        first_id
            .checked_add(u32::from(count))
            .ok_or(BatchShapeError::IdsExhausted)?;
        if keys
            .iter()
            .any(|key| matches!(key, PrekeyPublic::Kem(_)) != kind.is_kem())
        {
            return Err(BatchShapeError::WrongKind);
        }
        let mut header = BatchHeader {
            address,
            kind,
            first_id,
            count,
            root: [0; 32],
            created_at,
            expires_at,
        };
        header.root = tree(&header, &keys).root().ok_or(BatchShapeError::WrongCount)?;
        Ok(Self { header, keys })
    }

    /// What the device signs.
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// Adds the device's signature over [`BatchHeader::encode`].
    pub fn signed(self, signature: HybridSignature) -> PrekeyBatch {
        PrekeyBatch {
            header: self.header,
            signature,
            keys: self.keys,
        }
    }
}

fn tree(header: &BatchHeader, keys: &[PrekeyPublic]) -> Tree {
    Tree::new(
        (0..)
            .zip(keys)
            .map(|(index, key)| header.leaf_hash(index, key))
            .collect(),
    )
}

/// A batch as it is uploaded: well-formed, but not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrekeyBatch {
    header: BatchHeader,
    signature: HybridSignature,
    keys: Vec<PrekeyPublic>,
}

impl PrekeyBatch {
    /// Most keys in a batch.
    pub const MAX_LEN: u16 = 256;

    /// Reads a batch.
    ///
    /// # Errors
    /// If the bytes are not exactly one batch of a known version, or hold an invalid key.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, |reader| {
            let header = BatchHeader::read(reader)?;
            let signature = HybridSignature::read(reader)?;
            let keys = (0..header.count)
                .map(|_| PrekeyPublic::read(header.kind, reader))
                .collect::<Result<_, _>>()?;
            Ok(Self {
                header,
                signature,
                keys,
            })
        })
    }

    /// The encoding: the signed header, the signature, the keys in the order of their ids.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = signed_header(&self.header, &self.signature);
        self.keys.iter().for_each(|key| out.extend(key.as_bytes()));
        out
    }

    /// Verifies that the device signed exactly these keys, and that they have not expired.
    ///
    /// # Errors
    /// See [`PrekeyError`].
    pub fn verify(self, device: &CertifiedDevice, now: Timestamp) -> Result<VerifiedBatch, PrekeyError> {
        self.header.verify(&self.signature, device, now)?;
        let tree = tree(&self.header, &self.keys);
        if tree.root() == Some(self.header.root) {
            Ok(VerifiedBatch { batch: self, tree })
        } else {
            Err(PrekeyError::NotInBatch)
        }
    }
}

fn signed_header(header: &BatchHeader, signature: &HybridSignature) -> Vec<u8> {
    let mut out = header.encode();
    signature.write(&mut out);
    out
}

/// A batch that the device is known to have signed: what a server takes in and hands out from.
///
/// A prekey's encoding is [`VerifiedBatch::signed_header`] followed by its [`VerifiedBatch::leaves`] entry, so a
/// server stores the first once and the second per key.
pub struct VerifiedBatch {
    batch: PrekeyBatch,
    tree: Tree,
}

impl VerifiedBatch {
    /// What the keys are for.
    pub fn kind(&self) -> PrekeyKind {
        self.batch.header.kind
    }

    /// Whose keys they are.
    pub fn address(&self) -> Address {
        self.batch.header.address
    }

    /// When the keys were made.
    pub fn created_at(&self) -> Timestamp {
        self.batch.header.created_at
    }

    /// From when on the keys may not be used.
    pub fn expires_at(&self) -> Timestamp {
        self.batch.header.expires_at
    }

    /// The part that all keys of the batch share: header and signature.
    pub fn signed_header(&self) -> Vec<u8> {
        signed_header(&self.batch.header, &self.batch.signature)
    }

    /// Each key's id, and the part of its encoding that is its own: index, key and path.
    pub fn leaves(&self) -> impl Iterator<Item = (u32, Vec<u8>)> + '_ {
        (0..).zip(&self.batch.keys).map(|(index, key)| {
            let mut out = u16::to_be_bytes(index).to_vec();
            out.extend(key.as_bytes());
            self.tree
                .path(index.into())
                .iter()
                .for_each(|hash| out.extend(hash));
            (self.batch.header.id(index), out)
        })
    }

    /// One prekey, as it is handed out.
    pub fn prekey(&self, index: u16) -> Option<Prekey> {
        Some(Prekey {
            header: self.batch.header.clone(),
            signature: self.batch.signature.clone(),
            index,
            key: self.batch.keys.get(usize::from(index))?.clone(),
            path: self.tree.path(index.into()),
        })
    }
}

/// One prekey as it is handed out: well-formed, but not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prekey {
    header: BatchHeader,
    signature: HybridSignature,
    index: u16,
    key: PrekeyPublic,
    path: Vec<Hash>,
}

impl Prekey {
    /// Reads a prekey.
    ///
    /// # Errors
    /// If the bytes are not exactly one prekey of a known version, or hold an invalid key.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, Self::read)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let header = BatchHeader::read(reader)?;
        let signature = HybridSignature::read(reader)?;
        let index = reader.u16()?;
        if index >= header.count {
            return Err(DecodeError::OutOfRange);
        }
        let key = PrekeyPublic::read(header.kind, reader)?;
        let len = merkle::path_len(index.into(), header.count.into());
        let path = (0..len).map(|_| reader.array()).collect::<Result<_, _>>()?;
        Ok(Self {
            header,
            signature,
            index,
            key,
            path,
        })
    }

    /// The encoding: the signed header, the signature, index, key, and the siblings from the leaf up.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = signed_header(&self.header, &self.signature);
        out.extend(self.index.to_be_bytes());
        out.extend(self.key.as_bytes());
        self.path.iter().for_each(|hash| out.extend(hash));
        out
    }

    /// What it says it is for; not verified.
    pub fn claimed_kind(&self) -> PrekeyKind {
        self.header.kind
    }

    /// Its number among the device's prekeys of its kind; not verified.
    pub fn claimed_id(&self) -> u32 {
        self.header.id(self.index)
    }

    /// Verifies that the device signed this key for this use, and that it has not expired.
    ///
    /// # Errors
    /// See [`PrekeyError`].
    pub fn verify(
        &self,
        device: &CertifiedDevice,
        expected: PrekeyKind,
        now: Timestamp,
    ) -> Result<VerifiedPrekey, PrekeyError> {
        if self.header.kind != expected {
            return Err(PrekeyError::WrongKind);
        }
        let leaf = self.header.leaf_hash(self.index, &self.key);
        let root = merkle::root_from_path(leaf, self.index.into(), self.header.count.into(), &self.path);
        if root != self.header.root {
            return Err(PrekeyError::NotInBatch);
        }
        self.header.verify(&self.signature, device, now)?;
        Ok(VerifiedPrekey {
            kind: expected,
            id: self.claimed_id(),
            key: self.key.clone(),
        })
    }
}

/// Proof that a device signed this prekey. Only [`Prekey::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedPrekey {
    kind: PrekeyKind,
    id: u32,
    key: PrekeyPublic,
}

impl VerifiedPrekey {
    /// What it is for.
    pub fn kind(&self) -> PrekeyKind {
        self.kind
    }

    /// Its number among the device's prekeys of its kind.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The key.
    pub fn key(&self) -> &PrekeyPublic {
        &self.key
    }
}

/// What a server hands out for starting a session with a device: well-formed, but not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrekeyBundle {
    /// The signed prekey.
    pub signed_ec: Prekey,
    /// A one-time prekey, while there are any.
    pub one_time_ec: Option<Prekey>,
    /// A one-time KEM key, or the one of last resort.
    pub kem: Prekey,
}

impl PrekeyBundle {
    /// The version of the format.
    pub const VERSION: u8 = 1;

    /// Reads a bundle.
    ///
    /// # Errors
    /// If the bytes are not exactly one bundle of a known version, or hold an invalid key.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, |reader| {
            reader.version(Self::VERSION)?;
            let signed_ec = Prekey::read(reader)?;
            let one_time_ec = match reader.u8()? {
                0 => None,
                1 => Some(Prekey::read(reader)?),
                _ => return Err(DecodeError::OutOfRange),
            };
            Ok(Self {
                signed_ec,
                one_time_ec,
                kem: Prekey::read(reader)?,
            })
        })
    }

    /// The encoding.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![Self::VERSION];
        out.extend(self.signed_ec.encode());
        out.push(u8::from(self.one_time_ec.is_some()));
        out.extend(self.one_time_ec.iter().flat_map(Prekey::encode));
        out.extend(self.kem.encode());
        out
    }

    /// Verifies each prekey in its place.
    ///
    /// # Errors
    /// See [`PrekeyError`].
    pub fn verify(&self, device: &CertifiedDevice, now: Timestamp) -> Result<VerifiedBundle, PrekeyError> {
        let kem_kind = match self.kem.claimed_kind() {
            kind @ (PrekeyKind::OneTimeKem | PrekeyKind::LastResortKem) => kind,
            PrekeyKind::SignedEc | PrekeyKind::OneTimeEc => return Err(PrekeyError::WrongKind),
        };
        let verify = |prekey: &Prekey, kind| prekey.verify(device, kind, now);
        Ok(VerifiedBundle {
            address: device.address(),
            signed_ec: EcPrekey::of(&verify(&self.signed_ec, PrekeyKind::SignedEc)?)?,
            one_time_ec: self
                .one_time_ec
                .as_ref()
                .map(|prekey| verify(prekey, PrekeyKind::OneTimeEc).and_then(|prekey| EcPrekey::of(&prekey)))
                .transpose()?,
            kem: KemPrekey::of(verify(&self.kem, kem_kind)?)?,
        })
    }
}

/// A verified X25519 prekey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EcPrekey {
    /// Its number among the device's prekeys of its kind.
    pub id: u32,
    /// The key.
    pub key: X25519PublicKey,
}

impl EcPrekey {
    fn of(prekey: &VerifiedPrekey) -> Result<Self, PrekeyError> {
        match prekey.key {
            PrekeyPublic::Ec(key) => Ok(Self { id: prekey.id, key }),
            PrekeyPublic::Kem(_) => Err(PrekeyError::WrongKind),
        }
    }
}

/// A verified ML-KEM-1024 prekey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KemPrekey {
    /// One-time or last resort.
    pub kind: PrekeyKind,
    /// Its number among the device's prekeys of its kind.
    pub id: u32,
    /// The key.
    pub key: KemPublicKey,
}

impl KemPrekey {
    fn of(prekey: VerifiedPrekey) -> Result<Self, PrekeyError> {
        match prekey.key {
            PrekeyPublic::Kem(key) => Ok(Self {
                kind: prekey.kind,
                id: prekey.id,
                key,
            }),
            PrekeyPublic::Ec(_) => Err(PrekeyError::WrongKind),
        }
    }
}

/// Proof that one device signed all prekeys of a bundle. Only [`PrekeyBundle::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedBundle {
    address: Address,
    signed_ec: EcPrekey,
    one_time_ec: Option<EcPrekey>,
    kem: KemPrekey,
}

impl VerifiedBundle {
    /// Whose prekeys these are.
    pub fn address(&self) -> Address {
        self.address
    }

    /// The signed prekey.
    pub fn signed_ec(&self) -> &EcPrekey {
        &self.signed_ec
    }

    /// The one-time prekey, if there was one.
    pub fn one_time_ec(&self) -> Option<&EcPrekey> {
        self.one_time_ec.as_ref()
    }

    /// The KEM key.
    pub fn kem(&self) -> &KemPrekey {
        &self.kem
    }
}
