//! The signed, chained list of an account's devices.

use crate::AccountId;
use crate::codec::{DecodeError, Reader};
use crate::hash::tagged_hash;
use crate::root::RootPublicKey;
use crate::signature::{HybridSignature, InvalidSignature, Purpose};

/// A protocol suite that an account's devices all speak. Unknown numbers are kept: a newer client may know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProtocolSuite(pub u16);

impl ProtocolSuite {
    /// PQXDH with X25519 and ML-KEM-1024, then the Triple Ratchet with X25519, ML-KEM-768 and AES-256-GCM.
    pub const TRIPLE_RATCHET: Self = Self(1);
}

/// Which devices an account has. Each version names the one before by its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceList {
    account: AccountId,
    version: u64,
    previous: [u8; 32],
    suites: Vec<ProtocolSuite>,
    certificates: Vec<[u8; 32]>,
}

/// Why certificates make no device list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceListShapeError {
    /// A list names at least one device.
    #[error("a device list names at least one device")]
    Empty,
    /// A list names at most [`DeviceList::MAX_DEVICES`].
    #[error("a device list names at most 64 devices")]
    TooManyDevices,
    /// A certificate was given twice.
    #[error("a device list names each certificate once")]
    Repeated,
    /// There is no version after the greatest number.
    #[error("no version is left")]
    VersionExhausted,
}

impl DeviceList {
    /// The version of the format.
    pub const FORMAT_VERSION: u8 = 1;
    /// Most devices an account can have.
    pub const MAX_DEVICES: usize = 64;
    /// Most suites a list can name.
    pub const MAX_SUITES: usize = 16;

    /// The first list of an account, from its certificates' hashes in any order.
    ///
    /// # Errors
    /// See [`DeviceListShapeError`].
    pub fn first(account: AccountId, certificates: Vec<[u8; 32]>) -> Result<Self, DeviceListShapeError> {
        Self::build(account, 1, [0; 32], certificates)
    }

    /// The list after this one, from its certificates' hashes in any order.
    ///
    /// # Errors
    /// See [`DeviceListShapeError`].
    pub fn next(&self, certificates: Vec<[u8; 32]>) -> Result<Self, DeviceListShapeError> {
        let version = self
            .version
            .checked_add(1)
            .ok_or(DeviceListShapeError::VersionExhausted)?;
        Self::build(self.account, version, self.hash(), certificates)
    }

    fn build(
        account: AccountId,
        version: u64,
        previous: [u8; 32],
        mut certificates: Vec<[u8; 32]>,
    ) -> Result<Self, DeviceListShapeError> {
        certificates.sort_unstable();
        if certificates.is_empty() {
            return Err(DeviceListShapeError::Empty);
        }
        if certificates.len() > Self::MAX_DEVICES {
            return Err(DeviceListShapeError::TooManyDevices);
        }
        if !strictly_ascending(&certificates) {
            return Err(DeviceListShapeError::Repeated);
        }
        Ok(Self {
            account,
            version,
            previous,
            suites: vec![ProtocolSuite::TRIPLE_RATCHET],
            certificates,
        })
    }

    /// The account.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The list's number: 1 for an account's first, then one more each time.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The hash of the list before; zeros for the first.
    pub fn previous(&self) -> [u8; 32] {
        self.previous
    }

    /// The hashes of the devices' certificates, ascending.
    pub fn certificate_hashes(&self) -> &[[u8; 32]] {
        &self.certificates
    }

    /// The suites that all of the devices speak, ascending.
    pub fn suites(&self) -> &[ProtocolSuite] {
        &self.suites
    }

    /// The list's hash: over the bytes that are signed.
    pub fn hash(&self) -> [u8; 32] {
        tagged_hash("sotto/1 device list hash", &[&self.encode()])
    }

    /// What a client remembers of this list.
    pub fn pin(&self) -> ListPin {
        ListPin {
            version: self.version,
            hash: self.hash(),
        }
    }

    /// How this list stands to the one that is pinned.
    ///
    /// # Errors
    /// See [`ListConflict`].
    pub fn follows(&self, pin: &ListPin) -> Result<ListStep, ListConflict> {
        match self.version.checked_sub(pin.version) {
            None => Err(ListConflict::RolledBack),
            Some(0) if self.hash() == pin.hash => Ok(ListStep::Same),
            Some(1) if self.previous == pin.hash => Ok(ListStep::Next),
            Some(0 | 1) => Err(ListConflict::Forked),
            Some(_) => Err(ListConflict::Gap),
        }
    }

    /// The bytes that the root signs.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![Self::FORMAT_VERSION];
        out.extend(self.account.as_bytes());
        out.extend(self.version.to_be_bytes());
        out.extend(self.previous);
        out.push(count(self.suites.len()));
        self.suites
            .iter()
            .for_each(|suite| out.extend(suite.0.to_be_bytes()));
        out.push(count(self.certificates.len()));
        self.certificates.iter().for_each(|hash| out.extend(hash));
        out
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.version(Self::FORMAT_VERSION)?;
        let list = Self {
            account: AccountId::from_bytes(reader.array()?),
            version: reader.u64()?,
            previous: reader.array()?,
            suites: read_ascending(reader, Self::MAX_SUITES, |reader| reader.u16().map(ProtocolSuite))?,
            certificates: read_ascending(reader, Self::MAX_DEVICES, |reader| reader.array())?,
        };
        // The first list, and only the first, follows none.
        if list.version == 0 || (list.version == 1) != (list.previous == [0; 32]) {
            return Err(DecodeError::OutOfRange);
        }
        Ok(list)
    }
}

fn strictly_ascending<T: Ord>(items: &[T]) -> bool {
    items.is_sorted_by(|a, b| a < b)
}

/// A count of at most 64, as it is written.
fn count(len: usize) -> u8 {
    u8::try_from(len).unwrap_or(u8::MAX)
}

/// One byte of count, between 1 and `max`, then that many items, strictly ascending.
fn read_ascending<T: Ord>(
    reader: &mut Reader<'_>,
    max: usize,
    mut item: impl FnMut(&mut Reader<'_>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    let count = usize::from(reader.u8()?);
    if count == 0 || count > max {
        return Err(DecodeError::OutOfRange);
    }
    let items = (0..count).map(|_| item(reader)).collect::<Result<Vec<_>, _>>()?;
    if strictly_ascending(&items) {
        Ok(items)
    } else {
        Err(DecodeError::OutOfRange)
    }
}

/// Version and hash of a list: what clients remember and carry in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ListPin {
    /// The list's number.
    pub version: u64,
    /// The list's hash.
    pub hash: [u8; 32],
}

impl ListPin {
    /// Length of [`ListPin::to_bytes`].
    pub const LEN: usize = 40;

    /// Version, then hash.
    pub fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..8].copy_from_slice(&self.version.to_be_bytes());
        bytes[8..].copy_from_slice(&self.hash);
        bytes
    }

    /// Reads a pin.
    ///
    /// # Errors
    /// If there are not exactly [`ListPin::LEN`] bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, |reader| {
            Ok(Self {
                version: reader.u64()?,
                hash: reader.array()?,
            })
        })
    }
}

/// A list that may be accepted after the pinned one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListStep {
    /// The pinned list itself.
    Same,
    /// Its direct successor.
    Next,
}

/// A list that may not be accepted after the pinned one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListConflict {
    /// Newer, but the lists between are missing: fetch them and follow them one by one.
    #[error("lists between this one and the known one are missing")]
    Gap,
    /// It contradicts the pinned list: someone signed two lists of one version.
    #[error("the list contradicts the known one")]
    Forked,
    /// It is older than the pinned one.
    #[error("the list is older than the known one")]
    RolledBack,
}

/// A device list as it came over the network: well-formed, but not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedDeviceList {
    list: DeviceList,
    signature: HybridSignature,
}

/// Why a device list proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceListError {
    /// It is another account's.
    #[error("the device list belongs to another account")]
    WrongAccount,
    /// The root did not sign it.
    #[error("the device list's signature is not valid")]
    BadSignature,
}

impl SignedDeviceList {
    /// Joins a list with the root's signature over [`DeviceList::encode`].
    pub fn new(list: DeviceList, signature: HybridSignature) -> Self {
        Self { list, signature }
    }

    /// Reads a signed list.
    ///
    /// # Errors
    /// If the bytes are not exactly one list of a known version, in canonical order and within limits.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, |reader| {
            Ok(Self {
                list: DeviceList::read(reader)?,
                signature: HybridSignature::read(reader)?,
            })
        })
    }

    /// The encoding: the signed bytes, then the signature.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.list.encode();
        self.signature.write(&mut out);
        out
    }

    /// The version that it claims; not verified. Good for a compare-and-set, not for trust.
    pub fn claimed_version(&self) -> u64 {
        self.list.version
    }

    /// Verifies that this root signed this account's list.
    ///
    /// # Errors
    /// See [`DeviceListError`].
    pub fn verify(&self, root: &RootPublicKey, account: AccountId) -> Result<DeviceList, DeviceListError> {
        if self.list.account != account {
            return Err(DeviceListError::WrongAccount);
        }
        root.signing()
            .verify(Purpose::DeviceList, &self.list.encode(), &self.signature)
            .map_err(|InvalidSignature| DeviceListError::BadSignature)?;
        Ok(self.list.clone())
    }
}
