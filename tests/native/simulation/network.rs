//! The network between the two ends: every transmission takes its own time, a WebSocket keeps its order, and all may be
//! lost.

use std::collections::BTreeMap;
use std::rc::Rc;

use socketio_wasm::proto::timer::Millis;

use super::scenario::{Act, Fault, Schedule};
use super::server::Effect;
use crate::support::Sample;

/// What happens when its time has come.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// A request arrives at the server.
    Request(u32),
    /// The server learns that a request has been given up.
    Abort(u32),
    /// The client gets an answer; none where the request failed.
    Response(u32, Option<Rc<[u16]>>),
    StreamRequest(u32),
    StreamOpened(u32),
    Up(u32, Sample),
    UpClosed(u32),
    Down(u32, Sample),
    /// The client learns that a WebSocket has ended, with an error or without.
    DownClosed(u32, bool),
    /// The app of either end does something.
    Act(Act),
    Fault(Fault),
    /// The client's app answers the n-th event that waits for that.
    Answer(usize),
    /// The client's app gives the payload of a CONNECT.
    Auth(usize, u32),
}

#[derive(Debug)]
pub struct Request {
    pub transport: u32,
    pub sid: Option<String>,
    /// None for a GET.
    pub body: Option<Vec<u16>>,
    pub(super) arrives_at: Millis,
    pub(super) is_at_server: bool,
}

#[derive(Debug, Default)]
pub(super) struct Stream {
    sid: Option<String>,
    is_open: bool,
    /// Neither end gets anything from the other any more.
    pub(super) is_dead: bool,
    pub(super) is_closed: bool,
    /// When what was sent last arrives.
    up_at: Millis,
    down_at: Millis,
}

#[derive(Debug)]
pub struct Network {
    pub now: Millis,
    schedule: Schedule,
    drawn: usize,
    pub(super) queue: BTreeMap<(u64, u64), Delivery>,
    sequence: u64,
    /// The polling transports with the sessions that they belong to.
    pollers: BTreeMap<u32, Option<String>>,
    pub requests: BTreeMap<u32, Request>,
    next_request: u32,
    pub(super) streams: BTreeMap<u32, Stream>,
    pub(super) silent_until: Millis,
    pub(super) down_until: Millis,
    /// The next of these transmissions is lost, and the client learns of it.
    pub(super) loses_request: bool,
    pub(super) loses_response: bool,
}

impl Network {
    pub fn new(now: Millis, schedule: Schedule) -> Self {
        Self {
            now,
            schedule,
            drawn: 0,
            queue: BTreeMap::new(),
            sequence: 0,
            pollers: BTreeMap::new(),
            requests: BTreeMap::new(),
            next_request: 0,
            streams: BTreeMap::new(),
            silent_until: 0.0,
            down_until: 0.0,
            loses_request: false,
            loses_response: false,
        }
    }

    // The schedule.

    pub fn at(&mut self, at: Millis, delivery: Delivery) {
        self.sequence += 1;
        // The bits of positive floats are in the order of the floats.
        self.queue.insert((at.max(self.now).to_bits(), self.sequence), delivery);
    }

    pub fn next(&self) -> Millis {
        self.queue
            .keys()
            .next()
            .map_or(Millis::INFINITY, |(at, _)| Millis::from_bits(*at))
    }

    pub fn pop(&mut self) -> Option<Delivery> {
        self.queue.pop_first().map(|(_, delivery)| delivery)
    }

    pub(super) fn draw(&mut self) -> Millis {
        self.drawn += 1;
        f64::from(self.schedule.delays[self.drawn % self.schedule.delays.len()])
    }

    /// When a transmission that begins now arrives; none if it never does.
    fn arrival(&mut self) -> Option<Millis> {
        let at = self.now + self.draw();
        (self.now >= self.silent_until).then_some(at)
    }

    pub(super) fn transmit(&mut self, delivery: Delivery) {
        if let Some(at) = self.arrival() {
            self.at(at, delivery);
        }
    }

    pub fn is_down(&self) -> bool {
        self.now < self.down_until
    }

    /// How many transports the client has open.
    pub fn open(&self) -> usize {
        self.pollers.len() + self.streams.values().filter(|stream| !stream.is_closed).count()
    }

    /// How many requests are under way for transports that the client has not closed.
    pub fn pending(&self) -> usize {
        let transports = self.requests.values().map(|request| request.transport);
        transports
            .filter(|transport| self.pollers.contains_key(transport))
            .count()
    }

    // What the client does.

    pub fn open_poller(&mut self, transport: u32) {
        self.pollers.insert(transport, None);
    }

    /// The session has got its id: all requests after it carry it.
    pub fn join(&mut self, transport: u32, sid: &str) {
        if let Some(session) = self.pollers.get_mut(&transport) {
            *session = Some(sid.into());
        }
    }

    pub fn request(&mut self, transport: u32, body: Option<Vec<u16>>) {
        self.next_request += 1;
        let id = self.next_request;
        let arrives_at = self.arrival();
        let request = Request {
            transport,
            sid: self.pollers[&transport].clone(),
            body,
            arrives_at: arrives_at.unwrap_or(Millis::INFINITY),
            is_at_server: false,
        };
        self.requests.insert(id, request);
        if let Some(at) = arrives_at {
            let is_lost = std::mem::take(&mut self.loses_request);
            self.at(
                at,
                if is_lost {
                    Delivery::Response(id, None)
                } else {
                    Delivery::Request(id)
                },
            );
        }
    }

    pub fn open_stream(&mut self, transport: u32, sid: Option<String>) {
        let arrival = self.arrival();
        let stream = Stream {
            sid,
            is_dead: arrival.is_none(),
            ..Stream::default()
        };
        self.streams.insert(transport, stream);
        if let Some(at) = arrival {
            let at = at + f64::from(self.schedule.stream_delay);
            self.at(at, Delivery::StreamRequest(transport));
        }
    }

    pub fn write(&mut self, transport: u32, frame: Sample) {
        self.pass_up(transport, Delivery::Up(transport, frame));
    }

    pub fn close(&mut self, transport: u32) {
        if self.pollers.remove(&transport).is_some() {
            // A GET is aborted; a POST is left to end.
            let gets = self
                .requests
                .iter()
                .filter(|(_, request)| request.transport == transport);
            let gets: Vec<_> = gets
                .filter(|(_, request)| request.body.is_none())
                .map(|(id, request)| (*id, request.arrives_at))
                .collect();
            for (id, arrives_at) in gets {
                self.requests.get_mut(&id).unwrap().transport = u32::MAX;
                if let Some(at) = self.arrival().filter(|_| arrives_at.is_finite()) {
                    self.at(at.max(arrives_at), Delivery::Abort(id));
                }
            }
        } else if self.streams.contains_key(&transport) {
            self.pass_up(transport, Delivery::UpClosed(transport));
            self.streams.get_mut(&transport).unwrap().is_closed = true;
        }
    }

    fn pass_up(&mut self, transport: u32, delivery: Delivery) {
        let arrival = self.arrival();
        let Some(stream) = self
            .streams
            .get_mut(&transport)
            .filter(|stream| !stream.is_closed && !stream.is_dead)
        else {
            return;
        };
        match arrival {
            // What follows something that was lost does not arrive either.
            None => stream.is_dead = true,
            Some(at) => {
                stream.up_at = at.max(stream.up_at);
                let at = stream.up_at;
                self.at(at, delivery);
            }
        }
    }

    // What the server does.

    pub fn carry(&mut self, effect: Effect) {
        match effect {
            Effect::Respond(request, answer) => {
                let is_lost = std::mem::take(&mut self.loses_response);
                let body = answer.ok().filter(|_| !is_lost).map(Rc::from);
                self.transmit(Delivery::Response(request, body));
            }
            Effect::Accept(stream) => self.pass_down(stream, Delivery::StreamOpened(stream)),
            Effect::Frame(stream, frame) => self.pass_down(stream, Delivery::Down(stream, frame)),
            Effect::Close(stream) => self.pass_down(stream, Delivery::DownClosed(stream, false)),
        }
    }

    fn pass_down(&mut self, transport: u32, delivery: Delivery) {
        let arrival = self.arrival();
        let Some(stream) = self.streams.get_mut(&transport).filter(|stream| !stream.is_dead) else {
            return;
        };
        match arrival {
            None => stream.is_dead = true,
            Some(at) => {
                stream.down_at = at.max(stream.down_at);
                let at = stream.down_at;
                self.at(at, delivery);
            }
        }
    }

    // What arrives.

    /// A request arrives at a server that is there.
    pub fn arrive(&mut self, id: u32) -> Option<(Option<String>, Option<Vec<u16>>)> {
        if self.is_down() {
            self.transmit(Delivery::Response(id, None));
            return None;
        }
        let request = self.requests.get_mut(&id)?;
        request.is_at_server = true;
        Some((request.sid.clone(), request.body.clone()))
    }

    /// Ends a request. Gives its transport and whether it is a POST, where the client still listens.
    pub fn end(&mut self, id: u32) -> Option<(u32, bool)> {
        let request = self.requests.remove(&id)?;
        (request.transport != u32::MAX).then_some((request.transport, request.body.is_some()))
    }

    /// The session that a WebSocket wants to join, if its request reaches a server.
    pub fn arrive_stream(&mut self, transport: u32) -> Option<Option<String>> {
        if self.is_down() {
            self.transmit(Delivery::DownClosed(transport, true));
            return None;
        }
        self.reaches_server(transport)
            .then(|| self.streams[&transport].sid.clone())
    }

    pub fn reaches_server(&self, transport: u32) -> bool {
        !self.is_down() && self.streams.get(&transport).is_some_and(|stream| !stream.is_dead)
    }

    pub fn reaches_client(&self, transport: u32) -> bool {
        let stream = self.streams.get(&transport);
        stream.is_some_and(|stream| !stream.is_dead && !stream.is_closed)
    }

    pub fn opened(&mut self, transport: u32) {
        if let Some(stream) = self.streams.get_mut(&transport) {
            stream.is_open = true;
        }
    }

    /// The client learns that a WebSocket has ended. Gives whether it had been open.
    pub fn stream_ended(&mut self, transport: u32) -> Option<bool> {
        let stream = self.streams.get_mut(&transport).filter(|stream| !stream.is_closed)?;
        stream.is_dead = true;
        Some(stream.is_open)
    }
}
