//! The deadlines of one state machine.

/// Milliseconds, as the host counts them. Never decreasing from one input to the next.
pub type Millis = f64;

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// The connection attempt, as long as it has not succeeded.
    Open,
    /// The next attempt after a lost or failed connection.
    Reconnect,
    /// The app's options, with a bearer token that it may have to fetch.
    Config,
    /// What has to be told after the call that caused it has returned.
    Deferred,
    /// The server's sign of life.
    Heartbeat,
    /// The start of a probe that gives a better transport a lead.
    Probe,
    /// The client's own sign of life, where the protocol wants one.
    Ping,
    /// What tells the generation of the server.
    Detection,
}

const COUNT: usize = 8;

/// When each timer runs out.
#[derive(Debug)]
pub struct TimerTable {
    at: [Millis; COUNT],
}

impl Default for TimerTable {
    fn default() -> Self {
        Self {
            at: [Millis::INFINITY; COUNT],
        }
    }
}

impl TimerTable {
    /// Sets `timer` to run out at `at`, whatever it was set to before.
    pub fn set(&mut self, timer: Timer, at: Millis) {
        if let Some(slot) = self.at.get_mut(timer as usize) {
            *slot = at;
        }
    }

    /// Stops `timer`.
    pub fn stop(&mut self, timer: Timer) {
        self.set(timer, Millis::INFINITY);
    }

    /// Whether `timer` is set and has run out at `now`.
    pub fn is_expired(&self, timer: Timer, now: Millis) -> bool {
        self.at.get(timer as usize).is_some_and(|at| *at <= now)
    }

    /// As [`is_expired`](Self::is_expired); one that has run out is stopped.
    pub fn take_expired(&mut self, timer: Timer, now: Millis) -> bool {
        let expired = self.is_expired(timer, now);
        if expired {
            self.stop(timer);
        }
        expired
    }

    /// When the first timer runs out; infinity where none is set.
    pub fn next(&self) -> Millis {
        self.at.iter().copied().fold(Millis::INFINITY, Millis::min)
    }
}
