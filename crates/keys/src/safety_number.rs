//! Safety numbers: what two people compare to know that nobody sits between them.

use core::fmt;

use sha2::{Digest, Sha512};

use crate::AccountId;
use crate::hash::tag_prefix;
use crate::root::RootPublicKey;

/// The number of a pair of accounts; both sides compute the same.
#[derive(Clone, PartialEq, Eq)]
pub struct SafetyNumber {
    /// The lower fingerprint first.
    sides: [[u8; 32]; 2],
}

/// What a scanned code says about the number that was computed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanResult {
    /// The same number: nobody sits between the two.
    Match,
    /// Another number: these are not the keys that the other side sees.
    Mismatch,
    /// Not a safety number at all.
    NotASafetyNumber,
    /// A safety number of another version: one side has to update.
    OtherVersion,
}

const TAG: &str = "sotto/1 safety number";
const MAGIC: &[u8; 8] = b"SOTTO-SN";

impl SafetyNumber {
    /// The version of the computation and of the code.
    pub const VERSION: u8 = 1;
    /// How often each side's fingerprint is hashed.
    pub const ITERATIONS: usize = 5200;
    /// Digits in all.
    pub const DIGITS: usize = 60;

    /// The number of two accounts, in either order.
    pub fn between(a: (AccountId, &RootPublicKey), b: (AccountId, &RootPublicKey)) -> Self {
        let mut sides = [side_fingerprint(a.0, a.1), side_fingerprint(b.0, b.1)];
        sides.sort_unstable();
        Self { sides }
    }

    /// Sixty digits: twelve groups of five, separated by spaces.
    pub fn digits(&self) -> String {
        let groups: Vec<String> = self.sides.iter().flat_map(side_groups).collect();
        groups.join(" ")
    }

    /// What the QR code holds.
    pub fn qr_payload(&self) -> Vec<u8> {
        [&MAGIC[..], &[Self::VERSION], &self.sides[0], &self.sides[1]].concat()
    }

    /// Compares with what was scanned from the other side's screen.
    pub fn matches_scanned(&self, scanned: &[u8]) -> ScanResult {
        match scanned.strip_prefix(MAGIC) {
            None | Some([]) => ScanResult::NotASafetyNumber,
            Some([Self::VERSION, ..]) if scanned == self.qr_payload() => ScanResult::Match,
            Some([Self::VERSION, numbers @ ..]) if numbers.len() == 64 => ScanResult::Mismatch,
            Some([Self::VERSION, ..]) => ScanResult::NotASafetyNumber,
            Some(_) => ScanResult::OtherVersion,
        }
    }
}

/// Iterated SHA-512 over version, account and both root keys; the first 32 bytes of the last.
fn side_fingerprint(account: AccountId, root: &RootPublicKey) -> [u8; 32] {
    let identity = Sha512::new()
        .chain_update(tag_prefix(TAG))
        .chain_update([SafetyNumber::VERSION])
        .chain_update(account.as_bytes())
        .chain_update(root.encode())
        .finalize();
    let iterated = (0..SafetyNumber::ITERATIONS).fold(identity, |hash, _| {
        Sha512::new().chain_update(hash).chain_update(identity).finalize()
    });
    core::array::from_fn(|i| iterated[i])
}

/// Six groups: five bytes each as a big-endian number, modulo 100,000.
fn side_groups(side: &[u8; 32]) -> impl Iterator<Item = String> + '_ {
    side.as_chunks::<5>().0.iter().map(|chunk| {
        let number = chunk
            .iter()
            .fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
        format!("{:05}", number % 100_000)
    })
}

impl fmt::Debug for SafetyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SafetyNumber({})", self.digits())
    }
}
