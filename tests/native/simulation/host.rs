//! What the host of a manager does: it hands over calls and carries out what comes of them, from inside events too.

use serde_json::json;
use socketio_wasm::proto::engine::connection::Config;
use socketio_wasm::proto::output::{EngineEvent, Event, Output, Report};
use socketio_wasm::proto::socket::manager::Manager;
use socketio_wasm::proto::timer::Millis;

use super::app::{App, Asked};
use super::network::Delivery;
use super::parcel::Parcel;
use super::scenario::{Act, NAMESPACES};
use super::world::World;
use crate::support::desk::{candidate, outgoing};
use crate::support::{Sample, show};

impl World {
    /// A call of the app or of the host, from inside an event too.
    pub fn act<T>(&mut self, act: impl FnOnce(&mut Manager<Sample>, &mut App, Millis) -> T) -> T {
        let is_nested = self.depth > 0;
        if is_nested {
            self.manager.suspend();
        }
        self.manager.set_clock(self.now, 0.0, 0.0);
        let result = act(&mut self.manager, &mut self.app, self.now);
        self.drain();
        if is_nested {
            self.manager.resume();
        }
        result
    }

    pub fn perform(&mut self, act: Act) {
        match act {
            Act::Connect(socket) => self.act(|manager, app, now| {
                app.sockets[socket].is_wanted = true;
                manager.connect(now, socket);
            }),
            Act::Disconnect(socket) => self.act(|manager, app, _| {
                app.sockets[socket].is_wanted = false;
                manager.disconnect(socket);
            }),
            Act::Emit(socket, emission) => self.act(|manager, app, now| app.emit(manager, now, socket, &emission)),
            Act::LimitAck(socket, timeout) => self.act(|manager, app, now| {
                let timeout = f64::from(timeout);
                if let Some((id, ask)) = app.last_ask(socket) {
                    ask.deadline = now + timeout;
                    manager.limit_ack(now, socket, id, timeout);
                }
            }),
            Act::ForgetAck(socket) => self.act(|manager, app, _| {
                if let Some((id, ask)) = app.last_ask(socket) {
                    ask.is_forgotten = true;
                    manager.forget_ack(socket, id);
                }
            }),
            Act::CloseEngine => self.act(|manager, app, now| app.close_engine(manager, now)),
            Act::Watch(is_watched) => self.act(|manager, _, _| manager.watch(is_watched)),
            Act::ServerEmit(namespace, emission) => {
                let parcel = Parcel {
                    number: 0,
                    size: emission.size,
                    attachments: emission.attachments,
                    answer: emission.ask.as_ref().and_then(|ask| ask.answer),
                };
                self.server.emit(NAMESPACES[namespace], parcel, emission.ask.is_some());
            }
            Act::Throw(namespace) => self.server.throw(NAMESPACES[namespace]),
            Act::ServerClose => self.server.close(),
        }
    }

    pub(super) fn answer(&mut self, index: usize) {
        let Asked {
            socket,
            epoch,
            id,
            ref answer,
            ..
        } = self.asked[index];
        let answer = outgoing(answer.clone());
        self.act(|manager, _, _| manager.acknowledge(socket, epoch, id, answer));
    }

    fn drain(&mut self) {
        self.depth += 1;
        while let Some(output) = self.manager.poll_output() {
            self.count();
            self.note(|| show::output(&output));
            self.audit.check(self.now, &output);
            match output {
                Output::Configure { epoch, .. } => {
                    let config = Config {
                        transports: self.scenario.transports.iter().map(|name| candidate(name)).collect(),
                        upgrade: true,
                        try_all: self.scenario.try_all,
                        ..Config::default()
                    };
                    self.manager.handle_configured(self.now, epoch, Ok(config));
                }
                Output::Authenticate { socket, epoch, demand } if demand.refusal.is_some() => {
                    self.manager.decline_auth(socket, epoch);
                }
                Output::Authenticate { socket, epoch, .. } => match self.scenario.auth_delay {
                    0 => {
                        let token = self.token(socket);
                        self.manager.handle_auth(self.now, socket, epoch, Ok(token));
                    }
                    delay => {
                        let at = self.now + f64::from(delay);
                        self.network.at(at, Delivery::Auth(socket, epoch));
                    }
                },
                Output::Open {
                    transport,
                    candidate,
                    sid,
                } => match candidate.kind.is_polling() {
                    true => self.network.open_poller(transport),
                    false => self.network.open_stream(transport, sid.and_then(|sid| sid.as_text())),
                },
                Output::Join(transport, sid, _) => self.network.join(transport, &sid.as_text().unwrap()),
                Output::Poll(transport) => self.network.request(transport, None),
                Output::Post(transport, packets) => {
                    let packets: Vec<_> = packets.iter().map(|packet| packet.describe().to_payload()).collect();
                    self.network.request(transport, Some(packets.join(&0x1e)));
                }
                Output::Write(transport, packet) => self.network.write(transport, packet.describe()),
                Output::Close(transport) => self.network.close(transport),
                // Only where the app has a parser of its own.
                Output::Encode { .. } => {}
                Output::Report(report) => self.told(report),
            }
        }
        self.depth -= 1;
    }

    /// What the app gives for the next CONNECT.
    pub(super) fn token(&mut self, socket: usize) -> Option<Sample> {
        let until = self.now + f64::from(self.scenario.lifetime?);
        self.app.sockets[socket].given_until = until;
        // In seconds.
        let token = json!({"subject": "me", "expiresAt": until / 1_000.0});
        Some(Sample::json(token))
    }

    fn told(&mut self, report: Report<Sample>) {
        if let Some(asked) = self.app.told(&self.manager, self.now, &report) {
            let (at, index) = (asked.at, self.asked.len());
            self.asked.push(asked);
            if at > self.now {
                self.network.at(at, Delivery::Answer(index));
            } else {
                self.answer(index);
            }
        }
        if self.may_call_inside(report.event)
            && let Some(Some(act)) = self.inside.next()
        {
            self.note(|| format!("inside: {act:?}"));
            self.perform(act);
        }
    }

    fn may_call_inside(&self, event: Event) -> bool {
        // What is called while a packet is announced may come before that packet, or instead of it.
        !matches!(event, Event::Engine(_, EngineEvent::PacketCreate { .. }))
    }
}
