//! Engine.IO payloads: the packets that one polling response carries.

use crate::proto::Data;

use super::Revision;
use super::packet::PacketType;

/// What separates the packets of a payload (revision 4).
pub const SEPARATOR: u16 = 0x1e;

/// What a binary packet of a payload begins with; base64 follows.
pub(super) const BINARY_MARK: u16 = b'b' as u16;

/// What ends the length of a packet in a binary payload (revision 3).
const LENGTH_END: u16 = 0xff;

/// The same where a browser has read the payload as a text.
const REPLACEMENT: u16 = 0xfffd;

/// More digits than any length has.
const LENGTH_DIGITS: usize = 10;

/// Splits a polling response into its packets: texts that begin with the type digit, and binaries.
///
/// `None` where the payload is not well formed. Sources: Engine.IO protocol 4, "Payload" (`packet1\x1epacket2`); protocol 3,
/// "Payload" (`<length>:<packet>…`, or binary).
pub fn decode<D: Data>(revision: Revision, body: &D) -> Option<Vec<D>> {
    match revision {
        Revision::V4 => decode_v4(body),
        Revision::V3 => decode_v3(body),
    }
}

/// The revision that a server's first answer is framed in: protocol 4 begins with the packet's type, protocol 3 with a length.
pub(super) fn revision_of<D: Data>(body: &D) -> Revision {
    let mut head = [0];
    let is_in_bytes = body.read(0, &mut head) == 1 && head < [2];
    if is_in_bytes || length(body, 0, ZERO).is_some() {
        Revision::V3
    } else {
        Revision::V4
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

/// Lengths are in UTF-16 code units in a text and in bytes in a binary, where each packet says first which of both it is.
fn decode_v3<D: Data>(body: &D) -> Option<Vec<D>> {
    let mut packets = Vec::new();
    let mut at = 0;
    let mut unit = [0];
    while body.read(at, &mut unit) == 1 {
        let [first] = unit;
        let is_framed_in_bytes = first < 2;
        at += usize::from(is_framed_in_bytes);
        let (length, from) = length(body, at, if is_framed_in_bytes { 0 } else { ZERO })?;
        // All of it is there.
        let to = from.checked_add(length)?;
        if length == 0 || body.read(to - 1, &mut unit) == 0 {
            return None;
        }
        at = to;
        let packet = body.slice(from, to);
        packets.push(if is_framed_in_bytes && first == 1 {
            untyped(packet)?
        } else {
            decode_packet(if packet.is_binary() {
                packet.decode_utf8()?
            } else {
                packet
            })?
        });
    }
    (!packets.is_empty()).then_some(packets)
}

/// The length of a packet, and where the packet begins. Digits count up from `zero`.
fn length<D: Data>(body: &D, at: usize, zero: u16) -> Option<(usize, usize)> {
    let mut units = [0; LENGTH_DIGITS + 1];
    let count = body.read(at, &mut units);
    let mut length = 0_usize;
    for (index, unit) in units.iter().take(count).enumerate() {
        let ends = if zero == 0 {
            matches!(*unit, LENGTH_END | REPLACEMENT)
        } else {
            *unit == COLON
        };
        if ends {
            return (index > 0).then_some((length, at + index + 1));
        }
        let digit = unit.wrapping_sub(zero);
        if digit > 9 {
            return None;
        }
        length = length.checked_mul(10)?.checked_add(usize::from(digit))?;
    }
    None
}

/// A packet of revision 3 in a text: a binary one is `b`, the type's digit, base64.
pub(super) fn decode_packet<D: Data>(packet: D) -> Option<D> {
    let mut head = [0; 2];
    if packet.read(0, &mut head) == 2 && head == [BINARY_MARK, ZERO + PacketType::Message as u16] {
        packet.decode_base64(2)
    } else {
        Some(packet)
    }
}

/// A binary packet of revision 3 without the type in front; none but messages are binary.
pub(super) fn untyped<D: Data>(packet: D) -> Option<D> {
    let mut head = [0];
    let is_message = packet.is_binary() && packet.read(0, &mut head) == 1 && head == [PacketType::Message as u16];
    is_message.then(|| packet.slice(1, usize::MAX))
}

const ZERO: u16 = b'0' as u16;
const COLON: u16 = b':' as u16;

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
