//! An Engine.IO session: its transport, its heartbeat, an upgrade. After engine.io 6 (`socket.ts`, `transports/`).

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use socketio_wasm::proto::Data;
use socketio_wasm::proto::timer::Millis;

use super::namespaces::Peer;
use super::packet::Decoder;
use super::{Effect, Settings};
use crate::support::Sample;
use crate::support::base64;

/// How often the server releases a pending poll while an upgrade waits for it.
const RELEASE_INTERVAL: Millis = 100.0;
/// How long an upgrade may take.
const UPGRADE_TIMEOUT: Millis = 10_000.0;
/// How long a session may be without a namespace.
pub const CONNECT_TIMEOUT: Millis = 45_000.0;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Line {
    /// With the GET that waits for packets.
    Polling(Option<u32>),
    Stream(u32),
}

#[derive(Debug)]
pub struct Session {
    pub sid: String,
    pub line: Line,
    pub is_closed: bool,
    /// The namespaces that it has joined, and those whose CONNECT is being thought about.
    pub peers: BTreeMap<String, Peer>,
    pub joining: BTreeSet<String>,
    /// Namespaces from which the server has thrown it: what crosses that on its way is not the client's fault.
    pub thrown: BTreeSet<String>,
    /// When the client left each namespace.
    pub left: BTreeMap<String, Millis>,
    pub decoder: Decoder,
    pub join_by: Millis,
    probe: Option<u32>,
    queue: VecDeque<Sample>,
    ping_at: Millis,
    pong_by: Millis,
    release_at: Millis,
    upgrade_by: Millis,
    settings: Rc<Settings>,
}

/// What a packet means to the layer above.
#[derive(Debug)]
pub enum Received {
    Nothing,
    Message,
    Violation(String),
}

impl Session {
    pub fn new(now: Millis, sid: String, line: Line, settings: &Rc<Settings>, effects: &mut Vec<Effect>) -> Self {
        let mut session = Self {
            sid,
            line,
            is_closed: false,
            peers: BTreeMap::new(),
            joining: BTreeSet::new(),
            thrown: BTreeSet::new(),
            left: BTreeMap::new(),
            decoder: Decoder::default(),
            join_by: now + CONNECT_TIMEOUT,
            probe: None,
            queue: VecDeque::new(),
            ping_at: now + settings.ping_interval,
            pong_by: Millis::INFINITY,
            release_at: Millis::INFINITY,
            upgrade_by: Millis::INFINITY,
            settings: Rc::clone(settings),
        };
        let upgrades = match line {
            Line::Polling(_) if settings.upgrades => r#"["websocket"]"#,
            _ => "[]",
        };
        let handshake = format!(
            r#"0{{"sid":"{}","upgrades":{upgrades},"pingInterval":{},"pingTimeout":{},"maxPayload":{}}}"#,
            session.sid, settings.ping_interval, settings.ping_timeout, settings.max_payload
        );
        session.send([Sample::text(&handshake)], effects);
        session
    }

    pub fn send(&mut self, packets: impl IntoIterator<Item = Sample>, effects: &mut Vec<Effect>) {
        self.queue.extend(packets);
        self.flush(effects);
    }

    fn flush(&mut self, effects: &mut Vec<Effect>) {
        match &mut self.line {
            Line::Polling(get) if !self.queue.is_empty() => {
                if let Some(request) = get.take() {
                    let packets: Vec<_> = self.queue.drain(..).map(|packet| packet.to_payload()).collect();
                    effects.push(Effect::Respond(request, Ok(packets.join(&0x1e))));
                }
            }
            Line::Polling(_) => {}
            Line::Stream(stream) => effects.extend(self.queue.drain(..).map(|packet| Effect::Frame(*stream, packet))),
        }
    }

    /// A GET arrived. `false` where the session does not take one.
    pub fn poll(&mut self, request: u32, effects: &mut Vec<Effect>) -> bool {
        let is_free = self.line == Line::Polling(None);
        if is_free {
            self.line = Line::Polling(Some(request));
            self.flush(effects);
        }
        is_free
    }

    /// Takes a WebSocket that wants to upgrade this session. `false` where it does not want one.
    pub fn take_probe(&mut self, now: Millis, stream: u32) -> bool {
        let is_free = matches!(self.line, Line::Polling(_)) && self.probe.is_none();
        if is_free {
            self.probe = Some(stream);
            self.upgrade_by = now + UPGRADE_TIMEOUT;
        }
        is_free
    }

    pub fn uses(&self, stream: u32) -> bool {
        self.line == Line::Stream(stream) || self.probe == Some(stream)
    }

    /// A WebSocket of this session ended.
    pub fn stream_closed(&mut self, stream: u32, effects: &mut Vec<Effect>) {
        if self.probe == Some(stream) {
            self.end_probe();
        } else {
            self.close("6", effects);
        }
    }

    pub fn receive(&mut self, now: Millis, packet: &Sample, effects: &mut Vec<Effect>) -> Received {
        if is_message(packet) {
            return Received::Message;
        }
        match packet.show().as_str() {
            "3" => {
                self.pong_by = Millis::INFINITY;
                self.ping_at = now + self.settings.ping_interval;
            }
            "1" => self.close("6", effects),
            other => return Received::Violation(format!("a packet {other:?}")),
        }
        Received::Nothing
    }

    /// A frame on the WebSocket that is to take over.
    pub fn receive_probe(&mut self, now: Millis, stream: u32, frame: &Sample, effects: &mut Vec<Effect>) -> Received {
        match frame.show().as_str() {
            "2probe" => {
                effects.push(Effect::Frame(stream, Sample::text("3probe")));
                self.release_at = now + RELEASE_INTERVAL;
            }
            "5" => {
                self.end_probe();
                let before = std::mem::replace(&mut self.line, Line::Stream(stream));
                self.flush(effects);
                if before != Line::Polling(None) {
                    return Received::Violation(format!("an upgrade during {before:?}"));
                }
            }
            other => {
                self.end_probe();
                effects.push(Effect::Close(stream));
                return Received::Violation(format!("a probe that says {other:?}"));
            }
        }
        Received::Nothing
    }

    fn end_probe(&mut self) {
        self.probe = None;
        self.release_at = Millis::INFINITY;
        self.upgrade_by = Millis::INFINITY;
    }

    /// Ends it; a pending poll is answered with `farewell`.
    pub fn close(&mut self, farewell: &str, effects: &mut Vec<Effect>) {
        if self.is_closed {
            return;
        }
        self.is_closed = true;
        match self.line {
            Line::Polling(None) => {}
            Line::Polling(Some(request)) => {
                effects.push(Effect::Respond(request, Ok(farewell.encode_utf16().collect())));
            }
            Line::Stream(stream) => effects.push(Effect::Close(stream)),
        }
        effects.extend(self.probe.take().map(Effect::Close));
    }

    pub fn poll_timeout(&self) -> Millis {
        let timers = [
            self.ping_at,
            self.pong_by,
            self.release_at,
            self.upgrade_by,
            self.join_by,
        ];
        timers.into_iter().fold(Millis::INFINITY, Millis::min)
    }

    pub fn handle_timeout(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        if self.ping_at <= now {
            self.ping_at = Millis::INFINITY;
            self.pong_by = now + self.settings.ping_timeout;
            self.send([Sample::text("2")], effects);
        }
        if self.release_at <= now {
            self.release_at = now + RELEASE_INTERVAL;
            if matches!(self.line, Line::Polling(Some(_))) {
                self.send([Sample::text("6")], effects);
            }
        }
        if self.upgrade_by <= now {
            effects.extend(self.probe.map(Effect::Close));
            self.end_probe();
        }
        if self.pong_by <= now || self.join_by <= now {
            self.close("1", effects);
        }
    }
}

fn is_message(packet: &Sample) -> bool {
    match packet {
        Sample::Text(units) => units.first() == Some(&u16::from(b'4')),
        _ => true,
    }
}

/// The packets of a POST.
pub fn split(body: &[u16]) -> Vec<Sample> {
    let packets = body.split(|unit| *unit == 0x1e);
    packets
        .map(|packet| match packet.strip_prefix(&[u16::from(b'b')]) {
            Some(text) => Sample::Binary(base64::decode(text).expect("base64").into()),
            None => Sample::Text(packet.into()),
        })
        .collect()
}
