//! Polling payloads, read to the end.

use socketio_wasm::proto::engine::Revision;
use socketio_wasm::proto::engine::payload::{read, split};

use super::Sample;

/// The packets of a payload. Those that are a binary written as something else are that binary.
pub fn decode(revision: Revision, body: &Sample) -> Option<Vec<Sample>> {
    let unpack = |packet: Sample| match &packet {
        Sample::Text(text) if text.first() != Some(&u16::from(b'b')) => Some(packet),
        Sample::Text(text) => Some(read(revision, &text.clone(), packet)?.1),
        _ => Some(read(revision, &[], packet)?.1),
    };
    split(revision, body)?.into_iter().map(unpack).collect()
}
