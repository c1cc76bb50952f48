//! Polling payloads: what one response carries, and how much one request may.

use proptest::prelude::*;
use socketio_wasm::proto::Data;
use socketio_wasm::proto::engine::Revision;
use socketio_wasm::proto::engine::payload::batch;

use crate::support::{Desk, HANDSHAKE, Sample, decode};

fn split(body: &str) -> Option<Vec<Sample>> {
    decode(Revision::V4, &Sample::text(body))
}

fn texts(texts: &[&str]) -> Option<Vec<Sample>> {
    Some(texts.iter().map(|text| Sample::text(text)).collect())
}

#[test]
fn packets_are_split_at_the_separator() {
    assert_eq!(split("4a"), texts(&["4a"]));
    assert_eq!(split("4a\u{1e}2\u{1e}4b"), texts(&["4a", "2", "4b"]));
    assert_eq!(split("4ä🚀\u{1e}6"), texts(&["4ä🚀", "6"]));
}

#[test]
fn empty_packets_are_kept_for_the_connection_to_refuse() {
    assert_eq!(split(""), texts(&[""]));
    assert_eq!(split("\u{1e}"), texts(&["", ""]));
    assert_eq!(split("4a\u{1e}"), texts(&["4a", ""]));
    assert_eq!(split("\u{1e}4a"), texts(&["", "4a"]));
}

#[test]
fn binaries_are_base64_behind_their_mark() {
    assert_eq!(split("bAQIDBA=="), Some(vec![Sample::binary(&[1, 2, 3, 4])]));
    assert_eq!(split("b"), Some(vec![Sample::binary(&[])]));
    assert_eq!(
        split("451-[\"a\"]\u{1e}b/+8=\u{1e}2"),
        Some(vec![
            Sample::text("451-[\"a\"]"),
            Sample::binary(&[0xff, 0xef]),
            Sample::text("2")
        ])
    );
    // Only at the head of a packet.
    assert_eq!(split("4bAQ=="), texts(&["4bAQ=="]));
}

#[test]
fn what_is_not_base64_is_refused() {
    for body in ["b!", "bA", "bAQID=", "b====", "bAQ==\u{1e}bAQ=A", "bä"] {
        assert_eq!(split(body), None, "{body}");
    }
}

#[test]
fn a_payload_that_is_not_well_formed_is_a_parse_error() {
    for body in ["", "4a\u{1e}", "b!", "x", "7", "9\u{1e}2", "\u{1e}", "<html>", "ok"] {
        let mut desk = Desk::on_polling(&["/"]);
        desk.polled(0, body);
        let lines = desk.told();
        assert!(
            lines.iter().any(|line| line.starts_with("manager close parse error")),
            "{body}: {lines:?}"
        );
        assert!(desk.audit.is_closed(0));
    }
}

#[test]
fn what_stands_before_a_bad_packet_is_still_delivered() {
    let mut desk = Desk::on_polling(&["/"]);
    desk.connect(0);
    desk.posted(0);
    desk.polled(
        0,
        "40{\"sid\":\"A\"}\u{1e}42[\"a\"]\u{1e}42[\"b\"]\u{1e}x\u{1e}42[\"c\"]",
    );
    assert_eq!(
        desk.told(),
        [
            "s0 connect \"A\"",
            "s0 message [\"a\"]",
            "s0 message [\"b\"]",
            "s0 disconnect parse error: The server sent a packet that is not Engine.IO",
            "manager close parse error: The server sent a packet that is not Engine.IO",
        ]
    );
}

#[test]
fn a_batch_holds_what_fits() {
    let count = |max, sizes: &[usize]| batch(max, sizes.iter().copied());
    assert_eq!(count(10, &[]), 0);
    assert_eq!(count(10, &[10]), 1);
    assert_eq!(count(10, &[4, 5]), 2, "4 + separator + 5");
    assert_eq!(count(10, &[4, 6]), 1);
    assert_eq!(count(10, &[2, 2, 2, 1]), 4);
    assert_eq!(count(10, &[2, 2, 2, 2]), 3);
    assert_eq!(count(0, &[1_000_000, 1_000_000]), 2, "no limit");
}

#[test]
fn a_packet_that_is_too_large_is_sent_alone() {
    assert_eq!(batch(10, [50, 1].into_iter()), 1);
    assert_eq!(batch(10, [1, 50, 1].into_iter()), 1);
}

proptest! {
    #[test]
    fn batches_are_within_the_limit_and_leave_nothing_behind(
        max in 1_usize..200,
        mut sizes in prop::collection::vec(1_usize..100, 1..40),
    ) {
        while !sizes.is_empty() {
            let count = batch(max, sizes.iter().copied());
            prop_assert!(count >= 1);
            let total: usize = sizes[..count].iter().sum::<usize>() + count - 1;
            prop_assert!(count == 1 || total <= max);
            // As many as fit.
            if let Some(next) = sizes.get(count) {
                prop_assert!(total + 1 + next > max);
            }
            sizes.drain(..count);
        }
    }

    #[test]
    fn any_units_are_split_or_refused(units in prop::collection::vec(any::<u16>(), 0..60)) {
        let body = Sample::Text(units.clone().into());
        let separators = units.iter().filter(|unit| **unit == 0x1e).count();
        if let Some(packets) = decode(Revision::V4, &body) {
            prop_assert_eq!(packets.len(), separators + 1);
        }
    }

    #[test]
    fn what_is_joined_is_split_again(
        packets in prop::collection::vec(
            prop_oneof![
                "[0-6][^\u{1e}]{0,20}".prop_map(|text| Sample::text(&text)),
                prop::collection::vec(any::<u8>(), 0..20).prop_map(|bytes| Sample::binary(&bytes)),
            ],
            1..6,
        ),
    ) {
        let parts: Vec<Vec<u16>> = packets.iter().map(Sample::to_payload).collect();
        let body = Sample::Text(parts.join(&0x1e).into());
        prop_assert_eq!(decode(Revision::V4, &body), Some(packets));
    }

    #[test]
    fn no_payload_breaks_a_connection_but_in_good_order(units in prop::collection::vec(
        prop_oneof![
            prop::sample::select("0123456\u{1e}b[]\"a{}/,-".encode_utf16().collect::<Vec<_>>()),
            any::<u16>(),
        ],
        0..60,
    )) {
        let mut desk = Desk::on_polling(&["/"]);
        desk.connect(0);
        desk.posted(0);
        desk.polled_units(0, &Sample::Text(units.into()));
        let lines = desk.take();
        // The only socket was refused: nobody wants the connection any more.
        prop_assume!(!lines.iter().any(|line| line.starts_with("s0 connect_error")));
        // Whatever else it was, the manager goes on: with the next GET, or with another connection.
        let goes_on = lines.contains(&"poll 0".to_owned());
        prop_assert!(goes_on || desk.manager.poll_timeout().is_finite());
        desk.wait(5_000.0);
        if !goes_on {
            desk.polled(1, HANDSHAKE);
            prop_assert!(desk.manager.connection().is_some());
        }
    }
}
