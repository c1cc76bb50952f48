//! Engine.IO packets: a type digit and what follows.

use crate::proto::Data;

/// The type of a packet, its first digit on the wire.
///
/// Source: Engine.IO protocol, "Packet types".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketType {
    /// The handshake, from the server.
    Open = 0,
    /// The end of the connection.
    Close = 1,
    /// Asks for a sign of life.
    Ping = 2,
    /// Gives a sign of life.
    Pong = 3,
    /// A message of the layer above.
    Message = 4,
    /// Moves the connection to the transport it is sent on.
    Upgrade = 5,
    /// Nothing: ends a pending poll.
    Noop = 6,
}

impl PacketType {
    /// The type that a digit stands for.
    pub fn from_unit(unit: u16) -> Option<Self> {
        Some(match unit.wrapping_sub(u16::from(b'0')) {
            0 => Self::Open,
            1 => Self::Close,
            2 => Self::Ping,
            3 => Self::Pong,
            4 => Self::Message,
            5 => Self::Upgrade,
            6 => Self::Noop,
            _ => return None,
        })
    }
}

/// A packet on its way out, in the pieces that the host joins: a number, a text, a number, a text. The order is all that
/// the host knows of it.
#[derive(Debug)]
pub struct Packet<D> {
    /// The digits at the head: the packet's type, and for a message the Socket.IO type behind it.
    pub code: u32,
    /// What stands between the types and the acknowledgement's id: attachments and namespace.
    pub label: Option<D>,
    /// The acknowledgement's id.
    pub id: Option<u32>,
    /// The rest. Of a binary message all of it.
    pub data: Option<D>,
    /// Whether the transport may compress it.
    pub compress: bool,
    /// Whether it is a binary message.
    pub is_binary: bool,
}

impl<D: Data> Packet<D> {
    /// A packet of the protocol's own, with a type and nothing more.
    pub fn control(kind: PacketType) -> Self {
        Self::with_data(kind as u32, None)
    }

    /// A packet with a code and data, a text.
    pub fn with_data(code: u32, data: Option<D>) -> Self {
        Self {
            code,
            label: None,
            id: None,
            data,
            compress: true,
            is_binary: false,
        }
    }

    /// A message, of a text or a binary.
    pub fn message(data: D, compress: bool) -> Self {
        let is_binary = data.is_binary();
        let mut packet = Self::with_data(PacketType::Message as u32, Some(data));
        packet.is_binary = is_binary;
        packet.compress = compress || is_binary;
        packet
    }

    /// The size in a polling payload, in bytes, without separator.
    pub fn wire_len(&self) -> usize {
        let data = self.data.as_ref().map_or(0, Data::wire_len);
        if self.is_binary {
            return data;
        }
        let label = self.label.as_ref().map_or(0, Data::wire_len);
        digits(self.code) + label + self.id.map_or(0, digits) + data
    }

    /// What the app sees of it: the text with its type digit or the binary.
    pub fn describe(&self) -> D {
        match &self.data {
            Some(data) if self.is_binary => data.share(),
            data => D::join(self.code, self.label.as_ref(), self.id, data.as_ref()),
        }
    }
}

/// How many digits a number has.
const fn digits(mut number: u32) -> usize {
    let mut count = 1;
    while number > 9 {
        number /= 10;
        count += 1;
    }
    count
}
