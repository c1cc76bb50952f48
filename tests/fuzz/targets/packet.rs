//! Socket.IO packets: whatever arrives is put together or refused, however much of its head was copied; what the client writes is
//! read back.
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
use socketio_wasm::proto::socket::manager::HEAD;
use socketio_wasm::proto::socket::namespace::Socket;
use socketio_wasm::proto::socket::packet::{MAX_ATTACHMENTS, PacketType};
use socketio_wasm::proto::socket::parser::{Incoming, Parser, Progress};

use support::desk::outgoing;
use support::{Json, Sample};
use texts::units;

/// What came of a message, for comparing.
fn push(parser: &mut Parser<Sample>, message: &Sample, copied: usize) -> Option<Result<Incoming<Sample>, ()>> {
    let mut head = vec![0; copied];
    let count = if message.is_binary() {
        0
    } else {
        message.read(0, &mut head)
    };
    match parser.push(&head[..count], message.clone()) {
        Progress::Packet(packet) => Some(Ok(packet)),
        Progress::Pending => None,
        Progress::Invalid => Some(Err(())),
    }
}

/// All of them, up to the first that breaks the protocol.
fn run(messages: &[Sample], copied: usize) -> Vec<String> {
    let mut parser = Parser::default();
    let mut seen = Vec::new();
    for message in messages {
        let progress = push(&mut parser, message, copied);
        seen.push(format!("{progress:?}"));
        if matches!(progress, Some(Err(()))) {
            break;
        }
    }
    seen
}

/// A value whose binaries, names and texts are the bytes'.
fn value(bytes: &[u8], depth: usize) -> Json {
    let half = bytes.len() / 2;
    match bytes.split_first() {
        None => Json::Null,
        Some((kind, rest)) => match kind % 7 {
            0 => Json::Bool(rest.is_empty()),
            1 => Json::Number(f64::from(rest.len() as u32) - 3.5),
            2 => Json::Binary(rest.into()),
            3 if depth > 0 => Json::Array(vec![
                value(&bytes[1..half.max(1)], depth - 1),
                value(&bytes[half.max(1)..], depth - 1),
            ]),
            4 if depth > 0 => Json::Object(vec![(units(&bytes[..half]), value(&bytes[half.max(1)..], depth - 1))]),
            _ => Json::String(units(rest)),
        },
    }
}

/// How many binaries it has, and whether an object in it looks like a placeholder.
fn survey(value: &Json) -> (usize, bool) {
    match value {
        Json::Binary(_) => (1, false),
        Json::Array(values) => values
            .iter()
            .map(survey)
            .fold((0, false), |(n, is), (m, also)| (n + m, is || also)),
        Json::Object(members) => {
            let is_placeholder = members
                .iter()
                .any(|(name, _)| String::from_utf16_lossy(name).contains("_placeholder"));
            let (n, inner) = members
                .iter()
                .map(|(_, value)| survey(value))
                .fold((0, false), |(n, is), (m, also)| (n + m, is || also));
            (n, is_placeholder || inner)
        }
        _ => (0, false),
    }
}

fuzz_target!(|bytes: &[u8]| {
    // Anything at all.
    let chunks = bytes.split(|byte| *byte == 0xff);
    let messages: Vec<Sample> = chunks
        .map(|chunk| match chunk.split_first() {
            Some((0, rest)) => Sample::binary(rest),
            _ => Sample::Text(units(chunk)),
        })
        .collect();
    let seen = run(&messages, HEAD);
    for copied in [1, 2, HEAD * 4] {
        assert_eq!(run(&messages, copied), seen, "with {copied} units copied");
    }

    // What the client writes.
    let Some(([flags, id, length], rest)) = bytes.split_first_chunk::<3>().map(|(head, rest)| (*head, rest)) else {
        return;
    };
    let (name, rest) = rest.split_at(rest.len().min(usize::from(length % 16)));
    let mut namespace = String::from("/");
    namespace.extend(String::from_utf8_lossy(name).chars().filter(|unit| *unit != ','));
    let kind = if flags & 1 == 0 {
        PacketType::Event
    } else {
        PacketType::Ack
    };
    let id = (kind == PacketType::Ack || flags & 2 == 0).then_some(u32::from(id) * 16_843_009);
    let written = Json::event("event", [value(rest, 4)]);
    let (count, is_ambiguous) = survey(&written);
    if count > MAX_ATTACHMENTS as usize || is_ambiguous {
        return;
    }

    let (packet, attachments) = Socket::new(Sample::text(&namespace)).encode(kind, id, outgoing(written.clone()));
    let mut parser = Parser::default();
    let text = packet.describe();
    let mut messages = vec![text];
    messages.extend(attachments);
    let last = messages.pop();
    for message in &messages {
        assert!(push(&mut parser, message, HEAD).is_none(), "complete too early");
    }
    let Some(Some(Ok(read))) = last.map(|message| push(&mut parser, &message, HEAD)) else {
        panic!("what was written is not read: {written:?}");
    };
    let named: Vec<u16> = if namespace == "/" {
        Vec::new()
    } else {
        namespace.encode_utf16().collect()
    };
    assert_eq!(read.namespace.as_ref().map_or(&[][..], Sample::units), named);
    assert_eq!(read.id, id);
    assert_eq!(read.data, Sample::Value(written));
});
