//! Signing in after connecting: the server grants the namespace to everyone, and lets in who sends credentials in an event.
//!
//! Source: the server module `socketio-auth`.
//!
//! The ways in are `#[inline(never)]`: the npm build has what is behind them in another part (`scripts/build/split.mjs`).

use std::rc::Rc;

use crate::error::Code;
use crate::proto::Data;
use crate::proto::output::Failure;
use crate::proto::timer::Millis;

use super::manager::Manager;
use super::namespace::{Outgoing, State as SocketState};
use super::packet::PacketType;

/// The event with the credentials.
const REQUEST: &str = "authentication";
/// The server's event that lets the socket in.
const ACCEPTED: &str = "authenticated";
/// The server's event that does not.
const REFUSED: &str = "unauthorized";

/// Whether an event, the server's answer to the credentials, lets the socket in. `None` where it is another one.
#[inline(never)]
pub(super) fn is_accepted<D: Data>(data: &D) -> Option<bool> {
    let name = data.get("0")?;
    let is_accepted = name.is(ACCEPTED);
    (is_accepted || name.is(REFUSED)).then_some(is_accepted)
}

impl<D: Data> Manager<D> {
    /// The server granted the namespace, with this answer: sends the credentials.
    #[inline(never)]
    pub(super) fn sign_in(&mut self, now: Millis, socket: usize, granted: D) {
        let timeout = self.policy.timeout;
        let entry = self.sockets.at(socket);
        entry.state = SocketState::AwaitSignIn;
        entry.asking.due = now + timeout;
        entry.grant = Some(granted);
        let event = Outgoing::new(D::event(&D::text(REQUEST), entry.auth.as_ref()));
        self.send_event(socket, PacketType::Event, None, event);
    }

    /// An event arrived at a socket that has not signed in yet. Gives it back where it is not the answer.
    #[inline(never)]
    pub(super) fn handle_sign_in(&mut self, now: Millis, socket: usize, data: D, ack: Option<u32>) -> Option<D> {
        match is_accepted(&data) {
            Some(true) => {
                if let Some(granted) = self.sockets.at(socket).grant.take() {
                    self.admit(now, socket, granted);
                }
            }
            Some(false) => {
                let detail = data.get("1");
                let message = detail.as_ref().and_then(|detail| detail.get("message"));
                let failure = Failure::told(Code::Rejected, message.filter(D::is_text), detail);
                self.end_sign_in(now, socket, ack, failure);
            }
            None => return Some(data),
        }
        None
    }

    /// The server refused the credentials. Where it wants to know that this was heard, it ends the session itself; otherwise the
    /// socket does.
    fn end_sign_in(&mut self, now: Millis, socket: usize, ack: Option<u32>, failure: Rc<Failure<D>>) {
        let entry = self.sockets.at(socket);
        entry.grant = None;
        entry.receive_buffer.clear();
        if ack.is_some() {
            entry.asking.refusal = Some(failure);
            // To the server that is as good as a DISCONNECT.
            entry.left_at = Some(Millis::INFINITY);
            self.send_event(socket, PacketType::Ack, ack, Outgoing::new(D::text("[]")));
            self.note_left(now);
        } else {
            self.leave(socket);
            self.handle_refusal(now, socket, failure, true);
        }
    }

    /// The server did not answer in time, or did not end the session that it refused.
    #[inline(never)]
    pub(super) fn handle_no_sign_in(&mut self, now: Millis, socket: usize) {
        self.leave(socket);
        let message = "The server did not answer the event authentication in time";
        self.refuse_sign_in(now, socket, Code::Timeout, message);
    }

    /// The server disconnected a socket that has not signed in.
    #[inline(never)]
    pub(super) fn handle_sign_in_end(&mut self, now: Millis, socket: usize) {
        self.sockets.at(socket).left_at = None;
        let message = "The server disconnected the socket before it had signed in";
        self.refuse_sign_in(now, socket, Code::Rejected, message);
    }

    /// The session has ended: for the reason that the server has given, or else for this one.
    fn refuse_sign_in(&mut self, now: Millis, socket: usize, code: Code, message: &'static str) {
        let entry = self.sockets.at(socket);
        entry.grant = None;
        match entry.asking.refusal.take() {
            Some(failure) => self.handle_refusal(now, socket, failure, true),
            None => self.refuse(socket, Failure::of(code, message)),
        }
    }
}
