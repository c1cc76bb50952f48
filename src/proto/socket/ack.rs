//! The acknowledgements that are waited for.

use crate::proto::timer::Millis;

/// What an event that wants an acknowledgement says about it.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// How long to wait; infinity for ever.
    pub timeout: Millis,
    /// Whether the app wants to hear that none will come.
    pub wants_error: bool,
}

/// One that is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Pending {
    /// Its id.
    pub id: u32,
    /// Until when.
    pub deadline: Millis,
    /// Whether the app wants to hear that it will not come.
    pub wants_error: bool,
}

/// The acknowledgements that one socket waits for, in the order of their ids.
#[derive(Debug)]
pub struct Acks {
    pending: Vec<Pending>,
    next_id: u32,
    next_deadline: Millis,
}

impl Default for Acks {
    fn default() -> Self {
        Self {
            pending: Vec::new(),
            next_id: 0,
            next_deadline: Millis::INFINITY,
        }
    }
}

impl Acks {
    /// Waits for one more, and gives its id.
    pub fn add(&mut self, now: Millis, wanted: Wanted) -> u32 {
        let id = self.next_id;
        self.next_id = id.wrapping_add(1);
        // What is no number is no time.
        let deadline = now + wanted.timeout.max(0.0);
        self.next_deadline = self.next_deadline.min(deadline);
        self.pending.push(Pending {
            id,
            deadline,
            wants_error: wanted.wants_error,
        });
        id
    }

    /// Whether `id` was waited for. It is not any longer.
    pub fn take(&mut self, id: u32) -> bool {
        // Answers come mostly in order: the search begins where the answer is expected.
        let found = self.pending.iter().position(|pending| pending.id == id);
        found.map(|index| self.pending.remove(index)).is_some()
    }

    /// Whether none is waited for.
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Waits for one of them no longer than until `deadline`.
    pub fn limit(&mut self, id: u32, deadline: Millis) {
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.id == id) {
            pending.deadline = deadline;
            self.next_deadline = self.next_deadline.min(deadline);
        }
    }

    /// When the first one runs out. It may be early: an answered one can have been the first.
    pub fn next_deadline(&self) -> Millis {
        self.next_deadline
    }

    /// Takes those that are over, in the order of their ids.
    pub fn take_all(&mut self, is_over: &dyn Fn(&Pending) -> bool) -> Vec<Pending> {
        let mut over = Vec::new();
        self.next_deadline = Millis::INFINITY;
        for pending in std::mem::take(&mut self.pending) {
            if is_over(&pending) {
                over.push(pending);
            } else {
                self.next_deadline = self.next_deadline.min(pending.deadline);
                self.pending.push(pending);
            }
        }
        over
    }
}
