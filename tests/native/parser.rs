//! From messages to packets: what belongs together, and what breaks the protocol.

use proptest::prelude::*;
use socketio_wasm::proto::Data;
use socketio_wasm::proto::socket::manager::HEAD;
use socketio_wasm::proto::socket::packet::MAX_ATTACHMENTS;
use socketio_wasm::proto::socket::parser::{Parser, Progress};

use crate::support::Sample;

/// Hands a message to the parser with that many units of its head, and says what came of it.
fn push(parser: &mut Parser<Sample>, message: &Sample, copied: usize) -> String {
    let mut head = vec![0; copied];
    let count = match message.is_binary() {
        true => 0,
        false => message.read(0, &mut head),
    };
    match parser.push(&head[..count], message.clone()) {
        Progress::Packet(packet) => format!(
            "{:?} {} {} {} {:?}",
            packet.kind,
            packet.namespace.map_or(String::new(), |name| name.show()),
            packet.id.map_or("-".into(), |id| id.to_string()),
            packet.data.show(),
            packet.shape,
        ),
        Progress::Pending => "pending".into(),
        Progress::Invalid => "invalid".into(),
    }
}

fn run(messages: &[Sample], copied: usize) -> Vec<String> {
    let mut parser = Parser::default();
    messages
        .iter()
        .map(|message| push(&mut parser, message, copied))
        .collect()
}

fn one(text: &str) -> String {
    run(&[Sample::text(text)], HEAD).remove(0)
}

#[test]
fn every_packet_without_attachments_is_whole_at_once() {
    #[rustfmt::skip]
    let table = [
        ("40{\"sid\":\"x\"}",          "Connect  - {\"sid\":\"x\"} Object"),
        ("40",                         "Connect  - null Nothing"),
        ("40/ä,{\"sid\":\"x\"}",       "Connect /ä - {\"sid\":\"x\"} Object"),
        ("41",                         "Disconnect  - null Nothing"),
        ("41/a,",                      "Disconnect /a - null Nothing"),
        ("41/a",                       "Disconnect /a - null Nothing"),
        ("42[\"a\",1]",                "Event  - [\"a\",1] Event"),
        ("42[1]",                      "Event  - [1] Event"),
        ("42/a,7[\"ä🚀\"]",            "Event /a 7 [\"ä🚀\"] Event"),
        ("437[]",                      "Ack  7 [] Array"),
        ("437[\"a\"]",                 "Ack  7 [\"a\"] Event"),
        ("437[\"connect\"]",           "Ack  7 [\"connect\"] Array"),
        ("44{\"message\":\"no\"}",     "ConnectError  - {\"message\":\"no\"} Object"),
        ("44/a,\"no\"",                "ConnectError /a - \"no\" String"),
    ];
    for (text, expected) in table {
        assert_eq!(one(text), expected, "{text}");
    }
}

#[test]
fn packets_against_the_protocol_are_refused() {
    for text in [
        // No packet at all.
        "4",
        "47",
        "4x",
        "4[]",
        // JSON that is none.
        "42[",
        "42[\"a\"",
        "42[\"a\"]]",
        "42nothing",
        "40{",
        "42[\"a\",undefined]",
        "42['a']",
        // JSON of another shape than the type has.
        "40[]",
        "40\"x\"",
        "40null",
        "40 ",
        "41{}",
        "41[]",
        "42{}",
        "42\"a\"",
        "42",
        "42[]",
        "42[null]",
        "42[{}]",
        "427",
        "43{}",
        "43\"a\"",
        "437",
        "43",
        "44[]",
        "44",
        "441",
        "44null",
        // Names that the client's own events have.
        "42[\"connect\"]",
        "42[\"connect_error\",1]",
        "42[\"disconnect\"]",
        "42[\"disconnecting\"]",
        "42[\"newListener\"]",
        "42[\"removeListener\"]",
        "451-[\"connect\",{\"_placeholder\":true,\"num\":0}]",
    ] {
        assert_eq!(one(text), "invalid", "{text}");
    }
}

#[test]
fn a_packet_with_attachments_is_whole_with_the_last_one() {
    let messages = [
        Sample::text("452-/a,7[\"a\",{\"x\":{\"_placeholder\":true,\"num\":1}},{\"_placeholder\":true,\"num\":0}]"),
        Sample::binary(&[1]),
        Sample::binary(&[]),
        Sample::text("42[\"b\"]"),
    ];
    assert_eq!(
        run(&messages, HEAD),
        [
            "pending",
            "pending",
            "Event /a 7 [\"a\",{\"x\":<>},<1>] Event",
            "Event  - [\"b\"] Event"
        ]
    );
}

#[test]
fn attachments_are_counted_from_one_to_ten() {
    for count in 0..=MAX_ATTACHMENTS + 1 {
        let placeholders: Vec<String> = (0..count)
            .map(|num| format!("{{\"_placeholder\":true,\"num\":{num}}}"))
            .collect();
        let mut messages = vec![Sample::text(&format!("46{count}-1[{}]", placeholders.join(",")))];
        messages.extend((0..count).map(|byte| Sample::binary(&[byte as u8])));
        let results = run(&messages, HEAD);
        match count {
            0 | 11 => assert_eq!(results[0], "invalid"),
            _ => {
                assert!(results[..count as usize].iter().all(|result| result == "pending"));
                assert!(results[count as usize].starts_with("Ack  1 [<0>"), "{results:?}");
            }
        }
    }
}

#[test]
fn placeholders_that_fit_no_attachment_are_refused() {
    for body in [
        // Beyond the last, before the first, between two, none.
        "[\"a\",{\"_placeholder\":true,\"num\":1}]",
        "[\"a\",{\"_placeholder\":true,\"num\":-1}]",
        "[\"a\",{\"_placeholder\":true,\"num\":0.5}]",
        "[\"a\",{\"_placeholder\":true,\"num\":\"0\"}]",
        "[\"a\",{\"_placeholder\":true}]",
        "[\"a\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]",
        // An attachment without a placeholder.
        "[\"a\"]",
        "[\"a\",{\"_placeholder\":1,\"num\":0}]",
    ] {
        let results = run(&[Sample::text(&format!("451-{body}")), Sample::binary(&[1])], HEAD);
        assert_eq!(results, ["pending", "invalid"], "{body}");
    }
}

#[test]
fn one_attachment_may_stand_in_several_places() {
    let text = "451-[\"a\",{\"_placeholder\":true,\"num\":0},[{\"_placeholder\":true,\"num\":0}]]";
    let results = run(&[Sample::text(text), Sample::binary(&[1])], HEAD);
    assert_eq!(results, ["pending", "Event  - [\"a\",<1>,[<1>]] Event"]);
}

#[test]
fn without_attachments_a_placeholder_is_plain_data() {
    let text = "42[\"a\",{\"_placeholder\":true,\"num\":0}]";
    assert_eq!(one(text), "Event  - [\"a\",{\"_placeholder\":true,\"num\":0}] Event");
}

#[test]
fn a_text_while_an_attachment_is_awaited_is_refused() {
    let first = Sample::text("451-[\"a\",{\"_placeholder\":true,\"num\":0}]");
    for text in ["42[\"b\"]", "40", "451-[\"b\",{\"_placeholder\":true,\"num\":0}]"] {
        assert_eq!(
            run(&[first.clone(), Sample::text(text)], HEAD),
            ["pending", "invalid"],
            "{text}"
        );
    }
}

#[test]
fn a_binary_that_nothing_awaits_is_refused() {
    assert_eq!(run(&[Sample::binary(&[1])], HEAD), ["invalid"]);
    let event = Sample::text("451-[\"a\",{\"_placeholder\":true,\"num\":0}]");
    let messages = [event, Sample::binary(&[1]), Sample::binary(&[2])];
    assert_eq!(run(&messages, HEAD)[2], "invalid");
}

#[test]
fn a_reset_forgets_half_a_packet() {
    let mut parser = Parser::default();
    push(
        &mut parser,
        &Sample::text("451-[\"a\",{\"_placeholder\":true,\"num\":0}]"),
        HEAD,
    );
    parser.reset();
    assert_eq!(
        push(&mut parser, &Sample::text("42[\"b\"]"), HEAD),
        "Event  - [\"b\"] Event"
    );
}

#[test]
fn headers_longer_than_the_copied_head_are_read() {
    for length in [1, 58, 59, 60, 61, 62, 63, 64, 65, 120, 125, 126, 127, 128, 129, 5_000] {
        for unit in ["a", "ä", "🚀", "["] {
            let name = unit.repeat(length);
            let text = Sample::text(&format!("42/{name},12[\"a\"]"));
            assert_eq!(
                run(&[text], HEAD),
                [format!("Event /{name} 12 [\"a\"] Event")],
                "{length} {unit}"
            );
        }
    }
}

#[test]
fn an_endless_header_ends_with_its_text() {
    let text = format!("42/{}", "a".repeat(100_000));
    assert_eq!(one(&text), "invalid");
    let digits = format!("42{}", "1".repeat(100_000));
    assert_eq!(one(&digits), "invalid");
}

#[test]
fn lone_surrogates_in_a_name_are_a_name_of_their_own() {
    let mut text: Vec<u16> = "42/".encode_utf16().collect();
    text.extend([0xd83d, 0x2c]);
    text.extend("[\"a\"]".encode_utf16());
    let mut parser = Parser::default();
    match parser.push(&text, Sample::Text(text.clone().into())) {
        Progress::Packet(packet) => assert_eq!(packet.namespace.unwrap().units(), [0x2f, 0xd83d]),
        other => panic!("{other:?}"),
    }
}

fn packet_like() -> impl Strategy<Value = Sample> {
    let unit = prop_oneof![
        8 => prop::sample::select("0123456789/,-[]{}\":a_ num".encode_utf16().collect::<Vec<_>>()),
        1 => any::<u16>(),
    ];
    prop_oneof![
        4 => prop::collection::vec(unit, 0..100).prop_map(|mut units| {
            units.insert(0, 0x34);
            Sample::Text(units.into())
        }),
        2 => "4[2356][123]-(/[a-zä,]{0,70},)?[0-9]{0,12}\\[\"a\",\\{\"_placeholder\":true,\"num\":[0-3]\\}\\]"
            .prop_map(|text| Sample::text(&text)),
        2 => prop::collection::vec(any::<u8>(), 0..4).prop_map(|bytes| Sample::binary(&bytes)),
    ]
}

proptest! {
    #[test]
    fn no_messages_whatsoever_stop_the_parser(messages in prop::collection::vec(packet_like(), 0..8)) {
        run(&messages, HEAD);
    }

    #[test]
    fn how_much_of_the_head_was_copied_does_not_matter(
        messages in prop::collection::vec(packet_like(), 1..5),
        copied in prop::collection::vec(1_usize..200, 4),
    ) {
        let expected = run(&messages, HEAD);
        for copied in copied {
            prop_assert_eq!(&run(&messages, copied), &expected, "{} units", copied);
        }
    }
}
