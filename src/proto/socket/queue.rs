//! Events that are sent again until the server acknowledges them: one at a time, in their order.
//!
//! Source: Socket.IO client 4.6, the option `retries`.

use crate::proto::Data;
use crate::proto::fifo::Fifo;
use crate::proto::timer::Millis;

use super::ack::{Acks, Wanted};
use super::namespace::Outgoing;

/// The queue of one socket.
#[derive(Debug)]
pub struct Queue<D> {
    /// How often an event is sent again; with 0 nothing is queued.
    pub retries: u32,
    entries: Fifo<Queued<D>>,
    last_ticket: u32,
}

#[derive(Debug)]
struct Queued<D> {
    /// What the app knows it by.
    ticket: u32,
    event: Outgoing<D>,
    timeout: Millis,
    tries: u32,
    /// The acknowledgement that the last try waits for.
    awaited: Option<u32>,
}

impl<D> Default for Queue<D> {
    fn default() -> Self {
        Self {
            retries: 0,
            entries: Fifo::default(),
            last_ticket: 0,
        }
    }
}

impl<D: Data> Queue<D> {
    /// Whether nothing is left to send.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds an event and gives its ticket. Tickets count down from the highest number, so that they are never the id of an
    /// acknowledgement.
    pub fn push(&mut self, event: Outgoing<D>, timeout: Millis) -> u32 {
        self.last_ticket = self.last_ticket.wrapping_sub(1);
        self.entries.push(Queued {
            ticket: self.last_ticket,
            event,
            timeout,
            tries: 0,
            awaited: None,
        });
        self.last_ticket
    }

    /// Where none is under way: the first event's ticket, its next acknowledgement's id, and the event.
    pub fn begin_try(&mut self, now: Millis, acks: &mut Acks) -> Option<(u32, u32, Outgoing<D>)> {
        let first = self.entries.first().filter(|first| first.awaited.is_none())?;
        let id = acks.add(
            now,
            Wanted {
                timeout: first.timeout,
                wants_error: true,
            },
        );
        first.tries += 1;
        first.awaited = Some(id);
        Some((first.ticket, id, first.event.duplicate()))
    }

    /// The acknowledgement `id` arrived. Gives the ticket where it was one of these.
    pub fn handle_ack(&mut self, id: u32) -> Option<u32> {
        self.entries.first().filter(|first| first.awaited == Some(id))?;
        self.entries.pop().map(|first| first.ticket)
    }

    /// The acknowledgement `id` will not come. Nothing where it was none of these; otherwise the ticket, where no try is
    /// left. A try that was lost with the connection counts only where the app has set a limit of time.
    pub fn handle_loss(&mut self, id: u32) -> Option<Option<u32>> {
        let first = self.entries.first().filter(|first| first.awaited == Some(id))?;
        first.awaited = None;
        if first.tries <= self.retries || first.timeout == Millis::INFINITY {
            return Some(None);
        }
        Some(self.entries.pop().map(|first| first.ticket))
    }
}
