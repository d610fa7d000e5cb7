//! Every byte flipped and every truncation of every format: refused, by the decoder or by what verifies.

use sotto_keys::{
    DeviceCertificate, DeviceList, Prekey, PrekeyBatch, PrekeyBundle, PrekeyKind, RootRotation,
    SignInChallenge, SignedDeviceList,
};

use super::fixtures::{NOW, Pair, Person, rng};
use crate::{
    DeviceKeys, PassphraseCost, PrekeySecret, RootEnvelope, RootKeys, Session, VaultKey, WrapSecret,
    WrappedVaultKey,
};

/// `accepts` says whether bytes are let in. They are as they are, and in no other form.
pub(crate) fn assert_only_accepts(bytes: &[u8], accepts: impl Fn(&[u8]) -> bool) {
    assert!(accepts(bytes), "the original");
    for at in 0..bytes.len() {
        let mut flipped = bytes.to_vec();
        flipped[at] ^= 1 << (at % 8);
        assert!(!accepts(&flipped), "byte {at} flipped");
        assert!(!accepts(&bytes[..at]), "truncated to {at}");
    }
    assert!(!accepts(&[bytes, &[0]].concat()), "one byte more");
}

#[test]
fn device_certificates() {
    let alice = Person::alice();
    assert_only_accepts(&alice.certified.encoded(), |bytes| {
        DeviceCertificate::decode(bytes).is_ok_and(|certificate| {
            certificate
                .verify(&alice.local.root, alice.local.address.account)
                .is_ok()
        })
    });
}

#[test]
fn device_lists() {
    let alice = Person::alice();
    let account = alice.local.address.account;
    let list = DeviceList::first(account, vec![alice.certified.certificate_hash(), [7; 32]]).unwrap();
    assert_only_accepts(&alice.root.sign_list(list).encode(), |bytes| {
        SignedDeviceList::decode(bytes).is_ok_and(|list| list.verify(&alice.local.root, account).is_ok())
    });
}

#[test]
fn root_rotations() {
    let (alice, bob) = (Person::alice(), Person::bob());
    let account = alice.local.address.account;
    assert_only_accepts(&alice.root.rotate_to(&bob.root, account, NOW).encode(), |bytes| {
        RootRotation::decode(bytes).is_ok_and(|rotation| rotation.verify(&alice.local.root, account).is_ok())
    });
}

#[test]
fn prekeys() {
    let bob = Person::bob();
    for (kind, count) in [(PrekeyKind::OneTimeEc, 5), (PrekeyKind::LastResortKem, 1)] {
        let batch = bob.batch(kind, count).1.verify(&bob.certified, NOW).unwrap();
        assert_only_accepts(&batch.prekey(count - 1).unwrap().encode(), |bytes| {
            Prekey::decode(bytes).is_ok_and(|prekey| prekey.verify(&bob.certified, kind, NOW).is_ok())
        });
    }
}

#[test]
fn prekey_batches() {
    let bob = Person::bob();
    assert_only_accepts(&bob.batch(PrekeyKind::OneTimeEc, 3).1.encode(), |bytes| {
        PrekeyBatch::decode(bytes).is_ok_and(|batch| batch.verify(&bob.certified, NOW).is_ok())
    });
}

#[test]
fn prekey_bundles() {
    let pair = Pair::shared();
    let bundle = pair.prekeys.bundle.encode();
    // Each prekey's bytes are walked above; here the joints between them.
    for at in (0..bundle.len()).step_by(97).chain([0, bundle.len() - 1]) {
        let mut flipped = bundle.clone();
        flipped[at] ^= 0x10;
        let accepted = PrekeyBundle::decode(&flipped)
            .is_ok_and(|bundle| bundle.verify(&pair.bob.certified, NOW).is_ok());
        assert!(!accepted, "byte {at} flipped");
    }
    for at in 0..bundle.len() {
        assert!(PrekeyBundle::decode(&bundle[..at]).is_err(), "truncated to {at}");
    }
    assert!(PrekeyBundle::decode(&[&bundle[..], &[0]].concat()).is_err());
}

#[test]
fn sign_in_challenges_and_answers() {
    let alice = Person::alice();
    let challenge = SignInChallenge {
        origin: "https://a.example".into(),
        address: alice.local.address,
        nonce: [7; 32],
        expires: NOW,
    };
    let answer = alice.local.keys.sign_in(&challenge);
    assert_only_accepts(&challenge.encode(), |bytes| {
        SignInChallenge::decode(bytes)
            .is_ok_and(|challenge| challenge.verify(&answer, &alice.certified).is_ok())
    });
    assert_only_accepts(&answer, |bytes| challenge.verify(bytes, &alice.certified).is_ok());
}

#[test]
fn wraps() {
    let mut rng = rng(3);
    let quick = PassphraseCost::new(8, 1).unwrap();
    let key = VaultKey::generate(&mut rng);
    let passphrase = WrapSecret::Passphrase("correct horse");
    let prf = WrapSecret::Prf(&[9; 32]);
    for secret in [passphrase, prf] {
        assert_only_accepts(&key.wrap(&mut rng, &secret, quick).encode(), |bytes| {
            // A flipped cost may ask for much memory before it is found wrong; those bits are tried below.
            let cost_flipped =
                secret.kind() == crate::WrapKind::Passphrase && bytes.get(2..10) != Some(&COST);
            !cost_flipped && WrappedVaultKey::decode(bytes).is_ok_and(|wrap| wrap.unwrap(&secret).is_ok())
        });
    }
    let account = sotto_keys::AccountId::from_bytes([1; 16]);
    let root = RootKeys::generate(&mut rng);
    let envelope = RootEnvelope::seal(&mut rng, &root, account, &prf, quick);
    assert_only_accepts(&envelope.encode(), |bytes| {
        RootEnvelope::decode(bytes).is_ok_and(|envelope| envelope.open(account, &prf).is_ok())
    });
}

/// Eight KiB, one pass.
const COST: [u8; 8] = [0, 0, 0, 8, 0, 0, 0, 1];

#[test]
fn costs_out_of_bounds_are_refused_before_they_cost_anything() {
    let quick = PassphraseCost::new(8, 1).unwrap();
    let secret = WrapSecret::Passphrase("correct horse");
    let wrap = VaultKey::generate(&mut rng(3))
        .wrap(&mut rng(4), &secret, quick)
        .encode();
    assert_eq!(wrap[2..10], COST);
    let bounds = [
        (0, 1),
        (7, 1),
        (256 * 1024 + 1, 1),
        (u32::MAX, 1),
        (8, 0),
        (8, 17),
        (8, u32::MAX),
    ];
    for (memory, passes) in bounds {
        let mut changed = wrap.clone();
        changed[2..6].copy_from_slice(&u32::to_be_bytes(memory));
        changed[6..10].copy_from_slice(&u32::to_be_bytes(passes));
        assert!(
            WrappedVaultKey::decode(&changed).is_err(),
            "{memory} KiB, {passes} passes"
        );
    }
    for (memory, passes) in [(9, 1), (16, 1), (8, 2)] {
        let mut changed = wrap.clone();
        changed[2..6].copy_from_slice(&u32::to_be_bytes(memory));
        changed[6..10].copy_from_slice(&u32::to_be_bytes(passes));
        assert!(
            WrappedVaultKey::decode(&changed)
                .unwrap()
                .unwrap(&secret)
                .is_err(),
            "{memory} KiB, {passes} passes"
        );
    }
}

/// Stored secrets: whatever is read back is what was written, and nothing of another length is read.
#[test]
fn stored_secrets_come_back_as_they_were() {
    let mut rng = rng(5);
    let root = RootKeys::generate(&mut rng);
    assert_eq!(
        RootKeys::from_secret_bytes(&root.to_secret_bytes()).unwrap(),
        root
    );
    let device = DeviceKeys::generate(&mut rng);
    assert_eq!(
        DeviceKeys::from_secret_bytes(&device.to_secret_bytes()).unwrap(),
        device
    );
    let prekeys = &Pair::shared().prekeys;
    for secret in [&prekeys.signed_ec, &prekeys.kem] {
        let bytes = secret.to_secret_bytes();
        assert_eq!(PrekeySecret::from_secret_bytes(&bytes).as_ref(), Ok(secret));
        assert!((0..bytes.len()).all(|at| PrekeySecret::from_secret_bytes(&bytes[..at]).is_err()));
    }
    assert!(RootKeys::from_secret_bytes(&device.to_secret_bytes()).is_err());
    assert!(DeviceKeys::from_secret_bytes(&root.to_secret_bytes()).is_err());
    let (mut alice, _) = Pair::shared().sessions(&mut rng);
    let changes = alice.take_changes();
    let state = changes.state;
    let braid: Vec<_> = changes
        .braid
        .into_iter()
        .filter_map(|(id, row)| Some((id, row?)))
        .collect();
    let none = Vec::<(crate::SkippedKeyId, Vec<u8>)>::new();
    let load = |bytes: &[u8]| Session::load(bytes, braid.clone(), none.clone());
    assert_eq!(load(&state).unwrap().take_changes().state, state);
    let without = Vec::<(crate::BraidRowId, Vec<u8>)>::new();
    assert!(Session::load(&state, without, none.clone()).is_err());
    assert!((0..state.len()).all(|at| load(&state[..at]).is_err()));
    assert!(load(&[&state[..], &[0]].concat()).is_err());
}
