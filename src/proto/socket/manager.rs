//! The manager: the sockets of all namespaces over one connection, which it opens, watches and opens again.
//!
//! Every `handle_*` method is something that happened, every other mutator something that the app wants. After each,
//! [`poll_output`](Manager::poll_output) is called until it yields nothing, and then
//! [`poll_timeout`](Manager::poll_timeout) says when [`handle_timeout`](Manager::handle_timeout) is due.

use std::rc::Rc;

use crate::error::Code;
use crate::proto::Data;
use crate::proto::engine::connection::{Config, Connection, Input};
use crate::proto::engine::packet::Packet;
use crate::proto::engine::transport::Kind;
use crate::proto::fifo::Fifo;
use crate::proto::output::{Event, Failure, Occasion, Output, Outputs, Reason, SocketEvent};
use crate::proto::timer::{Millis, Timer, TimerTable};

use super::asking::too_late;
use super::dispatch::seen;
use super::namespace::{Socket, Sockets, State as SocketState};
use super::old_protocol::Root;
use super::parser::{Parser, Progress};
use super::policy::{Placed, Policy};
use super::reconnection::Reconnection;

/// How many code units of a packet's head are read at once.
pub const HEAD: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Closed,
    /// The app's options are asked for.
    AwaitConfig,
    Opening,
    Open,
}

/// The manager.
#[derive(Debug)]
pub struct Manager<D> {
    /// How it opens its connection again. May be changed at any time.
    pub reconnection: Reconnection,
    /// How it comes by credentials. May be changed at any time.
    pub policy: Policy<D>,
    /// What the plan of the present session says.
    pub placed: Placed<D>,
    pub(super) state: State,
    pub(super) connection: Option<Connection<D>>,
    /// Connections that the app has closed and that write their last packets.
    pub(super) ending: Vec<Connection<D>>,
    /// The connection has just opened: an upgrade may begin.
    pub(super) opened_at: Option<Millis>,
    pub(super) parser: Parser<D>,
    /// What the server has said of the root namespace by itself.
    pub(super) root: Root,
    pub(super) sockets: Sockets<D>,
    pub(super) is_reconnecting: bool,
    /// The app closed it: it does not open again by itself.
    pub(super) is_stopped: bool,
    /// The app opened it and deals with a failure itself.
    pub(super) is_attended: bool,
    /// The last connection ended so that another may follow.
    pub(super) may_reconnect: bool,
    /// What could not be told while the app's own call was running.
    pub(super) deferred: Option<Rc<Failure<D>>>,
    pub(super) timers: TimerTable,
    pub(super) next_transport: u32,
    /// When the host last had to do with it.
    pub(super) clock: Millis,
    /// What that is more than the host's clock says; less, where it is negative.
    pub(super) ahead: Millis,
    /// Which request for the app's options it is.
    pub(super) config_epoch: u32,
    /// How often it was asked for since the last connection.
    pub(super) config_attempt: u32,
    /// There was a connection since the app last wanted one.
    pub(super) was_open: bool,
    /// The transport of the last connection.
    pub(super) last_kind: Option<Kind>,
    /// The refusal of a handshake that another bearer token may overcome.
    pub(super) refusal: Option<Rc<Failure<D>>>,
    /// A bearer token was asked for after such a refusal, and no connection has opened since.
    pub(super) has_renewed: bool,
    is_watched: bool,
    /// The packets of polls' answers that have not been handled yet, and the end of each answer.
    pub(super) inbox: Fifo<Arrival<D>>,
    pub(super) out: Outputs<D>,
    /// What each call from inside an event, of those that are under way, has set aside.
    pub(super) suspended: Vec<Outputs<D>>,
    /// The transports that such calls have closed.
    pub(super) closed: Vec<u32>,
}

/// A part of a poll's answer: when it arrived, on which transport, and a packet; none stands for the end.
pub(super) type Arrival<D> = (Millis, u32, Option<D>);

impl<D: Data> Manager<D> {
    /// A manager without a connection.
    pub fn new(reconnection: Reconnection) -> Self {
        Self {
            reconnection,
            policy: Policy::default(),
            placed: Placed::default(),
            state: State::Closed,
            connection: None,
            ending: Vec::new(),
            opened_at: None,
            parser: Parser::default(),
            root: Root::default(),
            sockets: Sockets::new(),
            is_reconnecting: false,
            is_stopped: false,
            is_attended: false,
            may_reconnect: false,
            deferred: None,
            timers: TimerTable::default(),
            next_transport: 0,
            clock: 0.0,
            ahead: 0.0,
            config_epoch: 0,
            config_attempt: 0,
            was_open: false,
            last_kind: None,
            refusal: None,
            has_renewed: false,
            is_watched: false,
            inbox: Fifo::default(),
            out: Outputs::new(),
            suspended: Vec::new(),
            closed: Vec::new(),
        }
    }

    // What is the case.

    /// The connection, where there is one.
    pub fn connection(&self) -> Option<&Connection<D>> {
        self.connection.as_ref()
    }

    /// What is not written for certain on a connection, named as its events name it, or the present one; see
    /// [`Connection::unwritten`].
    pub fn unwritten(&self, number: Option<u32>) -> Option<D> {
        let mut connections = self.connection.iter().chain(&self.ending);
        let found = connections.find(|connection| number.is_none_or(|number| connection.number() == number));
        found.map(Connection::unwritten)
    }

    /// Whether the socket is connected.
    pub fn is_connected(&self, socket: usize) -> bool {
        self.state_of(socket) == SocketState::Connected
    }

    /// Whether the socket is connected, or will be without the app's doing: there is a connection, or an attempt to open one
    /// is under way or planned.
    pub fn is_active(&self, socket: usize) -> bool {
        self.state_of(socket) != SocketState::Idle && (self.state != State::Closed || self.is_reconnecting)
    }

    /// The transport of the present connection, or else of the last one that was tried.
    pub(super) fn transport(&self) -> Option<Kind> {
        self.connection.as_ref().map(Connection::kind).or(self.last_kind)
    }

    /// See [`Connection::wait_to_decide`].
    pub fn wait_to_decide(&mut self) -> bool {
        self.connection.as_mut().is_some_and(Connection::wait_to_decide)
    }

    /// Whether there is neither a connection nor an attempt to open one.
    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    pub(super) fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// Whether a new attempt is waited for.
    pub fn is_reconnecting(&self) -> bool {
        self.is_reconnecting
    }

    // What the app wants.

    /// The time at which what follows happens, how far it is ahead of the host's clock, and by how much that has leapt meanwhile.
    pub fn set_clock(&mut self, now: Millis, ahead: Millis, leap: Millis) {
        self.clock = now;
        self.ahead = ahead;
        if leap > 0.0 {
            self.note_leap(leap);
        }
    }

    /// Adds a socket, not connected, and gives its number.
    pub fn add_socket(&mut self, namespace: D) -> usize {
        self.sockets.add(Socket::new(namespace))
    }

    /// Opens the connection, unless it is open or opening.
    pub fn open(&mut self, now: Millis) {
        if self.state != State::Closed {
            return;
        }
        let occasion = match self.refusal {
            Some(_) => Occasion::Rejected,
            None if self.was_open => Occasion::Reconnect,
            None => Occasion::Connect,
        };
        self.config_attempt = self.config_attempt.saturating_add(1);
        self.open_with(now, Some((occasion, self.config_attempt)));
    }

    /// The app comes by credentials like this from now on.
    pub fn follow(&mut self, policy: Policy<D>) {
        self.policy = policy;
        if self.state == State::AwaitConfig {
            self.timers.set(Timer::Config, self.clock + self.policy.timeout);
        }
    }

    /// Asks for the options, and for the credentials that they may need.
    pub(super) fn open_with(&mut self, now: Millis, demand: Option<(Occasion, u32)>) {
        self.state = State::AwaitConfig;
        self.is_stopped = false;
        if self.refusal.is_none() {
            self.last_kind = None;
        }
        self.timers.stop(Timer::Reconnect);
        self.timers.set(Timer::Open, now + self.reconnection.timeout);
        self.timers.set(Timer::Config, now + self.policy.timeout);
        self.config_epoch = self.config_epoch.wrapping_add(1);
        let epoch = self.config_epoch;
        self.out.push_back(Output::Configure { epoch, demand });
    }

    /// As [`open`](Self::open), but where it fails there is no other attempt: the app sees to that.
    pub fn open_once(&mut self, now: Millis) {
        if self.state == State::Closed {
            self.is_attended = true;
            self.has_renewed = false;
            self.open(now);
        }
    }

    /// Closes the connection for good.
    pub fn close(&mut self) {
        self.is_stopped = true;
        self.was_open = false;
        self.handle_close(Reason::ForcedClose, None);
    }

    /// Tells of every packet, or stops doing so.
    pub fn watch(&mut self, is_watched: bool) {
        self.is_watched = is_watched;
        if let Some(connection) = &mut self.connection {
            connection.watch(is_watched);
        }
    }

    /// Sends a message of the app's own below Socket.IO.
    pub fn send(&mut self, packet: Packet<D>) {
        if let Some(connection) = &mut self.connection {
            connection.send(packet, &mut self.out);
        }
    }

    /// The host lost its network: the connection is as good as broken, though nobody has said so yet.
    pub fn handle_offline(&mut self, now: Millis, failure: Rc<Failure<D>>) {
        if let Some(connection) = &mut self.connection {
            connection.abort(Reason::TransportClose, Some(failure), &mut self.out);
            self.settle(now);
        }
    }

    /// Closes the connection below: the manager opens another one.
    pub fn close_engine(&mut self, now: Millis) {
        if let Some(connection) = &mut self.connection {
            connection.close(&mut self.out);
            self.settle(now);
        }
    }

    /// Connects a socket.
    pub fn connect(&mut self, now: Millis, socket: usize) {
        if socket >= self.sockets.len() {
            return;
        }
        // What becomes of it may be known already.
        let is_known = self.is_old() && self.root != Root::Unknown;
        let entry = self.sockets.at(socket);
        if entry.state == SocketState::Idle {
            entry.state = SocketState::AwaitConnection;
            entry.asking.begin(Occasion::Connect);
            self.has_renewed = false;
            if is_known {
                // It is told from a timer, for who calls `io()` can't listen yet.
                entry.state = SocketState::AwaitRetry;
                entry.asking.due = now;
            } else if self.state == State::Open {
                self.authenticate(now, socket);
            }
        }
        if !self.is_reconnecting {
            self.open(now);
        }
    }

    /// Disconnects a socket, and closes the connection where it was the last.
    pub fn disconnect(&mut self, socket: usize) {
        let before = self.state_of(socket);
        if before == SocketState::Connected {
            self.leave(socket);
        }
        self.forget_session(socket);
        self.abandon(socket);
        if before == SocketState::Connected {
            self.lose(socket, Reason::ClientDisconnect, None);
        }
    }

    /// Disconnects a socket and forgets all that it holds: who uses its number next finds it as if it were new.
    pub fn reset(&mut self, socket: usize) {
        self.disconnect(socket);
        let entry = self.sockets.at(socket);
        entry.send_buffer.clear();
        // Ids are not given again: servers answer the session before even when it has ended.
        entry.acks.take_all(&|_| true);
        entry.recovery.forget();
    }

    // What happened.

    /// The app gave its options, or they can't be used.
    pub fn handle_configured(&mut self, now: Millis, epoch: u32, config: Result<Config, Rc<Failure<D>>>) {
        if !self.is_configuring(epoch) {
            return;
        }
        self.timers.stop(Timer::Config);
        self.state = State::Opening;
        match config {
            Ok(config) if !config.transports.is_empty() => {
                let connection = Connection::open(config, self.next_transport, self.is_watched, &mut self.out);
                self.connection = Some(connection);
                self.settle(now);
            }
            Ok(_) => self.defer(now, Failure::of(Code::NoTransport, "No transports available")),
            Err(failure) => self.defer(now, failure),
        }
    }

    /// A transport has something to say.
    pub fn handle(&mut self, now: Millis, transport: u32, input: Input<D>) {
        if let Some(connection) = owner(&mut self.connection, &mut self.ending, transport) {
            connection.handle(transport, input, &mut self.out);
            self.settle(now);
        }
    }

    /// A packet arrived on a stream transport; `head` are its first code units, where it is a text.
    pub fn handle_packet(&mut self, now: Millis, transport: u32, head: &[u16], data: D) {
        let Some(connection) = owner(&mut self.connection, &mut self.ending, transport) else {
            return;
        };
        let message = connection.handle_packet(now, transport, head, data, &mut self.out);
        self.settle(now);
        let is_current = self
            .connection
            .as_ref()
            .is_some_and(|connection| connection.owns(transport) && !connection.is_raw());
        if let Some(message) = message.filter(|_| is_current) {
            self.handle_message(now, transport, head, message);
        }
    }

    /// The answer to a poll arrived.
    pub fn handle_polled(&mut self, now: Millis, transport: u32, body: &D) {
        let Some(connection) = owner(&mut self.connection, &mut self.ending, transport) else {
            return;
        };
        let packets = connection.handle_polled(transport, body, &mut self.out);
        for packet in packets {
            self.inbox.push((now, transport, Some(packet)));
        }
        self.inbox.push((now, transport, None));
    }

    /// A deadline may have passed.
    pub fn handle_timeout(&mut self, now: Millis) {
        if let Some(connection) = &mut self.connection {
            connection.handle_timeout(now, &mut self.out);
        }
        for connection in &mut self.ending {
            connection.handle_timeout(now, &mut self.out);
        }
        self.settle(now);
        let failure = if self.timers.take_expired(Timer::Deferred, now) {
            self.deferred.take()
        } else if self.timers.take_expired(Timer::Config, now) {
            Some(too_late())
        } else if self.timers.take_expired(Timer::Open, now) {
            let connection = self.connection.as_mut();
            if connection.is_some_and(|connection| connection.try_next(&mut self.out)) {
                // It has as long as the one before.
                self.timers.set(Timer::Open, now + self.reconnection.timeout);
                None
            } else {
                Some(Failure::of(Code::Timeout, "timeout"))
            }
        } else {
            None
        };
        if let Some(failure) = failure {
            self.handle_error(now, failure);
        }
        if self.timers.take_expired(Timer::Reconnect, now) {
            if self.reconnection.enabled {
                let attempts = self.reconnection.backoff.attempts();
                self.out.tell(Event::ReconnectAttempt(attempts));
                self.open(now);
            } else {
                self.is_reconnecting = false;
                self.reconnection.backoff.reset();
            }
        }
        for socket in 0..self.sockets.len() {
            self.expire_acks(now, socket);
            self.expire_asking(now, socket);
        }
    }

    pub(super) fn state_of(&self, socket: usize) -> SocketState {
        self.sockets.get(socket).state
    }

    #[inline(never)]
    pub(super) fn tell(&mut self, socket: usize, event: SocketEvent, data: Option<D>) {
        self.out.report(Event::Socket(socket, event), data, None);
    }

    fn defer(&mut self, now: Millis, failure: Rc<Failure<D>>) {
        self.deferred = Some(failure);
        self.timers.set(Timer::Deferred, now);
    }

    fn handle_message(&mut self, now: Millis, transport: u32, head: &[u16], data: D) {
        match self.parser.push(head, data) {
            Progress::Packet(packet) => {
                let seen = self.is_watched.then(|| seen(&packet));
                self.handle_incoming(now, packet);
                if let Some((event, data)) = seen {
                    self.out.report(event, Some(data), None);
                }
            }
            Progress::Pending => {}
            Progress::Invalid => self.handle_garbled(now, transport, None),
        }
    }
}

/// The connection that a transport belongs to.
pub(super) fn owner<'a, D: Data>(
    current: &'a mut Option<Connection<D>>,
    ending: &'a mut [Connection<D>],
    transport: u32,
) -> Option<&'a mut Connection<D>> {
    current
        .iter_mut()
        .chain(ending)
        .find(|connection| connection.owns(transport))
}
