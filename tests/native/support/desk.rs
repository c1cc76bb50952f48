//! A manager on a desk: a test hands it inputs one by one and reads what came of each as lines of text.

use std::rc::Rc;

use serde_json::{Value, json};
use socketio_wasm::error::{Code, Error};
use socketio_wasm::proto::backoff::Backoff;
use socketio_wasm::proto::engine::Revision;
use socketio_wasm::proto::engine::connection::{Config, Input};
use socketio_wasm::proto::engine::packet::Packet;
use socketio_wasm::proto::engine::transport::{Candidate, Kind};
use socketio_wasm::proto::output::{Event, Failure, Output, SocketEvent};
use socketio_wasm::proto::socket::ack::Wanted;
use socketio_wasm::proto::socket::manager::{HEAD, Manager};
use socketio_wasm::proto::socket::namespace::Outgoing;
use socketio_wasm::proto::socket::outgoing::Emitted;
use socketio_wasm::proto::socket::packet::PacketType as SocketPacketType;
use socketio_wasm::proto::socket::parser::Incoming;
use socketio_wasm::proto::socket::reconnection::Reconnection;
use socketio_wasm::proto::timer::Millis;
use socketio_wasm::proto::{Data, Shape};

use super::audit::Audit;
use super::json::Json;
use super::sample::Sample;
use super::show;
use super::token::jwt;

/// Code of the app that runs inside an event.
pub type Listener = Rc<dyn Fn(&mut Desk, &str)>;

/// How the app answers when it is asked for the payload of a CONNECT.
#[derive(Clone, Debug)]
pub enum Auth {
    None,
    Payload(Value),
    /// A token that is good for so many seconds from then on.
    Lasting(u32),
    Fails(&'static str),
    /// Later, by [`Desk::answer_auth`].
    Later,
}

pub struct Desk {
    pub manager: Manager<Sample>,
    pub now: Millis,
    pub config: Rc<dyn Fn() -> Result<Config, Error>>,
    /// The app answers later when it is asked for its options.
    pub configures_later: bool,
    /// Requests for the options that were not answered, with the reason.
    pub configuring: Vec<(u32, Option<String>)>,
    pub auth: Auth,
    /// How the app answers after a refusal; not at all by default.
    pub renewed: Option<Auth>,
    /// Why it was asked, each time.
    pub demands: Vec<String>,
    /// The transport that each error of a connection named.
    pub failed_on: Vec<Option<&'static str>>,
    pub listener: Option<Listener>,
    pub audit: Audit,
    /// What is to be done on the network, for a [`Pair`](super::pair::Pair).
    pub io: Vec<Output<Sample>>,
    /// All who asked for a payload.
    epochs: Vec<(usize, u32)>,
    /// Who asked for a payload that comes later.
    pub asked: Vec<(usize, u32)>,
    /// The epoch of each message that wants an acknowledgement, with its socket and id.
    pub to_acknowledge: Vec<(usize, u32, u32)>,
    pub lines: Vec<String>,
    depth: usize,
}

/// A handshake with a session `S`, a heartbeat of 25 + 20 seconds, and no limit.
pub const HANDSHAKE: &str = r#"0{"sid":"S","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#;

/// The same, with an upgrade to WebSocket.
pub const UPGRADABLE: &str = r#"0{"sid":"S","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000}"#;

pub fn candidate(name: &str) -> Candidate {
    let (name, fetch) = match name.strip_suffix("/fetch") {
        Some(name) => (name, true),
        None => (name, false),
    };
    Candidate {
        kind: Kind::parse(name).unwrap(),
        fetch,
    }
}

/// A configuration with these transports, which upgrades.
pub fn config(transports: &[&str]) -> Config {
    Config {
        revision: Some(Revision::V4),
        transports: transports.iter().map(|name| candidate(name)).collect(),
        upgrade: true,
        ..Config::default()
    }
}

/// What the official client does by default, but without jitter.
pub fn reconnection() -> Reconnection {
    Reconnection {
        enabled: true,
        attempts: u32::MAX,
        timeout: 20_000.0,
        backoff: Backoff::new(1_000.0, 5_000.0, 0.0, 1),
    }
}

pub fn outgoing(value: impl Into<Json>) -> Outgoing<Sample> {
    let (text, binaries) = value.into().to_parts();
    Outgoing {
        data: Sample::Text(text),
        attachments: binaries.into_iter().map(Sample::Binary).collect(),
        compress: true,
    }
}

fn failed(error: Error) -> Rc<Failure<Sample>> {
    Failure::told(error.code, Some(Sample::text(&error.message)), None)
}

pub fn failure(message: &'static str) -> Rc<Failure<Sample>> {
    Failure::of(Code::TransportFailed, message)
}

impl Desk {
    /// A desk with a manager whose sockets have these namespaces.
    pub fn new(transports: &[&str], namespaces: &[&str]) -> Self {
        let transports: Vec<String> = transports.iter().copied().map(String::from).collect();
        let make = move || {
            let transports: Vec<&str> = transports.iter().map(String::as_str).collect();
            Ok(config(&transports))
        };
        let mut manager = Manager::new(reconnection());
        for (index, namespace) in namespaces.iter().enumerate() {
            assert_eq!(manager.add_socket(Sample::text(namespace)), index);
        }
        Self {
            manager,
            now: 1_000.0,
            config: Rc::new(make),
            configures_later: false,
            configuring: Vec::new(),
            auth: Auth::None,
            renewed: None,
            demands: Vec::new(),
            failed_on: Vec::new(),
            listener: None,
            audit: Audit::default(),
            io: Vec::new(),
            epochs: Vec::new(),
            asked: Vec::new(),
            to_acknowledge: Vec::new(),
            lines: Vec::new(),
            depth: 0,
        }
    }

    /// A desk with one socket, `/`, connected over a WebSocket, transport 0.
    pub fn connected() -> Self {
        let mut desk = Self::on_websocket(&["/"]);
        desk.connect(0);
        desk.text(0, r#"40{"sid":"A"}"#);
        desk.take();
        desk
    }

    /// A desk whose connection is open over a WebSocket, transport 0. None of the sockets is connected.
    pub fn on_websocket(namespaces: &[&str]) -> Self {
        let mut desk = Self::new(&["websocket"], namespaces);
        desk.act(Manager::open);
        desk.opened(0);
        desk.text(0, HANDSHAKE);
        desk.take();
        desk
    }

    /// A desk whose connection is open over polling, transport 0. None of the sockets is connected.
    pub fn on_polling(namespaces: &[&str]) -> Self {
        let mut desk = Self::new(&["polling"], namespaces);
        desk.act(Manager::open);
        desk.polled(0, HANDSHAKE);
        desk.take();
        desk
    }

    /// The same with a server that sets a limit to payloads.
    pub fn on_polling_with_limit(max_payload: usize) -> Self {
        let mut desk = Self::new(&["polling"], &["/"]);
        desk.connect(0);
        desk.polled(0, &HANDSHAKE.replace('}', &format!(",\"maxPayload\":{max_payload}}}")));
        desk.posted(0);
        desk.polled(0, r#"40{"sid":"A"}"#);
        desk.take();
        desk
    }

    /// Changes what the app answers when it is asked for its options.
    pub fn configure(&mut self, config: impl Fn() -> Result<Config, Error> + 'static) {
        self.config = Rc::new(config);
    }

    pub fn listen(&mut self, listener: impl Fn(&mut Self, &str) + 'static) {
        self.listener = Some(Rc::new(listener));
    }

    // What the app does, from inside a listener too.

    /// A call of the app.
    /// Connected over polling (transport 0, a GET under way), with a WebSocket (1) that has been opened for a probe.
    pub fn probing() -> Self {
        let mut desk = Self::new(&["polling", "websocket"], &["/"]);
        desk.connect(0);
        desk.polled(0, UPGRADABLE);
        desk.posted(0);
        desk.polled(0, "40{\"sid\":\"A\"}");
        desk.take();
        desk
    }

    /// The same, and the probe was answered.
    pub fn answered() -> Self {
        let mut desk = Self::probing();
        desk.opened(1);
        desk.text(1, "3probe");
        assert_eq!(desk.take(), ["write 1 2probe", "engine0 upgrading websocket"]);
        desk
    }

    pub fn act<T>(&mut self, act: impl FnOnce(&mut Manager<Sample>, Millis) -> T) -> T {
        let is_nested = self.depth > 0;
        if is_nested {
            self.manager.suspend();
        }
        self.manager.set_clock(self.now, 0.0, 0.0);
        let result = act(&mut self.manager, self.now);
        self.drain();
        if is_nested {
            self.manager.resume();
        }
        result
    }

    pub fn connect(&mut self, socket: usize) {
        self.act(|manager, now| manager.connect(now, socket));
    }

    pub fn disconnect(&mut self, socket: usize) {
        self.act(|manager, _| manager.disconnect(socket));
    }

    pub fn emit(&mut self, socket: usize, value: impl Into<Json>) -> Emitted {
        self.act(|manager, now| manager.emit(now, socket, outgoing(value), None, false).0)
    }

    pub fn emit_volatile(&mut self, socket: usize, value: impl Into<Json>) -> Emitted {
        self.act(|manager, now| manager.emit(now, socket, outgoing(value), None, true).0)
    }

    /// Emits and waits for an answer; with a time-out the app also wants to hear of errors.
    pub fn ask(&mut self, socket: usize, value: impl Into<Json>, timeout: Millis) -> u32 {
        let wanted = Wanted {
            timeout,
            wants_error: timeout.is_finite(),
        };
        self.act(|manager, now| manager.emit(now, socket, outgoing(value), Some(wanted), false).1)
    }

    pub fn acknowledge(&mut self, (socket, epoch, id): (usize, u32, u32), value: impl Into<Json>) {
        self.act(|manager, _| manager.acknowledge(socket, epoch, id, outgoing(value)));
    }

    pub fn answer_auth(&mut self, (socket, epoch): (usize, u32), auth: Auth) {
        let answer = match auth {
            Auth::Payload(value) => Ok(Some(Sample::json(value))),
            Auth::Lasting(seconds) => {
                let issued = self.now / 1_000.0;
                let claims = json!({"sub": "me", "iat": issued, "exp": issued + f64::from(seconds)});
                Ok(Some(Sample::json(json!({"token": jwt(&claims)}))))
            }
            Auth::None => Ok(None),
            Auth::Fails(message) => Err(Failure::of(Code::AuthFailed, message)),
            Auth::Later => return self.asked.push((socket, epoch)),
        };
        self.act(|manager, now| manager.handle_auth(now, socket, epoch, answer));
    }

    /// The attempt that a socket is in, as a question of the app has it.
    pub fn last_epoch(&self, socket: usize) -> u32 {
        let asked = self.epochs.iter().rev().find(|(other, _)| *other == socket);
        asked.map_or(0, |(_, epoch)| *epoch)
    }

    /// Gives the options, or what the function for the bearer token failed with.
    pub fn answer_config(&mut self, epoch: u32, failure: Option<Error>) {
        let config = match failure {
            None => (self.config)(),
            Some(error) => Err(error),
        };
        self.act(|manager, now| manager.handle_configured(now, epoch, config.map_err(failed)));
    }

    /// Why the options are asked for; who asked has to be answered.
    pub fn asked_config(&mut self) -> (u32, Option<String>) {
        self.configuring.pop().expect("nobody asked")
    }

    /// The app's encoder writes a packet in angle brackets, and fails on those that contain "fail".
    fn encode(&mut self, connection: u32, socket: usize, packet: &Packet<Sample>) {
        let text = packet.describe().show();
        let messages = (!text.contains("fail")).then(|| vec![Sample::text(&format!("<{text}>"))]);
        if messages.is_none() {
            self.lines.push(format!("s{socket} can't be encoded {text}"));
        }
        self.manager
            .handle_encoded(self.now, connection, socket, packet.id, messages, true);
    }

    /// The app's decoder gives a packet; `json` is its data.
    pub fn decoded(&mut self, connection: u32, kind: SocketPacketType, namespace: &str, id: Option<u32>, json: &str) {
        let mut data = Sample::text(json);
        let packet = Incoming {
            kind,
            namespace: (!namespace.is_empty()).then(|| Sample::text(namespace)),
            id,
            shape: data.parse(0),
            data,
        };
        self.act(|manager, now| manager.handle_decoded(now, connection, Some(packet)));
    }

    // What happens on the network.

    pub fn opened(&mut self, transport: u32) {
        self.audit.opened(transport);
        self.act(|manager, now| manager.handle(now, transport, Input::Opened));
    }

    pub fn polled(&mut self, transport: u32, body: &str) {
        self.polled_units(transport, &Sample::text(body));
    }

    pub fn polled_units(&mut self, transport: u32, body: &Sample) {
        self.audit.polled(transport);
        self.act(|manager, now| manager.handle_polled(now, transport, body));
    }

    pub fn posted(&mut self, transport: u32) {
        self.audit.posted(transport);
        self.act(|manager, now| manager.handle(now, transport, Input::Posted));
    }

    /// The server answers the handshake of polling with HTTP 401 or 403.
    pub fn unauthorized(&mut self, transport: u32) {
        let failure = Failure::of(Code::Unauthorized, "unauthorized");
        self.act(|manager, now| manager.handle(now, transport, Input::Failed(failure)));
    }

    pub fn failed(&mut self, transport: u32, message: &'static str) {
        self.act(|manager, now| manager.handle(now, transport, Input::Failed(failure(message))));
    }

    /// The server does not take a POST.
    pub fn refused(&mut self, transport: u32, message: &'static str) {
        self.audit.posted(transport);
        self.act(|manager, now| manager.handle(now, transport, Input::Refused(failure(message))));
    }

    pub fn closed(&mut self, transport: u32, message: &'static str) {
        self.act(|manager, now| manager.handle(now, transport, Input::Closed(failure(message))));
    }

    pub fn text(&mut self, transport: u32, text: &str) {
        self.frame(transport, Sample::text(text), HEAD);
    }

    pub fn binary(&mut self, transport: u32, bytes: &[u8]) {
        self.frame(transport, Sample::binary(bytes), HEAD);
    }

    /// A frame of a stream, of whose head as many units are copied.
    pub fn frame(&mut self, transport: u32, frame: Sample, copied: usize) {
        let mut head = vec![0; copied];
        let count = match frame.is_binary() {
            true => 0,
            false => frame.read(0, &mut head),
        };
        self.act(|manager, now| manager.handle_packet(now, transport, &head[..count], frame));
    }

    /// Lets time pass, deadline by deadline.
    pub fn wait(&mut self, duration: Millis) {
        let end = self.now + duration;
        let mut ticks_at_once = 0;
        loop {
            let next = self.manager.poll_timeout();
            if next > end {
                break;
            }
            ticks_at_once = if next > self.now { 0 } else { ticks_at_once + 1 };
            assert!(ticks_at_once < 4, "the timer spins at {next}");
            self.now = next.max(self.now);
            self.tick();
        }
        self.now = end;
    }

    /// The timer fires.
    pub fn tick(&mut self) {
        self.act(Manager::handle_timeout);
        let next = self.manager.poll_timeout();
        assert!(next >= self.now, "a deadline at {next} is left behind at {}", self.now);
    }

    fn drain(&mut self) {
        self.depth += 1;
        while let Some(output) = self.manager.poll_output() {
            self.audit.check(self.now, &output);
            match output {
                Output::Configure { epoch, demand } => {
                    let reason = demand.map(|(occasion, attempt)| format!("{} {attempt}", occasion.name()));
                    self.configuring.push((epoch, reason));
                    if !self.configures_later {
                        let config = (self.config)().map_err(failed);
                        self.manager.handle_configured(self.now, epoch, config);
                    }
                }
                Output::Authenticate { socket, epoch, demand } => {
                    let asked = (socket, epoch);
                    let is_refused = demand.refusal.is_some();
                    self.epochs.push(asked);
                    self.demands.push(show::demand(&demand));
                    match self.renewed.clone() {
                        None if is_refused => self.act(|manager, _| manager.decline_auth(socket, epoch)),
                        Some(auth) if is_refused => self.answer_auth(asked, auth),
                        _ => self.answer_auth(asked, self.auth.clone()),
                    }
                }
                Output::Report(report) => {
                    match report.event {
                        Event::Socket(
                            socket,
                            SocketEvent::Message {
                                ack: Some(id), epoch, ..
                            },
                        ) => self.to_acknowledge.push((socket, epoch, id)),
                        Event::Socket(_, SocketEvent::ConnectError { transport, .. }) => {
                            self.failed_on.push(transport.map(Kind::name));
                        }
                        _ => {}
                    }
                    let line = show::report(&report);
                    self.lines.push(line.clone());
                    if let Some(listener) = self.listener.clone() {
                        listener(self, &line);
                    }
                }
                Output::Encode {
                    connection,
                    socket,
                    packet,
                } => self.encode(connection, socket, &packet),
                // Told in the engine's own event as well.
                Output::Join(..) => {}
                io => {
                    self.lines.push(show::output(&io));
                    self.io.push(io);
                }
            }
        }
        self.depth -= 1;
    }

    // What came of it.

    /// All that was put out since the last time.
    pub fn take(&mut self) -> Vec<String> {
        self.io.clear();
        std::mem::take(&mut self.lines)
    }

    /// What the app was told since the last time, but not of the engine.
    pub fn told(&mut self) -> Vec<String> {
        let lines = self.take().into_iter();
        lines
            .filter(|line| line.starts_with('s') || line.starts_with("manager"))
            .collect()
    }

    /// What was to be done on the network since the last time.
    pub fn sent(&mut self) -> Vec<String> {
        let lines = self.take().into_iter();
        let words = ["open", "poll", "post", "write", "close"];
        lines
            .filter(|line| words.contains(&line.split(' ').next().unwrap()))
            .collect()
    }
}

/// What a text parses to.
pub fn shape(text: &str) -> Shape {
    Sample::text(text).parse(0)
}
