//! Tokens that are good for a few seconds, and servers that want them in an event.

use proptest::prelude::*;

use super::scenario::*;
use super::world::World;

/// Looks at both ends every now and then.
fn watch(world: &mut World, end: f64, mut look: impl FnMut(&World)) {
    let mut at = 0.0;
    while at < end {
        at += 50.0;
        world.run_until(at);
        look(world);
    }
}

proptest! {
    #[test]
    fn without_loss_nothing_is_lost_and_no_token_is_in_use_after_its_end(
        scenario in with_tokens(lossless(
            prop_oneof![
                4 => emit(Just(None)),
                1 => (0..NAMESPACES.len()).prop_map(Act::Connect),
                1 => (0..NAMESPACES.len()).prop_map(Act::Disconnect),
            ],
            emits(),
            transports(),
        ))
    ) {
        let mut world = World::new(&scenario);
        watch(&mut world, scenario.acted_at() + 30_000.0, |world| {
            for (index, socket) in world.app.sockets.iter().enumerate() {
                if world.manager.is_connected(index) && socket.stay().is_some() {
                    assert!(world.now <= socket.good_until, "{index} at {}", world.now);
                }
            }
        });
        world.calm();
        world.run_until(scenario.acted_at() + 90_000.0);
        for (index, socket) in world.app.sockets.iter().enumerate() {
            if socket.is_wanted {
                let mut received: Vec<u32> = world.records(index).flat_map(|record| record.received.clone()).collect();
                received.sort_unstable();
                let lost: Vec<u32> = (0..socket.emitted)
                    .filter(|number| !received.contains(number) && !socket.volatile.contains(number))
                    .collect();
                prop_assert!(lost.is_empty(), "{lost:?} of {index}");
            }
        }
        prop_assert!(world.app.ends.len() <= scenario.script.len(), "the connection stays");
        world.check_safety();
        world.check_peace();
        world.check_arrival();
    }

    #[test]
    fn with_loss_all_is_well_in_the_end(scenario in with_tokens(scenario(fault()))) {
        let world = super::loss::run(&scenario);
        world.check_safety();
        world.check_peace();
        world.check_arrival();
    }
}
