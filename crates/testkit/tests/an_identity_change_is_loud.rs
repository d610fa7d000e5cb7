//! Another root under a known account: nothing goes out before a person has looked.

use sotto_engine::view::Trust;
use sotto_engine::{Command, CommandError};
use sotto_testkit::world::World;
use std::time::Duration;

#[test]
fn nothing_goes_to_a_changed_identity_unseen() {
    let mut world = World::default();
    let (alice, bob) = world.two_who_talk();
    let person = world.account(bob);
    let digits = world.engine(alice).safety_number(person).unwrap().digits;
    assert_eq!(
        world
            .engine(bob)
            .safety_number(world.account(alice))
            .unwrap()
            .digits,
        digits
    );
    world
        .command(
            alice,
            Command::Verify {
                person,
                digits: digits.clone(),
            },
        )
        .unwrap();
    assert_eq!(
        world.conversation(alice, bob).unwrap().person.trust,
        Trust::Verified
    );

    world.server.forget(person);
    let mallory = world.person_as(person, "bob");
    world.write(alice, mallory, "for bob only").unwrap();
    world.advance(Duration::from_secs(30));
    assert_eq!(
        world.conversation(alice, bob).unwrap().person.trust,
        Trust::Changed
    );
    assert!(
        world.texts(mallory, alice).is_empty(),
        "it waits for a person to look"
    );
    assert_eq!(
        world.write(alice, mallory, "more"),
        Err(CommandError::IdentityChanged)
    );

    let verify = Command::Verify { person, digits };
    assert_eq!(world.command(alice, verify), Err(CommandError::OtherSafetyNumber));
    world.command(alice, Command::AcceptIdentity { person }).unwrap();
    world.advance(Duration::from_secs(30));
    assert_eq!(
        world.conversation(alice, bob).unwrap().person.trust,
        Trust::Unverified
    );
    assert_eq!(world.texts(mallory, alice), ["for bob only"]);
}
