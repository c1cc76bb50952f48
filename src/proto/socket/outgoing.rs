//! What the sockets of a manager send: events, at once or later or again, and acknowledgements.

use crate::proto::Data;
use crate::proto::engine::connection::Connection;
use crate::proto::output::{Loss, SocketEvent};
use crate::proto::timer::Millis;

use super::ack::Wanted;
use super::manager::Manager;
use super::namespace::{Buffered, Outgoing, State as SocketState};
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
        let connection = self.connection.as_ref();
        let is_writable = connection.is_some_and(Connection::is_writable);
        let is_expired = connection.is_some_and(|connection| connection.is_expired(now));
        let Some(entry) = self.sockets.at(socket) else {
            return (Emitted::Discarded, 0);
        };
        if entry.queue.retries > 0 && !is_volatile {
            let timeout = wanted.map_or(Millis::INFINITY, |wanted| wanted.timeout);
            let ticket = entry.queue.push(event, timeout);
            let begun = self.begin_try(now, socket);
            let emitted = if begun == Some(ticket) {
                Emitted::Sent
            } else {
                Emitted::Queued
            };
            return (emitted, ticket);
        }
        let id = wanted.map(|wanted| entry.acks.add(now, wanted));
        let is_ready = entry.state == SocketState::Connected && !is_expired;
        if is_volatile && !(is_ready && is_writable) {
            (Emitted::Discarded, id.unwrap_or_default())
        } else if is_ready {
            let packets = entry.encode(PacketType::Event, id, event);
            self.send_all(socket, packets);
            (Emitted::Sent, id.unwrap_or_default())
        } else {
            let number = id.unwrap_or_else(|| entry.next_buffered());
            entry.send_buffer.push(Buffered { number, id, event });
            (Emitted::Buffered, number)
        }
    }

    /// Sends every event of a socket again, up to `retries` times, until the server acknowledges it: one at a time.
    pub fn set_retries(&mut self, socket: usize, retries: u32) {
        if let Some(entry) = self.sockets.at(socket) {
            entry.queue.retries = retries;
        }
    }

    /// Forgets an event that waits for the socket to connect.
    pub fn discard_buffered(&mut self, socket: usize, number: u32) {
        if let Some(entry) = self.sockets.at(socket)
            && let Some(index) = entry.send_buffer.iter().position(|buffered| buffered.number == number)
        {
            entry.send_buffer.remove(index);
        }
    }

    /// Waits for the acknowledgement of an event no longer than `timeout` from now on.
    pub fn limit_ack(&mut self, now: Millis, socket: usize, id: u32, timeout: Millis) {
        if let Some(entry) = self.sockets.at(socket) {
            entry.acks.limit(id, now + timeout);
        }
    }

    /// Waits for the acknowledgement of an event no longer. The event itself is sent all the same.
    pub fn forget_ack(&mut self, socket: usize, id: u32) {
        if let Some(entry) = self.sockets.at(socket) {
            entry.acks.take(id);
        }
    }

    /// Answers an event that arrived during `epoch` with an id. Nothing is sent where that connection has ended.
    pub fn acknowledge(&mut self, socket: usize, epoch: u32, id: u32, answer: Outgoing<D>) {
        if let Some(entry) = self.sockets.get(socket)
            && entry.epoch == epoch
        {
            let packets = entry.encode(PacketType::Ack, Some(id), answer);
            self.send_all(socket, packets);
        }
    }

    /// Sends the first event of the queue, unless it is under way. Gives its ticket.
    fn begin_try(&mut self, now: Millis, socket: usize) -> Option<u32> {
        let entry = self.sockets.at(socket)?;
        if entry.state != SocketState::Connected {
            return None;
        }
        let (ticket, id, event) = entry.queue.begin_try(now, &mut entry.acks)?;
        let packets = entry.encode(PacketType::Event, Some(id), event);
        self.send_all(socket, packets);
        Some(ticket)
    }

    /// As [`begin_try`](Self::begin_try), and tells of it.
    pub(super) fn try_queued(&mut self, now: Millis, socket: usize) {
        if let Some(ticket) = self.begin_try(now, socket) {
            self.tell(socket, SocketEvent::Try { ticket }, None);
        }
    }

    /// The server acknowledged an event.
    pub(super) fn handle_ack(&mut self, now: Millis, socket: usize, id: u32, data: D) {
        if let Some(entry) = self.sockets.at(socket)
            && entry.acks.take(id)
            && !self.handle_renewal_ack(now, socket, id, Some(&data))
            && let Some(entry) = self.sockets.at(socket)
        {
            let ticket = entry.queue.handle_ack(id);
            let id = ticket.unwrap_or(id);
            self.tell(socket, SocketEvent::Ack { id }, Some(data));
            if ticket.is_some() {
                self.try_queued(now, socket);
            }
            self.resume_renewals(now);
        }
    }

    /// Tells that an acknowledgement will not come, unless the event is tried again.
    pub(super) fn lose_ack(&mut self, socket: usize, id: u32, loss: Loss) {
        let tried = self.sockets.at(socket).and_then(|entry| entry.queue.handle_loss(id));
        if let Some(id) = tried.unwrap_or(Some(id)) {
            self.tell(socket, SocketEvent::AckFailed { id, loss }, None);
        }
    }

    /// Gives up the acknowledgements whose time has run out.
    pub(super) fn expire_acks(&mut self, now: Millis, socket: usize) {
        let Some(entry) = self.sockets.at(socket) else {
            return;
        };
        if entry.acks.next_deadline() > now {
            return;
        }
        let expired = entry.acks.take_expired(now);
        for buffered in std::mem::take(&mut entry.send_buffer) {
            if buffered.id.is_none_or(|id| !expired.contains(&id)) {
                entry.send_buffer.push(buffered);
            }
        }
        for id in expired {
            if !self.handle_renewal_ack(now, socket, id, None) {
                self.lose_ack(socket, id, Loss::TimedOut);
            }
        }
        self.try_queued(now, socket);
        self.resume_renewals(now);
    }
}
