//! PQXDH: how two devices agree on a session's first key (PQXDH, section 3; X3DH, section 3), with the whole
//! transcript in the key derivation.

use sotto_keys::{
    Address, CertifiedDevice, DevicePublicKeys, KemPublicKey, RootPublicKey, X25519PublicKey, tag_prefix,
    tagged_hash,
};
use zeroize::Zeroizing;

use crate::message::{Handshake, SessionId};
use crate::primitives::kdf;
use crate::secret::Secret;
use crate::session::root_key::RootKey;
use crate::{DeviceKeys, Role};

/// This device: its address, its keys, its account's root.
#[derive(Clone, Debug)]
pub struct Local {
    /// The account and the device.
    pub address: Address,
    /// The device's keys.
    pub keys: DeviceKeys,
    /// The account's root.
    pub root: RootPublicKey,
}

/// The device on the other side, proven to belong to its account.
#[derive(Clone, Debug)]
pub struct Remote {
    /// The device.
    pub device: CertifiedDevice,
    /// The account's root.
    pub root: RootPublicKey,
}

/// One side, as both see it.
#[derive(Clone, Copy)]
pub(crate) struct Party<'a> {
    address: Address,
    keys: &'a DevicePublicKeys,
    root: &'a RootPublicKey,
}

impl<'a> From<&'a Local> for Party<'a> {
    fn from(local: &'a Local) -> Self {
        Self {
            address: local.address,
            keys: local.keys.public(),
            root: &local.root,
        }
    }
}

impl<'a> From<&'a Remote> for Party<'a> {
    fn from(remote: &'a Remote) -> Self {
        Self {
            address: remote.device.address(),
            keys: remote.device.keys(),
            root: &remote.root,
        }
    }
}

/// The initiator and the responder.
#[derive(Clone, Copy)]
pub(crate) struct Parties<'a> {
    pub(crate) initiator: Party<'a>,
    pub(crate) responder: Party<'a>,
}

impl<'a> Parties<'a> {
    /// Sorts the two sides by the role that this one plays.
    pub(crate) fn new(role: Role, local: &'a Local, remote: &'a Remote) -> Self {
        match role {
            Role::Initiator => Self {
                initiator: local.into(),
                responder: remote.into(),
            },
            Role::Responder => Self {
                initiator: remote.into(),
                responder: local.into(),
            },
        }
    }

    /// What every message of the session is bound to: both addresses, both devices' keys.
    pub(crate) fn binding(&self) -> [u8; 32] {
        let Self { initiator, responder } = self;
        tagged_hash(
            "sotto/1 session binding",
            &[
                &initiator.address.to_bytes(),
                &responder.address.to_bytes(),
                &initiator.keys.encode(),
                &responder.keys.encode(),
            ],
        )
    }
}

/// The public halves of the prekeys that a session starts from.
pub(crate) struct PrekeyPublics<'a> {
    pub(crate) signed_ec: &'a X25519PublicKey,
    pub(crate) one_time_ec: Option<&'a X25519PublicKey>,
    pub(crate) kem: &'a KemPublicKey,
}

/// Hash of everything that both sides have seen when a session starts.
pub(crate) fn transcript_hash(
    parties: &Parties<'_>,
    prekeys: &PrekeyPublics<'_>,
    handshake: &Handshake,
) -> [u8; 32] {
    let mut transcript = Vec::with_capacity(12 * 1024);
    for party in [&parties.initiator, &parties.responder] {
        transcript.extend(party.address.to_bytes());
        transcript.extend(party.root.encode());
        party.keys.write(&mut transcript);
    }
    transcript.extend(prekeys.signed_ec.as_bytes());
    transcript.extend(prekeys.one_time_ec.iter().flat_map(|key| key.as_bytes()));
    transcript.extend(prekeys.kem.as_bytes());
    // Says whether there was a one-time prekey, so the bytes before can be read one way only.
    handshake.write(&mut transcript);
    tagged_hash("sotto/1 session transcript", &[&transcript])
}

/// What the two sides' keys agree on.
pub(crate) struct Agreements {
    /// Initiator's device key with the signed prekey.
    pub(crate) dh1: Secret<32>,
    /// Ephemeral key with the responder's device key.
    pub(crate) dh2: Secret<32>,
    /// Ephemeral key with the signed prekey.
    pub(crate) dh3: Secret<32>,
    /// Ephemeral key with the one-time prekey.
    pub(crate) dh4: Option<Secret<32>>,
    /// What ML-KEM-1024 encapsulated.
    pub(crate) kem: Secret<32>,
}

/// What a session starts from.
pub(crate) struct Derived {
    /// The Double Ratchet's first root key.
    pub(crate) root: RootKey,
    /// Where the braid begins.
    pub(crate) braid: Secret<32>,
    pub(crate) id: SessionId,
}

impl Agreements {
    /// What the session starts from: HKDF-SHA256 under a salt of zeros (PQXDH, section 3.3).
    pub(crate) fn derive(&self, transcript_hash: &[u8; 32]) -> Derived {
        let mut material = Zeroizing::new(Vec::with_capacity(6 * 32));
        material.extend([0xff; 32]);
        let agreed = [&self.dh1, &self.dh2, &self.dh3]
            .into_iter()
            .chain(&self.dh4)
            .chain([&self.kem]);
        agreed.for_each(|secret| material.extend(secret.expose()));
        let info = [&tag_prefix("sotto/1 pqxdh")[..], transcript_hash].concat();
        let [root, braid, id] = kdf::hkdf::<96>(&[0; 32], &material, &info).split::<32, 3>();
        let mut session = [0; 8];
        session.copy_from_slice(&id.expose()[..8]);
        Derived {
            root: RootKey(root),
            braid,
            id: SessionId::from_bytes(session),
        }
    }
}
