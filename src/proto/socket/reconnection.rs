//! The life of a manager's connection: it opens, fails, closes, and is opened again.

use std::rc::Rc;

use crate::error::Code;
use crate::proto::Data;
use crate::proto::backoff::Backoff;
use crate::proto::engine::connection::{Change, Connection};
use crate::proto::output::{Event, Failure, Reason};
use crate::proto::timer::{Millis, Timer};

use super::manager::{Manager, State};
use super::namespace::State as SocketState;
use super::old_protocol::Root;

/// How a manager opens its connection again.
#[derive(Debug)]
pub struct Reconnection {
    /// Whether it does.
    pub enabled: bool,
    /// After how many failed attempts it gives up.
    pub attempts: u32,
    /// How long an attempt may take; infinity for ever.
    pub timeout: Millis,
    /// How long it waits between attempts.
    pub backoff: Backoff,
}

impl<D: Data> Manager<D> {
    /// Follows what became of the connection.
    pub(super) fn settle(&mut self, now: Millis) {
        while let Some(index) = self.ending.iter().position(Connection::is_closed) {
            self.ending.remove(index);
        }
        self.note_left(now);
        match self.connection.as_mut().and_then(Connection::poll_change) {
            None => {}
            Some(Change::Opened) => {
                self.handle_open(now);
                self.opened_at = Some(now);
                if let Some(connection) = &mut self.connection {
                    connection.resume_close(&mut self.out);
                    self.settle(now);
                }
            }
            Some(Change::Closed(reason, failure)) if self.state == State::Open => {
                if reason == Reason::TransportError
                    && let Some(failure) = &failure
                {
                    self.tell_error(failure, self.reconnection.enabled && self.reconnection.attempts > 0);
                }
                self.handle_close(reason, failure);
                self.may_reconnect = true;
                self.reconnect(now);
            }
            Some(Change::Closed(reason, failure)) if self.state == State::Opening => {
                let failure = failure.unwrap_or_else(|| Failure::of(Code::TransportFailed, reason.as_str()));
                self.handle_error(now, failure);
            }
            Some(Change::Closed(..)) => {}
        }
    }

    pub(super) fn handle_open(&mut self, now: Millis) {
        self.state = State::Open;
        self.is_attended = false;
        self.refusal = None;
        self.has_renewed = false;
        self.config_attempt = 0;
        self.was_open = true;
        self.timers.stop(Timer::Open);
        self.authenticate_waiting(now);
        self.out.tell(Event::Open);
        let attempts = self.reconnection.backoff.attempts();
        self.reconnection.backoff.reset();
        if std::mem::take(&mut self.is_reconnecting) {
            self.out.tell(Event::Reconnect(attempts));
        }
    }

    /// The connection could not be opened.
    pub(super) fn handle_error(&mut self, now: Millis, failure: Rc<Failure<D>>) {
        // What the server said weighs more than that there is nothing else to say.
        let failure = self
            .refusal
            .take()
            .filter(|_| failure.code == Code::AuthFailed)
            .unwrap_or(failure);
        // One that failed has closed by itself.
        self.drop_connection(Reason::ForcedClose);
        for entry in self.sockets.iter_mut() {
            entry.asking.drop_renewal();
        }
        let is_refused = failure.code == Code::Unauthorized;
        if is_refused && self.policy.renews_bearer && !std::mem::replace(&mut self.has_renewed, true) {
            self.refusal = Some(failure);
            return self.open(now);
        }
        let has_attempts = self.reconnection.backoff.attempts() < self.reconnection.attempts;
        let is_attended = std::mem::take(&mut self.is_attended);
        let is_final = is_refused || failure.code.is_configuration();
        self.may_reconnect = !is_attended && !is_final;
        let is_wanted = self.reconnection.enabled && self.may_reconnect;
        let was_reconnecting = std::mem::take(&mut self.is_reconnecting);
        // Without a retry the sockets wait on: the app may open the connection by hand.
        self.tell_error(&failure, is_wanted && has_attempts);
        if is_wanted {
            self.reconnect(now);
        } else {
            self.reconnection.backoff.reset();
        }
        if is_refused {
            self.rest();
        }
        if was_reconnecting {
            self.out.report(Event::ReconnectError, None, Some(failure));
        }
    }

    /// The sockets that are not connected do not wait for a connection any more.
    fn rest(&mut self) {
        self.was_open = false;
        for entry in self.sockets.iter_mut() {
            entry.state = SocketState::Idle;
            entry.asking.rest();
        }
    }

    /// Tells of an error: the sockets that are not connected yet, and those who listen to the manager.
    fn tell_error(&mut self, failure: &Rc<Failure<D>>, will_retry: bool) {
        for socket in 0..self.sockets.len() {
            if !matches!(self.state_of(socket), SocketState::Idle | SocketState::Connected) {
                self.tell_connect_error(socket, Rc::clone(failure), will_retry);
            }
        }
        self.out.report(Event::Error, None, Some(Rc::clone(failure)));
    }

    /// The connection was open, or opening, or waited for, and has ended.
    pub(super) fn handle_close(&mut self, reason: Reason, failure: Option<Rc<Failure<D>>>) {
        let was_wanted = std::mem::take(&mut self.is_reconnecting) || self.state != State::Closed;
        self.drop_connection(reason);
        self.refusal = None;
        self.timers.stop(Timer::Reconnect);
        self.reconnection.backoff.reset();
        for socket in 0..self.sockets.len() {
            let entry = self.sockets.at(socket);
            let before = entry.state;
            entry.end();
            if before == SocketState::Idle {
                continue;
            }
            entry.state = SocketState::AwaitConnection;
            // Who is still to connect hears nothing of another connection.
            let goes_on = matches!(reason, Reason::Renewal | Reason::OtherProtocol);
            if before == SocketState::Connected || !goes_on {
                self.lose(socket, reason, failure.clone());
            }
        }
        if was_wanted {
            self.out.report(Event::Close(reason), None, failure);
        }
    }

    pub(super) fn drop_connection(&mut self, reason: Reason) {
        self.state = State::Closed;
        self.deferred = None;
        self.timers.stop(Timer::Deferred);
        self.timers.stop(Timer::Open);
        self.timers.stop(Timer::Config);
        self.parser.reset();
        self.root = Root::default();
        if let Some(mut connection) = self.connection.take() {
            self.last_kind = Some(connection.kind());
            self.next_transport = connection.next_transport();
            connection.give_up();
            if matches!(reason, Reason::ForcedClose | Reason::Renewal) {
                connection.close(&mut self.out);
            } else {
                connection.abort(reason, None, &mut self.out);
            }
            if !connection.is_closed() {
                self.ending.push(connection);
            }
        }
    }

    /// The app has switched this on where it is told that a connection has ended.
    pub fn reconnect_after_all(&mut self, now: Millis) {
        if self.state == State::Closed && self.may_reconnect {
            self.reconnect(now);
        }
    }

    pub(super) fn reconnect(&mut self, now: Millis) {
        let reconnection = &mut self.reconnection;
        if self.is_reconnecting || self.is_stopped || !reconnection.enabled {
            return;
        }
        if reconnection.backoff.attempts() >= reconnection.attempts {
            reconnection.backoff.reset();
            self.was_open = false;
            self.out.tell(Event::ReconnectFailed);
        } else {
            self.is_reconnecting = true;
            self.timers
                .set(Timer::Reconnect, now + reconnection.backoff.next_delay());
        }
    }
}
