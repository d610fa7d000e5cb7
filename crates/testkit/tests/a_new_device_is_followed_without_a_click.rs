//! A device that the root has certified gets everything from then on; nobody has to do anything.

use sotto_engine::view::{MessageState, Trust};
use sotto_testkit::world::World;
use std::time::Duration;

#[test]
fn both_devices_get_what_is_written_and_what_the_other_writes() {
    let mut world = World::default();
    let (alice, bob) = world.two_who_talk();
    let tablet = world.second_device(bob);

    world.write(alice, bob, "to both of you").unwrap();
    assert_eq!(world.texts(bob, alice).last().unwrap(), "to both of you");
    assert_eq!(world.texts(tablet, alice), ["to both of you"]);
    assert_eq!(
        world.conversation(alice, bob).unwrap().person.trust,
        Trust::Unverified
    );

    world.write(bob, alice, "from the phone").unwrap();
    assert_eq!(world.texts(alice, bob).last().unwrap(), "from the phone");
    let on_tablet = world.messages(tablet, alice);
    assert_eq!(on_tablet.last().unwrap().text, "from the phone");
    let state = on_tablet.last().unwrap().state;
    assert_ne!(
        state,
        MessageState::Received,
        "one's own message, not a stranger's"
    );

    world.write(tablet, alice, "from the tablet").unwrap();
    world.advance(Duration::from_secs(5));
    assert_eq!(world.texts(alice, bob).last().unwrap(), "from the tablet");
    assert_eq!(world.texts(bob, alice).last().unwrap(), "from the tablet");
    assert_eq!(
        world.messages(tablet, alice).last().unwrap().state,
        MessageState::Delivered
    );
    assert_eq!(world.server.breaches, []);
}
