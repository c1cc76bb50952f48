//! The two ends, the network between them, and the clock that all of them share.

use std::rc::Rc;

use socketio_wasm::proto::Data;
use socketio_wasm::proto::backoff::Backoff;
use socketio_wasm::proto::engine::connection::Input;
use socketio_wasm::proto::socket::manager::{HEAD, Manager};
use socketio_wasm::proto::socket::policy::Reauth;
use socketio_wasm::proto::socket::reconnection::Reconnection;
use socketio_wasm::proto::timer::Millis;

use super::app::{App, Asked};
use super::network::{Delivery, Network};
use super::scenario::{Act, Fault, NAMESPACES, Scenario};
use super::server::{RENEWAL, Server};
use crate::support::Sample;
use crate::support::audit::Audit;
use crate::support::desk::failure;

/// Where the clock begins.
pub const START: Millis = 1_000.0;

/// How many things may happen at one instant: more than that is a loop.
const MAX_AT_ONCE: u32 = 2_000;

pub struct World {
    pub scenario: Scenario,
    pub now: Millis,
    pub manager: Manager<Sample>,
    pub app: App,
    pub audit: Audit,
    pub server: Server,
    pub network: Network,
    pub(super) asked: Vec<Asked>,
    pub(super) inside: std::vec::IntoIter<Option<Act>>,
    pub(super) depth: u32,
    at_once: u32,
    /// How many things have happened at all.
    pub steps: u32,
    ticks_at_once: u32,
    traces: bool,
}

impl World {
    pub fn new(scenario: &Scenario) -> Self {
        let reconnection = Reconnection {
            enabled: true,
            attempts: u32::MAX,
            timeout: scenario.reconnection.timeout,
            backoff: Backoff::new(
                scenario.reconnection.min,
                scenario.reconnection.max,
                scenario.reconnection.jitter,
                scenario.reconnection.seed,
            ),
        };
        let mut manager = Manager::new(reconnection);
        for namespace in NAMESPACES {
            manager.add_socket(Sample::text(namespace));
        }
        manager.placed.signs_in = scenario.settings.signs_in;
        if scenario.lifetime.is_some() {
            manager.policy.reauth = match scenario.renews_in_event {
                true => Reauth::Event(Sample::text(RENEWAL)),
                false => Reauth::Connect,
            };
        }
        let mut network = Network::new(START, scenario.schedule.clone());
        let mut at = START;
        for (gap, act) in &scenario.script {
            at += f64::from(*gap);
            network.at(at, Delivery::Act(act.clone()));
        }
        at = START;
        for (gap, fault) in &scenario.faults {
            at += f64::from(*gap);
            network.at(at, Delivery::Fault(fault.clone()));
        }
        let settings = &scenario.settings;
        Self {
            scenario: scenario.clone(),
            now: START,
            manager,
            app: App::new(
                scenario.reconnection.clone(),
                settings.ping_interval + settings.ping_timeout,
            ),
            audit: Audit::default(),
            server: Server::new(settings.clone()),
            network,
            asked: Vec::new(),
            inside: scenario.inside.clone().into_iter(),
            depth: 0,
            at_once: 0,
            steps: 0,
            ticks_at_once: 0,
            traces: std::env::var_os("SIMULATION_TRACE").is_some(),
        }
    }

    pub(super) fn note(&self, line: impl FnOnce() -> String) {
        if self.traces {
            eprintln!(
                "{:9.1} {}{}",
                self.now - START,
                "  ".repeat(self.depth as usize),
                line()
            );
        }
    }

    // The clock.

    /// Lets everything happen up to `end`, counted from the start.
    pub fn run_until(&mut self, end: Millis) {
        let end = START + end;
        loop {
            let timeout = self.manager.poll_timeout();
            let (carried, server) = (self.network.next(), self.server.poll_timeout());
            let next = timeout.min(carried).min(server).max(self.now);
            if next > end {
                break;
            }
            if next > self.now {
                self.at_once = 0;
                self.ticks_at_once = 0;
            }
            self.now = next;
            self.network.now = next;
            self.count();
            if carried <= next {
                self.deliver();
            } else if server <= next {
                self.server.handle_timeout(next);
            } else {
                self.ticks_at_once += 1;
                assert!(self.ticks_at_once < 8, "the client's timer spins at {timeout}");
                self.act(|manager, _, now| manager.handle_timeout(now));
                let left = self.manager.poll_timeout();
                assert!(left >= next, "a deadline at {left} is left behind at {next}");
            }
            self.carry();
        }
        self.now = end.max(self.now);
        self.network.now = self.now;
    }

    /// From now on the app does no more inside events.
    pub fn calm(&mut self) {
        self.inside = Vec::new().into_iter();
        // A token that is renewed now is good to the end.
        self.scenario.lifetime = self.scenario.lifetime.map(|_| 1_000_000_000);
    }

    pub(super) fn count(&mut self) {
        self.steps += 1;
        self.at_once += 1;
        assert!(self.at_once < MAX_AT_ONCE, "a loop at {}", self.now);
    }

    /// The network takes what the server wants to send.
    fn carry(&mut self) {
        for effect in std::mem::take(&mut self.server.effects) {
            self.network.carry(effect);
        }
        assert_eq!(self.server.violations, [] as [String; 0], "the server objects");
    }

    fn deliver(&mut self) {
        let Some(delivery) = self.network.pop() else {
            return;
        };
        self.note(|| format!("{delivery:?}"));
        let now = self.now;
        match delivery {
            Delivery::Request(id) => {
                if let Some((sid, body)) = self.network.arrive(id) {
                    match body {
                        None => self.server.get(now, id, sid.as_deref()),
                        Some(body) => self.server.post(now, id, sid.as_deref(), &body),
                    }
                }
            }
            Delivery::Abort(id) => self.server.abort(id),
            Delivery::Response(id, body) => {
                if let Some((transport, is_post)) = self.network.end(id) {
                    self.respond(transport, is_post, body);
                }
            }
            Delivery::StreamRequest(stream) => {
                if let Some(sid) = self.network.arrive_stream(stream) {
                    self.server.open(now, stream, sid.as_deref());
                }
            }
            Delivery::Up(stream, frame) if self.network.reaches_server(stream) => {
                self.server.frame(now, stream, &frame);
            }
            Delivery::UpClosed(stream) => self.server.stream_closed(stream),
            Delivery::StreamOpened(stream) if self.network.reaches_client(stream) => {
                self.network.opened(stream);
                self.audit.opened(stream);
                self.act(|manager, _, now| manager.handle(now, stream, Input::Opened));
            }
            Delivery::Down(stream, frame) if self.network.reaches_client(stream) => {
                let mut head = [0; HEAD];
                let count = if frame.is_binary() { 0 } else { frame.read(0, &mut head) };
                self.act(|manager, _, now| manager.handle_packet(now, stream, &head[..count], frame));
            }
            Delivery::DownClosed(stream, is_error) => {
                if let Some(was_open) = self.network.stream_ended(stream) {
                    let input = match was_open && !is_error {
                        true => Input::Closed(failure("websocket closed")),
                        false => Input::Failed(failure("websocket error")),
                    };
                    self.act(|manager, _, now| manager.handle(now, stream, input));
                }
            }
            Delivery::Up(..) | Delivery::StreamOpened(_) | Delivery::Down(..) => {}
            Delivery::Act(act) => self.perform(act),
            Delivery::Fault(fault) => {
                if let Fault::Restart(_) = fault {
                    self.server.restart();
                }
                self.network.fault(&fault);
            }
            Delivery::Answer(index) => self.answer(index),
            Delivery::Auth(socket, epoch) => {
                let token = self.token(socket);
                self.act(|manager, _, now| manager.handle_auth(now, socket, epoch, Ok(token)));
            }
        }
    }

    fn respond(&mut self, transport: u32, is_post: bool, body: Option<Rc<[u16]>>) {
        match (body, is_post) {
            (Some(_), true) => {
                self.audit.posted(transport);
                self.act(|manager, _, now| manager.handle(now, transport, Input::Posted));
            }
            (Some(body), false) => {
                self.audit.polled(transport);
                self.act(|manager, _, now| manager.handle_polled(now, transport, &Sample::Text(body)));
            }
            (None, _) => {
                let failure = failure("xhr poll error");
                self.act(|manager, _, now| manager.handle(now, transport, Input::Failed(failure)));
            }
        }
    }
}
