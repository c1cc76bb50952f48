//! Engine.IO packets: a type digit and what follows.

use std::rc::Rc;

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
pub enum Packet<D> {
    /// A text packet.
    Text {
        /// The digits at the head: the packet's type, and for a message the Socket.IO type behind it.
        code: u32,
        /// What stands between the types and the acknowledgement's id: attachments and namespace.
        label: Option<Rc<D>>,
        /// The acknowledgement's id.
        id: Option<u32>,
        /// The rest.
        data: Option<D>,
        /// Whether the transport may compress it.
        compress: bool,
    },
    /// A binary message.
    Binary(D),
}

impl<D: Data> Packet<D> {
    /// A packet of the protocol's own, with a type and nothing more.
    pub fn control(kind: PacketType) -> Self {
        Self::with_data(kind, None)
    }

    /// A packet with a type and data.
    pub fn with_data(kind: PacketType, data: Option<D>) -> Self {
        Self::Text {
            code: kind as u32,
            label: None,
            id: None,
            data,
            compress: true,
        }
    }

    /// A message, of a text or a binary.
    pub fn message(data: D, compress: bool) -> Self {
        if data.is_binary() {
            return Self::Binary(data);
        }
        Self::Text {
            code: PacketType::Message as u32,
            label: None,
            id: None,
            data: Some(data),
            compress,
        }
    }

    /// The size in a polling payload, in bytes, without separator.
    pub fn wire_len(&self) -> usize {
        match self {
            Self::Text {
                code, label, id, data, ..
            } => {
                let label = label.as_ref().map_or(0, |label| label.wire_len());
                digits(*code) + label + id.map_or(0, digits) + data.as_ref().map_or(0, Data::wire_len)
            }
            Self::Binary(data) => data.wire_len(),
        }
    }

    /// What the app sees of it: the text with its type digit or the binary, and whether it may be compressed.
    pub fn describe(&self) -> (D, bool) {
        match self {
            Self::Text {
                code,
                label,
                id,
                data,
                compress,
            } => (D::join(*code, label.as_deref(), *id, data.as_ref()), *compress),
            Self::Binary(data) => (data.slice(0, usize::MAX), true),
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
