//! The delays between attempts.

use proptest::prelude::*;
use socketio_wasm::proto::backoff::Backoff;

fn delays(min: f64, max: f64, jitter: f64, seed: u32, count: usize) -> Vec<f64> {
    let mut backoff = Backoff::new(min, max, jitter, seed);
    (0..count).map(|_| backoff.next_delay()).collect()
}

#[test]
fn without_jitter_delays_double_up_to_the_cap() {
    assert_eq!(
        delays(1_000.0, 5_000.0, 0.0, 1, 6),
        [1_000.0, 2_000.0, 4_000.0, 5_000.0, 5_000.0, 5_000.0]
    );
    assert_eq!(delays(100.0, 250.0, 0.0, 1, 3), [100.0, 200.0, 250.0]);
    assert_eq!(
        delays(5_000.0, 1_000.0, 0.0, 1, 2),
        [1_000.0, 1_000.0],
        "a cap below the first delay"
    );
    assert_eq!(delays(0.0, 1_000.0, 0.5, 1, 3), [0.0, 0.0, 0.0]);
}

#[test]
fn a_reset_begins_anew() {
    let mut backoff = Backoff::new(1_000.0, 5_000.0, 0.0, 1);
    for _ in 0..4 {
        backoff.next_delay();
    }
    assert_eq!(backoff.attempts(), 4);
    backoff.reset();
    assert_eq!((backoff.attempts(), backoff.next_delay()), (0, 1_000.0));
}

#[test]
fn settings_changed_between_attempts_count_at_once() {
    let mut backoff = Backoff::new(1_000.0, 5_000.0, 0.0, 1);
    backoff.next_delay();
    backoff.min = 10.0;
    assert_eq!(backoff.next_delay(), 20.0);
    backoff.max = 30.0;
    assert_eq!(backoff.next_delay(), 30.0);
}

/// The official client retries at exactly 5 seconds from its fourth attempt on, with all of its kind at once.
#[test]
fn clients_that_lost_their_server_together_stay_spread_out_at_the_cap() {
    let mut fifth: Vec<f64> = (0..1_000_u32)
        .map(|client| delays(1_000.0, 5_000.0, 0.5, client.wrapping_mul(2_654_435_761), 5)[4])
        .collect();
    fifth.sort_by(f64::total_cmp);
    assert!(fifth[0] < 2_750.0, "{}", fifth[0]);
    assert!(fifth[999] > 4_750.0, "{}", fifth[999]);
    // No second in which more than half of them come.
    for start in [2_500.0, 3_000.0, 3_500.0, 4_000.0] {
        let together = fifth
            .iter()
            .filter(|delay| (start..start + 1_000.0).contains(*delay))
            .count();
        assert!(together < 600, "{together} from {start} on");
    }
}

#[test]
fn below_the_cap_the_jitter_goes_both_ways() {
    let first: Vec<f64> = (0..1_000_u32)
        .map(|client| delays(1_000.0, 5_000.0, 0.5, client.wrapping_mul(2_654_435_761), 1)[0])
        .collect();
    let longer = first.iter().filter(|delay| **delay > 1_000.0).count();
    assert!((300..700).contains(&longer), "{longer}");
    assert!(first.iter().all(|delay| (500.0..=1_500.0).contains(delay)));
}

proptest! {
    #[test]
    fn delays_stay_within_the_jitter_and_below_the_cap(
        min in 0.0..10_000.0_f64,
        max in 0.0..60_000.0_f64,
        jitter in 0.0..=1.0_f64,
        seed: u32,
        attempts in 1_usize..80,
    ) {
        let mut expected = min;
        for delay in delays(min, max, jitter, seed, attempts) {
            let capped = expected.min(max);
            prop_assert!(delay >= capped - capped * jitter - 1e-6, "{} of {}", delay, capped);
            prop_assert!(delay <= capped + capped * jitter + 1e-6, "{} of {}", delay, capped);
            prop_assert!(delay <= max);
            prop_assert!(delay >= 0.0);
            expected *= 2.0;
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_delays(seed: u32) {
        prop_assert_eq!(delays(1_000.0, 5_000.0, 0.5, seed, 10), delays(1_000.0, 5_000.0, 0.5, seed, 10));
    }
}

#[test]
fn attempts_without_end_do_not_overflow() {
    let mut backoff = Backoff::new(1_000.0, f64::INFINITY, 0.5, 1);
    for _ in 0..5_000 {
        let delay = backoff.next_delay();
        assert!(delay.is_finite() && delay > 0.0);
    }
}
