//! Polling payloads of both revisions: whatever a server answers is split or refused; what was written is read back.
#![no_main]
#![allow(
    missing_docs,
    dead_code,
    unused_imports,
    reason = "each target uses a part of what the tests have in common"
)]

#[path = "../../native/support/mod.rs"]
mod support;
#[path = "../texts.rs"]
mod texts;

use libfuzzer_sys::fuzz_target;
use socketio_wasm::proto::Data;
use socketio_wasm::proto::engine::Revision;
use socketio_wasm::proto::engine::payload::{SEPARATOR, batch};

use support::{Sample, decode};
use texts::units;

const MARK: u16 = b'b' as u16;

/// The payload of these packets, as a server writes it.
fn encode(revision: Revision, packets: &[Sample]) -> Sample {
    let mut payload: Vec<u16> = Vec::new();
    for (index, packet) in packets.iter().enumerate() {
        match revision {
            Revision::V4 => {
                payload.extend((index > 0).then_some(SEPARATOR));
                payload.extend(packet.to_payload());
            }
            Revision::V3 => {
                let mut body = packet.to_payload();
                if packet.is_binary() {
                    // The type digit of a message.
                    body.insert(1, u16::from(b'4'));
                }
                payload.extend(body.len().to_string().encode_utf16());
                payload.push(u16::from(b':'));
                payload.extend(body);
            }
        }
    }
    Sample::Text(payload.into())
}

/// The same in bytes, as servers of revision 3 answer who did not ask for base64. `None` for a text that has no UTF-8.
fn encode_in_bytes(packets: &[Sample]) -> Option<Sample> {
    let mut payload = Vec::new();
    for packet in packets {
        let (kind, body) = match packet {
            Sample::Binary(bytes) => (1, [&[4], &bytes[..]].concat()),
            text => (0, String::from_utf16(text.units()).ok()?.into_bytes()),
        };
        payload.push(kind);
        payload.extend(body.len().to_string().bytes().map(|digit| digit - b'0'));
        payload.push(0xff);
        payload.extend(body);
    }
    Some(Sample::binary(&payload))
}

/// The packets that the bytes stand for: those that a payload of this revision can hold.
fn packets(revision: Revision, bytes: &[u8]) -> Vec<Sample> {
    let chunks = bytes.split(|byte| *byte == 0xff);
    let packets = chunks.map(|chunk| match chunk.split_first() {
        Some((0, rest)) => Sample::binary(rest),
        _ => Sample::Text(units(chunk)),
    });
    packets
        .filter(|packet| match packet {
            Sample::Text(text) if revision == Revision::V4 => text.first() != Some(&MARK) && !text.contains(&SEPARATOR),
            Sample::Text(text) => !text.is_empty() && text.first() != Some(&MARK),
            _ => true,
        })
        .collect()
}

/// Whether a text can't be told from a binary in a payload that is a text. (In bytes it can.)
fn looks_binary(packet: &Sample) -> bool {
    matches!(packet, Sample::Text(text) if text.first() == Some(&MARK))
}

fuzz_target!(|bytes: &[u8]| {
    for revision in [Revision::V4, Revision::V3] {
        // Anything at all. What is accepted is read back as it was.
        let mut bodies = vec![Sample::Text(units(bytes))];
        if revision == Revision::V3 {
            bodies.push(Sample::binary(bytes));
        }
        for body in bodies {
            if let Some(packets) = decode(revision, &body)
                && !packets.iter().any(looks_binary)
            {
                let again = decode(revision, &encode(revision, &packets));
                assert_eq!(again.as_ref(), Some(&packets), "{revision:?}");
            }
        }
        if decode(revision, &encode(revision, &[Sample::text("6")])).is_none() {
            continue;
        }
        let packets = packets(revision, bytes);
        if packets.is_empty() {
            continue;
        }
        let decoded = decode(revision, &encode(revision, &packets));
        assert_eq!(decoded.as_ref(), Some(&packets), "{revision:?}");
        if revision == Revision::V3
            && let Some(body) = encode_in_bytes(&packets)
        {
            assert_eq!(decode(revision, &body).as_ref(), Some(&packets), "in bytes");
        }
    }

    let sizes: Vec<usize> = bytes.iter().map(|byte| usize::from(*byte)).collect();
    let max = sizes.first().copied().unwrap_or_default();
    let count = batch(max, sizes.iter().copied());
    assert!(count <= sizes.len() && (count > 0 || sizes.is_empty()));
    let total = |count: usize| sizes.iter().take(count).sum::<usize>() + count.saturating_sub(1);
    assert!(max == 0 || count <= 1 || total(count) <= max, "too much");
    assert!(count == sizes.len() || total(count + 1) > max, "too little");
});
