//! What the façade calls.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use crate::client::core::{Carried, Core, Given, Host, Time, seed};
use crate::client::settings::Settings;
use crate::error::Code;
use crate::proto::Data;
use crate::proto::auth::{OF_RESERVED, Places, RESERVED, Warning};
use crate::proto::backoff::Backoff;
use crate::proto::engine::connection::Connection;
use crate::proto::engine::packet::Packet;
use crate::proto::engine::transport::Kind;
use crate::proto::output::{Demand, Failure, Occasion, Report};
use crate::proto::socket::ack::Wanted;
use crate::proto::socket::manager::Manager;
use crate::proto::socket::namespace::Outgoing;
use crate::proto::socket::packet::PacketType;
use crate::proto::socket::parser::Incoming;
use crate::proto::socket::policy::Policy;
use crate::proto::socket::reconnection::Reconnection;
use crate::proto::timer::Millis;
use crate::web::driver::find;
use crate::web::{Driver, Endpoint, Payload, shape_of, signal};

use super::error;
use super::settings;
use super::tell::Target;

/// `emit` wants an acknowledgement.
const ACK: u32 = 1;
/// The app wants to hear that none will come.
const WANTS_ERROR: u32 = 2;
/// The event may be dropped.
const VOLATILE: u32 = 4;
/// The transport may not compress it.
const PLAIN: u32 = 8;

/// What [`call`] does; `calls.js` has the same list.
mod calls {
    /// Opens the connection. Who attends to it (a number but 0) does not want another attempt where it fails.
    pub const OPEN: u32 = 0;
    /// Closes the connection for good.
    pub const CLOSE: u32 = 1;
    /// Closes the connection; the manager opens another one.
    pub const CLOSE_ENGINE: u32 = 2;
    /// Tells of every packet from now on.
    pub const WATCH: u32 = 3;
    /// Connects a socket.
    pub const CONNECT: u32 = 4;
    /// Disconnects a socket.
    pub const DISCONNECT: u32 = 5;
    /// Forgets the event of a number that waits for a socket to connect.
    pub const DISCARD: u32 = 6;
    /// Says, to a question of a number, that there is no other payload than the one that the server refused, or that expires.
    pub const DECLINE: u32 = 7;
    /// Whether a socket is connected or will be by itself.
    pub const IS_ACTIVE: u32 = 8;
    /// Whether a new attempt is waited for.
    pub const IS_RECONNECTING: u32 = 9;
    /// Whether a packet would be written at once.
    pub const IS_WRITABLE: u32 = 10;
    /// Whether an event of a connected socket would be sent now, rather than later or never; a volatile one where the number is
    /// not 0.
    pub const WOULD_SEND: u32 = 11;
    /// Whether there is no connection, and none is being opened.
    pub const IS_CLOSED: u32 = 12;
}

struct Façade {
    target: Target,
}

impl Host for Façade {
    fn settings(&self) -> Result<(Settings, Policy<Payload>), Rc<Failure<Payload>>> {
        // What is wrong with them, the façade knows.
        let failed = |detail| Failure::with(Code::InvalidOption, "The options can't be read", detail);
        let list = self.target.settings().map_err(|error| failed(Some(error)))?;
        settings::settings(&list).ok_or_else(|| failed(None))
    }

    fn bear(&self, _: &Rc<Driver>, epoch: u32, occasion: Occasion, attempt: u32, with_auth: bool) {
        self.target.bear(epoch, occasion.name(), attempt, with_auth);
    }

    fn given(&self, kind: Kind) -> Given {
        Given(self.target.given(kind) as u32)
    }

    fn header_names(&self, _: Kind) -> Payload {
        self.target.header_names()
    }

    fn place(&self, kind: Kind, places: &Places, time: Time) -> Carried {
        let list = self.target.place(texts_of(kind, places), time as i32);
        Carried {
            headers: list.item(0),
            query: list.item(1),
            protocols: list.item(2),
            request: list.item(3).unwrap_or(list),
        }
    }

    fn endpoint(&self, kind: Kind) -> Endpoint {
        settings::endpoint(self.target.endpoint(kind))
    }

    fn authenticate(&self, _: &Rc<Driver>, socket: usize, epoch: u32, demand: Demand<Payload>) {
        self.target.ask(socket, epoch, demand);
    }

    fn encode(&self, connection: u32, socket: usize, packet: Packet<Payload>) -> Option<Vec<Payload>> {
        self.target.encode(connection, socket, packet).map(Payload::into_items)
    }

    fn event(&self, report: Report<Payload>) {
        self.target.event(report);
    }
}

/// Something happened, as the edge tells.
#[wasm_bindgen]
pub fn dispatch(driver: usize, transport: u32, signal: u32, slot: i32, number: u32) -> f64 {
    signal::dispatch(driver, transport, signal, slot, number)
}

/// A manager without a connection; gives its number. `target` is told what happens, `speech` says who writes and reads messages.
#[wasm_bindgen(js_name = addManager)]
pub fn add_manager(target: i32, speech: u32, is_native: bool) -> i32 {
    let target = Target(Payload::held(target));
    // What it does, the façade says next.
    let reconnection = Reconnection {
        enabled: true,
        attempts: 0,
        timeout: 0.0,
        backoff: Backoff::new(0.0, 0.0, 0.0, seed()),
    };
    let host = |_| Façade { target };
    Core::start(settings::speech(speech), is_native, reconnection, host).number() as i32
}

/// How a connection is opened again.
#[wasm_bindgen]
pub fn reconfigure(manager: usize, enabled: bool, attempts: f64, min: f64, max: f64, jitter: f64, timeout: f64) {
    let Some(driver) = find(manager) else {
        return;
    };
    let is_new = driver.look(|manager| {
        let reconnection = &mut manager.reconnection;
        let is_new = enabled && !reconnection.enabled;
        reconnection.enabled = enabled;
        // A cast of a float saturates.
        reconnection.attempts = attempts as u32;
        reconnection.timeout = timeout;
        let backoff = &mut reconnection.backoff;
        (backoff.min, backoff.max, backoff.jitter) = (min, max, jitter);
        is_new
    });
    if is_new && driver.is_telling() {
        driver.run(|manager, now| manager.reconnect_after_all(now));
    }
}

/// Forgets a manager that JavaScript has collected.
#[wasm_bindgen(js_name = removeManager)]
pub fn remove_manager(manager: usize) {
    if let Some(driver) = find(manager) {
        driver.forget();
    }
}

/// The calls that take no more than a number and give no more than whether something is so: one of [`calls`].
#[wasm_bindgen]
pub fn call(manager: usize, what: u32, socket: usize, number: u32) -> i32 {
    let result = run(manager, |manager, now| {
        match what {
            calls::OPEN if number != 0 => manager.open_once(now),
            calls::OPEN => manager.open(now),
            calls::CLOSE => manager.close(),
            calls::CLOSE_ENGINE => manager.close_engine(now),
            calls::WATCH => manager.watch(true),
            calls::CONNECT => manager.connect(now, socket),
            calls::DISCONNECT => manager.disconnect(socket),
            calls::DISCARD => manager.discard_buffered(socket, number),
            calls::DECLINE => manager.decline_auth(socket, number),
            calls::IS_ACTIVE => return manager.is_active(socket),
            calls::IS_CLOSED => return manager.is_closed(),
            calls::IS_RECONNECTING => return manager.is_reconnecting(),
            calls::IS_WRITABLE => return manager.connection().is_some_and(Connection::is_writable),
            calls::WOULD_SEND => {
                let is_ready = |connection: &Connection<Payload>| {
                    !connection.is_expired(now) && (number == 0 || connection.is_writable())
                };
                return manager.connection().is_some_and(is_ready);
            }
            _ => {}
        }
        false
    });
    i32::from(result)
}

/// Adds a socket for a namespace, whose events are sent again this often, and gives its number.
#[wasm_bindgen(js_name = addSocket)]
pub fn add_socket(manager: usize, namespace: i32, retries: f64) -> usize {
    let namespace = Payload::from_slot(namespace).unwrap_or_else(|| Payload::text(""));
    look(manager, |manager| {
        let socket = manager.add_socket(namespace);
        // A cast of a float saturates.
        manager.set_retries(socket, retries as u32);
        socket
    })
}

/// Sends an event. `data` is its JSON, `attachments` a list of binaries or 0, both taken; `timeout` is in milliseconds.
/// Gives what became of it in the lowest two bits (0 sent, 1 buffered, 2 discarded, 3 queued) and its number.
#[wasm_bindgen]
pub fn emit(manager: usize, socket: usize, data: i32, attachments: i32, timeout: f64, flags: u32) -> f64 {
    let Some(event) = outgoing(data, attachments, flags & PLAIN == 0) else {
        return f64::NAN;
    };
    let wanted = (flags & ACK != 0).then_some(Wanted {
        timeout,
        wants_error: flags & WANTS_ERROR != 0,
    });
    let is_volatile = flags & VOLATILE != 0;
    run(manager, |manager, now| {
        let (emitted, number) = manager.emit(now, socket, event, wanted, is_volatile);
        f64::from(number) * 4.0 + f64::from(emitted as u8)
    })
}

/// Answers an event.
#[wasm_bindgen]
pub fn acknowledge(manager: usize, socket: usize, epoch: u32, id: u32, data: i32, attachments: i32) {
    if let Some(answer) = outgoing(data, attachments, true) {
        run(manager, |manager, _| manager.acknowledge(socket, epoch, id, answer));
    }
}

/// The app gave another bearer token, which expires at this time (in seconds or milliseconds since 1970, or no number). Throws where
/// the present session can't have it.
#[wasm_bindgen]
pub fn bear(manager: usize, expires_at: f64) -> i32 {
    let expires_at = (!expires_at.is_nan()).then_some(expires_at);
    let taken = find(manager).map_or(Ok(()), |driver| driver.bear(expires_at));
    taken.map_or_else(|failure| -error::failure(&failure, None), |()| 0)
}

/// Takes the JSON of the payload that travels in the query of the handshake, or 0.
#[wasm_bindgen]
pub fn authorize(manager: usize, auth: i32) {
    if let Some(driver) = find(manager) {
        driver.authorize(Payload::from_slot(auth));
    }
}

/// What the handshake of the next connection carries is there; or it is not, and this was thrown.
#[wasm_bindgen]
pub fn configured(manager: usize, epoch: u32, detail: i32) {
    if let Some(driver) = find(manager) {
        let outcome = Payload::from_slot(detail).map_or(Ok(()), |detail| Err(thrown(detail)));
        driver.configured(epoch, outcome);
    }
}

/// Gives the JSON of a socket's payload, or 0.
#[wasm_bindgen]
pub fn answer(manager: usize, socket: usize, epoch: u32, auth: i32) {
    if let Some(driver) = find(manager) {
        driver.answer(socket, epoch, Ok(Payload::from_slot(auth)));
    }
}

/// Says that there is no payload, and what was thrown.
#[wasm_bindgen]
pub fn refuse(manager: usize, socket: usize, epoch: u32, detail: i32) {
    if let (Some(driver), Some(detail)) = (find(manager), Payload::from_slot(detail)) {
        driver.answer(socket, epoch, Err(thrown(detail)));
    }
}

/// What the app's function threw.
fn thrown(detail: Payload) -> Rc<Failure<Payload>> {
    let message = "The function that gives the credentials failed";
    Failure::with(Code::AuthFailed, message, Some(detail))
}

/// Sends a message below Socket.IO, which a transport may compress. Gives the number by which events name the connection, or a negative
/// one where there is none.
#[wasm_bindgen(js_name = sendMessage)]
pub fn send_message(manager: usize, data: i32, compress: bool) -> i32 {
    let data = Payload::held(data);
    run(manager, |manager, _| {
        let number = manager.connection().map_or(-1, |connection| connection.number() as i32);
        manager.send(Packet::message(data, compress));
        number
    })
}

/// The app's decoder has made a packet of what arrived on a connection: its type, its acknowledgement's id (-1 for none), its
/// namespace, what its data is (as [`Shape`](crate::proto::Shape) numbers it) and the data; both values are taken. What is no
/// number is no type and no id.
#[wasm_bindgen]
pub fn decoded(manager: usize, connection: u32, kind: f64, id: f64, namespace: i32, shape: i32, data: i32) {
    let number = |number: f64| Some(number as u32).filter(|whole| f64::from(*whole) == number);
    let kind = number(kind).and_then(|kind| PacketType::from_number(u16::try_from(kind).ok()?));
    let id = if id == -1.0 { Some(None) } else { number(id).map(Some) };
    let (namespace, data) = (Payload::from_slot(namespace), Payload::from_slot(data));
    let packet = kind.zip(id).zip(data).map(|((kind, id), data)| Incoming {
        kind,
        // The root's has one unit at most.
        namespace: namespace.filter(|name| name.unit(1).is_some()),
        id,
        data,
        shape: shape_of(shape),
    });
    run(manager, |manager, now| manager.handle_decoded(now, connection, packet));
}

/// The app's encoder or decoder has thrown this, and nobody has asked it to.
#[wasm_bindgen]
pub fn garbled(manager: usize, connection: u32, detail: i32) {
    let detail = Payload::from_slot(detail);
    run(manager, |manager, now| manager.handle_garbled(now, connection, detail));
}

/// What a connection, named as its events name it, or the present one has not written for certain, as [`Connection::unwritten`] lists it.
#[wasm_bindgen(js_name = writeBuffer)]
pub fn write_buffer(manager: usize, connection: i32) -> i32 {
    look(manager, |manager| {
        manager
            .unwritten(u32::try_from(connection).ok())
            .map(Payload::into_slot)
    })
    .unwrap_or_default()
}

/// Where credentials travel, for the edge to expand it over their names: the transport, what is said of it, and the reserved names of
/// parameters; then the place of the headers, the payload, parameters, those with a reserved name, and cookies, each with the
/// warning's code and what it says of a name.
fn texts_of(kind: Kind, places: &Places) -> Payload {
    let texts = Payload::list(&[kind.name(), Warning::CANNOT, RESERVED]);
    for place in [
        places.headers,
        places.auth,
        Some(places.query),
        Some(OF_RESERVED),
        places.cookies,
    ] {
        let (placement, warning) = place.map_or(("", None), |(placement, warning)| (placement.name(), warning));
        let (code, remedy) = warning.map_or(("", ""), |warning| (warning.code(), warning.remedy()));
        for text in [placement, code, remedy] {
            texts.append(text);
        }
    }
    texts
}

fn look<T: Default>(manager: usize, look: impl FnOnce(&mut Manager<Payload>) -> T) -> T {
    find(manager).map(|driver| driver.look(look)).unwrap_or_default()
}

fn run<T: Default>(manager: usize, act: impl FnOnce(&mut Manager<Payload>, Millis) -> T) -> T {
    find(manager).map(|driver| driver.run(act)).unwrap_or_default()
}

fn outgoing(data: i32, attachments: i32, compress: bool) -> Option<Outgoing<Payload>> {
    let data = Payload::from_slot(data)?;
    Some(Outgoing {
        data,
        attachments: Payload::from_slot(attachments)
            .map(Payload::into_items)
            .unwrap_or_default(),
        compress,
    })
}
