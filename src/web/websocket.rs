//! WebSocket.

use crate::proto::Data;
use crate::proto::engine::Revision;
use crate::proto::engine::packet::{Packet, PacketType};

use super::edge;
use super::payload::{Payload, number_of, slot_of};
use super::polling::binary_mark;

/// An open or opening WebSocket. Dropped, it is closed and no longer heard.
pub struct Stream {
    slot: i32,
    /// Whether binary travels as text.
    base64: bool,
}

impl Stream {
    /// Opens a WebSocket, with a time stamp of this name where there is one, offering the subprotocols of a list.
    /// `None` where the browser refuses; a signal says so later.
    pub fn open(
        url: &Payload,
        stamp: Option<&Payload>,
        protocols: &Payload,
        base64: bool,
        driver: i32,
        transport: i32,
    ) -> Option<Self> {
        let slot = edge::open_socket(url.slot(), slot_of(stamp), protocols.slot(), driver, transport);
        (slot != 0).then_some(Self { slot, base64 })
    }

    /// Writes a packet, in a session of a revision.
    pub fn write(&self, packet: Packet<Payload>, revision: Revision) {
        match packet {
            Packet::Text {
                code, label, id, data, ..
            } => {
                let data = data.map_or(0, Payload::into_slot);
                edge::write_text(self.slot, code as i32, slot_of(label.as_deref()), number_of(id), data);
            }
            Packet::Binary(data) => {
                let kind = (revision == Revision::V3).then_some(PacketType::Message);
                let mark = self.base64.then(|| Payload::text(binary_mark(revision)));
                edge::write_binary(
                    self.slot,
                    data.into_slot(),
                    kind.map_or(0, |kind| kind as u8),
                    slot_of(mark.as_ref()),
                );
            }
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        edge::close_socket(self.slot);
    }
}
