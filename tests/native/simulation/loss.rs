//! With loss: what arrives is in order and comes once, every question has one result, and in the end all is well again.

use proptest::prelude::*;

use super::scenario::*;
use super::world::World;

/// How long after the last fault and the last act everything is as it should be.
fn bound(scenario: &Scenario) -> f64 {
    let Scenario {
        settings, reconnection, ..
    } = scenario;
    let lifetime = settings.ping_interval + settings.ping_timeout;
    // Nothing takes longer than a handful of round trips, a long delay of the schedule each.
    let round_trips = 20.0 * 400.0 + f64::from(scenario.schedule.stream_delay) + settings.grant_delay;
    // A server that was silent is noticed, an attempt that began while it was comes to nothing, and so may an upgrade.
    2.0 * lifetime + 2.0 * (reconnection.timeout + reconnection.max) + round_trips
}

pub fn run(scenario: &Scenario) -> World {
    let mut world = World::new(scenario);
    let end = scenario.healed_at().max(scenario.acted_at());
    world.run_until(end);
    world.calm();
    world.run_until(end + bound(scenario));
    world
}

proptest! {
    #[test]
    fn what_arrives_is_in_order_and_comes_once(scenario in scenario(fault())) {
        run(&scenario).check_safety();
    }

    #[test]
    fn what_the_last_connection_carried_has_arrived_and_every_question_has_one_result(scenario in scenario(fault())) {
        run(&scenario).check_arrival();
    }

    #[test]
    fn once_the_network_is_well_again_both_ends_agree_and_nothing_is_left_over(scenario in scenario(fault())) {
        run(&scenario).check_peace();
    }

    #[test]
    fn a_websocket_that_breaks_before_it_has_taken_over_costs_nothing(
        scenario in lossless(emit(Just(None)), emits(), Just(UPGRADE.to_vec())),
        broken_at in 0..1_000_u32,
        server_knows: bool,
    ) {
        let mut scenario = scenario;
        // From the handshake on.
        let broken_at = broken_at + scenario.schedule.stream_delay;
        scenario.faults = vec![(broken_at, Fault::BreakStreams { server_knows })];
        (scenario.settings.ping_interval, scenario.settings.ping_timeout) = (4_000.0, 20_000.0);
        let world = run(&scenario);
        prop_assert!(world.app.ends.iter().all(|(_, was_upgraded)| *was_upgraded), "{:?}", world.app.ends);
        world.check_safety();
        world.check_peace();
        world.check_arrival();
    }

    /// One outage, and an app that does not mind.
    #[test]
    fn what_is_emitted_between_two_connections_arrives_over_the_second(
        scenario in lossless(emits(), emits(), transports()),
        later in script(emits(), 300, 1..40),
        fault in prop_oneof![
            any::<bool>().prop_map(|server_knows| Fault::BreakStreams { server_knows }),
            any::<bool>().prop_map(|server_knows| Fault::BreakRequests { server_knows }),
            (1..4_000_u32).prop_map(Fault::Silence),
            (0..3_000_u32).prop_map(Fault::Restart),
        ],
    ) {
        let mut scenario = scenario;
        (scenario.settings.ping_interval, scenario.settings.ping_timeout) = (2_000.0, 4_000.0);
        // All are connected by then.
        let outage = scenario.acted_at() + 5_000.0;
        scenario.faults = vec![(outage as u32, fault)];
        let before = World::new(&scenario);
        scenario.script.push((5_000, Act::Connect(0)));
        scenario.script.extend(later);
        let mut before = before;
        before.run_until(outage);
        let first = before.app.sockets[0].emitted;
        let world = run(&scenario);
        let buffered = world.app.sockets[0].buffered.iter().filter(|number| **number >= first);
        let buffered: Vec<u32> = buffered.copied().collect();
        let record = world.records(0).last().unwrap();
        prop_assert!(buffered.iter().all(|number| record.received.contains(number)), "{:?} of {:?}", record, buffered);
        world.check_safety();
        world.check_peace();
        world.check_arrival();
    }

    #[test]
    fn a_session_that_was_recovered_has_no_gaps(mut scenario in scenario(fault())) {
        scenario.settings.recovery = true;
        run(&scenario).check_recovery();
    }
}
