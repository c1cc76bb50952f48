//! The one timer of a driver, and what it has the page listen to.

use super::edge;

/// A driver's timer, set with the functions that were in place when the driver was made (so that a test's fake timers count),
/// or with the browser's own. Dropped, it does not fire any more.
pub struct Alarm {
    driver: i32,
}

impl Alarm {
    /// A timer that is not set.
    pub fn new(driver: i32, is_native: bool) -> Self {
        edge::bind_timers(driver, i32::from(is_native));
        Self { driver }
    }

    /// Sets it, in milliseconds from now, in the place of what it was set to.
    pub fn set(&self, delay: i32) {
        edge::set_timer(self.driver, delay);
    }

    /// It is not to fire.
    pub fn clear(&self) {
        edge::clear_timer(self.driver);
    }

    /// Whether the driver wants to hear that the page is left.
    pub fn guard(&self, is_guarding: bool) {
        edge::guard_unload(self.driver, i32::from(is_guarding));
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.clear();
        self.guard(false);
    }
}
