//! How a socket comes by the payload of its CONNECT: the app is asked, in time, again after it could not give one, once
//! more after the server refused it, and before it expires.

use std::rc::Rc;

use crate::error::Code;
use crate::proto::Data;
use crate::proto::auth::Claims;
use crate::proto::backoff::Backoff;
use crate::proto::output::{Demand, Failure, Occasion, Output};
use crate::proto::timer::Millis;

use super::manager::Manager;
use super::namespace::{Socket, State as SocketState};
use super::packet::PacketType;
use super::renewal::Renewal;

/// How long after its DISCONNECT a socket may connect again on the same connection, in milliseconds. Servers 4.x take a
/// CONNECT at once and a DISCONNECT a little later: where both arrive together, they close the connection for every socket.
pub(super) const GAP: Millis = 100.0;

/// How far one socket has come.
#[derive(Debug)]
pub struct Asking<D> {
    /// What the next payload is for.
    pub occasion: Occasion,
    pub(super) attempt: u32,
    /// When the app's time is up, or when it is asked again.
    pub due: Millis,
    /// How often the app could not give one.
    failures: u32,
    /// The refusal that another payload may overcome; or that of the credentials that the server got in an event, which is about
    /// to end the session.
    pub(super) refusal: Option<Rc<Failure<D>>>,
    /// It is about authentication.
    is_about_authentication: bool,
    /// A payload was asked for after a refusal, and the server has granted none since.
    has_renewed: bool,
    /// How far the payload has come that is to follow the one that the socket is connected with, or connects with next.
    pub(super) renewal: Renewal,
    /// That payload, where it is here.
    pub(super) payload: Option<D>,
}

impl<D> Default for Asking<D> {
    fn default() -> Self {
        Self {
            occasion: Occasion::Connect,
            attempt: 0,
            due: Millis::INFINITY,
            failures: 0,
            refusal: None,
            is_about_authentication: false,
            has_renewed: false,
            renewal: Renewal::None,
            payload: None,
        }
    }
}

impl<D> Asking<D> {
    /// The app connects the socket, or the server has granted it: what was before does not count any more.
    #[inline(never)]
    pub fn begin(&mut self, occasion: Occasion) {
        *self = Self {
            occasion,
            ..Self::default()
        };
    }

    /// The connection ended: the next payload is for another one.
    pub fn end(&mut self, was_connected: bool) {
        if was_connected {
            self.begin(Occasion::Reconnect);
        } else {
            self.rest();
            self.occasion = Occasion::Reconnect;
        }
    }

    /// Nothing is waited for.
    pub fn rest(&mut self) {
        self.due = Millis::INFINITY;
        self.refusal = None;
        self.drop_renewal();
    }

    /// No payload is to follow.
    pub fn drop_renewal(&mut self) {
        self.renewal = Renewal::None;
        self.payload = None;
    }

    /// There is a payload, and its time is still to come.
    pub fn keep(&mut self, payload: Option<D>) {
        self.renewal = Renewal::Ready;
        self.payload = payload;
    }
}

impl<D: Data> Manager<D> {
    /// As [`authenticate`](Self::authenticate), for all who wait for that.
    pub(super) fn authenticate_waiting(&mut self, now: Millis) {
        for socket in 0..self.sockets.len() {
            if self.state_of(socket) == SocketState::AwaitConnection {
                self.authenticate(now, socket);
            }
        }
    }

    /// Asks for the payload of a socket's CONNECT, unless an earlier CONNECT is still to be answered.
    pub(super) fn authenticate(&mut self, now: Millis, socket: usize) {
        if self.sockets.at(socket).has_stale_connect || self.is_old() && self.waits_for_root(now, socket) {
            return;
        }
        let entry = self.sockets.at(socket);
        entry.state = SocketState::AwaitAuth;
        entry.epoch = entry.epoch.wrapping_add(1);
        if std::mem::replace(&mut entry.asking.renewal, Renewal::None) == Renewal::Ready {
            let payload = entry.asking.payload.take();
            return self.begin_connect(now, socket, payload);
        }
        if entry.is_root() && entry.asking.refusal.is_none() && self.placed.auth_in_query {
            // It was asked for before the handshake.
            return self.begin_connect(now, socket, None);
        }
        self.demand(now, socket);
    }

    /// Asks for a payload.
    pub(super) fn demand(&mut self, now: Millis, socket: usize) {
        let timeout = self.policy.timeout;
        let entry = self.sockets.at(socket);
        let epoch = entry.epoch;
        let asking = &mut entry.asking;
        asking.attempt = asking.attempt.saturating_add(1);
        asking.due = now + timeout;
        let demand = Demand {
            occasion: asking.occasion,
            attempt: asking.attempt,
            refusal: asking
                .refusal
                .clone()
                .map(|refusal| (refusal, asking.is_about_authentication)),
        };
        self.out.push_back(Output::Authenticate { socket, epoch, demand });
    }

    /// The app gave the payload of a socket's CONNECT (an encoded object), or could not.
    pub fn handle_auth(&mut self, now: Millis, socket: usize, epoch: u32, auth: Result<Option<D>, Rc<Failure<D>>>) {
        if !self.is_asked(socket, epoch) {
            return;
        }
        let auth = match auth {
            Ok(auth) => auth,
            Err(failure) => return self.handle_no_auth(now, socket, failure),
        };
        // Servers 1.x prefer the query of the handshake to a later one.
        let needs_restart = self.needs_restart() || self.placed.auth_in_query && self.is_root(socket);
        let entry = self.sockets.at(socket);
        if entry.state == SocketState::Connected {
            return self.renew(now, socket, auth);
        }
        let was_refused = entry.asking.refusal.is_some();
        entry.asking.rest();
        // What was refused is the header of the handshake; another one must not cost others their connection. (This socket is not
        // connected.)
        let is_connected = |entry: &Socket<D>| entry.state == SocketState::Connected;
        if was_refused && needs_restart && !self.sockets.iter().any(is_connected) {
            return self.restart(now, socket, auth);
        }
        let entry = self.sockets.at(socket);
        if let Some(grant) = entry.grant.take() {
            if D::equals(auth.as_ref(), entry.auth.as_ref()) {
                entry.state = SocketState::AwaitConnect;
                return self.handle_connect(now, socket, grant);
            }
            // Granted to credentials that the app has replaced.
            entry.receive_buffer.clear();
            self.leave(socket);
        }
        self.begin_connect(now, socket, auth);
    }

    /// Sends the CONNECT of a socket, whose payload is here.
    pub(super) fn begin_connect(&mut self, now: Millis, socket: usize, auth: Option<D>) {
        let claims = self.claims(now, auth.as_ref());
        let signs_in = self.placed.signs_in;
        let in_query = self.placed.auth_in_query;
        let is_old = self.is_old();
        let entry = self.sockets.at(socket);
        if let Some(left_at) = entry.left_at
            && now < left_at + GAP
        {
            entry.state = SocketState::AwaitRetry;
            entry.asking.keep(auth);
            entry.asking.due = now.min(left_at) + GAP;
            return;
        }
        entry.state = SocketState::AwaitConnect;
        entry.assume(claims);
        entry.auth = auth.as_ref().map(|auth| auth.share());
        let auth = auth.filter(|_| !signs_in);
        if is_old {
            return self.begin_old_connect(now, socket, auth);
        }
        let payload = entry.recovery.payload(auth.filter(|_| !(in_query && entry.is_root())));
        self.send_control(socket, PacketType::Connect, payload);
    }

    /// What is known of the credentials that travel with a payload.
    pub(super) fn claims(&self, now: Millis, auth: Option<&D>) -> Claims<D> {
        let placed = self.placed.claims.share();
        let Some(auth) = auth else {
            return placed;
        };
        let mut claims = Claims::of_payload(now - self.ahead, auth).shift(self.ahead);
        claims.join(placed);
        claims
    }

    /// The app has no other payload than the one that the server refused, or that expires.
    pub fn decline_auth(&mut self, socket: usize, epoch: u32) {
        if !self.is_asked(socket, epoch) {
            return;
        }
        let entry = self.sockets.at(socket);
        if entry.state == SocketState::Connected {
            entry.asking.rest();
        } else if let Some(refusal) = entry.asking.refusal.take() {
            self.refuse(socket, refusal);
        }
    }

    /// The server refused a socket. Once, another payload is asked for; the second refusal counts.
    pub(super) fn handle_refusal(
        &mut self,
        now: Millis,
        socket: usize,
        failure: Rc<Failure<D>>,
        is_about_authentication: bool,
    ) {
        let entry = self.sockets.at(socket);
        // Its CONNECT has been answered.
        entry.state = SocketState::Idle;
        // Whoever comes next may be someone else, and what was missed is not for him: a server that recovers a session before its
        // middleware refuses it has sent that already.
        entry.recovery.forget();
        entry.receive_buffer.clear();
        if std::mem::replace(&mut entry.asking.has_renewed, true) {
            self.refuse(socket, failure);
        } else {
            entry.asking.refusal = Some(failure);
            entry.asking.is_about_authentication = is_about_authentication;
            entry.asking.occasion = Occasion::Rejected;
            self.authenticate(now, socket);
        }
    }

    /// A socket's deadline may have passed.
    pub(super) fn expire_asking(&mut self, now: Millis, socket: usize) {
        let entry = self.sockets.at(socket);
        if entry.asking.due > now {
            return;
        }
        entry.asking.due = Millis::INFINITY;
        match self.state_of(socket) {
            SocketState::AwaitAuth => self.handle_no_auth(now, socket, too_late()),
            SocketState::AwaitRetry => self.authenticate(now, socket),
            SocketState::AwaitConnect | SocketState::AwaitConnection if self.is_old() => self.handle_unanswered(now),
            SocketState::AwaitSignIn => self.handle_no_sign_in(now, socket),
            SocketState::Connected => self.expire_renewal(now, socket),
            _ => {}
        }
    }

    /// The app could not give a payload: it is asked again later, as for a connection that could not be opened.
    fn handle_no_auth(&mut self, now: Millis, socket: usize, failure: Rc<Failure<D>>) {
        let reconnection = &mut self.reconnection;
        let entry = self.sockets.at(socket);
        if let Some(refusal) = entry.asking.refusal.take() {
            // What the server said weighs more than that there is nothing else to say.
            return self.refuse(socket, refusal);
        }
        if entry.state == SocketState::Connected {
            return self.handle_no_renewal(now, socket, failure);
        }
        if !reconnection.enabled || entry.asking.attempt > reconnection.attempts {
            return self.refuse(socket, failure);
        }
        entry.asking.due = now + entry.asking.delay(&mut reconnection.backoff);
        entry.state = SocketState::AwaitRetry;
        // A later answer is not waited for.
        entry.epoch = entry.epoch.wrapping_add(1);
        entry.receive_buffer.clear();
        if entry.grant.take().is_some() {
            self.leave(socket);
        }
        self.tell_connect_error(socket, failure, true);
    }

    pub(super) fn is_asked(&self, socket: usize, epoch: u32) -> bool {
        let entry = self.sockets.get(socket);
        let is_asked = match entry.state {
            SocketState::AwaitAuth => true,
            SocketState::Connected => entry.asking.renewal == Renewal::Asked,
            _ => false,
        };
        is_asked && entry.epoch == epoch && self.is_open()
    }
}

impl<D> Asking<D> {
    /// How long to wait before the app is asked again.
    pub(super) fn delay(&mut self, backoff: &mut Backoff) -> Millis {
        self.failures += 1;
        backoff.delay_after(self.failures - 1)
    }
}

impl<D: Data> Socket<D> {
    /// Connects with these credentials. Who is somebody else does not continue the session of the one before.
    pub(super) fn assume(&mut self, claims: Claims<D>) {
        if !D::equals(self.claims.subject.as_ref(), claims.subject.as_ref()) {
            self.recovery.forget();
        }
        self.claims = claims;
    }
}

/// The app's function took too long.
pub(super) fn too_late<D>() -> Rc<Failure<D>> {
    let message = "The function that gives the credentials did not answer in time";
    Failure::of(Code::AuthFailed, message)
}
