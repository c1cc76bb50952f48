//! WebTransport.

use std::cell::Cell;

use crate::proto::Data;
use crate::proto::engine::frame::{Decoder, EMPTY_BINARY, Header, Piece};
use crate::proto::engine::packet::Packet;

use super::edge;
use super::payload::{Payload, slot_of};

/// The one stream of an open or opening session. Dropped, it is no longer heard; what was written is sent, and then the
/// session is closed.
pub struct Session {
    slot: i32,
    decoder: Cell<Decoder>,
}

impl Session {
    /// Opens a session, with the options that the browser's constructor takes. Where the browser refuses, a signal says so
    /// later.
    pub fn open(url: &Payload, options: Option<&Payload>, driver: i32, transport: i32) -> Self {
        Self {
            slot: edge::open_session(url.slot(), slot_of(options), driver, transport),
            decoder: Cell::default(),
        }
    }

    /// Writes a packet.
    pub fn write(&self, packet: Packet<Payload>) {
        let (mut data, mut is_binary) = match packet {
            Packet::Text {
                code, label, id, data, ..
            } => (Payload::join(code, label.as_deref(), id, data.as_ref()), false),
            Packet::Binary(data) => (data, true),
        };
        let mut length = edge::to_bytes(data.slot());
        if length == 0 {
            is_binary = false;
            data = Payload::text(EMPTY_BINARY);
            length = edge::to_bytes(data.slot());
        }
        let header = Header::new(length as u32, is_binary);
        let bytes = header.as_bytes();
        edge::write_frame(self.slot, bytes.as_ptr() as i32, bytes.len() as i32, data.into_slot());
    }

    /// How many bytes of the stream make the next piece.
    pub fn wanted(&self) -> u32 {
        self.decoder.get().wanted()
    }

    /// Takes the next piece; see [`Decoder::advance`].
    pub fn advance(&self, number: u32) -> Piece {
        let mut decoder = self.decoder.get();
        let piece = decoder.advance(number);
        self.decoder.set(decoder);
        piece
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        edge::end(self.slot);
    }
}
