//! The handshake: what the server says when a connection opens.

use crate::proto::timer::Millis;
use crate::proto::{Data, Shape};

use super::transport::Kind;

/// The server's first packet.
///
/// Source: Engine.IO protocol 4, "Handshake".
#[derive(Debug)]
pub struct Handshake {
    /// The id of the session.
    pub sid: String,
    /// The transports that the server offers for an upgrade.
    pub upgrades: Vec<Kind>,
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
        let sid = data.text_at("sid")?;
        let mut upgrades = Vec::new();
        if let Some(list) = data.get("upgrades") {
            // A server knows three transports; what comes behind is not for us.
            for index in ["0", "1", "2", "3"] {
                if let Some(kind) = list.text_at(index).and_then(|name| Kind::parse(&name)) {
                    upgrades.push(kind);
                }
            }
        }
        if sid.is_empty() {
            return None;
        }
        Some(Self {
            sid,
            upgrades,
            ping_interval: data.number_at("pingInterval")?,
            ping_timeout: data.number_at("pingTimeout")?,
            // A cast of a float saturates: no number is out of range.
            max_payload: data.number_at("maxPayload").unwrap_or(0.0) as usize,
        })
    }
}
