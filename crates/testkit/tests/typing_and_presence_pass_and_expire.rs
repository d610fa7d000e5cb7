//! Typing and presence are seen by those who accepted, and end by themselves.

use sotto_engine::view::{Choice, Settings};
use sotto_engine::{Command, Input};
use sotto_testkit::world::World;
use sotto_wire::content::{Presence, Typing};
use std::time::Duration;

#[test]
fn typing_shows_and_ends() {
    let mut world = World::default();
    let (alice, bob) = world.two_who_talk();
    let conversation = world.account(bob);
    let typing = |typing| Command::SetTyping { conversation, typing };
    world.command(alice, typing(Typing::Started)).unwrap();
    assert!(world.conversation(bob, alice).unwrap().typing);
    world.advance(Duration::from_secs(6));
    assert!(
        !world.conversation(bob, alice).unwrap().typing,
        "it ends after five seconds"
    );
    world.command(alice, typing(Typing::Started)).unwrap();
    world.write(alice, bob, "done").unwrap();
    assert!(
        !world.conversation(bob, alice).unwrap().typing,
        "a message ends it"
    );

    let settings = Settings {
        typing: Choice::Off,
        ..Settings::default()
    };
    world.command(alice, Command::SetSettings { settings }).unwrap();
    world.command(alice, typing(Typing::Started)).unwrap();
    assert!(!world.conversation(bob, alice).unwrap().typing, "switched off");
}

#[test]
fn presence_is_known_while_both_are_there() {
    let mut world = World::default();
    let (alice, bob) = world.two_who_talk();
    let online = Command::SetPresence {
        presence: Presence::Online,
    };
    world.command(alice, online.clone()).unwrap();
    world.command(bob, online).unwrap();
    let seen = |world: &World| world.conversation(alice, bob).unwrap().presence;
    assert_eq!(seen(&world), Some(Presence::Online));
    assert_eq!(
        world.conversation(bob, alice).unwrap().presence,
        Some(Presence::Online)
    );
    world.advance(Duration::from_secs(600));
    assert_eq!(seen(&world), Some(Presence::Online), "told again and again");
    world
        .command(
            bob,
            Command::SetPresence {
                presence: Presence::Away,
            },
        )
        .unwrap();
    assert_eq!(seen(&world), Some(Presence::Away));
    world
        .command(
            bob,
            Command::SetPresence {
                presence: Presence::Online,
            },
        )
        .unwrap();
    world.input(bob, Input::GoOffline);
    world.advance(Duration::from_secs(151));
    assert_eq!(seen(&world), None, "nothing is believed for long");
}

#[test]
fn a_stranger_sees_neither_typing_nor_presence() {
    let mut world = World::default();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    world.write(alice, bob, "hello, stranger").unwrap();
    let online = Command::SetPresence {
        presence: Presence::Online,
    };
    world.command(alice, online.clone()).unwrap();
    world.command(bob, online).unwrap();
    let conversation = world.account(alice);
    let typing = Typing::Started;
    world
        .command(bob, Command::SetTyping { conversation, typing })
        .unwrap();
    let seen = world.conversation(alice, bob).unwrap();
    assert!(!seen.typing && seen.presence.is_none(), "nobody accepted");

    world.command(bob, Command::Accept { conversation }).unwrap();
    world.write(bob, alice, "hello").unwrap();
    world
        .command(bob, Command::SetTyping { conversation, typing })
        .unwrap();
    assert!(
        world.conversation(alice, bob).unwrap().typing,
        "now they may know"
    );
}
