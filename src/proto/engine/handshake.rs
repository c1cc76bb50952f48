//! The handshake: what the server says when a connection opens.

use crate::proto::timer::Millis;
use crate::proto::{Data, Shape};

use super::transport::Kind;

/// The server's first packet.
///
/// Source: Engine.IO protocol 4, "Handshake".
#[derive(Debug)]
pub struct Handshake<D> {
    /// The id of the session.
    pub sid: D,
    /// The names of the transports that the server offers an upgrade to, a list.
    upgrades: Option<D>,
    /// How often the server gives a sign of life.
    pub ping_interval: Millis,
    /// How late such a sign may be.
    pub ping_timeout: Millis,
    /// How many bytes one polling request may carry; 0 where the server sets no limit.
    pub max_payload: usize,
}

impl<D: Data> Handshake<D> {
    /// Reads a handshake from the JSON that `data` holds from `from` on. `None` where it lacks what every server sends.
    pub fn parse(mut data: D, from: usize) -> Option<Self> {
        if data.parse(from) != Shape::Object {
            return None;
        }
        Some(Self {
            ping_interval: data.number_at("pingInterval")?,
            ping_timeout: data.number_at("pingTimeout")?,
            // A cast of a float saturates: no number is out of range.
            max_payload: data.number_at("maxPayload").unwrap_or(0.0) as usize,
            sid: data.get("sid").filter(D::is_text)?,
            upgrades: data.get("upgrades"),
        })
    }

    /// Whether the server offers an upgrade to a transport.
    pub fn offers(&self, kind: Kind) -> bool {
        let Some(list) = &self.upgrades else {
            return false;
        };
        // A server knows three transports; what comes behind is not for us.
        let is_offered = |index| list.get(index).is_some_and(|name| name.is(kind.name()));
        !kind.is_polling() && ["0", "1", "2", "3"].into_iter().any(is_offered)
    }
}
