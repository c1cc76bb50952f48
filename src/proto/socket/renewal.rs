//! Credentials that are about to expire are renewed while the socket is connected.
//!
//! ```text
//!                     ┌── none: later ──┐
//!                     ▼                 │
//!   None ──due──▶ Asked ──payload──▶ Sent ──acknowledged──▶ None
//!                     │               │
//!                     │               └── refused, not answered ──┐
//!                     └── no event is to be sent ──▶ Ready ──no acknowledgement is waited for──▶ DISCONNECT, CONNECT
//! ```

use std::rc::Rc;

use crate::proto::Data;
use crate::proto::output::{Event, Failure, Occasion, Reason};
use crate::proto::timer::Millis;

use super::ack::Wanted;
use super::asking::too_late;
use super::manager::Manager;
use super::namespace::{Outgoing, Socket, State as SocketState};
use super::packet::PacketType;
use super::policy::Reauth;

/// Renewals that are due so soon after another one, in milliseconds, are made with it.
const TOGETHER: Millis = 1_000.0;

/// How far a renewal has come.
#[derive(Debug)]
pub enum Renewal<D> {
    /// None is under way.
    None,
    /// The app is asked.
    Asked,
    /// The event with the new payload was sent.
    Sent(Option<D>),
    /// The socket is to connect with the new payload, as soon as it waits for no acknowledgement.
    Ready(Option<D>),
}

impl<D: Data> Manager<D> {
    /// A socket is connected: when its credentials are to be renewed.
    pub(super) fn schedule_renewal(&mut self, socket: usize) {
        let policy = &self.policy;
        if let Some(entry) = self.sockets.at(socket) {
            entry.asking.renewal = Renewal::None;
            entry.asking.due = match policy.reauth {
                Reauth::Never => Millis::INFINITY,
                _ => entry.claims.renew_at(policy.renew_before),
            };
        }
    }

    /// The deadline of a renewal has passed.
    pub(super) fn expire_renewal(&mut self, now: Millis, socket: usize) {
        let Some(entry) = self.sockets.at(socket) else {
            return;
        };
        match std::mem::replace(&mut entry.asking.renewal, Renewal::Asked) {
            Renewal::None => {
                self.demand_renewal(now, socket);
                self.renew_together(now);
            }
            Renewal::Asked => self.handle_no_renewal(now, socket, too_late()),
            Renewal::Sent(payload) | Renewal::Ready(payload) => self.reconnect_socket(now, socket, payload),
        }
    }

    /// Whose renewal is due soon as well is asked for now: one answer of the app's may serve all.
    fn renew_together(&mut self, now: Millis) {
        for socket in 0..self.sockets.len() {
            let is_soon = |entry: &Socket<D>| {
                entry.state == SocketState::Connected
                    && matches!(entry.asking.renewal, Renewal::None)
                    && entry.asking.due < now + TOGETHER
            };
            if self.sockets.get(socket).is_some_and(is_soon) {
                self.demand_renewal(now, socket);
            }
        }
    }

    fn demand_renewal(&mut self, now: Millis, socket: usize) {
        if let Some(entry) = self.sockets.at(socket) {
            entry.asking.renewal = Renewal::Asked;
            entry.asking.occasion = Occasion::Expired;
            self.demand(now, socket);
        }
    }

    /// The app gave the new payload.
    pub(super) fn renew(&mut self, now: Millis, socket: usize, payload: Option<D>) {
        let timeout = self.policy.timeout;
        let Reauth::Event(name) = &self.policy.reauth else {
            return self.prepare_reconnect(now, socket, payload);
        };
        let data = D::event(name, payload.as_ref());
        let Some(entry) = self.sockets.at(socket) else {
            return;
        };
        // Nor is the old one used after its end.
        let left = entry.claims.expires_at - now;
        let timeout = if left > 0.0 { timeout.min(left) } else { timeout };
        let wants_error = true;
        let id = entry.acks.add(now, Wanted { timeout, wants_error });
        entry.renewal_ack = Some(id);
        entry.asking.renewal = Renewal::Sent(payload);
        entry.asking.due = Millis::INFINITY;
        let event = Outgoing {
            data,
            attachments: Vec::new(),
            compress: true,
        };
        let packets = entry.encode(PacketType::Event, Some(id), event);
        self.send_all(socket, packets);
    }

    /// The app could not give a payload: it is asked again later. What the socket is connected with may be good for a while.
    pub(super) fn handle_no_renewal(&mut self, now: Millis, socket: usize, failure: Rc<Failure<D>>) {
        if let Some(entry) = self.sockets.at(socket) {
            entry.asking.renewal = Renewal::None;
            entry.asking.due = now + entry.asking.delay(&self.reconnection.backoff);
            self.out.report(Event::RenewalError(socket), None, Some(failure));
        }
    }

    /// An acknowledgement arrived, with its arguments, or took too long: `true` where it was the renewal's, and not the app's.
    pub(super) fn handle_renewal_ack(&mut self, now: Millis, socket: usize, id: u32, answer: Option<&D>) -> bool {
        let Some(entry) = self.sockets.at(socket) else {
            return false;
        };
        if entry.renewal_ack != Some(id) {
            return false;
        }
        entry.renewal_ack = None;
        let Renewal::Sent(payload) = std::mem::replace(&mut entry.asking.renewal, Renewal::None) else {
            return true;
        };
        let is_accepted = answer.is_some_and(|data| data.get("0").and_then(|first| first.get("error")).is_none());
        if is_accepted {
            let claims = self.claims(now, payload.as_ref());
            if let Some(entry) = self.sockets.at(socket) {
                // The session on the server is the same, whatever the token says.
                entry.claims = claims;
                entry.asking.begin(Occasion::Reconnect);
            }
            self.schedule_renewal(socket);
            self.out.tell(Event::Renewal(socket));
        } else {
            self.prepare_reconnect(now, socket, payload);
        }
        true
    }

    /// The socket is to connect anew with a payload: after the answers that it waits for, unless they take too long.
    fn prepare_reconnect(&mut self, now: Millis, socket: usize, payload: Option<D>) {
        if self.may_leave(socket) {
            return self.reconnect_socket(now, socket, payload);
        }
        if let Some(entry) = self.sockets.at(socket) {
            // Not at the last moment: where the server's own DISCONNECT crosses ours, it closes the connection.
            let left = (entry.claims.expires_at - now).max(0.0);
            entry.asking.due = now + (left / 2.0).min(self.policy.timeout);
            entry.asking.renewal = Renewal::Ready(payload);
        }
    }

    /// Whether nobody who would lose the connection with a socket waits for an acknowledgement.
    fn may_leave(&self, socket: usize) -> bool {
        let leaves = |other: usize| other == socket || self.needs_restart();
        let mut sockets = self.sockets.iter().enumerate();
        sockets.all(|(other, entry)| !leaves(other) || entry.acks.is_empty())
    }

    /// Whether other credentials take another handshake.
    pub(super) fn needs_restart(&self) -> bool {
        self.policy.renews_bearer && self.placed.bearer_in_header || self.placed.auth_in_query && !self.is_old()
    }

    /// The last acknowledgement that a socket waited for has come, or will not come.
    pub(super) fn resume_renewals(&mut self, now: Millis) {
        for socket in 0..self.sockets.len() {
            let is_ready = |entry: &Socket<D>| matches!(entry.asking.renewal, Renewal::Ready(_));
            if self.sockets.get(socket).is_some_and(is_ready) && self.may_leave(socket) {
                self.expire_renewal(now, socket);
            }
        }
    }

    /// Leaves the namespace and connects to it again on the same transport; on another one where the bearer token is one of
    /// its handshake.
    fn reconnect_socket(&mut self, now: Millis, socket: usize, payload: Option<D>) {
        if self.needs_restart() {
            return self.restart(now, socket, payload);
        }
        self.leave(socket);
        self.forget_session(socket);
        self.lose(socket, Reason::Renewal, None);
        if let Some(entry) = self.sockets.at(socket) {
            entry.asking.begin(Occasion::Reconnect);
        }
        self.begin_connect(now, socket, payload);
    }

    /// Opens another connection at once, because the handshake of this one has credentials that are of no use any more. The
    /// app has just given others, and the payload for one socket.
    pub(super) fn restart(&mut self, now: Millis, socket: usize, payload: Option<D>) {
        for other in 0..self.sockets.len() {
            let was_connected = self.is_connected(other);
            if let Some(entry) = self.sockets.at(other) {
                entry.end();
                if entry.state == SocketState::Idle {
                    continue;
                }
                entry.state = SocketState::AwaitConnection;
                if other == socket {
                    entry.asking.ready = Some(payload.as_ref().map(|payload| payload.slice(0, usize::MAX)));
                }
                if was_connected {
                    self.lose(other, Reason::Renewal, None);
                }
            }
        }
        self.drop_connection(Reason::ForcedClose);
        self.out.tell(Event::Close(Reason::Renewal));
        self.open_with(now, None);
    }
}
