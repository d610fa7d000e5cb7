//! The session as two people, a bad network and a forger see it.

use std::collections::{BTreeMap, BTreeSet};

use core::time::Duration;

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use sotto_keys::{PrekeyKind, Timestamp};

use super::chain_key::Paired;
use super::skipped::{SkippedKeyId, SkippedKeys};
use super::{Chains, DecryptError, EncryptError, InitiateError, MAX_PLAINTEXT_LEN, RespondError, Session};
use crate::braid::Step;
use crate::braid::erasure::Chunk;
use crate::braid::rows::{BraidRowId, TouchedRows};
use crate::message::{BraidHeader, Envelope, ParseError, RatchetHeader, write_header};
use crate::session::ephemeral::EphemeralError;
use crate::tests::fixtures::{NOW, Pair, Person, Prekeys, rng};
use crate::{Local, PrekeySecretsRef, Remote, SessionId};

/// State, rows of the exchange, skipped keys.
type Snapshot = (Vec<u8>, Vec<(BraidRowId, Vec<u8>)>, SkippedKeys);

/// All that a session would store: for telling whether it changed.
fn snapshot(session: &Session) -> Snapshot {
    let rows = TouchedRows::all(&session.braid).take(&session.braid);
    let rows = rows.into_iter().map(|(id, row)| (id, row.unwrap().to_vec()));
    (
        session.to_state().to_vec(),
        rows.collect(),
        session.skipped.clone(),
    )
}

fn open(session: &mut Session, message: &[u8]) -> Vec<u8> {
    session.decrypt(message).unwrap().to_vec()
}

/// Refused with that error, and nothing has changed.
fn assert_refused(session: &mut Session, message: &[u8], error: DecryptError) {
    let before = snapshot(session);
    assert_eq!(session.decrypt(message).map(|_| ()), Err(error));
    assert!(
        snapshot(session) == before,
        "a refused message changed the session"
    );
}

#[test]
fn two_people_talk_with_every_kind_of_bundle() {
    let bundles: [fn(&Person) -> Prekeys; 3] = [
        |bob| bob.prekeys(PrekeyKind::OneTimeKem),
        |bob| bob.prekeys(PrekeyKind::LastResortKem),
        |bob| bob.prekeys(PrekeyKind::LastResortKem).without_one_time(),
    ];
    for (seed, prekeys) in (0..).zip(bundles) {
        let bob = Person::bob();
        let prekeys = prekeys(&bob);
        let pair = Pair::with(bob, prekeys);
        let mut rng = rng(seed);
        let mut alice = pair.initiate(&mut rng);
        let first = alice.encrypt(&mut rng, b"hello").unwrap();
        let second = alice.encrypt(&mut rng, b"are you there").unwrap();
        let (mut bob, plaintext) = pair.respond(&second).unwrap();
        assert_eq!(plaintext, b"are you there");
        assert_eq!(open(&mut bob, &first), b"hello");
        assert_eq!(
            (alice.id(), alice.transcript_hash()),
            (bob.id(), bob.transcript_hash())
        );
        assert!(!alice.has_answer() && bob.has_answer());
        for round in 0..5 {
            let answer = bob.encrypt(&mut rng, &[round]).unwrap();
            assert_eq!(open(&mut alice, &answer), [round]);
            assert!(alice.has_answer());
            let reply = alice.encrypt(&mut rng, &[round, round]).unwrap();
            assert_eq!(open(&mut bob, &reply), [round, round]);
        }
    }
}

#[test]
fn messages_are_as_small_as_promised() {
    let mut rng = rng(1);
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    assert_eq!(alice.encrypt(&mut rng, b"").unwrap().len(), 1_708);
    let answer = bob.encrypt(&mut rng, b"").unwrap();
    assert_eq!(answer.len(), 61);
    open(&mut alice, &answer);
    assert_eq!(alice.encrypt(&mut rng, b"").unwrap().len(), 94);
    for _ in 0..100 {
        alice.encrypt(&mut rng, b"").unwrap();
    }
    assert_eq!(alice.encrypt(&mut rng, b"").unwrap().len(), 96);
}

/// What a conversation adds to messages and writes to the store, with the names of the rows.
#[test]
fn little_is_sent_and_little_is_written() {
    let mut rng = rng(20);
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    let answer = bob.encrypt(&mut rng, b"").unwrap();
    open(&mut alice, &answer);
    let (mut sent, mut written) = (Vec::new(), Vec::new());
    for round in 0..400 {
        // Bob says one thing for three of Alice's.
        for _ in 0..3 {
            sent.push(pass(&mut rng, &mut alice, &mut bob, &mut written));
        }
        sent.push(pass(&mut rng, &mut bob, &mut alice, &mut written));
        assert!(round < 300 || alice.braid.epoch() > 5);
    }
    sent.sort_unstable();
    written.sort_unstable();
    let median = |sorted: &[usize]| sorted[sorted.len() / 2];
    println!(
        "sent: {}..{}, median {}; written: median {}, {} at most",
        sent[0],
        sent[sent.len() - 1],
        median(&sent),
        median(&written),
        written[written.len() - 1]
    );
    assert!(sent[sent.len() - 1] <= 104);
    assert!(sent.iter().filter(|len| **len > 64).all(|len| *len >= 94));
    assert!(median(&written) <= 600);
    assert!(written[written.len() - 1] <= 5_000);
}

/// One message, opened; how long it was, and what both sides wrote.
fn pass(rng: &mut ChaCha20Rng, from: &mut Session, to: &mut Session, written: &mut Vec<usize>) -> usize {
    let message = from.encrypt(rng, b"").unwrap();
    open(to, &message);
    for session in [from, to] {
        let changes = session.take_changes();
        let rows = changes
            .braid
            .iter()
            .map(|(_, row)| BraidRowId::LEN + row.as_ref().map_or(0, |row| row.len()));
        written.push(changes.state.len() + rows.sum::<usize>());
    }
    message.len()
}

#[test]
fn the_repeated_start_is_routed_and_its_replay_is_caught() {
    let pair = Pair::shared();
    let mut rng = rng(2);
    let mut alice = pair.initiate(&mut rng);
    let [one, two, three] = [b"1", b"2", b"3"].map(|text| alice.encrypt(&mut rng, text).unwrap());
    let (mut bob, _) = pair.respond(&one).unwrap();
    assert_eq!(Envelope::parse(&two).unwrap().session_id(), bob.id());
    assert_eq!(open(&mut bob, &three), b"3");
    assert_eq!(open(&mut bob, &two), b"2");
    for replayed in [&one, &two, &three] {
        assert_refused(&mut bob, replayed, DecryptError::AlreadyReceived);
    }
    // Nobody can turn an initiator's messages round, nor send a start to the one who started.
    assert_refused(&mut alice, &one, DecryptError::Unauthentic);
    let answer = bob.encrypt(&mut rng, b"answer").unwrap();
    assert_refused(&mut bob, &answer, DecryptError::Unauthentic);
    assert_eq!(open(&mut alice, &answer), b"answer");
    assert_refused(&mut alice, &answer, DecryptError::AlreadyReceived);
}

#[test]
fn every_byte_of_a_first_message_counts() {
    let pair = Pair::shared();
    let mut rng = rng(3);
    let message = pair.initiate(&mut rng).encrypt(&mut rng, b"hello").unwrap();
    crate::tests::assert_only_accepts(&message, |bytes| pair.respond(bytes).is_ok());
}

#[test]
fn every_byte_of_a_message_counts_and_a_forged_one_changes_nothing() {
    let mut rng = rng(4);
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    let repeated = alice.encrypt(&mut rng, b"with the start in front").unwrap();
    let answer = bob.encrypt(&mut rng, b"in a new chain").unwrap();
    let mut later = alice.clone();
    open(&mut later, &answer);
    let skipping = {
        later.encrypt(&mut rng, b"lost").unwrap();
        later.encrypt(&mut rng, b"with a gap and a new chain").unwrap()
    };
    let mut bob_before = bob.clone();
    open(&mut bob_before, &repeated);
    let in_chain = alice.encrypt(&mut rng, b"in the same chain").unwrap();
    for (receiver, message) in [
        (&bob, &repeated),
        (&alice, &answer),
        (&bob, &skipping),
        (&bob_before, &in_chain),
    ] {
        let before = snapshot(receiver);
        crate::tests::assert_only_accepts(message, |bytes| {
            let mut receiver = receiver.clone();
            let accepted = receiver.decrypt(bytes).is_ok();
            assert!(
                accepted || snapshot(&receiver) == before,
                "a refused message changed the session"
            );
            accepted
        });
    }
}

#[test]
fn fields_of_other_messages_and_sessions_do_not_fit() {
    let pair = Pair::shared();
    let mut rng = rng(5);
    let (mut alice, mut bob) = pair.sessions(&mut rng);
    let (mut other_alice, mut other_bob) = pair.sessions(&mut rng);
    let answer = bob.encrypt(&mut rng, b"a").unwrap();
    let other_answer = other_bob.encrypt(&mut rng, b"a").unwrap();
    assert_refused(&mut alice, &other_answer, DecryptError::WrongSession);
    // Session id, ratchet key, counters, ciphertext: each taken from the other session, in every combination.
    for mixture in 1..15_u8 {
        let mut mixed = answer.clone();
        for (bit, range) in [1..9, 9..41, 41..45, 45..answer.len()].into_iter().enumerate() {
            if mixture & 1 << bit != 0 {
                mixed[range.clone()].copy_from_slice(&other_answer[range]);
            }
        }
        if mixed != answer && mixed != other_answer {
            assert!(alice.clone().decrypt(&mixed).is_err(), "{mixture:04b}");
            assert!(other_alice.clone().decrypt(&mixed).is_err(), "{mixture:04b}");
        }
    }
    open(&mut alice, &answer);
    open(&mut other_alice, &other_answer);
}

#[test]
fn a_start_counts_under_its_keys_only() {
    let pair = Pair::shared();
    let mut rng = rng(6);
    let bytes = pair.initiate(&mut rng).encrypt(&mut rng, b"hello").unwrap();
    let Ok(Envelope::Initial(message)) = Envelope::parse(&bytes) else {
        panic!("an initial message")
    };
    assert_eq!(message.prekeys().one_time_ec, Some(70));
    let (alice, carol) = (pair.alice.as_remote(), Person::new(b'C'));
    let respond = |local: &Local, remote: &Remote, prekeys: PrekeySecretsRef<'_>| {
        Session::respond(local, remote, prekeys, &message).map(|_| ())
    };
    let good = pair.prekeys.secrets();
    assert_eq!(respond(&pair.bob.local, &alice, good), Ok(()));

    let local = &pair.bob.local;
    assert_eq!(
        respond(local, &carol.as_remote(), good),
        Err(RespondError::Unauthentic)
    );
    assert_eq!(
        respond(&carol.local, &alice, good),
        Err(RespondError::Unauthentic)
    );
    assert_eq!(
        respond(local, &pair.bob.as_remote(), good),
        Err(RespondError::Oneself)
    );
    // Every part of the transcript: another root on either side is another session.
    let rotated = Remote {
        root: carol.root.public(),
        ..alice.clone()
    };
    assert_eq!(respond(local, &rotated, good), Err(RespondError::Unauthentic));
    let rotated = Local {
        root: carol.root.public(),
        ..local.clone()
    };
    assert_eq!(respond(&rotated, &alice, good), Err(RespondError::Unauthentic));

    let (others, _) = pair.bob.batch(PrekeyKind::OneTimeEc, 3);
    let strangers = carol.prekeys(PrekeyKind::OneTimeKem);
    let wrong_ids = [
        PrekeySecretsRef {
            one_time_ec: None,
            ..good
        },
        PrekeySecretsRef {
            one_time_ec: Some(&others[1]),
            ..good
        },
        PrekeySecretsRef {
            signed_ec: &others[0],
            ..good
        },
        PrekeySecretsRef {
            kem: &others[0],
            ..good
        },
    ];
    for prekeys in wrong_ids {
        assert_eq!(respond(local, &alice, prekeys), Err(RespondError::WrongPrekeys));
    }
    let wrong_keys = [
        PrekeySecretsRef {
            signed_ec: &strangers.signed_ec,
            ..good
        },
        PrekeySecretsRef {
            one_time_ec: Some(&strangers.one_time_ec),
            ..good
        },
        PrekeySecretsRef {
            kem: &strangers.kem,
            ..good
        },
    ];
    for prekeys in wrong_keys {
        assert_eq!(respond(local, &alice, prekeys), Err(RespondError::Unauthentic));
    }
}

#[test]
fn a_start_names_the_session_that_comes_out() {
    let pair = Pair::shared();
    let mut rng = rng(16);
    let mut alice = pair.initiate(&mut rng);
    // Authentic, but under a name that its keys do not give.
    alice.fixed.id = SessionId::from_bytes([9; 8]);
    let message = alice.encrypt(&mut rng, b"hello").unwrap();
    assert_eq!(pair.respond(&message).map(|_| ()), Err(RespondError::Unauthentic));
}

#[test]
fn sessions_start_with_the_bundles_device_only() {
    let pair = Pair::shared();
    let start = |local: &Local, remote: &Remote| {
        Session::initiate(&mut rng(7), local, remote, &pair.bundle).map(|_| ())
    };
    assert_eq!(
        start(&pair.bob.local, &pair.alice.as_remote()),
        Err(InitiateError::WrongDevice)
    );
    assert_eq!(
        start(&pair.bob.local, &pair.bob.as_remote()),
        Err(InitiateError::Oneself)
    );
}

#[test]
fn jumps_are_capped_in_the_chain_and_across_chains() {
    let mut rng = rng(8);
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    let answer = bob.encrypt(&mut rng, b"").unwrap();
    open(&mut alice, &answer);
    let sent: Vec<_> = (0..2_003)
        .map(|_| alice.encrypt(&mut rng, b"x").unwrap())
        .collect();
    assert_refused(&mut bob, &sent[2_001], DecryptError::JumpTooFar);
    open(&mut bob, &sent[0]);
    assert_refused(&mut bob, &sent[2_002], DecryptError::JumpTooFar);
    open(&mut bob, &sent[2_001]);
    assert_eq!(bob.skipped.take_changes().added.len(), 2_000);
    for message in &sent[1..2_001] {
        open(&mut bob, message);
    }
    open(&mut bob, &sent[2_002]);
    assert!(bob.skipped.get(&skipped_id(&sent[5])).is_none());

    // The end of a chain that lies too far ahead.
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    let answer = bob.encrypt(&mut rng, b"").unwrap();
    for _ in 0..2_002 {
        alice.encrypt(&mut rng, b"lost").unwrap();
    }
    open(&mut alice, &answer);
    let next = alice.encrypt(&mut rng, b"x").unwrap();
    assert_refused(&mut bob, &next, DecryptError::JumpTooFar);
}

fn skipped_id(message: &[u8]) -> SkippedKeyId {
    match Envelope::parse(message).unwrap() {
        Envelope::Initial(message) => {
            SkippedKeyId::new(message.sealed.ratchet.ratchet_key, message.sealed.ratchet.number)
        }
        Envelope::Ratchet(message) => {
            SkippedKeyId::new(message.sealed.ratchet.ratchet_key, message.sealed.ratchet.number)
        }
        Envelope::Ephemeral(_) => panic!("a frame has no number"),
    }
}

#[test]
fn the_oldest_skipped_keys_make_room_and_rows_follow() {
    let mut rng = rng(9);
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    let answer = bob.encrypt(&mut rng, b"").unwrap();
    open(&mut alice, &answer);
    let mut rows = BTreeMap::new();
    let mut braid = BTreeMap::new();
    let mut store = |bob: &mut Session| {
        let changes = bob.take_changes();
        store_rows(&mut braid, changes.braid);
        rows.extend(
            changes
                .skipped_added
                .into_iter()
                .map(|(id, bytes)| (id, bytes.to_vec())),
        );
        changes
            .skipped_removed
            .iter()
            .for_each(|id| assert!(rows.remove(id).is_some(), "removed a row twice"));
        *bob = Session::load(&changes.state, braid.clone(), rows.clone()).unwrap();
        rows.len()
    };
    let sent: Vec<_> = (0..3_000)
        .map(|_| alice.encrypt(&mut rng, b"x").unwrap())
        .collect();
    open(&mut bob, &sent[1_500]);
    assert_eq!(store(&mut bob), 1_500);
    open(&mut bob, &sent[2_999]);
    assert_eq!(store(&mut bob), 2_000);
    let oldest_kept = 1_500 + 1_498 - 2_000;
    for evicted in [0, 1, oldest_kept - 1] {
        assert_refused(&mut bob, &sent[evicted], DecryptError::AlreadyReceived);
    }
    for kept in [oldest_kept, 1_499, 1_501, 2_998] {
        open(&mut bob, &sent[kept]);
        assert_refused(&mut bob, &sent[kept], DecryptError::AlreadyReceived);
    }
    assert_eq!(store(&mut bob), 1_996);
}

fn store_rows(
    rows: &mut BTreeMap<BraidRowId, Vec<u8>>,
    changes: Vec<(BraidRowId, Option<zeroize::Zeroizing<Vec<u8>>>)>,
) {
    for (id, row) in changes {
        match row {
            Some(row) => rows.insert(id, row.to_vec()),
            None => rows.remove(&id),
        };
    }
}

#[test]
fn what_is_no_message_of_the_session_is_named() {
    let mut rng = rng(10);
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    let good = alice.encrypt(&mut rng, b"x").unwrap();
    let changed = |at: usize, byte: u8| {
        let mut message = good.clone();
        message[at] = byte;
        message
    };
    assert_refused(
        &mut bob,
        &changed(0, 0x21),
        DecryptError::Malformed(ParseError::UnknownVersion(2)),
    );
    assert_refused(
        &mut bob,
        &changed(0, 0x1f),
        DecryptError::Malformed(ParseError::UnknownKind(15)),
    );
    assert_refused(&mut bob, &changed(1, good[1] ^ 1), DecryptError::WrongSession);
    let frame = alice.seal_ephemeral(&mut rng, NOW, b"typing").unwrap();
    assert_refused(&mut bob, &frame, DecryptError::Ephemeral);
    let too_long = [&good[..], &vec![0; MAX_PLAINTEXT_LEN]].concat();
    assert_refused(&mut bob, &too_long, DecryptError::TooLong);
    let too_long = alice.encrypt(&mut rng, &vec![0; MAX_PLAINTEXT_LEN + 1]);
    assert_eq!(too_long, Err(EncryptError::TooLong));
    let longest = alice.encrypt(&mut rng, &vec![0; MAX_PLAINTEXT_LEN]).unwrap();
    assert_eq!(open(&mut bob, &longest).len(), MAX_PLAINTEXT_LEN);
    open(&mut bob, &good);
}

#[test]
fn low_order_and_second_spellings_of_ratchet_keys_are_refused() {
    let mut rng = rng(11);
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    let answer = bob.encrypt(&mut rng, b"x").unwrap();
    let mut one = [0; 32];
    one[0] = 1;
    for key in [[0; 32], one, [0xff; 32]] {
        let mut message = answer.clone();
        message[9..41].copy_from_slice(&key);
        let malformed = DecryptError::Malformed(ParseError::Malformed(sotto_keys::DecodeError::InvalidKey));
        assert_refused(&mut alice, &message, malformed);
    }
}

#[test]
fn a_stolen_state_reads_nothing_from_before_and_nothing_after_both_have_turned() {
    let mut rng = rng(12);
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    let earlier = bob.encrypt(&mut rng, b"earlier").unwrap();
    open(&mut alice, &earlier);
    let mut stolen = alice.clone();
    assert!(stolen.decrypt(&earlier).is_err());
    // One exchange with keys that the thief has not seen drawn.
    let there = alice.encrypt(&mut rng, b"there").unwrap();
    open(&mut bob, &there);
    let back = bob.encrypt(&mut rng, b"back").unwrap();
    assert!(stolen.decrypt(&back).is_err());
    open(&mut alice, &back);
    let healed = alice.encrypt(&mut rng, b"healed").unwrap();
    assert!(matches!(stolen.ratchet.chains, Chains::Listening(_)));
    assert!(stolen.decrypt(&healed).is_err());
    assert_eq!(open(&mut bob, &healed), b"healed");
}

/// Messages to and fro until both sides send along chains of that epoch.
fn talk_until_epoch(rng: &mut ChaCha20Rng, alice: &mut Session, bob: &mut Session, epoch: u32) {
    for _ in 0..1_000 {
        let there = alice.encrypt(rng, b"there").unwrap();
        open(bob, &there);
        let back = bob.encrypt(rng, b"back").unwrap();
        open(alice, &back);
        if alice.ratchet.braids.sending.epoch >= epoch && bob.ratchet.braids.sending.epoch >= epoch {
            return;
        }
    }
    panic!("no epoch {epoch}");
}

/// A session that has the Double Ratchet of one and the braid of another: for taking each part's security by itself.
fn grafted(classical: &Session, post_quantum: &Session) -> Session {
    let mut session = classical.clone();
    session.braid = post_quantum.braid.clone();
    session.ratchet.braids = post_quantum.ratchet.braids.clone();
    session
}

#[test]
fn the_braid_heals_by_itself_where_the_double_ratchet_is_broken() {
    let mut rng = rng(17);
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    talk_until_epoch(&mut rng, &mut alice, &mut bob, 2);
    // The thief reads all traffic, and can compute whatever X25519 hides.
    let mut thief = bob.clone();
    let stolen_at = thief.braid.epoch();
    let mut read = 0;
    loop {
        let there = alice.encrypt(&mut rng, b"there").unwrap();
        let mut follows = grafted(&bob, &thief);
        match follows.decrypt(&there) {
            Ok(_) => thief = follows,
            Err(error) => {
                assert_eq!(error, DecryptError::Unauthentic);
                break;
            }
        }
        read += 1;
        open(&mut bob, &there);
        let back = bob.encrypt(&mut rng, b"back").unwrap();
        open(&mut alice, &back);
        // What Bob sends tells the thief how the exchange goes on; Bob's randomness is new to the thief.
        thief.encrypt(&mut rng, b"").unwrap();
        assert!(read < 500, "the thief still reads");
    }
    assert!(read > 0 && alice.ratchet.braids.sending.epoch > stolen_at - 1);
    assert!(alice.ratchet.braids.sending.epoch <= stolen_at + 1);
}

#[test]
fn the_double_ratchet_heals_by_itself_where_the_braid_is_broken() {
    let mut rng = rng(18);
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    talk_until_epoch(&mut rng, &mut alice, &mut bob, 1);
    let stolen = bob.clone();
    for _ in 0..2 {
        let there = alice.encrypt(&mut rng, b"there").unwrap();
        open(&mut bob, &there);
        let back = bob.encrypt(&mut rng, b"back").unwrap();
        open(&mut alice, &back);
    }
    let healed = alice.encrypt(&mut rng, b"healed").unwrap();
    assert!(grafted(&stolen, &bob).decrypt(&healed).is_err());
    open(&mut bob, &healed);
}

#[test]
fn the_braids_keys_of_earlier_messages_are_gone() {
    let mut rng = rng(19);
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    talk_until_epoch(&mut rng, &mut alice, &mut bob, 1);
    for rounds in [0, 1, 60] {
        let before = bob.clone();
        let earlier = alice.encrypt(&mut rng, b"earlier").unwrap();
        open(&mut bob, &earlier);
        for _ in 0..rounds {
            let back = bob.encrypt(&mut rng, b"back").unwrap();
            open(&mut alice, &back);
            let there = alice.encrypt(&mut rng, b"there").unwrap();
            open(&mut bob, &there);
        }
        // All keys of the Double Ratchet from before, all of the braid's from after.
        assert!(grafted(&before, &bob).decrypt(&earlier).is_err());
        assert!(before.clone().decrypt(&earlier).is_ok());
    }
}

#[test]
fn two_thousand_skipped_messages_open_on_both_chains_across_epochs() {
    let mut rng = rng(21);
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    talk_until_epoch(&mut rng, &mut alice, &mut bob, 1);
    let kept: Vec<_> = (0..1_000)
        .map(|number: u32| alice.encrypt(&mut rng, &number.to_be_bytes()).unwrap())
        .collect();
    // The exchange goes on by what arrives, past an epoch, while those are on their way.
    talk_until_epoch(&mut rng, &mut alice, &mut bob, 3);
    assert_eq!(bob.skipped_keys().count(), 1_000);
    let more: Vec<_> = (0..1_002)
        .map(|number: u32| alice.encrypt(&mut rng, &number.to_be_bytes()).unwrap())
        .collect();
    open(&mut bob, &more[1_001]);
    assert_eq!(bob.skipped_keys().count(), 2_000);
    assert_refused(&mut bob, &kept[0], DecryptError::Unauthentic);
    for (number, message) in (1..).zip(&kept[1..]).chain((0..).zip(&more[..1_001])) {
        assert_eq!(open(&mut bob, message), u32::to_be_bytes(number));
    }
    assert_eq!(bob.skipped_keys().count(), 0);
}

/// What a malicious peer could encrypt: a right key, a header as it likes.
fn encrypt_with(session: &Session, rng: &mut ChaCha20Rng, change: impl FnOnce(&mut BraidHeader)) -> Vec<u8> {
    let mut session = session.clone();
    let Chains::Talking(sending, _) = &session.ratchet.chains else {
        panic!("talking")
    };
    let paired = Paired {
        chain: sending.chain.clone(),
        braid: session.ratchet.braids.sending.clone(),
    };
    let (ratchet_key, number) = (sending.public, sending.chain.next);
    let previous_count = session.ratchet.previous_count;
    let (braid, step, _) = session.braid.clone().send(rng);
    let mut header = BraidHeader {
        chain: paired.braid.epoch,
        exchange: braid.epoch(),
        step,
    };
    change(&mut header);
    let header = RatchetHeader {
        ratchet_key,
        previous_count,
        number,
        braid: header,
    };
    session.handshake = None;
    let header = write_header(session.fixed.id, None, &header);
    let (_, seed) = paired.step();
    seed.seal(&session.fixed.context(session.fixed.role), header, b"x")
}

#[test]
fn a_peer_that_breaks_the_rules_is_refused_and_changes_nothing() {
    let mut rng = rng(22);
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    let answer = bob.encrypt(&mut rng, b"").unwrap();
    open(&mut alice, &answer);
    let first = alice.encrypt(&mut rng, b"").unwrap();
    open(&mut bob, &first);
    let honest = encrypt_with(&alice, &mut rng, |_| {});
    open(&mut bob.clone(), &honest);
    // Bob has the header's chunks 0 and 1: another chunk 1, or a third one that makes no header.
    for index in [1, 2, 77] {
        let message = encrypt_with(&alice, &mut rng, |header| {
            header.step = Step::Header(Chunk {
                index,
                bytes: [5; 32],
            });
        });
        assert_refused(&mut bob, &message, DecryptError::Misbehaved);
    }
    let ahead = encrypt_with(&alice, &mut rng, |header| header.exchange += 1);
    assert_refused(&mut bob, &ahead, DecryptError::Misbehaved);
    let other_chain = encrypt_with(&alice, &mut rng, |header| {
        header.chain += 1;
        header.exchange += 1;
    });
    assert_refused(&mut bob, &other_chain, DecryptError::Unauthentic);
    open(&mut bob, &honest);
}

#[test]
fn frames_open_once_while_fresh_and_change_nothing_stored() {
    let pair = Pair::shared();
    let mut rng = rng(13);
    let (mut alice, mut bob) = pair.sessions(&mut rng);
    let before = (snapshot(&alice), snapshot(&bob));
    let frame = alice.seal_ephemeral(&mut rng, NOW, b"typing").unwrap();
    assert_eq!(bob.open_ephemeral(NOW, &frame).unwrap(), b"typing");
    assert_eq!(bob.open_ephemeral(NOW, &frame), Err(EphemeralError::Replayed));
    assert_eq!(
        alice.open_ephemeral(NOW, &frame),
        Err(EphemeralError::Unauthentic)
    );
    let back = bob.seal_ephemeral(&mut rng, NOW, b"online").unwrap();
    assert_eq!(alice.open_ephemeral(NOW, &back).unwrap(), b"online");

    let at = |millis: i64| Timestamp::from_millis(NOW.as_millis().checked_add_signed(millis).unwrap());
    for (offset, expected) in [(-30_001, false), (-30_000, true), (30_000, true), (30_001, false)] {
        let frame = alice.seal_ephemeral(&mut rng, at(offset), b"x").unwrap();
        assert_eq!(bob.open_ephemeral(NOW, &frame).is_ok(), expected, "{offset}");
    }
    let frame = alice.seal_ephemeral(&mut rng, NOW, b"typing").unwrap();
    crate::tests::assert_only_accepts(&frame, |bytes| bob.clone().open_ephemeral(NOW, bytes).is_ok());
    let (mut stranger, _) = pair.sessions(&mut rng);
    assert_eq!(stranger.open_ephemeral(NOW, &frame), Err(EphemeralError::NotOurs));
    let message = alice.clone().encrypt(&mut rng, b"x").unwrap();
    assert_eq!(bob.open_ephemeral(NOW, &message), Err(EphemeralError::NotOurs));
    let long = alice.seal_ephemeral(&mut rng, NOW, &vec![0; 16 * 1024 + 1]);
    assert_eq!(long, Err(EphemeralError::TooLong));
    assert!((snapshot(&alice), snapshot(&bob)) == before);
}

#[test]
fn a_flood_of_frames_is_bounded_and_passes() {
    let mut rng = rng(14);
    let (alice, mut bob) = Pair::shared().sessions(&mut rng);
    for _ in 0..4_096 {
        let frame = alice.seal_ephemeral(&mut rng, NOW, b"").unwrap();
        bob.open_ephemeral(NOW, &frame).unwrap();
    }
    let frame = alice.seal_ephemeral(&mut rng, NOW, b"").unwrap();
    assert_eq!(bob.open_ephemeral(NOW, &frame), Err(EphemeralError::Flooded));
    let later = NOW.saturating_add(Duration::from_secs(31));
    let frame = alice.seal_ephemeral(&mut rng, later, b"").unwrap();
    assert_eq!(bob.open_ephemeral(later, &frame).unwrap(), b"");
}

/// Frames and messages travel apart: whatever the two have sent and received of each other, a frame that was sealed
/// just now opens.
#[test]
fn frames_open_however_far_the_two_sides_are_apart() {
    let mut rng = rng(15);
    let (mut alice, mut bob) = Pair::shared().sessions(&mut rng);
    for _ in 0..4 {
        check_frames(&mut rng, &mut alice, &mut bob);
        let to_alice = bob.encrypt(&mut rng, b"x").unwrap();
        let on_its_way = bob.seal_ephemeral(&mut rng, NOW, b"late").unwrap();
        check_frames(&mut rng, &mut alice, &mut bob);
        open(&mut alice, &to_alice);
        check_frames(&mut rng, &mut alice, &mut bob);
        let to_bob = alice.encrypt(&mut rng, b"x").unwrap();
        check_frames(&mut rng, &mut alice, &mut bob);
        open(&mut bob, &to_bob);
        check_frames(&mut rng, &mut alice, &mut bob);
        assert!(alice.open_ephemeral(NOW, &on_its_way).is_ok());
    }
}

fn check_frames(rng: &mut ChaCha20Rng, alice: &mut Session, bob: &mut Session) {
    let frame = alice.seal_ephemeral(rng, NOW, b"typing").unwrap();
    assert_eq!(bob.open_ephemeral(NOW, &frame).unwrap(), b"typing");
    let frame = bob.seal_ephemeral(rng, NOW, b"online").unwrap();
    assert_eq!(alice.open_ephemeral(NOW, &frame).unwrap(), b"online");
}

/// What can happen to a conversation.
#[derive(Clone, Debug)]
enum Event {
    Send(Side),
    /// The message at that place (modulo how many there are) arrives and leaves the network.
    Deliver(Side, usize),
    /// It arrives and stays: it can arrive again.
    Copy(Side, usize),
    Lose(Side, usize),
    /// It arrives with one bit flipped; the message itself stays.
    Forge(Side, usize, usize),
    /// The side forgets everything but what it stored.
    Restart(Side),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Alice,
    Bob,
}

fn event() -> impl Strategy<Value = Event> {
    let side = || prop_oneof![Just(Side::Alice), Just(Side::Bob)];
    let place = || any::<usize>();
    prop_oneof![
        5 => side().prop_map(Event::Send),
        5 => (side(), place()).prop_map(|(side, at)| Event::Deliver(side, at)),
        1 => (side(), place()).prop_map(|(side, at)| Event::Copy(side, at)),
        1 => (side(), place()).prop_map(|(side, at)| Event::Lose(side, at)),
        1 => (side(), place(), place()).prop_map(|(side, at, bit)| Event::Forge(side, at, bit)),
        1 => side().prop_map(Event::Restart),
    ]
}

/// One side: its session, what it stored, what is on its way to it, what it has read.
#[derive(Default)]
struct Peer {
    session: Option<Session>,
    state: Vec<u8>,
    braid: BTreeMap<BraidRowId, Vec<u8>>,
    rows: BTreeMap<SkippedKeyId, Vec<u8>>,
    inbox: Vec<(u32, Vec<u8>)>,
    read: BTreeSet<u32>,
}

impl Peer {
    fn persist(&mut self) {
        let Some(session) = &mut self.session else { return };
        let changes = session.take_changes();
        self.state = changes.state.to_vec();
        store_rows(&mut self.braid, changes.braid);
        self.rows.extend(
            changes
                .skipped_added
                .into_iter()
                .map(|(id, bytes)| (id, bytes.to_vec())),
        );
        changes
            .skipped_removed
            .iter()
            .for_each(|id| assert!(self.rows.remove(id).is_some()));
    }

    fn restart(&mut self) {
        if let Some(before) = self.session.take() {
            let loaded = Session::load(&self.state, self.braid.clone(), self.rows.clone()).unwrap();
            assert!(
                snapshot(&loaded) == snapshot(&before),
                "what was stored is not what was there"
            );
            self.session = Some(loaded);
        }
    }

    /// Decrypts, and says what came of it.
    fn receive(&mut self, message: &[u8]) -> Option<Vec<u8>> {
        let plaintext = match &mut self.session {
            Some(session) => {
                let before = snapshot(session);
                match session.decrypt(message) {
                    Ok(plaintext) => plaintext.to_vec(),
                    Err(_) => {
                        assert!(
                            snapshot(session) == before,
                            "a refused message changed the session"
                        );
                        return None;
                    }
                }
            }
            None => {
                let (session, plaintext) = Pair::shared().respond(message).ok()?;
                self.session = Some(session);
                plaintext
            }
        };
        self.persist();
        Some(plaintext)
    }
}

struct Conversation {
    rng: ChaCha20Rng,
    alice: Peer,
    bob: Peer,
    sent: u32,
    /// Each message's key comes from its ratchet key and number: a pair that comes twice is a key used twice.
    keys: BTreeSet<(SessionId, SkippedKeyId)>,
}

impl Conversation {
    fn new(seed: u64) -> Self {
        let mut rng = rng(seed);
        let mut alice = Peer {
            session: Some(Pair::shared().initiate(&mut rng)),
            ..Peer::default()
        };
        alice.persist();
        Self {
            rng,
            alice,
            bob: Peer::default(),
            sent: 0,
            keys: BTreeSet::new(),
        }
    }

    fn peer(&mut self, side: Side) -> &mut Peer {
        match side {
            Side::Alice => &mut self.alice,
            Side::Bob => &mut self.bob,
        }
    }

    fn happen(&mut self, event: &Event) {
        match *event {
            Event::Send(side) => self.send(side),
            Event::Deliver(side, at) => self.deliver(side, at, true),
            Event::Copy(side, at) => self.deliver(side, at, false),
            Event::Lose(side, at) => {
                let inbox = &mut self.peer(side).inbox;
                if !inbox.is_empty() {
                    inbox.swap_remove(at % inbox.len());
                }
            }
            Event::Forge(side, at, bit) => self.forge(side, at, bit),
            Event::Restart(side) => self.peer(side).restart(),
        }
    }

    fn send(&mut self, side: Side) {
        let (from, to) = match side {
            Side::Alice => (&mut self.alice, &mut self.bob),
            Side::Bob => (&mut self.bob, &mut self.alice),
        };
        let Some(session) = &mut from.session else { return };
        let message = session.encrypt(&mut self.rng, &self.sent.to_be_bytes()).unwrap();
        from.persist();
        let Ok(envelope) = Envelope::parse(&message) else {
            panic!("unreadable")
        };
        assert!(
            self.keys.insert((envelope.session_id(), skipped_id(&message))),
            "a key was used twice"
        );
        to.inbox.push((self.sent, message));
        self.sent += 1;
    }

    fn deliver(&mut self, side: Side, at: usize, leaves: bool) {
        let peer = self.peer(side);
        if peer.inbox.is_empty() {
            return;
        }
        let at = at % peer.inbox.len();
        let (number, message) = if leaves {
            peer.inbox.swap_remove(at)
        } else {
            peer.inbox[at].clone()
        };
        let received = peer.receive(&message);
        let expected = peer.read.insert(number).then(|| number.to_be_bytes().to_vec());
        assert_eq!(received, expected, "each message opens once, and only once");
    }

    fn forge(&mut self, side: Side, at: usize, bit: usize) {
        let peer = self.peer(side);
        if peer.inbox.is_empty() {
            return;
        }
        let mut message = peer.inbox[at % peer.inbox.len()].1.clone();
        let bit = bit % (message.len() * 8);
        message[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(peer.receive(&message), None, "a forged message was read");
    }

    /// In the end, whatever was not lost arrives.
    fn settle(&mut self) {
        for side in [Side::Bob, Side::Alice, Side::Bob] {
            while !self.peer(side).inbox.is_empty() {
                self.deliver(side, 0, true);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_order_loss_and_duplication(seed in any::<u64>(), events in prop::collection::vec(event(), 1..120)) {
        let mut conversation = Conversation::new(seed);
        events.iter().for_each(|event| conversation.happen(event));
        conversation.settle();
    }
}

/// Long enough for epochs, on a line that loses and mixes up a quarter of everything.
#[test]
fn epochs_pass_on_a_bad_line() {
    for seed in 0..4 {
        let mut conversation = Conversation::new(seed);
        let mut dice = rng(seed + 100);
        let mut draw = |sides: u32| {
            use rand_chacha::rand_core::Rng;
            dice.next_u32() % sides
        };
        for _ in 0..1_500 {
            let side = if draw(2) == 0 { Side::Alice } else { Side::Bob };
            let at = usize::try_from(draw(6)).unwrap();
            conversation.happen(&Event::Send(side));
            match draw(8) {
                0 => conversation.happen(&Event::Lose(side, at)),
                1 => conversation.happen(&Event::Copy(side, at)),
                2 => conversation.happen(&Event::Restart(side)),
                3 => conversation.happen(&Event::Forge(side, at, usize::try_from(draw(900)).unwrap())),
                _ => {}
            }
            for side in [Side::Alice, Side::Bob] {
                while conversation.peer(side).inbox.len() > 5 {
                    conversation.happen(&Event::Deliver(side, at));
                }
            }
        }
        conversation.settle();
        for side in [Side::Alice, Side::Bob] {
            let epoch = conversation
                .peer(side)
                .session
                .as_ref()
                .unwrap()
                .ratchet
                .braids
                .sending
                .epoch;
            assert!(epoch >= 5, "epoch {epoch}");
        }
    }
}

#[test]
fn labels_carry_their_length() {
    assert_eq!(
        super::chain_key::STEP,
        sotto_keys::tag_prefix("sotto/1 chain step")
    );
    assert_eq!(
        super::message_key::LABEL,
        sotto_keys::tag_prefix("sotto/1 message key")
    );
    assert_eq!(
        super::braid_chain::STEP,
        sotto_keys::tag_prefix("sotto/1 braid chain step")
    );
}
