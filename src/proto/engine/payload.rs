//! Engine.IO payloads: the packets that one polling response carries.

use crate::proto::Data;

use super::Revision;

/// What separates the packets of a payload (revision 4).
pub const SEPARATOR: u16 = 0x1e;

/// What a binary packet of a payload begins with; base64 follows.
pub(super) const BINARY_MARK: u16 = b'b' as u16;

/// Splits a polling response into its packets: texts that begin with the type digit, and binaries.
///
/// `None` where the payload is not well formed. Source: Engine.IO protocol 4, "Payload" (`packet1\x1epacket2`).
pub fn decode<D: Data>(revision: Revision, body: &D) -> Option<Vec<D>> {
    match revision {
        Revision::V4 => decode_v4(body),
        // Length-prefixed payloads arrive with the issue that adds servers 1.x and 2.x.
        Revision::V3 => None,
    }
}

fn decode_v4<D: Data>(body: &D) -> Option<Vec<D>> {
    let mut packets = Vec::new();
    let mut from = 0;
    loop {
        let end = body.find(SEPARATOR, from);
        let packet = body.slice(from, end.unwrap_or(usize::MAX));
        let mut head = [0];
        if packet.read(0, &mut head) == 1 && head == [BINARY_MARK] {
            packets.push(packet.decode_base64(1)?);
        } else {
            packets.push(packet);
        }
        match end {
            Some(end) => from = end + 1,
            None => return Some(packets),
        }
    }
}

/// How many of `sizes` (packets in bytes, in order) one request may carry so that it stays within `max` bytes.
///
/// At least one, even where that one alone is too large: the server then says so. `max` 0 means no limit.
pub fn batch(max: usize, sizes: impl Iterator<Item = usize>) -> usize {
    let mut count = 0;
    let mut total = 0;
    for size in sizes {
        total += size;
        if max > 0 && count > 0 && total > max {
            break;
        }
        count += 1;
        // The separator before the next one.
        total += 1;
    }
    count
}
