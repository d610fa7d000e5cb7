//! The public half of the cryptography: who is who, and how one knows.
//!
//! This crate holds no secret. The server knows it too. Each format is specified in `docs/PROTOCOL.md`; what comes
//! from outside is decoded into one type and verified into another.

pub mod codec;

mod account;
mod address;
mod certificate;
mod curve;
mod device_list;
mod hash;
mod kem;
mod merkle;
mod prekey;
mod root;
mod safety_number;
mod sign_in;
mod signature;
mod timestamp;
mod username;

pub use account::{AccountError, VerifiedAccount};
pub use address::{AccountId, Address, DeviceId, IdentifierError};
pub use certificate::{
    CertificateBody, CertificateError, CertifiedDevice, DeviceCertificate, DevicePublicKeys,
};
pub use codec::DecodeError;
pub use curve::X25519PublicKey;
pub use device_list::{
    DeviceList, DeviceListError, DeviceListShapeError, ListConflict, ListPin, ListStep, ProtocolSuite,
    SignedDeviceList,
};
pub use hash::{tag_prefix, tagged_hash};
pub use kem::KemPublicKey;
pub use prekey::{
    BatchHeader, BatchShapeError, EcPrekey, KemPrekey, Prekey, PrekeyBatch, PrekeyBundle, PrekeyError,
    PrekeyKind, PrekeyPublic, UnsignedBatch, VerifiedBatch, VerifiedBundle, VerifiedPrekey,
};
pub use root::{RootPublicKey, RootRotation, RotationBody, RotationError};
pub use safety_number::{SafetyNumber, ScanResult};
pub use sign_in::{SignInChallenge, SignInError};
pub use signature::{
    HybridPublicKey, HybridSignature, InvalidSignature, Purpose, verify_ed25519, verify_ml_dsa,
};
pub use timestamp::Timestamp;
pub use username::{Username, UsernameError};
