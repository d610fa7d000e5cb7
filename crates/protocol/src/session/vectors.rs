//! The session's vectors: each step from the keys to the ciphertext, computed from the parts and compared with what
//! the session does.

use super::{Chains, Session};
use crate::Role;
use crate::braid::Braid;
use crate::message::{Envelope, Handshake};
use crate::pqxdh::{Agreements, Derived, Parties, PrekeyPublics, transcript_hash};
use crate::primitives::{kdf, kem, x25519};
use crate::secret::Secret;
use crate::session::braid_chain::BraidChains;
use crate::tests::fixtures::{NOW, Pair, rng};
use crate::tests::vectors::Vectors;

const SEED: u64 = 0x7365_7373;

#[test]
fn session_vectors() {
    let pair = Pair::shared();
    let mut rng = rng(SEED);
    let mut v = Vectors::default();
    people(&mut v, pair);
    let mut alice = start(&mut v, pair, &mut rng);
    let mut bob = conversation(&mut v, pair, &mut alice, &mut rng);
    skipping(&mut v, &mut alice, &mut bob, &mut rng);
    v.check("session.json");
}

fn people(v: &mut Vectors, pair: &Pair) {
    for (name, person) in [("initiator", &pair.alice), ("responder", &pair.bob)] {
        v.bytes(&format!("{name}_address"), person.local.address.to_bytes());
        v.bytes(&format!("{name}_root_public"), person.local.root.encode());
        v.bytes(
            &format!("{name}_device_secret"),
            person.local.keys.to_secret_bytes(),
        );
    }
    v.bytes("signed_ec_secret", pair.prekeys.signed_ec.to_secret_bytes());
    v.bytes("one_time_ec_secret", pair.prekeys.one_time_ec.to_secret_bytes());
    v.bytes("kem_secret", pair.prekeys.kem.to_secret_bytes());
}

/// The key agreement, step by step, beside what [`Session::initiate`] does with the same random numbers.
fn start(v: &mut Vectors, pair: &Pair, rng: &mut rand_chacha::ChaCha20Rng) -> Session {
    let mut same = rng.clone();
    let [ephemeral, ratchet, randomness] = core::array::from_fn(|_| Secret::<32>::random(&mut same));
    v.bytes("ephemeral_secret", ephemeral.expose());
    v.bytes("ratchet_secret", ratchet.expose());
    v.bytes("kem_randomness", randomness.expose());

    let bundle = &pair.bundle;
    let signed_ec = &bundle.signed_ec().key;
    let one_time_ec = &bundle.one_time_ec().unwrap().key;
    let (kem_ciphertext, kem) = kem::encapsulate(&bundle.kem().key, &randomness);
    let agree = |secret, public| x25519::diffie_hellman(secret, public).unwrap();
    let agreements = Agreements {
        dh1: pair.alice.local.keys.agree(signed_ec).unwrap(),
        dh2: agree(&ephemeral, &pair.bob.local.keys.public().x25519),
        dh3: agree(&ephemeral, signed_ec),
        dh4: Some(agree(&ephemeral, one_time_ec)),
        kem,
    };
    v.bytes("dh1", agreements.dh1.expose());
    v.bytes("dh2", agreements.dh2.expose());
    v.bytes("dh3", agreements.dh3.expose());
    v.bytes("dh4", agreements.dh4.as_ref().unwrap().expose());
    v.bytes("kem_ciphertext", *kem_ciphertext);
    v.bytes("kem_shared_secret", agreements.kem.expose());

    let alice = pair.initiate(rng);
    let handshake: &Handshake = alice.handshake.as_ref().unwrap();
    let mut encoded = Vec::new();
    handshake.write(&mut encoded);
    v.bytes("handshake", &encoded);
    let remote = pair.bob.as_remote();
    let parties = Parties::new(Role::Initiator, &pair.alice.local, &remote);
    let publics = PrekeyPublics {
        signed_ec,
        one_time_ec: Some(one_time_ec),
        kem: &bundle.kem().key,
    };
    let transcript = transcript_hash(&parties, &publics, handshake);
    v.bytes("transcript_hash", transcript);
    v.bytes("binding", parties.binding());
    let Derived { root, braid, id } = agreements.derive(&transcript);
    assert_eq!((id, transcript), (alice.id(), alice.transcript_hash()));
    v.bytes("session_id", id.as_bytes());
    v.bytes("root_key_0", root.0.expose());
    v.bytes("braid_secret", braid.expose());
    let (_, chains) = Braid::start(Role::Initiator, &braid);
    let braids = BraidChains::first(&chains, Role::Initiator);
    v.bytes("braid_chain_key_initiator_0_0", braids.sending.key.expose());
    v.bytes("braid_chain_key_responder_0_0", braids.receiving.key.expose());
    let agreed = agree(&ratchet, signed_ec);
    v.bytes("root_step_1_agreed", agreed.expose());
    let step = root.step(&agreed);
    assert!(step.root == alice.ratchet.root);
    v.bytes("root_key_1", step.root.0.expose());
    v.bytes("chain_key_1_0", step.chain.key.expose());
    v.bytes("epoch_key_1", step.epoch.0.expose());
    let (chain, seed) = step.chain.step();
    v.bytes("chain_key_1_1", chain.key.expose());
    v.bytes("message_seed_1_0", seed.expose());
    let (chain, braid_seed) = braids.sending.step();
    v.bytes("braid_chain_key_initiator_0_1", chain.key.expose());
    v.bytes("braid_message_seed_1_0", braid_seed.expose());
    let key_and_nonce = kdf::hkdf::<44>(braid_seed.expose(), seed.expose(), b"\x13sotto/1 message key");
    v.bytes("message_key_and_nonce_1_0", key_and_nonce.expose());
    alice
}

/// A message each way, then one more, and a frame.
fn conversation(
    v: &mut Vectors,
    pair: &Pair,
    alice: &mut Session,
    rng: &mut rand_chacha::ChaCha20Rng,
) -> Session {
    let first = alice.encrypt(rng, b"Nobody else can hear this.").unwrap();
    let Ok(Envelope::Initial(parsed)) = Envelope::parse(&first) else {
        panic!("an initial message")
    };
    v.bytes("first_plaintext", b"Nobody else can hear this.");
    v.bytes(
        "first_associated_data",
        [&alice.fixed.context(Role::Initiator)[..], parsed.sealed.header].concat(),
    );
    v.bytes("first_message", &first);
    let (mut bob, _) = pair.respond(&first).unwrap();

    let answer = bob.encrypt(rng, b"answer").unwrap();
    let Chains::Talking(sending, _) = &bob.ratchet.chains else {
        panic!("talking")
    };
    v.bytes("answer_ratchet_secret", sending.secret.expose());
    v.bytes("root_key_2", bob.ratchet.root.0.expose());
    v.bytes("answer_message", &answer);
    alice.decrypt(&answer).unwrap();
    let reply = alice.encrypt(rng, b"reply").unwrap();
    let Chains::Talking(sending, _) = &alice.ratchet.chains else {
        panic!("talking")
    };
    v.bytes("reply_ratchet_secret", sending.secret.expose());
    v.bytes("root_key_3", alice.ratchet.root.0.expose());
    v.bytes("reply_message", &reply);
    bob.decrypt(&reply).unwrap();

    let frame = alice.seal_ephemeral(rng, NOW, b"typing").unwrap();
    v.text("ephemeral_time", &NOW.as_millis().to_string());
    v.bytes("ephemeral_plaintext", b"typing");
    v.bytes("ephemeral_frame", &frame);
    assert_eq!(bob.open_ephemeral(NOW, &frame).unwrap(), b"typing");
    bob
}

/// What is stored, with a message skipped.
fn skipping(v: &mut Vectors, alice: &mut Session, bob: &mut Session, rng: &mut rand_chacha::ChaCha20Rng) {
    alice.take_changes();
    alice.encrypt(rng, b"lost").unwrap();
    let later = alice.encrypt(rng, b"later").unwrap();
    v.bytes("later_message", &later);
    bob.decrypt(&later).unwrap();
    let changes = bob.take_changes();
    let [(id, row)] = changes.skipped_added.as_slice() else {
        panic!("one skipped key")
    };
    v.bytes("skipped_id", id.to_bytes());
    v.bytes("skipped_row", row);
    v.bytes("state", &changes.state);
    for (id, row) in changes.braid {
        let name = format!("braid_row_{}", hex::encode(id.to_bytes()));
        row.iter().for_each(|row| v.bytes(&name, row));
    }
}
