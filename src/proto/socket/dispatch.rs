//! What arrives for the sockets of a manager, and what becomes of them.

use std::rc::Rc;

use crate::error::Code;
use crate::proto::auth::is_about_authentication;
use crate::proto::engine::connection::Connection;
use crate::proto::output::{Event, Failure, Loss, Occasion, Reason, SocketEvent};
use crate::proto::timer::Millis;
use crate::proto::{Data, Shape};

use super::ack::Pending;
use super::manager::Manager;
use super::namespace::{Socket, State as SocketState};
use super::old_protocol::Root;
use super::packet::PacketType;
use super::parser::Incoming;
use super::sign_in::is_accepted;

/// What is told of a packet to who watches.
pub(super) fn seen<D: Data>(packet: &Incoming<D>) -> (Event, D) {
    let kind = match packet.kind {
        PacketType::BinaryEvent => PacketType::Event,
        PacketType::BinaryAck => PacketType::Ack,
        kind => kind,
    };
    let data = (packet.shape != Shape::Nothing).then(|| packet.data.share());
    let id = packet.id;
    let namespace = packet.namespace.as_ref().map(|name| name.share());
    let mut list = D::empty_list();
    list.push(namespace);
    list.push(data);
    (Event::Packet { kind, id }, list)
}

impl<D: Data> Manager<D> {
    pub(super) fn handle_incoming(&mut self, now: Millis, packet: Incoming<D>) {
        if self.is_old_after_all(&packet) {
            return self.start_over(now);
        }
        // Several sockets never share a namespace on one connection; where an app has made another one, the old one is done with.
        let namespace = packet.namespace.as_ref();
        let is_meant = |entry: &Socket<D>| D::equals(entry.name.as_ref(), namespace);
        let socket = self.sockets.iter().rposition(is_meant);
        if self.is_old() && namespace.is_none() {
            self.handle_root(now, socket, &packet);
        }
        let Some(socket) = socket else {
            return;
        };
        match packet.kind {
            PacketType::Connect => self.handle_connect(now, socket, packet.data),
            PacketType::ConnectError => self.handle_connect_error(now, socket, packet.data),
            PacketType::Disconnect => {
                if self.is_connected(socket) {
                    self.forget_session(socket);
                    self.abandon(socket);
                    self.lose(socket, Reason::ServerDisconnect, None);
                } else if self.state_of(socket) == SocketState::AwaitSignIn {
                    self.handle_sign_in_end(now, socket);
                } else if self.sockets.at(socket).grant.take().is_some() {
                    // It has ended before it was known whether it counts.
                    self.sockets.at(socket).receive_buffer.clear();
                }
            }
            PacketType::Event | PacketType::BinaryEvent => self.handle_event(now, socket, packet.data, packet.id),
            PacketType::Ack | PacketType::BinaryAck => {
                self.handle_ack(now, socket, packet.id.unwrap_or(u32::MAX), packet.data);
            }
        }
    }

    pub(super) fn handle_connect(&mut self, now: Millis, socket: usize, data: D) {
        let entry = self.sockets.at(socket);
        if std::mem::take(&mut entry.has_stale_connect) {
            // Granted to an attempt that the app has given up.
            if entry.state == SocketState::AwaitConnection {
                // It has begun another one: with the same credentials, this is its answer.
                entry.grant = Some(data);
                self.authenticate(now, socket);
            } else {
                self.leave(socket);
            }
            return;
        }
        if entry.state != SocketState::AwaitConnect {
            return;
        }
        if self.socket_id(socket, &data).is_none() {
            self.sockets.at(socket).state = SocketState::Idle;
            let message =
                "The server granted the namespace without an id: it speaks an older protocol (socket.io 1.x or 2.x)";
            self.refuse(socket, Failure::of(Code::ProtocolMismatch, message));
        } else if self.placed.signs_in {
            self.sign_in(now, socket, data);
        } else {
            self.admit(now, socket, data);
        }
    }

    /// The socket is connected, by this answer of the server.
    pub(super) fn admit(&mut self, now: Millis, socket: usize, data: D) {
        let Some(id) = self.socket_id(socket, &data) else {
            return;
        };
        let entry = self.sockets.at(socket);
        entry.state = SocketState::Connected;
        entry.asking.begin(Occasion::Reconnect);
        let epoch = entry.epoch;
        let recovered = entry.recovery.handle_connect(data.get("pid"));
        let received = std::mem::take(&mut entry.receive_buffer);
        for (data, ack) in &received {
            entry.recovery.handle_event(data, *ack);
        }
        let is_queued = !entry.queue.is_empty();
        // What waited is written before anyone hears of anything and writes more.
        for waiting in std::mem::take(&mut entry.send_buffer) {
            self.send_event(socket, PacketType::Event, waiting.id, waiting.event);
        }
        if !received.is_empty() || is_queued {
            let id = id.share();
            self.tell(socket, SocketEvent::Granted { recovered }, Some(id));
        }
        for (data, ack) in received {
            self.tell(socket, SocketEvent::Message { ack, epoch }, Some(data));
        }
        self.try_queued(now, socket);
        self.tell(socket, SocketEvent::Connect { recovered }, Some(id));
        if self.policy.reauth.renews() {
            self.schedule_renewal(socket);
        }
    }

    fn handle_connect_error(&mut self, now: Millis, socket: usize, data: D) {
        let is_old = self.refuses_as_old(&data);
        let entry = self.sockets.at(socket);
        if std::mem::take(&mut entry.has_stale_connect) {
            entry.receive_buffer.clear();
            if entry.state == SocketState::AwaitConnection {
                self.authenticate(now, socket);
            }
            return;
        }
        if entry.state != SocketState::AwaitConnect {
            return;
        }
        let failure = refusal(data, is_old);
        let is_about_authentication = failure.detail.as_ref().is_some_and(is_about_authentication);
        self.handle_refusal(now, socket, failure, is_about_authentication);
    }

    fn handle_event(&mut self, now: Millis, socket: usize, data: D, ack: Option<u32>) {
        let data = match self.state_of(socket) {
            SocketState::AwaitSignIn => self.handle_sign_in(now, socket, data, ack),
            SocketState::Connected => Some(data),
            // To the session before.
            _ => Some(data).filter(|data| !self.placed.signs_in || is_accepted(data).is_none()),
        };
        let Some(data) = data else {
            return;
        };
        let may_be_unanswered = self.may_be_unanswered(socket);
        let entry = self.sockets.at(socket);
        match entry.state {
            SocketState::Connected => {
                entry.recovery.handle_event(&data, ack);
                let epoch = entry.epoch;
                self.tell(socket, SocketEvent::Message { ack, epoch }, Some(data));
            }
            // To the session that it has left on this connection, as far as anything tells both apart.
            SocketState::AwaitConnect if entry.left_at.is_some() && !may_be_unanswered => {}
            SocketState::AwaitConnect | SocketState::AwaitSignIn => entry.receive_buffer.push((data, ack)),
            // The answer to an earlier attempt may count for this one.
            SocketState::AwaitConnection | SocketState::AwaitAuth
                if entry.has_stale_connect || entry.grant.is_some() =>
            {
                entry.receive_buffer.push((data, ack));
            }
            _ => {}
        }
    }

    /// The socket will not be connected by this attempt, nor by another one of its own.
    pub(super) fn refuse(&mut self, socket: usize, failure: Rc<Failure<D>>) {
        if self.is_old() && self.is_root(socket) {
            self.refuse_waiting(&failure);
        }
        self.abandon(socket);
        self.tell_connect_error(socket, failure, false);
    }

    /// The socket could not connect. Perhaps another attempt follows by itself.
    pub(super) fn tell_connect_error(&mut self, socket: usize, failure: Rc<Failure<D>>, will_retry: bool) {
        let transport = self.transport();
        let event = SocketEvent::ConnectError { will_retry, transport };
        self.out.report(Event::Socket(socket, event), None, Some(failure));
    }

    /// Tells the server that the socket leaves the namespace.
    pub(super) fn leave(&mut self, socket: usize) {
        let entry = self.sockets.at(socket);
        entry.left_at = Some(Millis::INFINITY);
        if entry.is_root() {
            self.root = Root::Left;
        }
        self.send_control(socket, PacketType::Disconnect, None);
        self.note_left(self.clock);
    }

    /// What was to be written may have been: the sockets whose DISCONNECT it was have left their namespaces.
    pub(super) fn note_left(&mut self, now: Millis) {
        if self.connection.as_ref().is_some_and(Connection::is_flushed) {
            for entry in self.sockets.iter_mut() {
                if let Some(left_at) = &mut entry.left_at {
                    *left_at = left_at.min(now);
                }
            }
        }
    }

    /// Nobody comes back to a session that has ended on purpose.
    pub(super) fn forget_session(&mut self, socket: usize) {
        self.sockets.at(socket).recovery.forget();
    }

    /// The socket does not want the connection any more; the last one to do so closes it.
    pub(super) fn abandon(&mut self, socket: usize) {
        let may_be_unanswered = self.may_be_unanswered(socket);
        let entry = self.sockets.at(socket);
        entry.has_stale_connect |= entry.state == SocketState::AwaitConnect && !may_be_unanswered;
        entry.state = SocketState::Idle;
        entry.epoch = entry.epoch.wrapping_add(1);
        entry.receive_buffer.clear();
        entry.asking.rest();
        // Granted already.
        if entry.grant.take().is_some() || may_be_unanswered {
            self.leave(socket);
        }
        if self.sockets.iter().all(|entry| entry.state == SocketState::Idle) {
            self.close();
        } else if self.is_open() {
            // With a server of protocol 4 others may have waited for what this one asked for.
            self.authenticate_waiting(self.clock);
        }
    }

    /// Tells the app that the socket lost its connection, and what was lost with it.
    pub(super) fn lose(&mut self, socket: usize, reason: Reason, failure: Option<Rc<Failure<D>>>) {
        let entry = self.sockets.at(socket);
        entry.epoch = entry.epoch.wrapping_add(1);
        entry.receive_buffer.clear();
        let buffered = &entry.send_buffer;
        let is_buffered = |id| buffered.iter().any(|waiting| waiting.id == Some(id));
        let lost = entry.acks.take_all(&|pending| !is_buffered(pending.id));
        let renewal = entry.renewal_ack.take();
        let event = SocketEvent::Disconnect(reason);
        self.out.report(Event::Socket(socket, event), None, failure);
        for &Pending { id, wants_error, .. } in &lost {
            let loss = if wants_error {
                Loss::Disconnected
            } else {
                Loss::Forgotten
            };
            if Some(id) != renewal {
                self.lose_ack(socket, id, loss);
            }
        }
    }
}

/// What the server says of its refusal. Protocol 5 sends an object with a `message` and perhaps `data`; protocol 4 a string, or
/// what the server has given its error as `data`.
pub(super) fn refusal<D: Data>(data: D, is_old: bool) -> Rc<Failure<D>> {
    let message = data.get("message").unwrap_or_else(|| data.share());
    let text = Some(message).filter(D::is_text);
    Failure::told(Code::Rejected, text, if is_old { Some(data) } else { data.get("data") })
}
