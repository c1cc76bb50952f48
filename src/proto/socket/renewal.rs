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
//!
//! The ways in are `#[inline(never)]`: the npm build has what is behind them in another part (`scripts/build/split.mjs`).

use std::rc::Rc;

use crate::proto::Data;
use crate::proto::output::{Event, Failure, Occasion, Reason};
use crate::proto::timer::Millis;

use super::ack::Wanted;
use super::asking::too_late;
use super::manager::Manager;
use super::namespace::{Outgoing, State as SocketState};
use super::packet::PacketType;
use super::policy::Reauth;

/// Renewals that are due so soon after another one, in milliseconds, are made with it.
const TOGETHER: Millis = 1_000.0;

/// How far a renewal has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// None is under way.
    None,
    /// The app is asked.
    Asked,
    /// The event with the new payload was sent.
    Sent,
    /// The socket is to connect with the new payload, as soon as it waits for no acknowledgement. One that is not connected:
    /// as soon as it may.
    Ready,
}

impl<D: Data> Manager<D> {
    /// A socket is connected: when its credentials are to be renewed, where the app wants that.
    #[inline(never)]
    pub(super) fn schedule_renewal(&mut self, socket: usize) {
        let entry = self.sockets.at(socket);
        entry.asking.drop_renewal();
        entry.asking.due = entry.claims.renew_at(self.policy.renew_before);
    }

    /// The host's clock has leapt, of which only the host's own times know: the server may have given the connection up, and credentials
    /// expire sooner.
    pub(super) fn note_leap(&mut self, leap: Millis) {
        if let Some(connection) = &mut self.connection {
            connection.doubt(leap);
        }
        self.placed.claims.expires_at -= leap;
        for entry in self.sockets.iter_mut() {
            entry.claims.expires_at -= leap;
            if entry.state == SocketState::Connected && entry.asking.renewal == Renewal::None {
                entry.asking.due -= leap;
            }
        }
    }

    /// The deadline of a renewal has passed.
    #[inline(never)]
    pub(super) fn expire_renewal(&mut self, now: Millis, socket: usize) {
        let entry = self.sockets.at(socket);
        match std::mem::replace(&mut entry.asking.renewal, Renewal::Asked) {
            Renewal::None => {
                self.demand_renewal(now, socket);
                self.renew_together(now);
            }
            Renewal::Asked => self.handle_no_renewal(now, socket, too_late()),
            Renewal::Sent | Renewal::Ready => self.reconnect_socket(now, socket),
        }
    }

    /// Whose renewal is due soon as well is asked for now: one answer of the app's may serve all.
    fn renew_together(&mut self, now: Millis) {
        for socket in 0..self.sockets.len() {
            let entry = self.sockets.get(socket);
            let is_idle = entry.state == SocketState::Connected && entry.asking.renewal == Renewal::None;
            if is_idle && entry.asking.due < now + TOGETHER {
                self.demand_renewal(now, socket);
            }
        }
    }

    fn demand_renewal(&mut self, now: Millis, socket: usize) {
        let asking = &mut self.sockets.at(socket).asking;
        asking.renewal = Renewal::Asked;
        asking.occasion = Occasion::Expired;
        self.demand(now, socket);
    }

    /// The app gave the new payload.
    #[inline(never)]
    pub(super) fn renew(&mut self, now: Millis, socket: usize, payload: Option<D>) {
        let timeout = self.policy.timeout;
        let Reauth::Event(name) = &self.policy.reauth else {
            return self.prepare_reconnect(now, socket, payload);
        };
        let data = D::event(name, payload.as_ref());
        let entry = self.sockets.at(socket);
        // Nor is the old one used after its end.
        let left = entry.claims.expires_at - now;
        let timeout = if left > 0.0 { timeout.min(left) } else { timeout };
        let wants_error = true;
        let id = entry.acks.add(now, Wanted { timeout, wants_error });
        entry.renewal_ack = Some(id);
        entry.asking.renewal = Renewal::Sent;
        entry.asking.payload = payload;
        entry.asking.due = Millis::INFINITY;
        self.send_event(socket, PacketType::Event, Some(id), Outgoing::new(data));
    }

    /// The app could not give a payload: it is asked again later. What the socket is connected with may be good for a while.
    #[inline(never)]
    pub(super) fn handle_no_renewal(&mut self, now: Millis, socket: usize, failure: Rc<Failure<D>>) {
        let asking = &mut self.sockets.at(socket).asking;
        asking.renewal = Renewal::None;
        asking.due = now + asking.delay(&mut self.reconnection.backoff);
        self.out.report(Event::RenewalError(socket), None, Some(failure));
    }

    /// Whether an acknowledgement is that of a renewal, and not the app's.
    pub(super) fn is_of_renewal(&self, socket: usize, id: u32) -> bool {
        self.sockets.get(socket).renewal_ack == Some(id)
    }

    /// That acknowledgement arrived, with its arguments, or took too long.
    #[inline(never)]
    pub(super) fn handle_renewal_ack(&mut self, now: Millis, socket: usize, answer: Option<&D>) {
        let entry = self.sockets.at(socket);
        entry.renewal_ack = None;
        if std::mem::replace(&mut entry.asking.renewal, Renewal::None) != Renewal::Sent {
            return;
        }
        let payload = entry.asking.payload.take();
        let is_accepted = answer.is_some_and(|data| data.get("0").and_then(|first| first.get("error")).is_none());
        if is_accepted {
            let claims = self.claims(now, payload.as_ref());
            let entry = self.sockets.at(socket);
            // The session on the server is the same, whatever the token says.
            entry.claims = claims;
            entry.asking.begin(Occasion::Reconnect);
            self.schedule_renewal(socket);
            self.out.tell(Event::Renewal(socket));
        } else {
            self.prepare_reconnect(now, socket, payload);
        }
    }

    /// The socket is to connect anew with a payload: after the answers that it waits for, unless they take too long.
    fn prepare_reconnect(&mut self, now: Millis, socket: usize, payload: Option<D>) {
        let entry = self.sockets.at(socket);
        entry.asking.keep(payload);
        // Not at the last moment: where the server's own DISCONNECT crosses ours, it closes the connection.
        let left = (entry.claims.expires_at - now).max(0.0);
        entry.asking.due = now + (left / 2.0).min(self.policy.timeout);
        if self.may_leave(socket) {
            self.reconnect_socket(now, socket);
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
            let entry = self.sockets.get(socket);
            let is_ready = entry.state == SocketState::Connected && entry.asking.renewal == Renewal::Ready;
            if is_ready {
                self.resume_renewal(now, socket);
            }
        }
    }

    #[inline(never)]
    fn resume_renewal(&mut self, now: Millis, socket: usize) {
        if self.may_leave(socket) {
            self.reconnect_socket(now, socket);
        }
    }

    /// Leaves the namespace and connects to it again on the same transport; on another one where the bearer token is one of
    /// its handshake.
    fn reconnect_socket(&mut self, now: Millis, socket: usize) {
        let payload = self.sockets.at(socket).asking.payload.take();
        if self.needs_restart() {
            return self.restart(now, socket, payload);
        }
        self.leave(socket);
        self.forget_session(socket);
        self.lose(socket, Reason::Renewal, None);
        self.sockets.at(socket).asking.begin(Occasion::Reconnect);
        self.begin_connect(now, socket, payload);
    }

    /// Opens another connection at once, because the handshake of this one has credentials that are of no use any more. The
    /// app has just given others, and the payload for one socket.
    pub(super) fn restart(&mut self, now: Millis, socket: usize, payload: Option<D>) {
        self.handle_close(Reason::Renewal, None);
        let entry = self.sockets.at(socket);
        if entry.state != SocketState::Idle {
            entry.asking.keep(payload);
        }
        self.open_with(now, None);
    }
}
