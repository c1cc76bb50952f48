//! The handshake: what the server says when a connection opens.

use std::rc::Rc;

use crate::proto::timer::Millis;
use crate::proto::{Data, Shape};

use super::transport::Kind;

/// The server's first packet.
///
/// Source: Engine.IO protocol 4, "Handshake".
#[derive(Debug)]
pub struct Handshake {
    /// The id of the session.
    pub sid: Rc<str>,
    /// Whether the server offers an upgrade to a WebSocket.
    pub websocket: bool,
    /// Whether it offers one to WebTransport.
    pub webtransport: bool,
    /// How often the server gives a sign of life.
    pub ping_interval: Millis,
    /// How late such a sign may be.
    pub ping_timeout: Millis,
    /// How many bytes one polling request may carry; 0 where the server sets no limit.
    pub max_payload: usize,
}

impl Handshake {
    /// Reads a handshake from the JSON that `data` holds from `from` on. `None` where it lacks what every server sends.
    pub fn parse<D: Data>(mut data: D, from: usize) -> Option<Self> {
        if data.parse(from) != Shape::Object {
            return None;
        }
        let mut handshake = Self {
            ping_interval: data.number_at("pingInterval")?,
            ping_timeout: data.number_at("pingTimeout")?,
            // A cast of a float saturates: no number is out of range.
            max_payload: data.number_at("maxPayload").unwrap_or(0.0) as usize,
            sid: data.text_at("sid").filter(|sid| !sid.is_empty())?.into(),
            websocket: false,
            webtransport: false,
        };
        if let Some(list) = data.get("upgrades") {
            // A server knows three transports; what comes behind is not for us.
            for index in &["0", "1", "2", "3"] {
                match list.text_at(index).and_then(|name| Kind::parse(&name)) {
                    Some(Kind::WebSocket) => handshake.websocket = true,
                    Some(Kind::WebTransport) => handshake.webtransport = true,
                    _ => {}
                }
            }
        }
        Some(handshake)
    }

    /// Whether the server offers an upgrade to a transport.
    pub(super) const fn offers(&self, kind: Kind) -> bool {
        match kind {
            Kind::WebSocket => self.websocket,
            Kind::WebTransport => self.webtransport,
            Kind::Polling | Kind::Jsonp => false,
        }
    }
}
