//! WebTransport. The ways in are `#[inline(never)]`: the npm build has it in another part (`scripts/build/split.mjs`).

use crate::proto::Data;
use crate::proto::engine::frame::{EMPTY_BINARY, Header, Piece};

use super::edge;
use super::line::Line;
use super::payload::{Payload, slot_of};

impl Line {
    /// Opens a session, with the options that the browser's constructor takes.
    pub(super) fn open_session(&self) {
        let options = slot_of(self.endpoint.session_options.as_ref());
        let session = edge::open_session(self.url.slot(), options, self.driver, self.transport);
        self.stream.set(session);
    }

    #[inline(never)]
    pub(super) fn write_frame(&self, mut data: Payload, mut is_binary: bool) {
        let mut length = edge::to_bytes(data.slot());
        if length == 0 {
            is_binary = false;
            data = Payload::text(EMPTY_BINARY);
            length = edge::to_bytes(data.slot());
        }
        let header = Header::new(length as u32, is_binary);
        let bytes = header.as_bytes();
        edge::write_frame(
            self.stream.get(),
            bytes.as_ptr() as i32,
            bytes.len() as i32,
            data.into_slot(),
        );
    }

    /// How many bytes of the stream make the next piece.
    #[inline(never)]
    pub fn wanted(&self) -> u32 {
        self.decoder.get().wanted()
    }

    /// Takes the next piece; see [`Decoder::advance`](crate::proto::engine::frame::Decoder::advance).
    pub fn advance(&self, number: u32) -> Piece {
        let mut decoder = self.decoder.get();
        let piece = decoder.advance(number);
        self.decoder.set(decoder);
        piece
    }
}
