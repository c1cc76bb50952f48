//! What tells servers 1.x and 2.x (revision 3) from 3.x and 4.x (revision 4), and in what a connection to them differs: how
//! binaries are framed, and whose turn it is to give a sign of life, and when one is overdue.
//!
//! Source: Engine.IO protocol 4, "Difference between v3 and v4".

use crate::error::Code;
use crate::proto::Data;
use crate::proto::output::{Event, Failure, Outputs, Reason};
use crate::proto::timer::{Millis, Timer};

use super::Revision;
use super::connection::{Connection, State};
use super::handshake::Handshake;
use super::packet::{Packet, PacketType};
use super::transport::Kind;

/// How long after its handshake on a stream a server may take to connect the root namespace by itself, in milliseconds. Those of
/// revision 3 do so at once, unless they ask somebody else first. (Servers from 4.5 on are known by their handshake.)
const DETECTION: Millis = 100.0;

impl<D: Data> Connection<D> {
    /// A handshake arrived. On polling its framing tells the revision; on a stream `maxPayload` does, which is of revision 4, or
    /// else what follows.
    pub(super) fn detect(&mut self, now: Millis, handshake: Handshake<D>, out: &mut Outputs<D>) {
        let is_certain = self.candidate.kind != Kind::WebSocket || handshake.max_payload > 0;
        self.session = Some(handshake);
        self.is_guess = !is_certain && self.config.revision.is_none();
        if self.is_guess && self.config.known != Some(Revision::V4) {
            self.state = State::Undecided;
            // One that was of revision 3 will connect the root, unless it is another server by now: then there is no connection in
            // time, and the next attempt knows nothing of it.
            if self.config.known.is_none() {
                self.timers.set(Timer::Detection, now + DETECTION);
            }
            return;
        }
        self.begin(now, out);
    }

    /// What follows a handshake that either revision has tells which it is, or that nothing does.
    pub(super) fn decide(&mut self, now: Millis, revision: Revision, out: &mut Outputs<D>) {
        if self.state == State::Undecided {
            self.revision = revision;
            self.begin(now, out);
        }
    }

    /// Whether what arrives next decides. It may be handled later: until then, silence does not decide.
    pub fn wait_to_decide(&mut self) -> bool {
        let is_undecided = self.state == State::Undecided;
        if is_undecided {
            self.timers.stop(Timer::Detection);
        }
        is_undecided
    }

    /// Whether it is taken for one of revision 4 because it was silent, or the last time was: one of revision 3 may have been slow.
    pub fn may_be_old(&self) -> bool {
        self.is_guess && self.revision == Revision::V4
    }

    /// The server speaks another revision than the app wants.
    #[inline(never)]
    pub(super) fn mismatch(&mut self, out: &mut Outputs<D>) {
        let message = match self.revision {
            Revision::V3 => {
                "The server speaks Engine.IO 3 (socket.io 1.x or 2.x): leave the option protocol out, or set it to 3"
            }
            Revision::V4 => {
                "The server speaks Engine.IO 4 (socket.io 3.x or 4.x): leave the option protocol out, or set it to 4"
            }
        };
        let failure = Failure::of(Code::ProtocolMismatch, message);
        self.shut(Reason::ParseError, Some(failure), out);
    }

    /// From now on there has to be a sign of life: the server's own, or its answer to ours.
    pub(super) fn start_heartbeat(&mut self, now: Millis) {
        self.leap = 0.0;
        if let Some(session) = &self.session {
            let due = now + session.ping_interval;
            match self.revision {
                Revision::V3 => self.timers.set(Timer::Ping, due),
                Revision::V4 => self.timers.set(Timer::Heartbeat, due + session.ping_timeout),
            }
        }
    }

    /// Whether the server's sign of life is overdue, even if the timer could not say so yet (a page in the background), or may be,
    /// because the clock has leapt.
    pub fn is_expired(&self, now: Millis) -> bool {
        self.timers.is_expired(Timer::Heartbeat, now + self.leap)
    }

    /// It is taken for overdue at once, where it is or may be.
    pub fn expire(&mut self, now: Millis) {
        if self.is_expired(now) {
            self.timers.set(Timer::Heartbeat, now);
        }
    }

    /// The page's clock has leapt: it was set, or the machine slept and the server may have given the connection up.
    pub fn doubt(&mut self, leap: Millis) {
        self.leap += leap;
    }

    /// It is time for our own sign of life, which the server has to answer.
    #[inline(never)]
    pub(super) fn ping(&mut self, now: Millis, out: &mut Outputs<D>) {
        self.leap = 0.0;
        if let Some(session) = &self.session {
            self.timers.set(Timer::Heartbeat, now + session.ping_timeout);
            self.send(Packet::control(PacketType::Ping), out);
        }
    }

    /// A message shows that the server lives: where the answer to our sign of life is waited for, it may come behind others, and later
    /// than the server allows (many 2.x: 5 seconds). Source: `engine.io-client` 3.5.
    #[inline(never)]
    pub(super) fn prolong(&mut self, now: Millis) {
        if let Some(session) = &self.session
            && self.timers.is_expired(Timer::Heartbeat, Millis::MAX)
            && !self.timers.is_expired(Timer::Heartbeat, now)
        {
            let due = now + session.ping_interval + session.ping_timeout;
            self.timers.set(Timer::Heartbeat, due);
            self.leap = 0.0;
        }
    }

    /// A sign of life, or the answer to ours.
    pub(super) fn handle_heartbeat(&mut self, now: Millis, kind: PacketType, out: &mut Outputs<D>) {
        let expected = match self.revision {
            Revision::V3 => PacketType::Pong,
            Revision::V4 => PacketType::Ping,
        };
        if kind != expected {
            return;
        }
        if kind == PacketType::Ping {
            self.send(Packet::control(PacketType::Pong), out);
        }
        // One that comes too late does not count: what the app has sent since waits for another connection.
        if !self.timers.is_expired(Timer::Heartbeat, now) {
            self.timers.stop(Timer::Heartbeat);
            self.start_heartbeat(now);
        }
        if self.state == State::Open {
            out.tell(Event::Ping);
        }
    }
}
