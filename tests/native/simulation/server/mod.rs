//! A Socket.IO 5 server on Engine.IO 4, as far as one client can tell. It has no clock and no network of its own.

mod namespaces;
mod packet;
mod session;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use socketio_wasm::proto::timer::Millis;

use crate::support::{Json, Sample};
pub use namespaces::RENEWAL;
use namespaces::Task;
use session::{Line, Received, Session};

#[derive(Clone, Debug)]
pub struct Settings {
    pub ping_interval: Millis,
    pub ping_timeout: Millis,
    /// How many bytes a POST may have.
    pub max_payload: usize,
    pub upgrades: bool,
    /// Connection state recovery.
    pub recovery: bool,
    /// What was missed is sent before the CONNECT (as servers do) or behind it.
    pub missed_first: bool,
    /// How many CONNECTs of each namespace are refused before one is granted.
    pub refusals: u32,
    /// How long the server thinks about a CONNECT.
    pub grant_delay: Millis,
    /// It takes a CONNECT at once and a DISCONNECT a little later, as servers 4.x do: it closes a connection on which both
    /// arrive together.
    pub is_hasty: bool,
    /// It lets in who sends credentials in an event.
    pub signs_in: bool,
    /// What it says to renewed credentials.
    pub renewal: Renewal,
}

#[derive(Clone, Copy, Debug)]
pub enum Renewal {
    Accepts,
    Refuses,
    /// It does not know the event.
    Ignores,
}

/// What the network is to carry.
#[derive(Debug)]
pub enum Effect {
    /// The answer to a request: a body or a status.
    Respond(u32, Result<Vec<u16>, u16>),
    /// A WebSocket is open.
    Accept(u32),
    Frame(u32, Sample),
    Close(u32),
}

/// One stay of a socket in a namespace, for the tests.
#[derive(Debug, Default)]
pub struct Record {
    pub namespace: String,
    pub id: String,
    pub is_recovered: bool,
    /// The numbers of the events that arrived.
    pub received: Vec<u32>,
    /// The numbers of the events that were sent.
    pub sent: Vec<u32>,
    /// The numbers of those that want an answer and are to get one.
    pub asked: Vec<u32>,
}

#[derive(Debug)]
pub struct Server {
    settings: Rc<Settings>,
    pub sessions: Vec<Session>,
    pub records: Vec<Record>,
    /// The size of the largest POST that was accepted.
    pub largest_body: usize,
    /// What no client may do.
    pub violations: Vec<String>,
    pub effects: Vec<Effect>,
    tasks: Vec<(Millis, Task)>,
    /// Sessions of namespaces that may be recovered: their ids by their private ids.
    saved: BTreeMap<String, String>,
    /// The events that a recovered session may have missed, by namespace, with their offsets.
    pub log: BTreeMap<String, Vec<(u32, String, Json)>>,
    offsets: BTreeSet<String>,
    emitted: BTreeMap<String, u32>,
    answered: BTreeMap<String, Vec<u32>>,
    connects: BTreeMap<String, u32>,
    next_id: u32,
}

impl Server {
    pub fn new(settings: Settings) -> Self {
        Self {
            settings: Rc::new(settings),
            sessions: Vec::new(),
            records: Vec::new(),
            largest_body: 0,
            violations: Vec::new(),
            effects: Vec::new(),
            tasks: Vec::new(),
            saved: BTreeMap::new(),
            log: BTreeMap::new(),
            offsets: BTreeSet::new(),
            emitted: BTreeMap::new(),
            answered: BTreeMap::new(),
            connects: BTreeMap::new(),
            next_id: 0,
        }
    }

    fn new_id(&mut self, prefix: &str) -> String {
        self.next_id += 1;
        format!("{prefix}{}", self.next_id)
    }

    fn find(&self, sid: &str) -> Option<usize> {
        self.sessions.iter().position(|session| session.sid == sid)
    }

    fn begin(&mut self, now: Millis, line: Line) {
        let sid = self.new_id("E");
        let session = Session::new(now, sid, line, &self.settings, &mut self.effects);
        self.sessions.push(session);
    }

    fn violate(&mut self, violation: String) {
        self.violations.push(violation);
    }

    pub fn get(&mut self, now: Millis, request: u32, sid: Option<&str>) {
        let Some(sid) = sid else {
            return self.begin(now, Line::Polling(Some(request)));
        };
        let Some(index) = self.find(sid) else {
            return self.effects.push(Effect::Respond(request, Err(400)));
        };
        if !self.sessions[index].poll(request, &mut self.effects) {
            let line = self.sessions[index].line;
            self.violate(format!("a GET during {line:?}"));
            self.effects.push(Effect::Respond(request, Err(400)));
            self.sessions[index].close("6", &mut self.effects);
            self.bury();
        }
    }

    pub fn post(&mut self, now: Millis, request: u32, sid: Option<&str>, body: &[u16]) {
        let Some(index) = sid.and_then(|sid| self.find(sid)) else {
            return self.effects.push(Effect::Respond(request, Err(400)));
        };
        if let Line::Stream(_) = self.sessions[index].line {
            self.violate("a POST after the upgrade".into());
        }
        let packets = session::split(body);
        let size = String::from_utf16_lossy(body).len();
        if size > self.settings.max_payload {
            if packets.len() > 1 {
                self.violate(format!("a POST of {size} bytes"));
            }
            return self.effects.push(Effect::Respond(request, Err(413)));
        }
        self.largest_body = self.largest_body.max(size);
        for packet in packets {
            self.receive(now, index, &packet);
        }
        let answer = "ok".encode_utf16().collect();
        self.effects.push(Effect::Respond(request, Ok(answer)));
        self.bury();
    }

    /// The client has given up a request.
    pub fn abort(&mut self, request: u32) {
        for session in &mut self.sessions {
            if session.line == Line::Polling(Some(request)) {
                // Nobody hears the answer.
                session.line = Line::Polling(None);
                session.close("6", &mut self.effects);
            }
        }
        self.bury();
    }

    pub fn open(&mut self, now: Millis, stream: u32, sid: Option<&str>) {
        self.effects.push(Effect::Accept(stream));
        let Some(sid) = sid else {
            return self.begin(now, Line::Stream(stream));
        };
        let is_taken = self
            .find(sid)
            .is_some_and(|index| self.sessions[index].take_probe(now, stream));
        if !is_taken {
            self.effects.push(Effect::Close(stream));
        }
    }

    pub fn frame(&mut self, now: Millis, stream: u32, frame: &Sample) {
        let Some(index) = self.sessions.iter().position(|session| session.uses(stream)) else {
            return;
        };
        let session = &mut self.sessions[index];
        if session.line == Line::Stream(stream) {
            self.receive(now, index, frame);
        } else if let Received::Violation(violation) = session.receive_probe(now, stream, frame, &mut self.effects) {
            self.violate(violation);
        }
        self.bury();
    }

    pub fn stream_closed(&mut self, stream: u32) {
        for session in &mut self.sessions {
            if session.uses(stream) {
                session.stream_closed(stream, &mut self.effects);
            }
        }
        self.bury();
    }

    fn receive(&mut self, now: Millis, index: usize, packet: &Sample) {
        let session = &mut self.sessions[index];
        if session.is_closed {
            return;
        }
        let problem = match session.receive(now, packet, &mut self.effects) {
            Received::Nothing => None,
            Received::Message => match session.decoder.push(packet) {
                Ok(None) => None,
                Ok(Some(packet)) => return self.handle(now, index, packet),
                Err(problem) => Some(problem),
            },
            Received::Violation(violation) => Some(violation),
        };
        if let Some(problem) = problem {
            self.violate(problem);
            self.sessions[index].close("1", &mut self.effects);
        }
    }

    /// Forgets sessions that have ended; with recovery, what they were is kept.
    fn bury(&mut self) {
        let (closed, open) = std::mem::take(&mut self.sessions)
            .into_iter()
            .partition(|session| session.is_closed);
        self.sessions = open;
        let closed: Vec<Session> = closed;
        for peer in closed.into_iter().flat_map(|session| session.peers.into_values()) {
            if let Some(pid) = peer.pid {
                self.saved.insert(pid, self.records[peer.record].id.clone());
            }
        }
    }

    pub fn poll_timeout(&self) -> Millis {
        let sessions = self.sessions.iter().map(Session::poll_timeout);
        let tasks = self.tasks.iter().map(|(at, _)| *at);
        sessions.chain(tasks).fold(Millis::INFINITY, Millis::min)
    }

    pub fn handle_timeout(&mut self, now: Millis) {
        for session in &mut self.sessions {
            session.handle_timeout(now, &mut self.effects);
        }
        while let Some(index) = self.tasks.iter().position(|(at, _)| *at <= now) {
            let (_, task) = self.tasks.remove(index);
            self.perform(task);
        }
        self.bury();
    }

    // What the server does of its own.

    /// Closes all connections.
    pub fn close(&mut self) {
        for session in &mut self.sessions {
            session.close("1", &mut self.effects);
        }
        self.bury();
    }

    /// The process ends without a word, and another one begins.
    pub fn restart(&mut self) {
        self.sessions.clear();
        self.tasks.clear();
        self.saved.clear();
        self.log.clear();
    }
}
