//! Messages written without a connection survive a restart and go out once, in order, when it is back.

use sotto_engine::Input;
use sotto_engine::view::MessageState;
use sotto_testkit::world::World;
use std::time::Duration;

#[test]
fn queued_over_a_restart() {
    let mut world = World::default();
    let (alice, bob) = world.two_who_talk();
    world.input(alice, Input::GoOffline);
    for text in ["one", "two", "three"] {
        world.write(alice, bob, text).unwrap();
    }
    assert_eq!(
        world.messages(alice, bob).last().unwrap().state,
        MessageState::Queued
    );
    assert_eq!(world.engine(alice).own().outbox, 3);
    world.restart(alice);
    world.input(alice, Input::GoOnline);
    world.advance(Duration::from_secs(5));
    assert_eq!(world.texts(bob, alice)[2..], ["one", "two", "three"]);
    assert_eq!(
        world.messages(alice, bob).last().unwrap().state,
        MessageState::Delivered
    );
    assert_eq!(world.engine(alice).own().outbox, 0);
    assert_eq!(world.server.breaches, []);
}

#[test]
fn a_lost_connection_comes_back_by_itself() {
    let mut world = World::default();
    let (alice, bob) = world.two_who_talk();
    world.disconnect(bob);
    world.write(alice, bob, "while you were gone").unwrap();
    assert_eq!(world.texts(bob, alice).len(), 2);
    world.advance(Duration::from_secs(10));
    assert_eq!(world.texts(bob, alice).last().unwrap(), "while you were gone");
}

#[test]
fn prekeys_are_rotated_and_filled_up_by_time() {
    let mut world = World::default();
    let (alice, bob) = world.two_who_talk();
    let before = world.engine(bob).own().prekeys.unwrap();
    for actor in [alice, bob] {
        world.input(actor, Input::GoOffline);
    }
    world.advance(Duration::from_secs(40 * 24 * 60 * 60));
    for actor in [alice, bob] {
        world.input(actor, Input::GoOnline);
    }
    world.write(alice, bob, "forty days later").unwrap();
    assert_eq!(world.texts(bob, alice).last().unwrap(), "forty days later");
    let carol = world.person("carol");
    world.write(carol, bob, "by a fresh prekey").unwrap();
    assert_eq!(world.texts(bob, carol), ["by a fresh prekey"]);
    assert!(before.one_time_ec > 0);
    assert_eq!(world.server.breaches, []);
}

#[test]
fn a_session_outlives_its_token() {
    let mut world = World::default();
    let (alice, bob) = world.two_who_talk();
    let carol = world.person("carol");
    world.advance(Duration::from_secs(3 * 60 * 60));
    // Finding Carol takes a call, for which the first token is too old by now.
    world.write(alice, carol, "three hours later").unwrap();
    assert_eq!(world.texts(carol, alice), ["three hours later"]);
    world.write(alice, bob, "and to you").unwrap();
    assert_eq!(world.texts(bob, alice).last().unwrap(), "and to you");
}
