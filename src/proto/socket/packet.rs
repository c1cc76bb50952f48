//! Socket.IO packets: the header in front of the JSON.
//!
//! ```text
//!   <type>[<attachments>-][<namespace>,][<acknowledgement id>][<JSON>]
//! ```

use std::ops::Range;

/// The type of a packet, its first digit.
///
/// Source: Socket.IO protocol 5, "Packet types".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketType {
    /// Asks for a namespace, or grants it.
    Connect = 0,
    /// Leaves a namespace.
    Disconnect = 1,
    /// An event.
    Event = 2,
    /// The acknowledgement of an event.
    Ack = 3,
    /// Refuses a namespace.
    ConnectError = 4,
    /// An event with attachments.
    BinaryEvent = 5,
    /// An acknowledgement with attachments.
    BinaryAck = 6,
}

impl PacketType {
    fn from_unit(unit: u16) -> Option<Self> {
        Self::from_number(unit.wrapping_sub(u16::from(b'0')))
    }

    /// The type of a number.
    pub fn from_number(number: u16) -> Option<Self> {
        Some(match number {
            0 => Self::Connect,
            1 => Self::Disconnect,
            2 => Self::Event,
            3 => Self::Ack,
            4 => Self::ConnectError,
            5 => Self::BinaryEvent,
            6 => Self::BinaryAck,
            _ => return None,
        })
    }

    /// The digits at the head of such a packet inside an Engine.IO message.
    pub const fn code(self) -> u32 {
        40 + self as u32
    }
}

/// How many attachments a packet may have, as in recent servers.
pub const MAX_ATTACHMENTS: u32 = 10;

/// The header of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The type. The binary types are told by `attachments`.
    pub kind: PacketType,
    /// How many attachments follow.
    pub attachments: u32,
    /// Where the namespace stands; empty for the root.
    pub namespace: Range<usize>,
    /// The acknowledgement's id.
    pub id: Option<u32>,
    /// Where the JSON begins.
    pub body: usize,
}

/// What came of reading a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// A header.
    Complete(Header),
    /// The units end before the header does.
    Partial,
    /// Not a packet.
    Invalid,
}

impl Header {
    /// Reads a header from the units at the head of a packet; `is_whole` says that they are all of it.
    ///
    /// Namespaces are read up to a comma or the end: servers 1.x leave the comma out where nothing follows.
    pub fn parse(units: &[u16], is_whole: bool) -> Status {
        let mut reader = Reader { units, at: 0 };
        let Some(kind) = reader.next().map(PacketType::from_unit) else {
            return if is_whole { Status::Invalid } else { Status::Partial };
        };
        let Some(mut kind) = kind else {
            return Status::Invalid;
        };

        let mut attachments = 0;
        if matches!(kind, PacketType::BinaryEvent | PacketType::BinaryAck) {
            let count = reader.number();
            match (count, reader.next()) {
                (Digits::Number(count), Some(DASH)) if (1..=MAX_ATTACHMENTS).contains(&count) => attachments = count,
                (Digits::Number(_) | Digits::None, None) if !is_whole => return Status::Partial,
                _ => return Status::Invalid,
            }
            kind = match kind {
                PacketType::BinaryEvent => PacketType::Event,
                _ => PacketType::Ack,
            };
        }

        let mut namespace = 0..0;
        if reader.peek() == Some(SLASH) {
            let start = reader.at;
            loop {
                match reader.next() {
                    Some(COMMA) => {
                        namespace = start..reader.at - 1;
                        break;
                    }
                    Some(_) => {}
                    None if is_whole => {
                        namespace = start..reader.at;
                        break;
                    }
                    None => return Status::Partial,
                }
            }
            if namespace.len() == 1 {
                // "/" is the root, written out.
                namespace = 0..0;
            }
        }

        let id = match reader.number() {
            Digits::None => None,
            Digits::Number(id) => Some(id),
            Digits::TooLarge => return Status::Invalid,
        };
        if reader.peek().is_none() && !is_whole {
            return Status::Partial;
        }
        Status::Complete(Self {
            kind,
            attachments,
            namespace,
            id,
            body: reader.at,
        })
    }
}

const DASH: u16 = b'-' as u16;
const SLASH: u16 = b'/' as u16;
const COMMA: u16 = b',' as u16;

struct Reader<'a> {
    units: &'a [u16],
    at: usize,
}

enum Digits {
    None,
    Number(u32),
    TooLarge,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u16> {
        self.units.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u16> {
        let unit = self.peek();
        self.at += usize::from(unit.is_some());
        unit
    }

    fn number(&mut self) -> Digits {
        let mut digits = Digits::None;
        while let Some(digit) = self
            .peek()
            .map(|unit| unit.wrapping_sub(u16::from(b'0')))
            .filter(|digit| *digit < 10)
        {
            let before = match digits {
                Digits::None => 0,
                Digits::Number(number) => number,
                Digits::TooLarge => return digits,
            };
            digits = match before
                .checked_mul(10)
                .and_then(|number| number.checked_add(u32::from(digit)))
            {
                Some(number) => Digits::Number(number),
                None => Digits::TooLarge,
            };
            self.at += 1;
        }
        digits
    }
}
