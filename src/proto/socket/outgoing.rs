//! What the sockets of a manager send: events, at once or later or again, and acknowledgements.

use crate::proto::Data;
use crate::proto::output::{Loss, SocketEvent};
use crate::proto::timer::Millis;

use super::ack::Wanted;
use super::manager::Manager;
use super::namespace::{Outgoing, State as SocketState, Waiting};
use super::packet::PacketType;

/// What became of an event that the app emitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emitted {
    /// It is on its way.
    Sent = 0,
    /// It waits for the socket to connect.
    Buffered = 1,
    /// It was volatile, and the connection was not ready.
    Discarded = 2,
    /// It is sent as soon as those before it are acknowledged, and again until it is acknowledged itself.
    Queued = 3,
}

impl<D: Data> Manager<D> {
    /// Sends an event, or keeps it until the socket is connected. Gives the number by which it is known: the id of the
    /// acknowledgement where one is wanted, and for a queued one its ticket.
    pub fn emit(
        &mut self,
        now: Millis,
        socket: usize,
        event: Outgoing<D>,
        wanted: Option<Wanted>,
        is_volatile: bool,
    ) -> (Emitted, u32) {
        let connection = self.connection.as_mut();
        let (is_writable, is_expired) = connection.map_or((false, false), |connection| {
            connection.expire(now);
            (connection.is_writable(), connection.is_expired(now))
        });
        let entry = self.sockets.at(socket);
        let is_queued = entry.retries > 0 && !is_volatile;
        let timeout = wanted.map_or(Millis::INFINITY, |wanted| wanted.timeout);
        let id = wanted.filter(|_| !is_queued).map(|wanted| entry.acks.add(now, wanted));
        let is_ready = entry.state == SocketState::Connected && !is_expired;
        if is_volatile && !(is_ready && is_writable) {
            return (Emitted::Discarded, id.unwrap_or_default());
        }
        if is_ready && !is_queued {
            self.send_event(socket, PacketType::Event, id, event);
            return (Emitted::Sent, id.unwrap_or_default());
        }
        let number = id.unwrap_or_else(|| entry.next_number());
        let waiting = Waiting {
            number,
            id,
            event,
            timeout,
            tries: 0,
        };
        if !is_queued {
            entry.send_buffer.push(waiting);
            return (Emitted::Buffered, number);
        }
        entry.queue.push(waiting);
        let is_sent = self.begin_try(now, socket) == Some(number);
        (if is_sent { Emitted::Sent } else { Emitted::Queued }, number)
    }

    /// Sends an event or an acknowledgement with its attachments.
    pub(super) fn send_event(&mut self, socket: usize, kind: PacketType, id: Option<u32>, event: Outgoing<D>) {
        let (packet, attachments) = self.sockets.at(socket).encode(kind, id, event);
        self.send_all(socket, packet, attachments);
    }

    /// Sends a packet without an acknowledgement: CONNECT, DISCONNECT.
    pub(super) fn send_control(&mut self, socket: usize, kind: PacketType, data: Option<D>) {
        let packet = self.sockets.at(socket).control(kind, data);
        self.send_all(socket, packet, Vec::new());
    }

    /// Sends every event of a socket again, up to `retries` times, until the server acknowledges it: one at a time.
    ///
    /// Source: Socket.IO client 4.6, the option `retries`.
    pub fn set_retries(&mut self, socket: usize, retries: u32) {
        self.sockets.at(socket).retries = retries;
    }

    /// Forgets an event that waits for the socket to connect.
    pub fn discard_buffered(&mut self, socket: usize, number: u32) {
        let buffer = &mut self.sockets.at(socket).send_buffer;
        if let Some(index) = buffer.iter().position(|waiting| waiting.number == number) {
            buffer.remove(index);
        }
    }

    /// Waits for the acknowledgement of an event no longer than `timeout` from now on.
    pub fn limit_ack(&mut self, now: Millis, socket: usize, id: u32, timeout: Millis) {
        self.sockets.at(socket).acks.limit(id, now + timeout);
    }

    /// Waits for the acknowledgement of an event no longer. The event itself is sent all the same.
    pub fn forget_ack(&mut self, socket: usize, id: u32) {
        self.sockets.at(socket).acks.take(id);
    }

    /// Answers an event that arrived during `epoch` with an id. Nothing is sent where that connection has ended.
    pub fn acknowledge(&mut self, socket: usize, epoch: u32, id: u32, answer: Outgoing<D>) {
        if self.sockets.at(socket).epoch == epoch {
            self.send_event(socket, PacketType::Ack, Some(id), answer);
        }
    }

    /// Sends the first event of the queue, unless it is under way. Gives its number.
    fn begin_try(&mut self, now: Millis, socket: usize) -> Option<u32> {
        let entry = self.sockets.at(socket);
        let first = entry.queue.first_mut().filter(|first| first.id.is_none())?;
        if entry.state != SocketState::Connected {
            return None;
        }
        let (timeout, wants_error) = (first.timeout, true);
        first.id = Some(entry.acks.add(now, Wanted { timeout, wants_error }));
        first.tries += 1;
        let (number, id, event) = (first.number, first.id, first.event.duplicate());
        self.send_event(socket, PacketType::Event, id, event);
        Some(number)
    }

    /// As [`begin_try`](Self::begin_try), and tells of it.
    pub(super) fn try_queued(&mut self, now: Millis, socket: usize) {
        if let Some(ticket) = self.begin_try(now, socket) {
            self.tell(socket, SocketEvent::Try { ticket }, None);
        }
    }

    /// Takes the first event of the queue, where its last try waits for this acknowledgement, and gives its number.
    pub(super) fn end_queued(&mut self, socket: usize, id: u32) -> Option<u32> {
        let queue = &mut self.sockets.at(socket).queue;
        queue.first().filter(|first| first.id == Some(id))?;
        Some(queue.remove(0).number)
    }

    /// The server acknowledged an event.
    pub(super) fn handle_ack(&mut self, now: Millis, socket: usize, id: u32, data: D) {
        if !self.sockets.at(socket).acks.take(id) {
            return;
        }
        if self.is_of_renewal(socket, id) {
            self.handle_renewal_ack(now, socket, Some(&data));
        } else {
            let ticket = self.end_queued(socket, id);
            let id = ticket.unwrap_or(id);
            self.tell(socket, SocketEvent::Ack { id }, Some(data));
            if ticket.is_some() {
                self.try_queued(now, socket);
            }
            self.resume_renewals(now);
        }
    }

    /// Tells that an acknowledgement will not come, unless the event is tried again: a try that was lost with the connection
    /// counts only where the app has set a limit of time.
    pub(super) fn lose_ack(&mut self, socket: usize, id: u32, loss: Loss) {
        let entry = self.sockets.at(socket);
        let retries = entry.retries;
        if let Some(first) = entry.queue.first_mut().filter(|first| first.id == Some(id))
            && (first.tries <= retries || first.timeout == Millis::INFINITY)
        {
            first.id = None;
            return;
        }
        let id = self.end_queued(socket, id).unwrap_or(id);
        self.tell(socket, SocketEvent::AckFailed { id, loss }, None);
    }

    /// Gives up the acknowledgements whose time has run out.
    pub(super) fn expire_acks(&mut self, now: Millis, socket: usize) {
        let acks = &mut self.sockets.at(socket).acks;
        if acks.next_deadline() > now {
            return;
        }
        for pending in &acks.take_all(&|pending| pending.deadline <= now) {
            let id = pending.id;
            self.discard_buffered(socket, id);
            if self.is_of_renewal(socket, id) {
                self.handle_renewal_ack(now, socket, None);
            } else {
                self.lose_ack(socket, id, Loss::TimedOut);
            }
        }
        self.try_queued(now, socket);
        self.resume_renewals(now);
    }
}
