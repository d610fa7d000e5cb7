//! The exchange between two sides that do nothing else, on good and bad lines.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;

use super::agreed::EpochChains;
use super::erasure::Chunk;
use super::rows::{BraidRowId, TouchedRows};
use super::{Braid, Misbehaved, Step};
use crate::Role;
use crate::primitives::braid_kem;
use crate::secret::Secret;
use crate::tests::fixtures::rng;

/// One side, what it stored, and the epochs that it has the secrets of.
struct Side {
    braid: Braid,
    touched: TouchedRows,
    rows: BTreeMap<BraidRowId, Vec<u8>>,
    next_chunk: u16,
    epochs: Vec<EpochChains>,
}

/// A message: the epoch it was sent in, and what it carries.
type Message = (u32, Step);

impl Side {
    fn new(role: Role) -> Self {
        let (braid, chains) = Braid::start(role, &Secret::copied(&[7; 32]));
        let mut side = Self {
            touched: TouchedRows::all(&braid),
            braid,
            rows: BTreeMap::new(),
            next_chunk: 0,
            epochs: vec![chains],
        };
        side.persist();
        side
    }

    fn pair() -> [Self; 2] {
        [Role::Initiator, Role::Responder].map(Self::new)
    }

    fn send(&mut self, rng: &mut ChaCha20Rng) -> Message {
        let (braid, step, chains) = self.braid.clone().send(rng);
        self.follow(braid, chains);
        (self.braid.epoch(), step)
    }

    fn receive(&mut self, (epoch, step): Message) -> Result<(), Misbehaved> {
        let (braid, chains) = self.braid.clone().receive(epoch, step)?;
        self.follow(braid, chains);
        Ok(())
    }

    fn follow(&mut self, braid: Braid, chains: Option<EpochChains>) {
        self.touched.note(&self.braid, &braid);
        self.braid = braid;
        self.epochs.extend(chains);
        self.persist();
    }

    /// Stores what changed, and checks that it is all there is.
    fn persist(&mut self) {
        for (id, row) in self.touched.take(&self.braid) {
            match row {
                Some(row) => self.rows.insert(id, row.to_vec()),
                None => self.rows.remove(&id),
            };
        }
        self.next_chunk = self.braid.next_chunk();
        assert!(self.rows.len() <= 36, "{} rows", self.rows.len());
    }

    fn restart(&mut self) {
        let loaded = Braid::load(self.rows.clone(), self.next_chunk).unwrap();
        assert_eq!(sorted(&loaded), sorted(&self.braid));
        self.braid = loaded;
    }
}

/// Everything of it, whatever order its chunks came in.
fn sorted(braid: &Braid) -> (BTreeMap<BraidRowId, Vec<u8>>, u16) {
    let rows = TouchedRows::all(braid).take(braid);
    let rows = rows.into_iter().map(|(id, row)| (id, row.unwrap().to_vec()));
    (rows.collect(), braid.next_chunk())
}

/// Both sides agree as far as both have come.
fn assert_agreement([alice, bob]: &[Side; 2]) {
    for (a, b) in alice.epochs.iter().zip(&bob.epochs) {
        assert!(a == b, "epoch {}", a.epoch);
    }
    for (number, chains) in (0..).zip(&alice.epochs) {
        assert_eq!(chains.epoch, number);
    }
    assert!(alice.epochs.len().abs_diff(bob.epochs.len()) <= 1);
}

/// Messages to and fro until both have the secret of an epoch; gives how many rounds it took.
fn talk_until(sides: &mut [Side; 2], rng: &mut ChaCha20Rng, epoch: usize) -> usize {
    for round in 0..10_000 {
        if sides.iter().all(|side| side.epochs.len() > epoch) {
            return round;
        }
        for from in [0, 1] {
            let message = sides[from].send(rng);
            sides[1 - from].receive(message).unwrap();
        }
    }
    panic!("no epoch {epoch}");
}

#[test]
fn epochs_follow_each_other_and_sides_take_turns() {
    let mut rng = rng(1);
    let mut sides = Side::pair();
    // Three chunks of header, the thirty-six of the vector beside the thirty of ciphertext 1, five of ciphertext 2, of
    // which the first answers the vector's last at once.
    assert_eq!(talk_until(&mut sides, &mut rng, 1), 3 + 36 + 5 - 1);
    for epoch in 2..6 {
        let rounds = talk_until(&mut sides, &mut rng, epoch);
        assert!((40..=48).contains(&rounds), "{rounds} rounds");
        assert_agreement(&sides);
    }
    let [alice, bob] = &sides;
    assert!(
        alice
            .epochs
            .windows(2)
            .all(|pair| pair[0].of(Role::Initiator) != pair[1].of(Role::Initiator))
    );
    assert!(
        bob.epochs
            .iter()
            .all(|chains| chains.of(Role::Initiator) != chains.of(Role::Responder))
    );
}

#[test]
fn one_side_that_only_listens_and_acknowledges_is_enough() {
    let mut rng = rng(2);
    let mut sides = Side::pair();
    // Bob says one thing for every twenty that Alice says.
    for _ in 0..200 {
        for _ in 0..20 {
            let message = sides[0].send(&mut rng);
            sides[1].receive(message).unwrap();
        }
        let message = sides[1].send(&mut rng);
        sides[0].receive(message).unwrap();
    }
    assert_agreement(&sides);
    assert!(sides[0].epochs.len() > 3, "{} epochs", sides[0].epochs.len());
}

#[test]
fn every_state_is_stored_and_loaded() {
    let mut rng = rng(3);
    let mut sides = Side::pair();
    let mut seen = std::collections::BTreeSet::new();
    for round in 0..200 {
        for from in [0, 1] {
            let message = sides[from].send(&mut rng);
            // Ciphertext 1 is held up, so that the vector is there first: else that state would not come about.
            let lost = (10..60).contains(&round) && matches!(message.1, Step::Ciphertext1(_));
            if !lost {
                sides[1 - from].receive(message).unwrap();
            }
        }
        for side in &mut sides {
            side.restart();
            let exchange = side.rows[&BraidRowId::from_bytes(&[0; 3]).unwrap()].clone();
            seen.insert(exchange[1]);
            let load =
                |row: &[u8]| Braid::load([(BraidRowId::from_bytes(&[0; 3]).unwrap(), row)], side.next_chunk);
            assert!(load(&exchange[..exchange.len() - 1]).is_err());
            assert!(load(&[&exchange[..], &[0]].concat()).is_err());
            assert!(Braid::load(side.rows.clone(), side.next_chunk + 20_000).is_err());
        }
    }
    assert_eq!(seen, (1..=11).collect());
}

#[test]
fn names_of_rows_have_one_form() {
    for bytes in [[0, 0, 0], [1, 0, 2], [4, 0x3f, 0xff]] {
        assert_eq!(BraidRowId::from_bytes(&bytes).unwrap().to_bytes(), bytes);
    }
    for bytes in [&[0, 0, 1][..], &[5, 0, 0], &[1, 0x40, 0], &[1, 0], &[1, 0, 0, 0]] {
        assert!(BraidRowId::from_bytes(bytes).is_err(), "{bytes:?}");
    }
}

fn chunk_of(step: &mut Step) -> Option<&mut Chunk> {
    match step {
        Step::Nothing => None,
        Step::Header(chunk)
        | Step::Vector(chunk)
        | Step::VectorAcknowledging(chunk)
        | Step::Ciphertext1(chunk)
        | Step::Ciphertext2(chunk) => Some(chunk),
    }
}

/// One chunk of a kind is changed: the exchange never completes, and what shows it is refused.
#[test]
fn a_piece_with_one_bit_changed_is_refused() {
    let kinds: [fn(&Step) -> bool; 4] = [
        |step| matches!(step, Step::Header(_)),
        |step| matches!(step, Step::Vector(_) | Step::VectorAcknowledging(_)),
        |step| matches!(step, Step::Ciphertext1(_)),
        |step| matches!(step, Step::Ciphertext2(_)),
    ];
    for (seed, kind) in (10..).zip(kinds) {
        let mut rng = rng(seed);
        let mut sides = Side::pair();
        let mut changed = false;
        let mut refused = 0;
        for _ in 0..200 {
            for from in [0, 1] {
                let mut message = sides[from].send(&mut rng);
                if kind(&message.1) && !changed {
                    chunk_of(&mut message.1).unwrap().bytes[5] ^= 0x10;
                    changed = true;
                }
                refused += usize::from(sides[1 - from].receive(message).is_err());
            }
        }
        assert!(changed && refused > 0, "{seed}");
        assert!(sides.iter().any(|side| side.epochs.len() == 1), "{seed}");
    }
}

#[test]
fn contradictions_impossible_epochs_and_floods_are_refused_or_ignored() {
    let mut rng = rng(4);
    let [mut alice, mut bob] = Side::pair();
    let first = alice.send(&mut rng);
    bob.receive(first).unwrap();
    let before = bob.braid.clone();
    let mut other = first;
    chunk_of(&mut other.1).unwrap().bytes[0] ^= 1;
    for message in [other, (2, Step::Nothing), (3, first.1), (u32::MAX, first.1)] {
        assert_eq!(bob.receive(message), Err(Misbehaved));
    }
    // What is late, doubled, or the other role's changes nothing.
    let chunk = *chunk_of(&mut other.1).unwrap();
    let strange = [
        first,
        (0, other.1),
        (1, Step::Nothing),
        (1, Step::Vector(chunk)),
        (1, Step::VectorAcknowledging(chunk)),
        (1, Step::Ciphertext1(chunk)),
        (1, Step::Ciphertext2(chunk)),
    ];
    for message in strange {
        bob.receive(message).unwrap();
        assert!(bob.braid == before);
    }
    // Whatever number chunks have, a piece is judged as soon as it could be all there.
    let flood = (1..2_000).map(|index| Chunk {
        index,
        bytes: [9; 32],
    });
    let refused = flood.filter(|chunk| bob.receive((1, Step::Header(*chunk))).is_err());
    assert!(refused.count() > 1_900);
    assert!(bob.rows.len() <= 4);
}

#[test]
fn a_vector_has_to_be_reduced_though_its_hash_is_right() {
    let key = braid_kem::public_key(&Secret::copied(&[3; 64]));
    assert!(braid_kem::is_valid(&key.header, &key.vector));
    let mut header = key.header;
    header[40] ^= 1;
    assert!(!braid_kem::is_valid(&header, &key.vector));
    // The first coefficient becomes 4,095; the hash is made to fit.
    let mut vector = key.vector.clone();
    (vector[0], vector[1]) = (0xff, vector[1] | 0x0f);
    assert!(!braid_kem::is_valid(&key.header, &vector));
    let hash = libcrux_sha3::sha256(&[&vector[..], &key.header[..32]].concat());
    header = key.header;
    header[32..].copy_from_slice(&hash);
    assert!(!braid_kem::is_valid(&header, &vector));
    // Only the coefficient is to blame: the same hash of the valid vector is accepted.
    let hash = libcrux_sha3::sha256(&[&key.vector[..], &key.header[..32]].concat());
    header[32..].copy_from_slice(&hash);
    assert!(braid_kem::is_valid(&header, &key.vector));
}

/// What can happen to the exchange's messages.
#[derive(Clone, Debug)]
enum Event {
    Send(usize),
    /// The message at that place arrives; maybe it stays, and arrives again.
    Deliver(usize, usize, bool),
    Lose(usize, usize),
    Restart(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let side = || 0..2_usize;
    prop_oneof![
        20 => side().prop_map(Event::Send),
        20 => (side(), any::<usize>(), any::<bool>()).prop_map(|(to, at, stays)| Event::Deliver(to, at, stays)),
        4 => (side(), any::<usize>()).prop_map(|(to, at)| Event::Lose(to, at)),
        1 => side().prop_map(Event::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_order_loss_and_duplication(seed in any::<u64>(), events in prop::collection::vec(event(), 1..900)) {
        let mut rng = rng(seed);
        let mut sides = Side::pair();
        let mut inboxes: [Vec<Message>; 2] = [Vec::new(), Vec::new()];
        for event in events {
            match event {
                Event::Send(from) => inboxes[1 - from].push(sides[from].send(&mut rng)),
                Event::Deliver(to, at, stays) if !inboxes[to].is_empty() => {
                    let at = at % inboxes[to].len();
                    let message = if stays { inboxes[to][at] } else { inboxes[to].swap_remove(at) };
                    sides[to].receive(message).unwrap();
                }
                Event::Lose(to, at) if !inboxes[to].is_empty() => {
                    let at = at % inboxes[to].len();
                    inboxes[to].swap_remove(at);
                }
                Event::Deliver(..) | Event::Lose(..) => {}
                Event::Restart(side) => sides[side].restart(),
            }
            assert_agreement(&sides);
        }
        // Whatever happened, it goes on.
        let epochs = sides[0].epochs.len();
        talk_until(&mut sides, &mut rng, epochs + 1);
        assert_agreement(&sides);
    }
}
