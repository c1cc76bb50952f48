//! Socket.IO protocol 4, of servers 1.x and 2.x: they connect the root namespace by themselves, as soon as the connection is
//! open, and a CONNECT has no payload, only a query behind the name of its namespace.
//!
//! Source: Socket.IO protocol 5, "Difference between v4 and v5".
//!
//! The ways to what only these servers need are `#[inline(never)]`: the npm build has it in another part (`scripts/build/split.mjs`).

use std::rc::Rc;

use crate::error::Code;
use crate::proto::engine::Revision;
use crate::proto::engine::connection::Connection;
use crate::proto::engine::packet::{Packet, PacketType as EnginePacketType};
use crate::proto::output::{Failure, Reason};
use crate::proto::timer::Millis;
use crate::proto::{Data, Shape};

use super::asking::GAP;
use super::dispatch::refusal;
use super::manager::Manager;
use super::namespace::{Socket, State as SocketState};
use super::packet::PacketType;
use super::parser::Incoming;

/// How long a server may take to answer a CONNECT of a root that was left, in milliseconds. One that has no middleware does not
/// answer.
const ANSWER: Millis = 1_000.0;

/// What the server has said of the root namespace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Root {
    /// Nothing yet.
    #[default]
    Unknown,
    /// It is connected; before that, servers forget the query of another namespace.
    Granted,
    /// It is not.
    Refused,
    /// It was, and one side has ended that. A server that has no middleware does not answer who asks for it once more.
    Left,
}

impl<D: Data> Manager<D> {
    /// Whether the server speaks protocol 4.
    pub(super) fn is_old(&self) -> bool {
        let connection = self.connection.as_ref();
        connection.is_some_and(|connection| connection.revision() == Revision::V3)
    }

    /// Whether a server that was taken for a later one, because it took its time, answers as only one of protocol 4 does.
    pub(super) fn is_old_after_all(&self, packet: &Incoming<D>) -> bool {
        let answers_so = match packet.kind {
            PacketType::Connect => packet.data.get("sid").is_none(),
            PacketType::ConnectError => packet.shape == Shape::String,
            _ => false,
        };
        answers_so && self.may_be_old()
    }

    /// Whether a refusal is what the server likes, and no object with a message and perhaps `data`. (In one of protocol 5 there is
    /// neither where its middleware gives no `Error`.)
    pub(super) fn refuses_as_old(&self, data: &D) -> bool {
        let has_neither = || ["message", "data"].iter().all(|name| data.get(name).is_none());
        self.is_old() || self.may_be_old() && has_neither()
    }

    fn may_be_old(&self) -> bool {
        self.connection.as_ref().is_some_and(Connection::may_be_old)
    }

    /// Opens another connection at once, now that the server's protocol is known: this one was asked for the root twice.
    pub(super) fn start_over(&mut self, now: Millis) {
        self.handle_close(Reason::OtherProtocol, None);
        self.open_with(now, None);
    }

    /// Whether a socket is that of the root namespace.
    pub fn is_root(&self, socket: usize) -> bool {
        self.sockets.get(socket).is_root()
    }

    /// Whether the app has a socket of the root namespace that is or wants to be connected.
    pub fn wants_root(&self) -> bool {
        let wants = |entry: &Socket<D>| entry.is_root() && entry.state != SocketState::Idle;
        self.sockets.iter().any(wants)
    }

    /// Whether a socket has to wait until the server, one of protocol 4, has connected the root.
    #[inline(never)]
    pub(super) fn waits_for_root(&mut self, now: Millis, socket: usize) -> bool {
        let is_early = self.root != Root::Granted;
        let entry = self.sockets.at(socket);
        if !is_early || entry.is_root() {
            return false;
        }
        entry.state = SocketState::AwaitConnection;
        if self.root == Root::Unknown || self.wants_root() {
            return true;
        }
        let has_just_left =
            |entry: &Socket<D>| entry.is_root() && entry.left_at.is_some_and(|left_at| now < left_at + GAP);
        if self.sockets.iter().any(has_just_left) {
            let entry = self.sockets.at(socket);
            entry.state = SocketState::AwaitRetry;
            entry.asking.due = now + GAP;
            return true;
        }
        // Nobody else does: the server may think better of it, or refuses it for this one to hear.
        if std::mem::take(&mut self.root) == Root::Left {
            self.sockets.at(socket).asking.due = now + ANSWER;
        }
        self.send(Packet::with_data(EnginePacketType::Message as u32, Some(D::text("0"))));
        true
    }

    /// The server says something of the root, perhaps unasked. Whoever waits for it goes on.
    #[inline(never)]
    pub(super) fn handle_root(&mut self, now: Millis, socket: Option<usize>, packet: &Incoming<D>) {
        match packet.kind {
            PacketType::Connect => {
                if std::mem::replace(&mut self.root, Root::Granted) == Root::Left
                    && let Some(socket) = socket
                {
                    // What came before is of the session that has ended.
                    self.sockets.at(socket).receive_buffer.clear();
                }
                self.authenticate_waiting(now);
            }
            PacketType::Disconnect => self.root = Root::Left,
            PacketType::ConnectError if self.root != Root::Granted => {
                self.root = Root::Refused;
                if socket.is_none_or(|socket| self.state_of(socket) == SocketState::Idle) {
                    self.refuse_waiting(&refusal(packet.data.share(), true));
                }
            }
            _ => {}
        }
    }

    /// A server without middleware has not answered who asked for the root: it is connected.
    #[inline(never)]
    pub(super) fn handle_unanswered(&mut self, now: Millis) {
        self.root = Root::Granted;
        let packet = Incoming {
            kind: PacketType::Connect,
            namespace: None,
            id: None,
            data: D::text(""),
            shape: Shape::Nothing,
        };
        self.handle_incoming(now, packet);
    }

    /// The root is refused for good: so is every namespace that waits for it, with a server of protocol 4.
    #[inline(never)]
    pub(super) fn refuse_waiting(&mut self, failure: &Rc<Failure<D>>) {
        if self.root != Root::Granted {
            for socket in 0..self.sockets.len() {
                if !self.is_root(socket) && self.state_of(socket) == SocketState::AwaitConnection {
                    self.refuse(socket, Rc::clone(failure));
                }
            }
        }
    }

    /// The id of a socket that the server has connected: on protocol 4 that of the session, behind the namespace's name.
    /// `None` where an answer that has to name it does not.
    pub(super) fn socket_id(&self, socket: usize, granted: &D) -> Option<D> {
        if self.is_old() {
            self.old_id(socket)
        } else {
            granted.get("sid")
        }
    }

    #[inline(never)]
    fn old_id(&self, socket: usize) -> Option<D> {
        let sid = self.connection.as_ref()?.sid()?;
        Some(match &self.sockets.get(socket).name {
            Some(name) => name.concat(&D::text("#")).concat(sid),
            None => sid.share(),
        })
    }

    /// Whether a socket has asked for the root once more, and a server without middleware does not answer that.
    pub(super) fn may_be_unanswered(&self, socket: usize) -> bool {
        self.is_old()
            && self.root == Root::Left
            && self.state_of(socket) == SocketState::AwaitConnect
            && self.is_root(socket)
    }

    /// Connects a socket whose payload is here: in the query of its namespace, where the app wants it in a query.
    #[inline(never)]
    pub(super) fn begin_old_connect(&mut self, now: Millis, socket: usize, auth: Option<D>) {
        let entry = self.sockets.at(socket);
        if auth.is_some() && !self.placed.auth_in_query {
            let message = "Socket.IO protocol 4 (servers 1.x and 2.x) has no payload for auth or for moved headers";
            entry.state = SocketState::Idle;
            return self.refuse(socket, Failure::of(Code::AuthImpossible, message));
        }
        let is_root = entry.is_root();
        match self.root {
            Root::Granted if is_root => return self.handle_connect(now, socket, D::text("")),
            Root::Unknown if is_root => return,
            _ => {}
        }
        let mut packet = entry.control(PacketType::Connect, None);
        if let Some(query) = auth.and_then(|auth| auth.to_query()) {
            let name = entry.name.as_ref().map_or_else(|| D::text("/"), D::share);
            packet.label = Some(name.concat(&D::text("?")).concat(&query).concat(&D::text(",")));
        }
        match self.root {
            Root::Left if is_root => entry.asking.due = now + ANSWER,
            Root::Refused if is_root => self.root = Root::Unknown,
            _ => {}
        }
        self.send(packet);
    }
}
