//! What the façade calls.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use crate::client::core::{Core, Host};
use crate::client::options::Options;
use crate::error::{Code, Error};
use crate::proto::Data;
use crate::proto::auth::{Plan, Secret};
use crate::proto::engine::connection::Connection;
use crate::proto::engine::packet::{Packet, PacketType};
use crate::proto::engine::url::Url;
use crate::proto::output::{Event, Failure};
use crate::proto::socket::ack::Wanted;
use crate::proto::socket::manager::Emitted;
use crate::proto::socket::namespace::Outgoing;
use crate::web::{Driver, Payload};

use super::error::error;
use super::options;
use super::tell::Target;

/// `emit` wants an acknowledgement.
const ACK: u32 = 1;
/// The app wants to hear that none will come.
const WANTS_ERROR: u32 = 2;
/// The event may be dropped.
const VOLATILE: u32 = 4;
/// The transport may not compress it.
const PLAIN: u32 = 8;

struct Façade {
    target: Target,
}

impl Host for Façade {
    fn options(&self) -> Result<Options, Error> {
        let object = self.target.options();
        options::read(&object.map_err(|_| Error::new(Code::InvalidOption, "The options can't be read"))?)
    }

    fn has_auth(&self) -> bool {
        self.target.has_auth()
    }

    fn placed(&self, plan: Plan, payload_headers: &[(String, Secret)]) {
        let mut strings = vec![plan.transport.name().to_owned()];
        for entry in plan.entries {
            let warning = entry
                .warning
                .map(|warning| (warning.code(), warning.message(&entry.name, plan.transport)));
            let (code, message) = warning.unwrap_or_default();
            strings.extend([
                entry.credential.name().to_owned(),
                entry.name,
                entry.placement.name().to_owned(),
            ]);
            strings.extend([code.to_owned(), message]);
        }
        let headers = payload_headers
            .iter()
            .flat_map(|(name, value)| [name.clone(), value.expose().to_owned()]);
        self.target.placed(strings, headers.collect());
    }

    fn authenticate(&self, _: &Rc<Driver>, socket: usize, epoch: u32) {
        self.target.authenticate(socket, epoch);
    }

    fn event(&self, event: Event<Payload>) {
        self.target.event(event);
    }
}

/// A URL taken apart: what names the server, the namespace, and the origin.
#[wasm_bindgen(js_name = parseUrl)]
pub fn parse_url(text: &str, page: Option<String>) -> Result<Vec<String>, JsValue> {
    let url = Url::parse(text, page.as_deref()).map_err(|failure| error(&failure))?;
    let origin = url.origin("http");
    Ok(vec![origin, url.path])
}

/// One manager.
#[wasm_bindgen]
pub struct Client {
    driver: Rc<Driver>,
}

#[wasm_bindgen]
impl Client {
    /// A manager for a URL, without a connection. `target` is told what happens.
    #[wasm_bindgen(constructor)]
    pub fn new(target: Target, text: &str, page: Option<String>, object: &JsValue) -> Result<Client, JsValue> {
        let start = || {
            let url = Url::parse(text, page.as_deref())?;
            let options = options::read(object)?;
            Ok(Core::start(url, &options, |_| Façade { target }))
        };
        let driver = start().map_err(|failure| error(&failure))?;
        Ok(Self { driver })
    }

    /// Opens the connection.
    pub fn open(&self) {
        self.driver.run(|manager, now| manager.open(now));
    }

    /// Closes the connection for good.
    pub fn close(&self) {
        self.driver.run(|manager, _| manager.close());
    }

    /// Adds a socket for a namespace and gives its number.
    #[wasm_bindgen(js_name = addSocket)]
    pub fn add_socket(&self, namespace: &str) -> usize {
        self.driver.look(|manager| manager.add_socket(namespace))
    }

    /// Connects a socket.
    pub fn connect(&self, socket: usize) {
        self.driver.run(|manager, now| manager.connect(now, socket));
    }

    /// Disconnects a socket.
    pub fn disconnect(&self, socket: usize) {
        self.driver.run(|manager, _| manager.disconnect(socket));
    }

    /// Whether a socket is connected or will be by itself.
    #[wasm_bindgen(js_name = isActive)]
    pub fn is_active(&self, socket: usize) -> bool {
        self.driver.look(|manager| manager.is_active(socket))
    }

    /// Whether a packet would be written at once.
    #[wasm_bindgen(js_name = isWritable)]
    pub fn is_writable(&self) -> bool {
        self.driver
            .look(|manager| manager.connection().is_some_and(Connection::is_writable))
    }

    /// Sends an event. `data` is its JSON, `attachments` a list of binaries or 0, both taken; `timeout` is in milliseconds.
    /// Gives what became of it in the lowest two bits (0 sent, 1 buffered, 2 discarded) and the acknowledgement's id.
    pub fn emit(&self, socket: usize, data: u32, attachments: u32, timeout: f64, flags: u32) -> f64 {
        let Some(event) = outgoing(data, attachments, flags & PLAIN == 0) else {
            return f64::NAN;
        };
        let wanted = (flags & ACK != 0).then_some(Wanted {
            timeout,
            wants_error: flags & WANTS_ERROR != 0,
        });
        let is_volatile = flags & VOLATILE != 0;
        let (emitted, id) = self
            .driver
            .run(|manager, now| manager.emit(now, socket, event, wanted, is_volatile));
        let emitted = match emitted {
            Emitted::Sent => 0.0,
            Emitted::Buffered => 1.0,
            Emitted::Discarded => 2.0,
        };
        f64::from(id) * 4.0 + emitted
    }

    /// Answers an event.
    pub fn acknowledge(&self, socket: usize, epoch: u32, id: u32, data: u32, attachments: u32) {
        if let Some(answer) = outgoing(data, attachments, true) {
            self.driver
                .run(|manager, _| manager.acknowledge(socket, epoch, id, answer));
        }
    }

    /// Gives the JSON of a socket's payload, or 0.
    pub fn answer(&self, socket: usize, epoch: u32, auth: u32) {
        self.driver.answer(socket, epoch, Ok(Payload::from_slot(auth)));
    }

    /// Says that there is no payload, and what was thrown.
    pub fn refuse(&self, socket: usize, epoch: u32, detail: u32) {
        let error = Error::new(Code::AuthFailed, "The function that gives the credentials failed");
        let failure = Failure {
            error,
            detail: Payload::from_slot(detail),
        };
        self.driver.answer(socket, epoch, Err(failure));
    }

    /// Tells of every packet, or stops doing so.
    pub fn watch(&self, is_watched: bool) {
        self.driver.look(|manager| manager.watch(is_watched));
    }

    /// Sends a message below Socket.IO.
    #[wasm_bindgen(js_name = sendMessage)]
    pub fn send_message(&self, data: u32) {
        let Some(data) = Payload::from_slot(data) else {
            return;
        };
        let packet = if data.is_binary() {
            Packet::Binary(data)
        } else {
            Packet::with_data(PacketType::Message, Some(data))
        };
        self.driver.run(|manager, _| manager.send(packet));
    }

    /// Closes the connection; the manager opens another one.
    #[wasm_bindgen(js_name = closeEngine)]
    pub fn close_engine(&self) {
        self.driver.run(|manager, now| manager.close_engine(now));
    }

    /// Whether a new attempt is waited for.
    #[wasm_bindgen(js_name = isReconnecting)]
    pub fn is_reconnecting(&self) -> bool {
        self.driver.look(|manager| manager.is_reconnecting())
    }

    /// Reads the options of reconnection anew.
    pub fn reconfigure(&self, object: &JsValue) -> Result<(), JsValue> {
        let options = options::read(object).map_err(|failure| error(&failure))?;
        self.driver
            .look(|manager| options.reconfigure(&mut manager.reconnection));
        Ok(())
    }
}

fn outgoing(data: u32, attachments: u32, compress: bool) -> Option<Outgoing<Payload>> {
    let data = Payload::from_slot(data)?;
    let mut binaries = Vec::new();
    if let Some(list) = Payload::from_slot(attachments) {
        let list: js_sys::Array = list.to_js().unchecked_into();
        binaries.extend(list.iter().map(|binary| Payload::from(&binary)));
    }
    Some(Outgoing {
        data,
        attachments: binaries,
        compress,
    })
}
