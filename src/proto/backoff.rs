//! How long to wait before the next attempt.

use super::timer::Millis;

/// Exponential back-off with jitter.
///
/// The delay doubles from attempt to attempt up to a cap, and the jitter is applied to the capped delay, so that clients
/// which lost their server together stay spread out however often they tried. No delay is longer than the cap: at the
/// cap the jitter only shortens.
#[derive(Clone, Debug)]
pub struct Backoff {
    /// The first delay.
    pub min: Millis,
    /// The cap.
    pub max: Millis,
    /// The share of the delay, from 0 to 1, by which it may differ.
    pub jitter: f64,
    attempts: u32,
    seed: u32,
}

impl Backoff {
    /// `seed` makes the jitter of one client differ from another's.
    pub fn new(min: Millis, max: Millis, jitter: f64, seed: u32) -> Self {
        Self {
            min,
            max,
            jitter,
            attempts: 0,
            // The generator has one fixed point, zero.
            seed: seed | 1,
        }
    }

    /// How many delays were asked for since the last reset.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Begins again with the first delay.
    pub fn reset(&mut self) {
        self.attempts = 0;
    }

    /// The delay before the next attempt.
    pub fn next_delay(&mut self) -> Millis {
        let attempts = self.attempts;
        self.attempts = attempts.saturating_add(1);
        self.delay_after(attempts)
    }

    /// The delay after so many others. They may be those of somebody else's attempts.
    pub fn delay_after(&mut self, attempts: u32) -> Millis {
        let mut delay = self.min;
        for _ in 0..attempts.min(64) {
            delay *= 2.0;
        }
        if delay > self.max {
            delay = self.max;
        }
        let spread = delay * self.jitter * self.random();
        if self.random() < 0.5 && delay + spread <= self.max {
            delay + spread
        } else {
            delay - spread
        }
    }

    /// A number from 0 up to 1 (xorshift32).
    fn random(&mut self) -> f64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 17;
        self.seed ^= self.seed << 5;
        f64::from(self.seed) / 4_294_967_296.0
    }
}
