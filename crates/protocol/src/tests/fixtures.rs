//! Alice, Bob, and what they need to talk. Everything follows from a seed.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sotto_keys::{
    AccountId, Address, CertifiedDevice, DeviceId, PrekeyBatch, PrekeyBundle, PrekeyKind, Timestamp,
    VerifiedBundle,
};

use crate::{
    DeviceKeys, Envelope, Local, PrekeySecret, PrekeySecretsRef, Remote, RespondError, RootKeys, Session,
    generate_prekeys,
};

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
pub(crate) const EXPIRY: Timestamp = Timestamp::from_millis(1_800_000_000_000 + 604_800_000);

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// A person with one device.
pub(crate) struct Person {
    pub(crate) root: RootKeys,
    pub(crate) local: Local,
    pub(crate) certified: CertifiedDevice,
}

impl Person {
    pub(crate) fn new(name: u8) -> Self {
        let mut rng = rng(name.into());
        let root = RootKeys::generate(&mut rng);
        let keys = DeviceKeys::generate(&mut rng);
        let address = Address {
            account: AccountId::from_bytes([name; 16]),
            device: DeviceId::from_bytes([name; 8]),
        };
        let certificate = root.certify(address.account, address.device, keys.public(), NOW);
        let certified = certificate.verify(&root.public(), address.account).unwrap();
        Self {
            local: Local {
                address,
                keys,
                root: root.public(),
            },
            root,
            certified,
        }
    }

    pub(crate) fn alice() -> Self {
        Self::new(b'A')
    }

    pub(crate) fn bob() -> Self {
        Self::new(b'B')
    }

    pub(crate) fn as_remote(&self) -> Remote {
        Remote {
            device: self.certified.clone(),
            root: self.root.public(),
        }
    }

    pub(crate) fn batch(&self, kind: PrekeyKind, count: u16) -> (Vec<PrekeySecret>, PrekeyBatch) {
        let mut rng = rng(u64::from(kind.number()) << 8 | u64::from(self.local.address.device.as_bytes()[0]));
        generate_prekeys(
            &mut rng,
            &self.local.keys,
            self.local.address,
            kind,
            70,
            count,
            NOW,
            EXPIRY,
        )
        .unwrap()
    }

    /// The first prekey of each of three batches.
    pub(crate) fn prekeys(&self, kem_kind: PrekeyKind) -> Prekeys {
        let one = |kind, count| {
            let (mut secrets, batch) = self.batch(kind, count);
            let prekey = batch.verify(&self.certified, NOW).unwrap().prekey(0).unwrap();
            (secrets.swap_remove(0), prekey)
        };
        let (signed_ec, signed_ec_prekey) = one(PrekeyKind::SignedEc, 1);
        let (one_time_ec, one_time_ec_prekey) = one(PrekeyKind::OneTimeEc, 3);
        let (kem, kem_prekey) = one(kem_kind, 2);
        let bundle = PrekeyBundle {
            signed_ec: signed_ec_prekey,
            one_time_ec: Some(one_time_ec_prekey),
            kem: kem_prekey,
        };
        Prekeys {
            signed_ec,
            one_time_ec,
            kem,
            bundle,
        }
    }
}

/// A device's prekeys, both halves.
pub(crate) struct Prekeys {
    pub(crate) signed_ec: PrekeySecret,
    pub(crate) one_time_ec: PrekeySecret,
    pub(crate) kem: PrekeySecret,
    pub(crate) bundle: PrekeyBundle,
}

impl Prekeys {
    pub(crate) fn without_one_time(mut self) -> Self {
        self.bundle.one_time_ec = None;
        self
    }

    pub(crate) fn secrets(&self) -> PrekeySecretsRef<'_> {
        let one_time_ec = self.bundle.one_time_ec.as_ref().map(|_| &self.one_time_ec);
        PrekeySecretsRef {
            signed_ec: &self.signed_ec,
            one_time_ec,
            kem: &self.kem,
        }
    }
}

/// Alice and Bob, Bob's prekeys, and Alice's view of them.
pub(crate) struct Pair {
    pub(crate) alice: Person,
    pub(crate) bob: Person,
    pub(crate) prekeys: Prekeys,
    pub(crate) bundle: VerifiedBundle,
}

impl Pair {
    pub(crate) fn new() -> Self {
        let bob = Person::bob();
        let prekeys = bob.prekeys(PrekeyKind::OneTimeKem);
        Self::with(bob, prekeys)
    }

    pub(crate) fn with(bob: Person, prekeys: Prekeys) -> Self {
        let bundle = prekeys.bundle.verify(&bob.certified, NOW).unwrap();
        Self {
            alice: Person::alice(),
            bob,
            prekeys,
            bundle,
        }
    }

    /// The pair that most tests share: making keys takes a while.
    pub(crate) fn shared() -> &'static Self {
        static PAIR: std::sync::OnceLock<Pair> = std::sync::OnceLock::new();
        PAIR.get_or_init(Self::new)
    }

    pub(crate) fn initiate(&self, rng: &mut ChaCha20Rng) -> Session {
        Session::initiate(rng, &self.alice.local, &self.bob.as_remote(), &self.bundle).unwrap()
    }

    pub(crate) fn respond(&self, message: &[u8]) -> Result<(Session, Vec<u8>), RespondError> {
        let Ok(Envelope::Initial(message)) = Envelope::parse(message) else {
            return Err(RespondError::Unauthentic);
        };
        let alice = self.alice.as_remote();
        let (session, plaintext) =
            Session::respond(&self.bob.local, &alice, self.prekeys.secrets(), &message)?;
        Ok((session, plaintext.to_vec()))
    }

    /// Two sessions after one message from Alice.
    pub(crate) fn sessions(&self, rng: &mut ChaCha20Rng) -> (Session, Session) {
        let mut alice = self.initiate(rng);
        let first = alice.encrypt(rng, b"first").unwrap();
        let (bob, _) = self.respond(&first).unwrap();
        (alice, bob)
    }
}
