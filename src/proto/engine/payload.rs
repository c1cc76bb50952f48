//! Engine.IO payloads: the packets that one polling response carries, and what a packet carries.
//!
//! The ways to what only revision 3 has are `#[inline(never)]`: the npm build has it in another part (`scripts/build/split.mjs`).

use crate::proto::Data;

use super::Revision;
use super::packet::PacketType;

/// What separates the packets of a payload (revision 4).
pub const SEPARATOR: u16 = 0x1e;

/// What a binary packet begins with where it travels as text; base64 follows, in revision 3 behind the type's digit.
const BINARY_MARK: u16 = b'b' as u16;

/// The digit 0.
const DIGIT: u16 = b'0' as u16;

/// What ends the length of a packet in a text (revision 3).
const COLON: u16 = b':' as u16;

/// The same in a binary payload.
const LENGTH_END: u16 = 0xff;

/// The same where a browser has read that as a text.
const REPLACEMENT: u16 = 0xfffd;

/// Splits a polling response into its packets, each as it would arrive on a stream.
///
/// `None` where the payload is not well formed. Sources: Engine.IO protocol 4, "Payload" (`packet1\x1epacket2`); protocol 3,
/// "Payload" (`<length>:<packet>…`, or binary).
pub fn split<D: Data>(revision: Revision, body: &D) -> Option<Vec<D>> {
    if revision == Revision::V3 {
        return split_framed(body);
    }
    let mut packets = Vec::new();
    let mut from = 0;
    loop {
        let end = body.find(SEPARATOR, from);
        packets.push(body.slice(from, end.unwrap_or(usize::MAX)));
        match end {
            Some(end) => from = end + 1,
            None => return Some(packets),
        }
    }
}

/// The same in revision 3.
#[inline(never)]
fn split_framed<D: Data>(body: &D) -> Option<Vec<D>> {
    let mut packets = Vec::new();
    let mut from = 0;
    while let Some(first) = body.unit(from) {
        let (to, packet) = framed(body, from, first)?;
        packets.push(packet);
        from = to;
    }
    (from > 0).then_some(packets)
}

/// The packet of revision 3 that begins with this unit, and where it ends. Lengths are in UTF-16 code units in a text and in bytes
/// in a binary, where each packet says first which of both it is.
fn framed<D: Data>(body: &D, at: usize, first: u16) -> Option<(usize, D)> {
    let is_in_bytes = first < 2;
    let (length, from) = length(body, at, is_in_bytes)?;
    let to = from.checked_add(length)?;
    // All of it is there.
    body.unit(to - 1)?;
    let packet = body.slice(from, to);
    let is_text = packet.is_binary() && first != 1;
    Some((to, if is_text { packet.decode_utf8()? } else { packet }))
}

/// The length of a packet, which is not 0, and where the packet begins.
fn length<D: Data>(body: &D, mut at: usize, is_in_bytes: bool) -> Option<(usize, usize)> {
    let zero = if is_in_bytes { 0 } else { DIGIT };
    at += usize::from(is_in_bytes);
    let mut length = 0_usize;
    loop {
        let unit = body.unit(at)?;
        at += 1;
        match (unit, is_in_bytes) {
            (COLON, false) | (LENGTH_END | REPLACEMENT, true) => return (length > 0).then_some((length, at)),
            _ => {}
        }
        let digit = unit.wrapping_sub(zero);
        if digit > 9 {
            return None;
        }
        length = length.checked_mul(10)?.checked_add(usize::from(digit))?;
    }
}

/// The revision that a server's first answer is framed in: protocol 4 begins with the packet's type, protocol 3 with a length.
pub(super) fn revision_of<D: Data>(body: &D) -> Revision {
    if may_be_old(body) {
        framing_of(body)
    } else {
        Revision::V4
    }
}

/// Whether a server's first answer could be framed in revision 3, as a handshake of revision 4 is not.
pub fn may_be_old<D: Data>(body: &D) -> bool {
    let first = body.unit(0);
    first.is_some_and(|unit| unit < 2 || (DIGIT + 1..=DIGIT + 9).contains(&unit))
}

/// [`revision_of`] what may be of either.
#[inline(never)]
fn framing_of<D: Data>(body: &D) -> Revision {
    let is_in_bytes = body.unit(0).is_some_and(|unit| unit < 2);
    if is_in_bytes || length(body, 0, false).is_some() {
        Revision::V3
    } else {
        Revision::V4
    }
}

/// The type of a packet, and what it carries: a text with its type digit, or a binary message. `head` are the first code units of
/// a text; a binary has none. `None` where it is no packet.
pub fn read<D: Data>(revision: Revision, head: &[u16], data: D) -> Option<(PacketType, D)> {
    let message = match (head.first(), revision) {
        // Where the app asked for that (`b64=1`), and in a payload that is a text.
        (Some(&BINARY_MARK), Revision::V4) => data.decode_base64(1)?,
        (Some(&BINARY_MARK), Revision::V3) if head.get(1) == Some(&MESSAGE) => data.decode_base64(2)?,
        (Some(unit), _) => return Some((PacketType::from_unit(*unit)?, data)),
        (None, _) if !data.is_binary() => return None,
        (None, Revision::V4) => data,
        // None but messages are binary.
        (None, Revision::V3) if data.unit(0) == Some(PacketType::Message as u16) => data.slice(1, usize::MAX),
        (None, Revision::V3) => return None,
    };
    Some((PacketType::Message, message))
}

const MESSAGE: u16 = b'0' as u16 + PacketType::Message as u16;

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
