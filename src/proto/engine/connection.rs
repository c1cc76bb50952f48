//! One Engine.IO connection: its transports, the handshake, the heartbeat, the upgrade, what waits to be written.
//!
//! ```text
//!                ┌──────── fails: the next transport (tryAllTransports)
//!                ▼        │
//!   new ──▶ Opening ──handshake──▶ Open ──close()──▶ Closing ──all is written──▶ Closed
//!                │                  │                                             ▲
//!                └── fails ─────────┴── transport closed, error, no heartbeat ────┘
//! ```

use std::rc::Rc;

use crate::error::Code;
use crate::proto::Data;
use crate::proto::output::{EngineEvent, Event, Failure, Output, Outputs, Reason};
use crate::proto::timer::{Millis, Timer, TimerTable};

use super::Revision;
use super::handshake::Handshake;
use super::packet::{Packet, PacketType};
use super::payload;
use super::transport::{Candidate, Kind};
use super::upgrade::{PROBE, Probe, State as ProbeState};

/// What a connection is made with.
#[derive(Debug, Default)]
pub struct Config {
    /// The revision to speak; `None` to find out which the server speaks.
    pub revision: Option<Revision>,
    /// The revision that this server spoke the last time.
    pub known: Option<Revision>,
    /// The transports that may be used, in the order in which they are tried; polling where there are none.
    pub transports: Vec<Candidate>,
    /// Whether to move to a better transport.
    pub upgrade: bool,
    /// Whether to try the next transport when one does not open.
    pub try_all: bool,
    /// Whether to begin on a WebSocket where one is allowed, because the last one worked.
    pub prefer_websocket: bool,
    /// Whether messages are the app's to write and to read: Socket.IO's packets go through an encoder and a decoder of its own,
    /// or it speaks something else.
    pub raw: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(super) enum State {
    Opening,
    /// The handshake is here, and could be of either revision.
    Undecided,
    Open,
    Closing,
    Closed,
}

/// What a transport has to say, beside the packets of a stream.
#[derive(Debug)]
pub enum Input<D> {
    /// A stream is open.
    Opened,
    /// A POST was accepted.
    Posted,
    /// A POST was not accepted.
    Refused(Rc<Failure<D>>),
    /// It could not be opened, or broke.
    Failed(Rc<Failure<D>>),
    /// A stream was closed from outside.
    Closed(Rc<Failure<D>>),
}

/// What the layer above has to know at once.
#[derive(Debug)]
pub enum Change<D> {
    /// The handshake is done.
    Opened,
    /// It is over.
    Closed(Reason, Option<Rc<Failure<D>>>),
}

/// An Engine.IO connection.
#[derive(Debug)]
pub struct Connection<D> {
    pub(super) config: Config,
    pub(super) state: State,
    /// The revision that both sides speak, as far as it is known.
    pub(super) revision: Revision,
    /// Nothing that the server sent has told the revision.
    pub(super) is_guess: bool,
    /// What the server said of the session.
    pub(super) session: Option<Handshake<D>>,
    /// The transport in use.
    pub(super) transport: u32,
    pub(super) candidate: Candidate,
    /// A GET is under way.
    pub(super) is_polling: bool,
    /// What the POST that is under way carries.
    pub(super) posted: Option<Rc<Vec<Packet<D>>>>,
    pub(super) probes: Vec<Probe>,
    pub(super) queue: Vec<Packet<D>>,
    /// How many packets the app's encoder has not given back yet.
    pub(super) encoding: u32,
    pub(super) timers: TimerTable,
    pub(super) first_transport: u32,
    pub(super) next_transport: u32,
    pub(super) change: Option<Change<D>>,
    pub(super) is_watched: bool,
    /// The app has closed it, but what it has sent is to be written.
    closes_when_open: bool,
    /// The manager has given it up.
    is_dropped: bool,
    /// By how much the page's clock has leapt since the last sign of life.
    pub(super) leap: Millis,
}

impl<D: Data> Connection<D> {
    /// Opens a connection. Its transports are numbered from `first_transport` on.
    pub fn open(config: Config, first_transport: u32, is_watched: bool, out: &mut Outputs<D>) -> Self {
        let mut connection = Self {
            revision: config.revision.unwrap_or_default(),
            is_guess: false,
            is_watched: is_watched || config.raw,
            config,
            state: State::Opening,
            session: None,
            transport: first_transport,
            candidate: Candidate {
                kind: Kind::Polling,
                fetch: false,
            },
            is_polling: false,
            posted: None,
            probes: Vec::new(),
            queue: Vec::new(),
            encoding: 0,
            timers: TimerTable::default(),
            first_transport,
            next_transport: first_transport,
            change: None,
            closes_when_open: false,
            is_dropped: false,
            leap: 0.0,
        };
        connection.open_next(out);
        connection
    }

    /// The number that the next transport gets.
    pub fn next_transport(&self) -> u32 {
        self.next_transport
    }

    /// The transport in use.
    pub fn kind(&self) -> Kind {
        self.candidate.kind
    }

    /// The revision that both sides speak, once there is a session.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The id of the session, once there is one.
    pub fn sid(&self) -> Option<&D> {
        Some(&self.session.as_ref()?.sid)
    }

    /// The number by which its events name it.
    pub fn number(&self) -> u32 {
        self.first_transport
    }

    /// Whether it has come to its end.
    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// Whether `transport` is one of its own.
    pub fn owns(&self, transport: u32) -> bool {
        (self.first_transport..self.next_transport).contains(&transport)
    }

    /// Whether to tell of each packet.
    pub fn watch(&mut self, is_watched: bool) {
        self.is_watched = is_watched;
    }

    /// When [`handle_timeout`](Self::handle_timeout) wants to be called.
    pub fn poll_timeout(&self) -> Millis {
        self.timers.next()
    }

    /// What the layer above has to know, once.
    pub fn poll_change(&mut self) -> Option<Change<D>> {
        self.change.take()
    }

    /// The manager gives it up: it tells nothing of what becomes of it.
    pub fn give_up(&mut self) {
        self.is_dropped = true;
    }

    /// Closes in good order: what is queued is written first, if it has to be opened for that, and an upgrade comes to its end.
    pub fn close(&mut self, out: &mut Outputs<D>) {
        if self.state < State::Open {
            self.closes_when_open = !self.is_flushed();
            if !self.closes_when_open {
                self.shut(Reason::ForcedClose, None, out);
            }
        } else if self.state == State::Open {
            self.state = State::Closing;
            self.finish_close(out);
        }
    }

    /// Ends it at once, for a reason that the layer above has.
    pub fn abort(&mut self, reason: Reason, failure: Option<Rc<Failure<D>>>, out: &mut Outputs<D>) {
        self.shut(reason, failure, out);
    }

    /// A transport has something to say.
    pub fn handle(&mut self, transport: u32, input: Input<D>, out: &mut Outputs<D>) {
        let is_refused = matches!(input, Input::Refused(_));
        let (failure, reason) = match input {
            Input::Opened => return self.handle_opened(transport, out),
            Input::Posted => return self.handle_posted(transport, out),
            Input::Closed(failure) => (failure, Reason::TransportClose),
            Input::Refused(failure) | Input::Failed(failure) => (failure, Reason::TransportError),
        };
        if transport != self.transport {
            self.drop_probe(transport, failure, out);
        } else if !self.try_next(out) {
            if is_refused {
                self.posted = None;
            }
            self.shut(reason, Some(failure), out);
        }
    }

    /// The answer to a poll arrived. Yields its packets; each goes to [`handle_packet`](Self::handle_packet), and then
    /// [`handle_poll_end`](Self::handle_poll_end) is called.
    pub fn handle_polled(&mut self, transport: u32, body: &D, out: &mut Outputs<D>) -> Vec<D> {
        if transport != self.transport || self.state == State::Closed {
            return Vec::new();
        }
        self.is_polling = false;
        if self.state < State::Open {
            self.revision = payload::revision_of(body);
            if self.config.revision.is_some_and(|wanted| wanted != self.revision) {
                self.mismatch(out);
                return Vec::new();
            }
        }
        payload::split(self.revision, body).unwrap_or_else(|| {
            self.parse_error(out);
            Vec::new()
        })
    }

    /// The packets of a poll's answer are handled.
    pub fn handle_poll_end(&mut self, transport: u32, out: &mut Outputs<D>) {
        if transport != self.transport || self.state == State::Closed {
            return;
        }
        if self.state < State::Open {
            // The server answered with something, but not with a handshake.
            self.parse_error(out);
        } else if !self.pause(out) {
            self.poll(out);
        }
    }

    /// A packet arrived: `head` are the first code units of a text, `data` all of it. Yields what is for the layer above: a
    /// text that begins with the type digit, or a binary.
    pub fn handle_packet(
        &mut self,
        now: Millis,
        transport: u32,
        head: &[u16],
        data: D,
        out: &mut Outputs<D>,
    ) -> Option<D> {
        if transport != self.transport {
            self.handle_probe_packet(transport, &data, out);
            return None;
        }
        if self.state == State::Closed {
            return None;
        }
        let Some((kind, data)) = payload::read(self.revision, head, data) else {
            self.parse_error(out);
            return None;
        };
        // A message that nobody has asked for is of revision 3.
        let is_message = kind == PacketType::Message;
        self.decide(now, if is_message { Revision::V3 } else { Revision::V4 }, out);
        if self.is_watched && kind != PacketType::Close {
            let data = Some(data.slice(usize::from(!data.is_binary()), usize::MAX));
            self.report(EngineEvent::Packet(kind), data, None, out);
        }
        match kind {
            PacketType::Message if self.state != State::Opening => {
                if self.revision == Revision::V3 {
                    self.prolong(now);
                }
                return Some(data);
            }
            PacketType::Ping | PacketType::Pong if self.state != State::Opening => {
                self.handle_heartbeat(now, kind, out)
            }
            PacketType::Open if self.state == State::Opening => self.handle_handshake(now, data, out),
            PacketType::Open => self.parse_error(out),
            PacketType::Close => {
                let failure = Failure::of(Code::TransportFailed, "transport closed by the server");
                // Nobody is left to whom to say so.
                self.session = None;
                self.shut(Reason::TransportClose, Some(failure), out);
            }
            _ if self.state == State::Opening => self.parse_error(out),
            _ => {}
        }
        None
    }

    /// A deadline has passed.
    pub fn handle_timeout(&mut self, now: Millis, out: &mut Outputs<D>) {
        if self.timers.take_expired(Timer::Detection, now) {
            self.decide(now, Revision::V4, out);
        }
        if self.timers.take_expired(Timer::Ping, now) {
            self.ping(now, out);
        }
        if self.timers.take_expired(Timer::Heartbeat, now) {
            self.shut(Reason::PingTimeout, None, out);
        }
        if self.timers.take_expired(Timer::Probe, now) {
            self.open_probes(false, out);
        }
    }

    /// Goes on to the next transport where this one has not opened a session and the app wants that. Says whether it does.
    pub fn try_next(&mut self, out: &mut Outputs<D>) -> bool {
        // The numbers of further transports are another's, once the manager has given it up.
        let has_next =
            self.state < State::Open && !self.is_dropped && self.config.try_all && !self.config.transports.is_empty();
        if has_next {
            self.state = State::Opening;
            self.session = None;
            self.is_polling = false;
            out.close(self.transport);
            self.open_next(out);
        }
        has_next
    }

    /// Opens the next of the transports that may be used.
    fn open_next(&mut self, out: &mut Outputs<D>) {
        let transports = &mut self.config.transports;
        let prefers = std::mem::take(&mut self.config.prefer_websocket);
        let is_preferred = |candidate: &Candidate| prefers && candidate.kind == Kind::WebSocket;
        let index = transports.iter().position(is_preferred).unwrap_or(0);
        if index < transports.len() {
            self.candidate = transports.remove(index);
        }
        self.transport = self.new_transport();
        out.push_back(Output::Open {
            transport: self.transport,
            candidate: self.candidate,
            sid: None,
        });
        self.poll(out);
    }

    pub(super) fn new_transport(&mut self) -> u32 {
        let transport = self.next_transport;
        self.next_transport = transport.wrapping_add(1);
        transport
    }

    pub(super) fn tell(&self, event: EngineEvent, out: &mut Outputs<D>) {
        self.report(event, None, None, out);
    }

    #[inline(never)]
    pub(super) fn report(
        &self,
        event: EngineEvent,
        data: Option<D>,
        failure: Option<Rc<Failure<D>>>,
        out: &mut Outputs<D>,
    ) {
        out.report(Event::Engine(self.first_transport, event), data, failure);
    }

    fn handle_opened(&mut self, transport: u32, out: &mut Outputs<D>) {
        if transport == self.transport && self.state == State::Opening {
            self.introduce(transport, self.candidate.kind, out);
        } else if let Some(probe) = self.probe_of(transport)
            && probe.state == ProbeState::AwaitOpen
        {
            probe.state = ProbeState::AwaitPong;
            let kind = probe.candidate.kind;
            self.introduce(transport, kind, out);
            let ping = Packet::with_data(PacketType::Ping as u32, Some(D::text(PROBE)));
            out.push_back(Output::Write(transport, ping));
        }
    }

    fn handle_handshake(&mut self, now: Millis, data: D, out: &mut Outputs<D>) {
        match Handshake::parse(data, 1) {
            Some(handshake) => self.detect(now, handshake, out),
            None => self.parse_error(out),
        }
    }

    /// The session begins.
    pub(super) fn begin(&mut self, now: Millis, out: &mut Outputs<D>) {
        let Some(session) = &self.session else {
            return;
        };
        let sid = session.sid.share();
        self.state = State::Open;
        self.change = Some(Change::Opened);
        self.start_heartbeat(now);
        let (kind, revision) = (self.candidate.kind, self.revision);
        out.push_back(Output::Join(self.transport, sid.share(), revision));
        self.report(EngineEvent::Open { kind, revision }, Some(sid), None, out);
        // What waited is written before anyone hears that the connection is open and writes more: writing goes before telling.
        self.flush(out);
        if self.is_dropped {
            self.resume_close(out);
        }
    }

    /// The layer above has heard that it is open: goes on to close it, where the app has asked for that before.
    pub fn resume_close(&mut self, out: &mut Outputs<D>) {
        if self.closes_when_open {
            self.close(out);
        }
    }

    pub(super) fn poll(&mut self, out: &mut Outputs<D>) {
        if self.candidate.kind.is_polling() && !self.is_polling && self.state != State::Closed {
            self.is_polling = true;
            out.push_back(Output::Poll(self.transport));
        }
    }

    /// Where the app has asked for the end: ends it as soon as all is written and no upgrade is half done.
    pub(super) fn finish_close(&mut self, out: &mut Outputs<D>) {
        if self.state != State::Closing || !self.is_flushed() || self.posted.is_some() || self.is_upgrading() {
            return;
        }
        self.shut(Reason::ForcedClose, None, out);
    }

    fn parse_error(&mut self, out: &mut Outputs<D>) {
        if self.try_next(out) {
            return;
        }
        let message = if self.state < State::Open {
            "The answer is not an Engine.IO handshake: check the path, and that it is a Socket.IO server"
        } else {
            "The server sent a packet that is not Engine.IO"
        };
        self.shut(Reason::ParseError, Some(Failure::of(Code::ParseError, message)), out);
    }

    pub(super) fn shut(&mut self, reason: Reason, failure: Option<Rc<Failure<D>>>, out: &mut Outputs<D>) {
        if self.state == State::Closed {
            return;
        }
        self.state = State::Closed;
        self.timers = TimerTable::default();
        let left = self.unwritten();
        if self.candidate.kind.is_polling() && self.session.is_some() && self.posted.is_none() {
            // The server would keep the session until it misses a sign of life.
            let close = Packet::control(PacketType::Close);
            out.push_back(Output::Post(self.transport, Rc::new(vec![close])));
        }
        self.drop_probes(out);
        out.close(self.transport);
        let is_dropped = self.is_dropped;
        self.report(
            EngineEvent::Close { reason, is_dropped },
            Some(left),
            failure.clone(),
            out,
        );
        self.change = Some(Change::Closed(reason, failure));
    }
}
