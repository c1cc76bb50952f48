//! How a socket comes by the payload of its CONNECT: the app is asked, in time, again after it could not give one, and once
//! more after the server refused it.

use std::rc::Rc;

use crate::error::{Code, Error};
use crate::proto::Data;
use crate::proto::auth::is_about_authentication;
use crate::proto::backoff::Backoff;
use crate::proto::output::{Demand, Failure, Occasion, Output, SocketEvent};
use crate::proto::timer::Millis;

use super::manager::Manager;
use super::namespace::State as SocketState;
use super::packet::PacketType;

/// How far one socket has come.
#[derive(Debug)]
pub struct Asking<D> {
    /// What the next payload is for.
    pub occasion: Occasion,
    attempt: u32,
    /// When the app's time is up, or when it is asked again.
    pub due: Millis,
    backoff: Option<Backoff>,
    /// The refusal that another payload may overcome.
    refusal: Option<Rc<Failure<D>>>,
    /// A payload was asked for after a refusal, and the server has granted none since.
    has_renewed: bool,
}

impl<D> Default for Asking<D> {
    fn default() -> Self {
        Self {
            occasion: Occasion::Connect,
            attempt: 0,
            due: Millis::INFINITY,
            backoff: None,
            refusal: None,
            has_renewed: false,
        }
    }
}

impl<D> Asking<D> {
    /// The app connects the socket, or the server has granted it: what was before does not count any more.
    pub fn begin(&mut self, occasion: Occasion) {
        *self = Self {
            occasion,
            ..Self::default()
        };
    }

    /// Nothing is waited for.
    pub fn rest(&mut self) {
        self.due = Millis::INFINITY;
        self.refusal = None;
    }
}

impl<D: Data> Manager<D> {
    /// Asks for the payload of a socket's CONNECT, unless an earlier CONNECT is still to be answered.
    pub(super) fn authenticate(&mut self, now: Millis, socket: usize) {
        let timeout = self.auth_timeout;
        let Some(entry) = self.sockets.get_mut(socket) else {
            return;
        };
        if entry.has_stale_connect {
            return;
        }
        entry.state = SocketState::AwaitAuth;
        entry.epoch = entry.epoch.wrapping_add(1);
        let epoch = entry.epoch;
        let asking = &mut entry.asking;
        asking.attempt = asking.attempt.saturating_add(1);
        asking.due = now + timeout;
        let refusal = asking.refusal.clone().map(|failure| {
            let is_about_authentication = failure.detail.as_ref().is_some_and(is_about_authentication);
            (failure, is_about_authentication)
        });
        let demand = Demand {
            occasion: asking.occasion,
            attempt: asking.attempt,
            refusal,
        };
        self.out.push_back(Output::Authenticate { socket, epoch, demand });
    }

    /// The app gave the payload of a socket's CONNECT (an encoded object), or could not.
    pub fn handle_auth(&mut self, now: Millis, socket: usize, epoch: u32, auth: Result<Option<D>, Failure<D>>) {
        if !self.is_asked(socket, epoch) {
            return;
        }
        let auth = match auth {
            Ok(auth) => auth,
            Err(failure) => return self.handle_no_auth(now, socket, failure),
        };
        let Some(entry) = self.sockets.get_mut(socket) else {
            return;
        };
        entry.asking.rest();
        let grant = entry.grant.take();
        let text = |auth: Option<&D>| auth.and_then(Data::as_text);
        if let Some(grant) = grant {
            if text(auth.as_ref()) == text(entry.auth.as_ref()) {
                entry.state = SocketState::AwaitConnect;
                return self.handle_connect(now, socket, grant);
            }
            // Granted to credentials that the app has replaced.
            entry.receive_buffer.clear();
            self.leave(socket);
        }
        if let Some(entry) = self.sockets.get_mut(socket) {
            entry.state = SocketState::AwaitConnect;
            entry.auth = auth.as_ref().map(|auth| auth.slice(0, usize::MAX));
            let payload = entry.recovery.payload(auth);
            let packet = entry.control(PacketType::Connect, payload);
            self.send(packet);
        }
    }

    /// The app has no other payload than the one that the server refused.
    pub fn decline_auth(&mut self, socket: usize, epoch: u32) {
        if self.is_asked(socket, epoch)
            && let Some(entry) = self.sockets.get_mut(socket)
            && let Some(refusal) = entry.asking.refusal.take()
        {
            self.refuse(socket, refusal);
        }
    }

    /// The server refused a socket. Once, another payload is asked for; the second refusal counts.
    pub(super) fn handle_refusal(&mut self, now: Millis, socket: usize, failure: Failure<D>) {
        let Some(entry) = self.sockets.get_mut(socket) else {
            return;
        };
        let failure = Rc::new(failure);
        // Its CONNECT has been answered.
        entry.state = SocketState::Idle;
        // Whoever comes next may be someone else.
        entry.recovery.forget();
        if std::mem::replace(&mut entry.asking.has_renewed, true) {
            self.refuse(socket, failure);
        } else {
            entry.asking.refusal = Some(failure);
            entry.asking.occasion = Occasion::Rejected;
            self.authenticate(now, socket);
        }
    }

    /// A socket's deadline may have passed.
    pub(super) fn expire_asking(&mut self, now: Millis, socket: usize) {
        let Some(entry) = self.sockets.get_mut(socket) else {
            return;
        };
        if entry.asking.due > now {
            return;
        }
        entry.asking.due = Millis::INFINITY;
        match entry.state {
            SocketState::AwaitAuth => {
                let message = "The function that gives the credentials did not answer in time";
                let failure = Failure::new(Error::new(Code::AuthFailed, message));
                self.handle_no_auth(now, socket, failure);
            }
            SocketState::AwaitRetry => self.authenticate(now, socket),
            _ => {}
        }
    }

    /// The app could not give a payload: it is asked again later, as for a connection that could not be opened.
    fn handle_no_auth(&mut self, now: Millis, socket: usize, failure: Failure<D>) {
        let reconnection = &self.reconnection;
        let Some(entry) = self.sockets.get_mut(socket) else {
            return;
        };
        if let Some(refusal) = entry.asking.refusal.take() {
            // What the server said weighs more than that there is nothing else to say.
            return self.refuse(socket, refusal);
        }
        let failure = Rc::new(failure);
        if !reconnection.enabled || entry.asking.attempt > reconnection.attempts {
            return self.refuse(socket, failure);
        }
        let backoff = entry.asking.backoff.get_or_insert_with(|| {
            let mut backoff = reconnection.backoff.clone();
            backoff.reset();
            backoff
        });
        entry.asking.due = now + backoff.next_delay();
        entry.state = SocketState::AwaitRetry;
        // A later answer is not waited for.
        entry.epoch = entry.epoch.wrapping_add(1);
        entry.receive_buffer.clear();
        if entry.grant.take().is_some() {
            self.leave(socket);
        }
        let will_retry = true;
        self.tell(socket, SocketEvent::ConnectError { failure, will_retry });
    }

    fn is_asked(&self, socket: usize, epoch: u32) -> bool {
        let is_asked =
            |entry: &super::namespace::Socket<D>| entry.epoch == epoch && entry.state == SocketState::AwaitAuth;
        self.is_open() && self.sockets.get(socket).is_some_and(is_asked)
    }
}
