//! The braid's vectors: one epoch, each step from the keys to the chunks, computed from the parts and compared with what
//! the exchange does.

use super::agreed::Agreed;
use super::erasure::{CHUNKS, Outgoing, Piece, cut};
use super::pieces::{ciphertext2_piece, header_piece};
use super::rows::TouchedRows;
use super::{Braid, Step};
use crate::Role;
use crate::primitives::braid_kem::{self, Encapsulation};
use crate::secret::Secret;
use crate::tests::fixtures::rng;
use crate::tests::vectors::Vectors;

const SEED: u64 = 0x6272_6169;

#[test]
fn braid_vectors() {
    let mut rng = rng(SEED);
    let mut v = Vectors::default();
    let secret = Secret::random(&mut rng);
    v.bytes("braid_secret", secret.expose());
    let (agreed, chains) = Agreed::start(&secret);
    keys(&mut v, 0, &agreed, &chains);

    let mut same = rng.clone();
    let (seed, randomness) = (Secret::<64>::random(&mut same), Secret::<32>::random(&mut same));
    v.bytes("key_seed", seed.expose());
    v.bytes("encapsulation_randomness", randomness.expose());
    let key = braid_kem::public_key(&seed);
    v.bytes("key_header", key.header);
    v.bytes("key_header_mac", agreed.header_mac(&key.header).expose());
    v.bytes("key_vector", *key.vector);
    let header = header_piece(&agreed, &key.header);
    chunks(&mut v, "header", &header);
    chunks::<36>(&mut v, "vector", &cut(&key.vector));

    let encapsulation = Encapsulation::new(&key.header, &randomness);
    let ciphertext2 = encapsulation.ciphertext2(&key.vector);
    v.bytes("shared_secret", encapsulation.shared.expose());
    v.bytes("ciphertext1", *encapsulation.ciphertext1);
    v.bytes("ciphertext2", ciphertext2);
    let (agreed, chains) = agreed.mix(&encapsulation.shared);
    let mac = agreed.ciphertext_mac(&encapsulation.ciphertext1, &ciphertext2);
    v.bytes("ciphertext_mac", mac.expose());
    let ciphertext1_piece: Piece<30> = cut(&encapsulation.ciphertext1);
    let ciphertext2_piece = ciphertext2_piece(&agreed, &encapsulation.ciphertext1, &ciphertext2);
    chunks(&mut v, "ciphertext1", &ciphertext1_piece);
    chunks(&mut v, "ciphertext2", &ciphertext2_piece);
    keys(&mut v, 1, &agreed, &chains);

    // The exchange itself, with the same random numbers, sends those pieces and ends with those keys.
    let (mut alice, _) = Braid::start(Role::Initiator, &secret);
    let (mut bob, _) = Braid::start(Role::Responder, &secret);
    let mut agreed_on = Vec::new();
    let mut seen = 0;
    while agreed_on.len() < 2 {
        for turn in [Role::Initiator, Role::Responder] {
            let (sender, receiver) = match turn {
                Role::Initiator => (&mut alice, &mut bob),
                Role::Responder => (&mut bob, &mut alice),
            };
            let (braid, step, chains) = sender.clone().send(&mut rng);
            agreed_on.extend(chains);
            *sender = braid;
            let (chunk, sent) = match step {
                Step::Nothing => (None, &[][..]),
                Step::Header(chunk) => (Some(chunk), header.as_slice()),
                Step::Vector(chunk) | Step::VectorAcknowledging(chunk) => {
                    (Some(chunk), key.vector.as_chunks::<32>().0)
                }
                Step::Ciphertext1(chunk) => (Some(chunk), ciphertext1_piece.as_slice()),
                Step::Ciphertext2(chunk) => (Some(chunk), ciphertext2_piece.as_slice()),
            };
            if let Some(chunk) = chunk {
                assert_eq!(chunk.bytes, sent[usize::from(chunk.index)]);
                seen += 1;
            }
            for (id, row) in TouchedRows::all(sender).take(sender) {
                let row = row.unwrap();
                let name = format!("row_of_state_{}", row[1]);
                if id.to_bytes() == [0; 3] && !v.has(&name) {
                    v.bytes(&name, row);
                }
            }
            let (braid, chains) = receiver.clone().receive(sender.epoch(), step).unwrap();
            agreed_on.extend(chains);
            *receiver = braid;
        }
    }
    assert_eq!(seen, 3 + 36 + 30 + 5);
    assert!(agreed_on.iter().all(|others| *others == chains));
    v.check("braid.json");
}

fn keys(v: &mut Vectors, epoch: u32, agreed: &Agreed, chains: &super::agreed::EpochChains) {
    v.bytes(&format!("root_{epoch}"), agreed.root.expose());
    v.bytes(&format!("authenticator_{epoch}"), agreed.authenticator.expose());
    for (name, role) in [("initiator", Role::Initiator), ("responder", Role::Responder)] {
        v.bytes(&format!("chain_key_{name}_{epoch}_0"), chains.of(role).expose());
    }
}

/// The first chunk behind the piece itself, and the last one there is.
fn chunks<const N: usize>(v: &mut Vectors, name: &str, piece: &Piece<N>) {
    for number in [u16::try_from(N).unwrap(), CHUNKS - 1] {
        let chunk = Outgoing::new(piece.clone()).skip_to(number).take();
        v.bytes(&format!("{name}_chunk_{number}"), chunk.bytes);
    }
}
