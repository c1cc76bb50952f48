//! Without loss, every event arrives once and in order, whatever transport carries it and whenever it is emitted.

use proptest::prelude::*;

use super::scenario::*;
use super::world::World;

/// The numbers of all events but the volatile ones that did not arrive.
fn all_but_discarded(world: &World, socket: usize) -> Vec<u32> {
    let arrived: Vec<u32> = world
        .records(socket)
        .flat_map(|record| record.received.clone())
        .collect();
    let socket = &world.app.sockets[socket];
    let may_lack = |number: &u32| socket.volatile.contains(number) && !arrived.contains(number);
    (0..socket.emitted).filter(|number| !may_lack(number)).collect()
}

fn run(scenario: &Scenario) -> World {
    let mut world = World::new(scenario);
    world.run_until(scenario.acted_at() + 30_000.0);
    world.calm();
    world.run_until(scenario.acted_at() + 60_000.0);
    world
}

fn check_one_stay(scenario: &Scenario) {
    let world = run(scenario);
    for (index, socket) in world.app.sockets.iter().enumerate() {
        assert_eq!(socket.stays.len(), 1, "one connection is enough");
        let records: Vec<_> = world.records(index).collect();
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].received, all_but_discarded(&world, index));
        assert_eq!(socket.stays[0].told(), records[0].sent);
    }
    world.check_safety();
    world.check_peace();
    world.check_arrival();
    let carries_upgrade = scenario.transports.first() == Some(&"polling") && scenario.transports.len() > 1;
    let kind = world.manager.connection().unwrap().kind().name();
    let expected = if carries_upgrade {
        "websocket"
    } else {
        scenario.transports[0]
    };
    assert_eq!(kind, expected, "the transport in the end");
}

proptest! {
    #[test]
    fn every_event_arrives_once_and_in_order_over_polling(
        scenario in lossless(emit(Just(None)), emits(), Just(POLLING.to_vec()))
    ) {
        check_one_stay(&scenario);
    }

    #[test]
    fn every_event_arrives_once_and_in_order_over_a_websocket(
        scenario in lossless(emit(Just(None)), emits(), Just(WEBSOCKET.to_vec()))
    ) {
        check_one_stay(&scenario);
    }

    #[test]
    fn every_event_arrives_once_and_in_order_whenever_the_upgrade_comes(
        scenario in lossless(emit(Just(None)), emits(), Just(UPGRADE.to_vec()))
    ) {
        check_one_stay(&scenario);
    }

    /// Each disconnect lets go what was emitted before it, and what is emitted after it waits for the next connect.
    #[test]
    fn nothing_is_lost_to_the_server_when_the_app_disconnects_and_connects(
        scenario in lossless(
            prop_oneof![
                4 => emit(Just(None)),
                1 => (0..NAMESPACES.len()).prop_map(Act::Connect),
                1 => (0..NAMESPACES.len()).prop_map(Act::Disconnect),
            ],
            prop_oneof![
                emits(),
                (0..NAMESPACES.len()).prop_map(Act::Connect),
                (0..NAMESPACES.len()).prop_map(Act::Disconnect),
            ],
            transports(),
        )
    ) {
        let mut scenario = scenario;
        let connects = (0..NAMESPACES.len()).map(|socket| (5_000, Act::Connect(socket)));
        scenario.script.extend(connects);
        let world = run(&scenario);
        for (index, socket) in world.app.sockets.iter().enumerate() {
            // Inside an event the app may have disconnected it again.
            if socket.is_wanted {
                let mut received: Vec<u32> = world.records(index).flat_map(|record| record.received.clone()).collect();
                received.sort_unstable();
                prop_assert_eq!(received, all_but_discarded(&world, index));
            }
        }
        world.check_safety();
        world.check_peace();
        world.check_arrival();
    }
}
