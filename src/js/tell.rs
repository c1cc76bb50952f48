//! What happens, told to the façade in numbers.

use wasm_bindgen::prelude::*;

use crate::proto::Data;
use crate::proto::engine::packet::Packet;
use crate::proto::engine::transport::Kind;
use crate::proto::output::{Demand, EngineEvent, Event, Failure, Loss, Reason, Report, SocketEvent};
use crate::web::{Payload, edge, number_of};

use super::error;

#[wasm_bindgen(module = "/src/js/target.js")]
extern "C" {
    fn settings(target: i32) -> i32;
    fn given(target: i32, kind: i32) -> i32;
    #[wasm_bindgen(js_name = headerNames)]
    fn header_names(target: i32) -> i32;
    fn place(target: i32, texts: i32, time: i32) -> i32;
    fn endpoint(target: i32, kind: i32) -> i32;
    #[wasm_bindgen(js_name = wantBearer)]
    fn want_bearer(target: i32, epoch: i32, reason: i32, attempt: i32, with_auth: i32);
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
    /// The app's options as they are now, as [`settings`](super::settings::settings) reads them; or the error that says what is wrong with
    /// them.
    pub fn settings(&self) -> Result<Payload, Payload> {
        let slot = settings(self.0.slot());
        let value = Payload::held(slot.abs());
        if slot < 0 { Err(value) } else { Ok(value) }
    }

    /// Which credentials there are for a session that begins on a transport, each a bit.
    pub fn given(&self, kind: Kind) -> i32 {
        given(self.0.slot(), kind as i32)
    }

    /// The names of its headers.
    pub fn header_names(&self) -> Payload {
        Payload::held(header_names(self.0.slot()))
    }

    /// Has those credentials put where `texts` says: a list of what travels with the handshake.
    pub fn place(&self, texts: Payload, time: i32) -> Payload {
        Payload::held(place(self.0.slot(), texts.into_slot(), time))
    }

    /// Where a transport goes to, as [`endpoint`](super::settings::endpoint) reads it.
    pub fn endpoint(&self, kind: Kind) -> Payload {
        Payload::held(endpoint(self.0.slot(), kind as i32))
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

    /// Has the app's encoder make messages of a packet: gives a list of them, or nothing where it fails.
    pub fn encode(&self, connection: u32, socket: usize, packet: Packet<Payload>) -> Option<Payload> {
        let (id, data) = (number_of(packet.id), packet.data.map_or(0, Payload::into_slot));
        let (connection, socket, code) = (connection as i32, socket as i32, packet.code as i32);
        Payload::from_slot(encode(
            self.0.slot(),
            connection,
            socket,
            code,
            id,
            data,
            i32::from(packet.compress),
        ))
    }

    /// Something happened. `slot` is taken by the façade.
    fn say(&self, tale: Tale, about: usize, slot: i32, number: f64) {
        tell(self.0.slot(), tale as i32, about as i32, slot, number, 0);
    }

    /// Asks for a socket's payload.
    pub fn ask(&self, socket: usize, epoch: u32, demand: Demand<Payload>) {
        let (refusal, is_auth_error) = match &demand.refusal {
            Some((failure, is_auth_error)) => (error::failure(failure, None), *is_auth_error),
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
    pub fn event(&self, report: Report<Payload>) {
        let Report { event, data, failure } = report;
        let failure = failure.as_deref();
        let hold = |transport| failure.map_or(0, |failure| error::failure(failure, transport));
        let hold_data = || data.map_or(0, Payload::into_slot);
        match event {
            Event::Socket(socket, SocketEvent::Message { ack, epoch }) => {
                let (tale, socket) = (Tale::Message as i32, socket as i32);
                tell(self.0.slot(), tale, socket, hold_data(), number_of(ack), epoch as i32);
            }
            Event::Socket(socket, event) => {
                let (tale, slot, number) = match event {
                    SocketEvent::Message { .. } => return,
                    SocketEvent::Ack { id } => (Tale::Ack, hold_data(), id),
                    SocketEvent::AckFailed { id, loss } => (Tale::AckFailed, hold_loss(loss), id),
                    SocketEvent::Try { ticket } => (Tale::Try, 0, ticket),
                    SocketEvent::Granted { recovered } => (Tale::Granted, hold_data(), u32::from(recovered)),
                    SocketEvent::Connect { recovered } => (Tale::Connect, hold_data(), u32::from(recovered)),
                    SocketEvent::ConnectError { will_retry, transport } => {
                        (Tale::ConnectError, hold(transport), u32::from(will_retry))
                    }
                    SocketEvent::Disconnect(reason) => (Tale::Disconnect, hold_end(reason, failure, None), 0),
                };
                self.say(tale, socket, slot, f64::from(number));
            }
            Event::Engine(engine, event) => {
                let (tale, slot, number) = match event {
                    EngineEvent::Open { revision, .. } => (Tale::EngineOpen, hold_data(), revision.number()),
                    EngineEvent::Upgrading(kind) => (Tale::Upgrading, hold_name(kind), 0),
                    EngineEvent::Upgrade(kind) => (Tale::Upgrade, hold_name(kind), 0),
                    EngineEvent::UpgradeError(kind) => (Tale::UpgradeError, hold(Some(kind)), 0),
                    EngineEvent::Flush => (Tale::Flush, 0, 0),
                    EngineEvent::Drain => (Tale::Drain, 0, 0),
                    EngineEvent::Close { reason, is_dropped } => (
                        Tale::EngineClose,
                        hold_end(reason, failure, Payload::from_slot(hold_data())),
                        u32::from(is_dropped),
                    ),
                    EngineEvent::Packet(kind) => (Tale::Packet, hold_data(), kind as u32),
                    EngineEvent::PacketCreate { compress } => (Tale::PacketCreate, hold_data(), u32::from(compress)),
                };
                self.say(tale, engine as usize, slot, f64::from(number));
            }
            Event::Packet { kind, id } => self.say(Tale::SocketPacket, kind as usize, hold_data(), number_of(id)),
            Event::Renewal(socket) => self.say(Tale::Renewal, socket, 0, 0.0),
            Event::RenewalError(socket) => self.say(Tale::RenewalError, socket, hold(None), 0.0),
            Event::Open => self.say(Tale::Open, 0, 0, 0.0),
            Event::Error => self.say(Tale::Error, 0, hold(None), 0.0),
            Event::Close(reason) => self.say(Tale::Close, 0, hold_end(reason, failure, None), 0.0),
            Event::Ping => self.say(Tale::Ping, 0, 0, 0.0),
            Event::ReconnectAttempt(count) => self.say(Tale::ReconnectAttempt, 0, 0, f64::from(count)),
            Event::Reconnect(count) => self.say(Tale::Reconnect, 0, 0, f64::from(count)),
            Event::ReconnectError => self.say(Tale::ReconnectError, 0, hold(None), 0.0),
            Event::ReconnectFailed => self.say(Tale::ReconnectFailed, 0, 0, 0.0),
        }
    }
}

/// Why an acknowledgement will not come.
fn hold_loss(loss: Loss) -> i32 {
    let message = match loss {
        Loss::TimedOut => "operation has timed out",
        Loss::Disconnected => "socket has been disconnected",
        Loss::Forgotten => return 0,
    };
    Payload::text(message).into_slot()
}

fn hold_name(kind: Kind) -> i32 {
    Payload::text(kind.name()).into_slot()
}

/// Why something ended: the reason, what is known of it, and of a connection what was not written.
fn hold_end(reason: Reason, failure: Option<&Failure<Payload>>, left: Option<Payload>) -> i32 {
    let end = Payload::list(&[reason.as_str()]);
    let detail = failure.and_then(|failure| match reason {
        // A close is described, a failure is an error.
        Reason::TransportClose => match &failure.detail {
            Some(detail) => Some(detail.share()),
            None => Payload::from_slot(edge::describe(edge::hold_text(failure.message))),
        },
        _ => Payload::from_slot(error::failure(failure, None)),
    });
    end.push(detail);
    if left.is_some() {
        end.push(left);
    }
    end.into_slot()
}
