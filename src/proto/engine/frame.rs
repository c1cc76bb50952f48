//! The frames of a WebTransport stream: packets become bytes one after the other, and each says how long it is.
//!
//! ```text
//!   1 byte: the highest bit is 1 for binary, 0 for text; the others ──┬── 0 … 125: the length in bytes
//!                                                                     ├── 126: the next 2 bytes are the length
//!                                                                     └── 127: the next 8 bytes are the length
//! ```
//!
//! Numbers are big-endian. Source: Engine.IO protocol 4, "WebTransport"; `engine.io-parser` 5.2.

use crate::proto::Data;
use crate::proto::output::{Output, Outputs};

use super::connection::Connection;
use super::packet::{Packet, PacketType};
use super::transport::Kind;

/// The longest packet that is taken from a server, in bytes: Chromium has no longer text.
pub const LONGEST: u32 = (1 << 29) - 24;

/// An empty binary as a text. Servers take a frame without content for an error, and base64 anywhere.
///
/// Source: Engine.IO protocol 4, "Packet encoding"; seen with `engine.io` 6.6.
pub const EMPTY_BINARY: &str = "b";

const BINARY: u8 = 0x80;
const LENGTH_IN_2: u32 = 126;
const LENGTH_IN_8: u32 = 127;

/// The header of a frame.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    /// The longest that there is; the bytes of a shorter one are the last of it.
    bytes: [u8; 9],
    start: usize,
}

impl Header {
    /// For a packet of `length` bytes.
    pub fn new(length: u32, is_binary: bool) -> Self {
        let (start, first) = match length {
            0..LENGTH_IN_2 => (8, length),
            LENGTH_IN_2..=0xffff => (6, LENGTH_IN_2),
            _ => (0, LENGTH_IN_8),
        };
        let mut bytes = [0; 9];
        let [_, rest @ ..] = &mut bytes;
        *rest = u64::from(length).to_be_bytes();
        if let Some(byte) = bytes.get_mut(start) {
            *byte = first as u8 | if is_binary { BINARY } else { 0 };
        }
        Self { bytes, start }
    }

    /// The bytes, one, three or nine.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }
}

/// Takes a stream apart: it says how many bytes it wants next, is given them, and says what they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Decoder {
    state: State,
    is_binary: bool,
    length: u32,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    /// The first byte of a header.
    #[default]
    First,
    /// The two bytes of a length.
    Length,
    /// The upper half of a length in eight bytes. By halves, so that each fits into a number of 32 bits.
    Upper,
    /// The lower half.
    Lower,
    /// The packet.
    Content,
    /// It was no frame: nothing more is taken.
    Broken,
}

/// What bytes of a stream are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Part of a header.
    Header,
    /// A text packet, in UTF-8.
    Text,
    /// A binary packet.
    Binary,
    /// Not the protocol. What follows cannot be read any more.
    Nonsense,
}

impl Decoder {
    /// How many bytes it wants next. More than there will ever be, where it takes no more.
    pub fn wanted(&self) -> u32 {
        match self.state {
            State::First => 1,
            State::Length => 2,
            State::Upper | State::Lower => 4,
            State::Content => self.length,
            State::Broken => u32::MAX,
        }
    }

    /// Takes the bytes that it wanted. `number` is what the first of them are as a number, as many as 4 at most: of a packet, no
    /// matter which.
    pub fn advance(&mut self, number: u32) -> Piece {
        match self.state {
            State::First => {
                self.is_binary = number & u32::from(BINARY) != 0;
                match number & !u32::from(BINARY) {
                    LENGTH_IN_2 => self.state = State::Length,
                    LENGTH_IN_8 => self.state = State::Upper,
                    length => return self.expect(length),
                }
            }
            State::Upper if number == 0 => self.state = State::Lower,
            State::Length | State::Lower => return self.expect(number),
            State::Content => {
                self.state = State::First;
                return if self.is_binary { Piece::Binary } else { Piece::Text };
            }
            State::Upper | State::Broken => return self.expect(u32::MAX),
        }
        Piece::Header
    }

    fn expect(&mut self, length: u32) -> Piece {
        // A text has a type at least.
        if length > LONGEST || (length == 0 && !self.is_binary) {
            self.state = State::Broken;
            return Piece::Nonsense;
        }
        self.length = length;
        self.state = State::Content;
        Piece::Header
    }
}

impl<D: Data> Connection<D> {
    /// The first packet on a stream that is open: over WebTransport a server has seen no request that says whether a session
    /// begins or is joined.
    pub(super) fn introduce(&self, transport: u32, kind: Kind, out: &mut Outputs<D>) {
        if kind == Kind::WebTransport {
            // Ids are base64url: nothing in them has to be escaped.
            let session = |sid: &D| D::text("{\"sid\":\"").concat(sid).concat(&D::text("\"}"));
            let packet = Packet::with_data(PacketType::Open as u32, self.sid().map(session));
            out.push_back(Output::Write(transport, packet));
        }
    }
}
