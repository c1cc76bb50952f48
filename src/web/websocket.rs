//! WebSocket.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, WebSocket};

use crate::proto::auth::Secret;
use crate::proto::engine::Revision;
use crate::proto::engine::packet::{Packet, PacketType};

use super::edge;
use super::payload::{Payload, number_of, slot_of};
use super::polling::binary_mark;

/// An open or opening WebSocket. Dropped, it is closed and no longer heard.
pub struct Stream {
    socket: WebSocket,
    /// Whether binary travels as text.
    base64: bool,
}

impl Stream {
    /// Opens a WebSocket, offering subprotocols where there are any.
    pub fn open(url: &str, protocols: &[Secret], base64: bool, driver: usize, transport: u32) -> Result<Self, JsValue> {
        let socket = if protocols.is_empty() {
            WebSocket::new(url)?
        } else {
            let names: Array = protocols.iter().map(|name| JsValue::from_str(name.expose())).collect();
            WebSocket::new_with_str_sequence(url, &names)?
        };
        socket.set_binary_type(BinaryType::Arraybuffer);
        edge::listen_socket(&socket, driver, transport);
        Ok(Self { socket, base64 })
    }

    /// Writes a packet, in a session of a revision.
    pub fn write(&self, packet: Packet<Payload>, revision: Revision) {
        match packet {
            Packet::Text {
                code, label, id, data, ..
            } => {
                let data = data.map_or(0, Payload::into_slot);
                edge::write_text(&self.socket, code, slot_of(label.as_deref()), number_of(id), data);
            }
            Packet::Binary(data) if self.base64 => {
                edge::write_base64(&self.socket, binary_mark(revision), data.into_slot());
            }
            Packet::Binary(data) => {
                let kind = (revision == Revision::V3).then_some(PacketType::Message);
                edge::write_binary(&self.socket, data.into_slot(), kind.map_or(0, |kind| kind as u8));
            }
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        edge::unlisten_socket(&self.socket);
        // Fails only for codes and reasons, and none is given.
        let _ = self.socket.close();
    }
}
