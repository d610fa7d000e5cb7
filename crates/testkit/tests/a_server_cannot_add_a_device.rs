//! A server that invents another identity for one's own account gets nothing by it.

use sotto_engine::view::MessageState;
use sotto_testkit::world::World;
use std::time::Duration;

#[test]
fn ones_own_account_is_followed_under_ones_own_root_only() {
    let mut world = World::default();
    let (alice, bob) = world.two_who_talk();
    let account = world.account(alice);
    let known = world.engine(alice).safety_number(account).unwrap();
    world.server.forget(account);
    let forged = world.person_as(account, "alice");
    // The forged list has a second version, so that the server can call the genuine one outdated.
    let second = world.second_device(forged);

    world.write(alice, bob, "for bob alone").unwrap();
    world.advance(Duration::from_secs(120));
    assert!(world.messages(forged, bob).is_empty() && world.messages(second, bob).is_empty());
    assert_eq!(
        world.messages(alice, bob).last().unwrap().state,
        MessageState::Queued
    );
    // The number depends on the root that is believed to be one's own.
    assert_eq!(world.engine(alice).safety_number(account).unwrap(), known);
    assert_eq!(world.server.breaches, []);
}
