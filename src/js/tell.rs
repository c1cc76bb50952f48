//! What happens, told to the façade in numbers.

use wasm_bindgen::prelude::*;

use crate::proto::Data;
use crate::proto::engine::Revision;
use crate::proto::engine::packet::Packet;
use crate::proto::engine::transport::Kind;
use crate::proto::output::{Demand, EngineEvent, Event, Failure, Loss, Reason, SocketEvent};
use crate::web::{Payload, edge, number_of};

use super::error;

#[wasm_bindgen(module = "/src/js/target.js")]
extern "C" {
    fn options(target: i32) -> i32;
    #[wasm_bindgen(js_name = hasAuth)]
    fn has_auth(target: i32) -> bool;
    #[wasm_bindgen(js_name = wantBearer)]
    fn want_bearer(target: i32, epoch: i32, reason: i32, attempt: i32, with_auth: i32);
    fn placed(target: i32, plan: i32);
    fn carry(target: i32, headers: i32);
    fn authenticate(
        target: i32,
        socket: i32,
        epoch: i32,
        reason: i32,
        attempt: i32,
        renews: i32,
        refusal: i32,
        is_auth_error: i32,
    );
    fn encode(target: i32, connection: i32, socket: i32, code: i32, id: f64, data: i32, compress: i32) -> i32;
    fn tell(target: i32, event: i32, about: i32, slot: i32, number: f64, epoch: i32);
}

/// The façade's manager.
pub struct Target(pub Payload);

/// What is told; `manager.js` has the same list.
#[derive(Clone, Copy)]
enum Tale {
    Message,
    Ack,
    AckFailed,
    Try,
    Granted,
    Connect,
    ConnectError,
    Disconnect,
    Open,
    Error,
    Close,
    Ping,
    ReconnectAttempt,
    Reconnect,
    ReconnectError,
    ReconnectFailed,
    Renewal,
    RenewalError,
    EngineOpen,
    Upgrading,
    Upgrade,
    UpgradeError,
    Drain,
    EngineClose,
    Packet,
    PacketCreate,
    Flush,
    SocketPacket,
}

impl Target {
    /// The app's options, as they are now.
    pub fn options(&self) -> Option<Payload> {
        Payload::from_slot(options(self.0.slot()))
    }

    /// Whether any socket has a payload of its own.
    pub fn has_auth(&self) -> bool {
        has_auth(self.0.slot())
    }

    /// What the handshake of the next connection carries is wanted: a bearer token, and the payload of the root namespace.
    pub fn bear(&self, epoch: u32, reason: &str, attempt: u32, with_auth: bool) {
        let reason = edge::hold_text(reason);
        want_bearer(
            self.0.slot(),
            epoch as i32,
            reason,
            attempt as i32,
            i32::from(with_auth),
        );
    }

    /// A session is about to begin: the plan, five texts an entry behind the transport's name.
    pub fn placed(&self, plan: Payload) {
        placed(self.0.slot(), plan.into_slot());
    }

    /// The headers that go into each payload from now on, name and value in turn.
    pub fn carry(&self, headers: Option<Payload>) {
        carry(self.0.slot(), headers.map_or(0, Payload::into_slot));
    }

    /// Has the app's encoder make messages of a packet: gives a list of them, or nothing where it fails.
    pub fn encode(&self, connection: u32, socket: usize, packet: Packet<Payload>) -> Option<Payload> {
        let Packet::Text {
            code,
            id,
            data,
            compress,
            ..
        } = packet
        else {
            return None;
        };
        let (id, data) = (number_of(id), data.map_or(0, Payload::into_slot));
        let (connection, socket, code) = (connection as i32, socket as i32, code as i32);
        Payload::from_slot(encode(
            self.0.slot(),
            connection,
            socket,
            code,
            id,
            data,
            i32::from(compress),
        ))
    }

    /// Something happened. `slot` is taken by the façade.
    fn say(&self, tale: Tale, about: usize, slot: i32, number: f64) {
        tell(self.0.slot(), tale as i32, about as i32, slot, number, 0);
    }

    /// Asks for a socket's payload.
    pub fn ask(&self, socket: usize, epoch: u32, demand: Demand<Payload>) {
        let (refusal, is_auth_error) = match &demand.refusal {
            Some((failure, is_auth_error)) => (hold(failure), *is_auth_error),
            None => (0, false),
        };
        let reason = edge::hold_text(demand.occasion.name());
        authenticate(
            self.0.slot(),
            socket as i32,
            epoch as i32,
            reason,
            demand.attempt as i32,
            i32::from(demand.occasion.renews()),
            refusal,
            i32::from(is_auth_error),
        );
    }

    /// Tells an event.
    pub fn event(&self, event: Event<Payload>) {
        match event {
            Event::Socket(socket, event) => self.socket_event(socket, event),
            Event::Engine(engine, event) => self.engine_event(engine as usize, event),
            Event::Open => self.say(Tale::Open, 0, 0, 0.0),
            Event::Error(failure) => self.say(Tale::Error, 0, hold(&failure), 0.0),
            Event::Close(reason, failure) => {
                self.say(Tale::Close, 0, hold_end(reason, failure.as_deref()), 0.0);
            }
            Event::Ping => self.say(Tale::Ping, 0, 0, 0.0),
            Event::ReconnectAttempt(count) => self.say(Tale::ReconnectAttempt, 0, 0, f64::from(count)),
            Event::Reconnect(count) => self.say(Tale::Reconnect, 0, 0, f64::from(count)),
            Event::ReconnectError(failure) => self.say(Tale::ReconnectError, 0, hold(&failure), 0.0),
            Event::ReconnectFailed => self.say(Tale::ReconnectFailed, 0, 0, 0.0),
            Event::Packet {
                kind,
                namespace,
                id,
                data,
            } => {
                let packet = Payload::list(&[]);
                packet.append(&String::from_utf16_lossy(&namespace));
                packet.push(data);
                self.say(
                    Tale::SocketPacket,
                    kind as usize,
                    packet.into_slot(),
                    id.map_or(-1.0, f64::from),
                );
            }
            Event::Renewal(socket) => self.say(Tale::Renewal, socket, 0, 0.0),
            Event::RenewalError(socket, failure) => self.say(Tale::RenewalError, socket, hold(&failure), 0.0),
        }
    }

    fn socket_event(&self, socket: usize, event: SocketEvent<Payload>) {
        match event {
            SocketEvent::Message { data, ack, epoch } => {
                let ack = ack.map_or(-1.0, f64::from);
                let (tale, socket) = (Tale::Message as i32, socket as i32);
                tell(self.0.slot(), tale, socket, data.into_slot(), ack, epoch as i32);
            }
            SocketEvent::Ack { id, data } => self.say(Tale::Ack, socket, data.into_slot(), f64::from(id)),
            SocketEvent::AckFailed { id, loss } => {
                let message = match loss {
                    Loss::TimedOut => Payload::text("operation has timed out").into_slot(),
                    Loss::Disconnected => Payload::text("socket has been disconnected").into_slot(),
                    Loss::Forgotten => 0,
                };
                self.say(Tale::AckFailed, socket, message, f64::from(id));
            }
            SocketEvent::Try { ticket } => self.say(Tale::Try, socket, 0, f64::from(ticket)),
            SocketEvent::Granted { id, recovered } => {
                self.say(Tale::Granted, socket, id.into_slot(), f64::from(u8::from(recovered)));
            }
            SocketEvent::Connect { id, recovered } => {
                self.say(Tale::Connect, socket, id.into_slot(), f64::from(u8::from(recovered)));
            }
            SocketEvent::ConnectError {
                failure,
                will_retry,
                transport,
            } => {
                let error = error::failure(&failure, transport);
                self.say(Tale::ConnectError, socket, error, f64::from(u8::from(will_retry)));
            }
            SocketEvent::Disconnect(reason, failure) => {
                self.say(Tale::Disconnect, socket, hold_end(reason, failure.as_deref()), 0.0);
            }
        }
    }

    fn engine_event(&self, engine: usize, event: EngineEvent<Payload>) {
        match event {
            EngineEvent::Open { sid, revision, .. } => {
                let number = match revision {
                    Revision::V3 => 3.0,
                    Revision::V4 => 4.0,
                };
                self.say(Tale::EngineOpen, engine, Payload::text(&sid).into_slot(), number);
            }
            EngineEvent::Upgrading(kind) => self.say(Tale::Upgrading, engine, hold_name(kind), 0.0),
            EngineEvent::Upgrade(kind) => self.say(Tale::Upgrade, engine, hold_name(kind), 0.0),
            EngineEvent::UpgradeError(failure) => self.say(Tale::UpgradeError, engine, hold(&failure), 0.0),
            EngineEvent::Flush => self.say(Tale::Flush, engine, 0, 0.0),
            EngineEvent::Drain => self.say(Tale::Drain, engine, 0, 0.0),
            EngineEvent::Close(reason, failure) => {
                self.say(Tale::EngineClose, engine, hold_end(reason, failure.as_deref()), 0.0);
            }
            EngineEvent::Packet(kind, data) => {
                let slot = data.map_or(0, Payload::into_slot);
                self.say(Tale::Packet, engine, slot, f64::from(kind as u32));
            }
            EngineEvent::PacketCreate { data, compress } => {
                self.say(
                    Tale::PacketCreate,
                    engine,
                    data.into_slot(),
                    f64::from(u8::from(compress)),
                );
            }
        }
    }
}

fn hold(failure: &Failure<Payload>) -> i32 {
    error::failure(failure, None)
}

fn hold_name(kind: Kind) -> i32 {
    Payload::text(kind.name()).into_slot()
}

/// Why something ended: the reason, and what is known of it.
fn hold_end(reason: Reason, failure: Option<&Failure<Payload>>) -> i32 {
    let end = Payload::list(&[reason.as_str()]);
    let detail = failure.and_then(|failure| match reason {
        // A close is described, a failure is an error.
        Reason::TransportClose => match &failure.detail {
            Some(detail) => Some(detail.slice(0, usize::MAX)),
            None => Payload::from_slot(edge::describe(edge::hold_text(&failure.error.message))),
        },
        _ => Payload::from_slot(hold(failure)),
    });
    end.push(detail);
    end.into_slot()
}
