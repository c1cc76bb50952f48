//! Limits of time and size.

use proptest::prelude::*;
use socketio_wasm::proto::output::Reason;

use super::scenario::*;
use super::world::World;

proptest! {
    /// When exactly is checked with every event, in `App::told`.
    #[test]
    fn a_silent_server_is_noticed_when_its_ping_is_overdue(
        scenario in lossless(emit(Just(None)), emits(), transports()),
        heartbeat in (2_000..6_000_u32, 8_000..12_000_u32),
        silent_at in 0..20_000_u32,
    ) {
        let mut scenario = scenario;
        scenario.settings.ping_interval = f64::from(heartbeat.0);
        scenario.settings.ping_timeout = f64::from(heartbeat.1);
        scenario.faults = vec![(silent_at, Fault::Silence(u32::MAX))];
        let mut world = World::new(&scenario);
        world.run_until(f64::from(silent_at) + 500.0);
        let was_open = world.manager.connection().is_some_and(|connection| connection.sid().is_some());
        let overdue = world.app.alive_at + world.app.lifetime;
        world.run_until(f64::from(silent_at + heartbeat.0 + heartbeat.1) + 500.0);
        if was_open {
            let ends: Vec<Reason> = world.app.ends.iter().map(|(reason, _)| *reason).collect();
            prop_assert_eq!(ends, [Reason::PingTimeout]);
            prop_assert!(overdue <= world.now);
        }
        prop_assert!((0..NAMESPACES.len()).all(|socket| !world.manager.is_connected(socket)));
        prop_assert!(world.manager.poll_timeout().is_finite(), "it goes on trying");
    }

    /// A POST with several packets is checked by the server, and that no request overlaps another by the audit.
    #[test]
    fn posts_are_within_the_limit_or_of_one_packet(
        scenario in lossless(emit(Just(None)), emits(), Just(POLLING.to_vec())),
        max_payload in 60_usize..400,
        sizes in proptest::collection::vec(0..120_u32, 1..20),
    ) {
        let mut scenario = scenario;
        scenario.settings.max_payload = max_payload;
        let mut sizes = sizes.into_iter().cycle();
        for (_, act) in &mut scenario.script {
            if let Act::Emit(_, emission) = act {
                emission.size = sizes.next().unwrap();
            }
        }
        let mut world = World::new(&scenario);
        world.run_until(scenario.acted_at() + 30_000.0);
        world.calm();
        // Each that is too large alone costs a connection, whose session the server keeps until its ping times out.
        world.run_until(scenario.acted_at() + 100_000.0);
        world.check_safety();
        world.check_peace();
        world.check_arrival();
        prop_assert!(world.server.largest_body <= max_payload);
    }

    /// The delay of each attempt is checked with its event, in `App::told`.
    #[test]
    fn attempts_to_reconnect_keep_to_the_back_off(
        scenario in lossless(emits(), emits(), transports()),
        down_at in 0..5_000_u32,
    ) {
        let mut scenario = scenario;
        scenario.faults = vec![(down_at, Fault::Restart(30_000))];
        let mut world = World::new(&scenario);
        world.run_until(f64::from(down_at) + 30_000.0);
        let attempts: Vec<u32> = world.app.delays.iter().map(|(attempt, _)| *attempt).collect();
        let count = attempts.len() as u32;
        prop_assert_eq!(&attempts, &(1..=count).collect::<Vec<_>>());
        // Each lasts no longer than its delay and the refusal.
        prop_assert!(f64::from(count) >= 20_000.0 / (scenario.reconnection.max + 3_000.0), "{} attempts", count);
        // And the delays begin anew.
        world.run_until(f64::from(down_at) + 60_000.0);
        prop_assert!(world.manager.is_connected(0));
        let last = world.app.delays.len();
        world.network.fault(&Fault::Restart(5_000));
        world.server.restart();
        world.run_until(f64::from(down_at) + 70_000.0);
        prop_assert_eq!(world.app.delays[last].0, 1);
    }
}
