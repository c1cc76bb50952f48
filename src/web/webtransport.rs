//! WebTransport.

use std::cell::Cell;

use wasm_bindgen::prelude::*;

use crate::proto::Data;
use crate::proto::engine::frame::{Decoder, EMPTY_BINARY, Header, Piece};
use crate::proto::engine::packet::Packet;

use super::edge;
use super::payload::Payload;

/// The one stream of an open or opening session. Dropped, it is no longer heard; what was written is sent, and then the
/// session is closed.
pub struct Session {
    line: edge::SessionLine,
    decoder: Cell<Decoder>,
}

impl Session {
    /// Opens a session, with the options that the browser's constructor takes.
    pub fn open(url: &str, options: &JsValue, driver: usize, transport: u32) -> Result<Self, JsValue> {
        Ok(Self {
            line: edge::open_session(url, options, driver, transport)?,
            decoder: Cell::default(),
        })
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
        let header = Header::new(length, is_binary);
        edge::write_frame(&self.line, header.as_bytes(), data.into_slot());
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
        edge::close_session(&self.line);
    }
}
