//! The seeds of the fuzz targets in `fuzz/corpus/`: one valid input of each format. They are made by
//! `SOTTO_WRITE_CORPORA=1 cargo test -p sotto-protocol corpora`; what fuzzing finds is added beside them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rand_chacha::ChaCha20Rng;
use sotto_keys::{DeviceCertificate, DeviceList, PrekeyKind, SafetyNumber, SignInChallenge};

use super::fixtures::{NOW, Pair, Person, rng};
use crate::{PassphraseCost, RecoveryCode, RootEnvelope, Session, SessionChanges, VaultKey, WrapSecret};

type Seed = (&'static str, &'static str, Vec<u8>);

#[test]
fn corpora_hold_what_the_code_makes() {
    for (target, name, bytes) in identity()
        .into_iter()
        .chain(prekeys())
        .chain(sessions())
        .chain(vault())
    {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../../fuzz/corpus")
            .join(target);
        let path = folder.join(name);
        if std::env::var_os("SOTTO_WRITE_CORPORA").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &bytes).unwrap();
        }
        assert!(
            std::fs::read(&path).unwrap() == bytes,
            "{target}/{name} is not what the code makes"
        );
    }
}

fn identity() -> Vec<Seed> {
    let (alice, bob) = (Person::alice(), Person::bob());
    let address = alice.local.address;
    let certificate = DeviceCertificate::decode(&alice.certified.encoded()).unwrap();
    let list = DeviceList::first(address.account, vec![certificate.hash()]).unwrap();
    let challenge = SignInChallenge {
        origin: "https://a.example".into(),
        address,
        nonce: [7; 32],
        expires: NOW,
    };
    let roots = (
        (address.account, &alice.local.root),
        (bob.local.address.account, &bob.local.root),
    );
    let code = SafetyNumber::between(roots.0, roots.1).qr_payload();
    vec![
        ("device_certificate", "valid", certificate.encode()),
        (
            "device_list",
            "valid",
            alice.root.sign_list(list.clone()).encode(),
        ),
        ("list_pin", "valid", list.pin().to_bytes().to_vec()),
        ("root_public_key", "valid", alice.local.root.encode()),
        (
            "root_rotation",
            "valid",
            alice.root.rotate_to(&bob.root, address.account, NOW).encode(),
        ),
        (
            "safety_number",
            "valid",
            [alice.local.root.encode(), code].concat(),
        ),
        ("secret_keys", "root", alice.root.to_secret_bytes().to_vec()),
        (
            "secret_keys",
            "device",
            alice.local.keys.to_secret_bytes().to_vec(),
        ),
        ("sign_in_challenge", "valid", challenge.encode()),
    ]
}

fn prekeys() -> Vec<Seed> {
    let bob = Person::bob();
    let prekeys = &Pair::shared().prekeys;
    vec![
        ("prekey", "ec", prekeys.bundle.signed_ec.encode()),
        ("prekey", "kem", prekeys.bundle.kem.encode()),
        (
            "prekey_batch",
            "ec",
            bob.batch(PrekeyKind::OneTimeEc, 3).1.encode(),
        ),
        (
            "prekey_batch",
            "kem",
            bob.batch(PrekeyKind::LastResortKem, 1).1.encode(),
        ),
        ("prekey_bundle", "full", prekeys.bundle.encode()),
        (
            "secret_keys",
            "prekey_ec",
            prekeys.signed_ec.to_secret_bytes().to_vec(),
        ),
        (
            "secret_keys",
            "prekey_kem",
            prekeys.kem.to_secret_bytes().to_vec(),
        ),
    ]
}

/// A state behind its length, then the row of the exchange.
fn stored(changes: SessionChanges) -> Vec<u8> {
    let length = u16::try_from(changes.state.len()).unwrap().to_be_bytes();
    let exchange = changes.braid.into_iter().find_map(|(_, row)| row).unwrap();
    [&length[..], &changes.state, &exchange].concat()
}

fn sessions() -> Vec<Seed> {
    let mut rng = rng(0x636f_7270);
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    let initial = alice.encrypt(&mut rng, b"initial").unwrap();
    let opening = stored(alice.take_changes());
    let answer = bob.encrypt(&mut rng, b"ratchet").unwrap();
    let talking = stored(bob.take_changes());
    let frame = alice.seal_ephemeral(&mut rng, NOW, b"ephemeral").unwrap();
    alice.decrypt(&answer).unwrap();
    let chunk = alice.encrypt(&mut rng, b"chunk").unwrap();
    bob.decrypt(&chunk).unwrap();
    let mut seeds = exchanges(&mut alice, &mut bob, &mut rng);
    seeds.extend([
        ("message", "initial", initial),
        ("message", "chunk", chunk),
        ("message", "ratchet", answer),
        ("message", "ephemeral", frame),
        ("session_state", "opening", opening),
        ("session_state", "talking", talking),
    ]);
    seeds
}

/// One stored session for each state that the exchange has after something is sent.
fn exchanges(alice: &mut Session, bob: &mut Session, rng: &mut ChaCha20Rng) -> Vec<Seed> {
    let names = [
        (2, "keys_sampled"),
        (3, "header_sent"),
        (4, "ct1_received"),
        (5, "ek_sent_ct1_received"),
        (6, "no_header_received"),
        (8, "ct1_sampled"),
        (10, "ct1_acknowledged"),
        (11, "ct2_sampled"),
    ];
    let mut seeds = BTreeMap::new();
    for _ in 0..100 {
        for _ in 0..2 {
            core::mem::swap(alice, bob);
            let message = alice.encrypt(rng, b"").unwrap();
            bob.decrypt(&message).unwrap();
            let changes = alice.take_changes();
            if let Some((_, Some(exchange))) = changes.braid.first()
                && let Some((_, name)) = names.iter().find(|(state, _)| *state == exchange[1])
            {
                seeds
                    .entry(*name)
                    .or_insert(("session_state", *name, stored(changes)));
            }
        }
    }
    assert_eq!(seeds.len(), names.len());
    seeds.into_values().collect()
}

fn vault() -> Vec<Seed> {
    let mut rng = rng(0x7661_756c);
    let quick = PassphraseCost::new(8, 1).unwrap();
    let key = VaultKey::generate(&mut rng);
    let prf = WrapSecret::Prf(&[1; 32]);
    let passphrase = WrapSecret::Passphrase("correct horse");
    let alice = Person::alice();
    let envelope = RootEnvelope::seal(&mut rng, &alice.root, alice.local.address.account, &prf, quick);
    vec![
        (
            "recovery_code",
            "valid",
            RecoveryCode::generate(&mut rng).to_text().as_bytes().to_vec(),
        ),
        ("root_envelope", "prf", envelope.encode()),
        (
            "wrapped_vault_key",
            "prf",
            key.wrap(&mut rng, &prf, quick).encode(),
        ),
        (
            "wrapped_vault_key",
            "passphrase",
            key.wrap(&mut rng, &passphrase, quick).encode(),
        ),
    ]
}
