//! A stranger's first message is a request: it gets no receipt, and is answered, accepted or blocked.

use sotto_engine::view::{MessageState, Standing};
use sotto_engine::{Command, CommandError};
use sotto_testkit::world::World;
use std::time::Duration;

#[test]
fn a_request_gets_no_receipt_until_it_is_accepted() {
    let mut world = World::default();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    world.write(alice, bob, "hello, stranger").unwrap();
    world.advance(Duration::from_secs(5));
    assert_eq!(
        world.conversation(bob, alice).unwrap().standing,
        Standing::Request
    );
    assert_eq!(world.texts(bob, alice), ["hello, stranger"]);
    assert_eq!(world.messages(alice, bob)[0].state, MessageState::Sent);

    let conversation = world.account(alice);
    world.command(bob, Command::MarkRead { conversation }).unwrap();
    world.advance(Duration::from_secs(5));
    assert_eq!(
        world.messages(alice, bob)[0].state,
        MessageState::Sent,
        "reading a request tells nothing"
    );

    world.command(bob, Command::Accept { conversation }).unwrap();
    world.advance(Duration::from_secs(5));
    assert_eq!(world.messages(alice, bob)[0].state, MessageState::Delivered);
    world.command(bob, Command::MarkRead { conversation }).unwrap();
    world.advance(Duration::from_secs(5));
    assert_eq!(world.messages(alice, bob)[0].state, MessageState::Read);
}

#[test]
fn answering_accepts() {
    let mut world = World::default();
    let (alice, bob) = world.two_who_talk();
    assert_eq!(
        world.conversation(bob, alice).unwrap().standing,
        Standing::Accepted
    );
    assert_eq!(world.texts(alice, bob), ["hello", "hello yourself"]);
    assert_eq!(world.messages(alice, bob)[0].state, MessageState::Delivered);
}

#[test]
fn what_a_blocked_person_writes_is_dropped() {
    let mut world = World::default();
    let (alice, bob) = world.two_who_talk();
    let conversation = world.account(alice);
    world.command(bob, Command::Block { conversation }).unwrap();
    world.write(alice, bob, "are you there?").unwrap();
    world.advance(Duration::from_secs(5));
    assert_eq!(world.texts(bob, alice).len(), 2);
    assert_eq!(world.messages(alice, bob)[2].state, MessageState::Sent);
    assert_eq!(world.write(bob, alice, "no"), Err(CommandError::Blocked));

    world.command(bob, Command::Unblock { conversation }).unwrap();
    world.write(alice, bob, "and now?").unwrap();
    assert_eq!(world.texts(bob, alice).last().unwrap(), "and now?");
    assert_eq!(world.server.breaches, []);
}

#[test]
fn nobody_writes_to_nobody() {
    let mut world = World::default();
    let alice = world.person("alice");
    let find = |name: &str| Command::Find {
        username: name.parse().unwrap(),
    };
    assert_eq!(
        world.command(alice, find("nobody")),
        Err(CommandError::NoSuchPerson)
    );
    assert_eq!(world.command(alice, find("alice")), Err(CommandError::Oneself));
    let to = sotto_keys::AccountId::from_bytes([9; 16]);
    let send = Command::Send {
        to,
        text: "x".to_owned(),
    };
    assert_eq!(world.command(alice, send), Err(CommandError::NoSuchPerson));
    let bob = world.person("bob");
    assert_eq!(world.write(alice, bob, ""), Err(CommandError::TextLength));
    let long = "x".repeat(sotto_wire::limits::TEXT);
    assert_eq!(
        world.write(alice, bob, &format!("{long}x")),
        Err(CommandError::TextLength)
    );
    world.write(alice, bob, &long).unwrap();
    assert_eq!(world.texts(bob, alice), [long]);
}
