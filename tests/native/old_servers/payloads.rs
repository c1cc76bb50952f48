//! Payloads of Engine.IO 3, in texts and in bytes.

use proptest::prelude::*;
use socketio_wasm::proto::Data;
use socketio_wasm::proto::engine::Revision;

use crate::support::{HANDSHAKE, Sample, base64, decode};

use super::{desk, framed, framed_in_bytes, has, revision, split, split_bytes, texts};

#[test]
fn lengths_of_a_text_are_in_utf16_units() {
    assert_eq!(split("2:40"), texts(&["40"]));
    assert_eq!(split("2:401:33:4ä:"), texts(&["40", "3", "4ä:"]));
    assert_eq!(split("3:4🚀2:4ä"), texts(&["4🚀", "4ä"]));
    assert_eq!(split("00000000002:40"), texts(&["40"]), "zeros in front");
    let long = format!("4{}", "é🚀".repeat(50));
    assert_eq!(split(&framed(&[&long, "6"])), texts(&[&long, "6"]));
}

#[test]
fn a_binary_in_a_text_is_base64_behind_its_type() {
    assert_eq!(split("10:b4AQIDBA=="), Some(vec![Sample::binary(&[1, 2, 3, 4])]));
    assert_eq!(split("2:b41:6"), Some(vec![Sample::binary(&[]), Sample::text("6")]));
    // Only of messages.
    assert_eq!(split("6:b2AQ=="), None);
}

#[test]
fn a_text_that_is_not_well_formed_is_refused() {
    for body in [
        "",
        "2",
        "2:",
        "2:4",
        "3:40",
        "0:",
        "0:40",
        "00:",
        ":40",
        "x",
        "40",
        "2x40",
        "-1:4",
        "2:40x",
        "2:402",
        "2:40\n",
        "99999999999:4",
        "4294967295:4",
        "9999999999:4",
        " 2:40",
        "3:b4!",
        "3:b4A",
        "4:b4ää",
        "2;40",
    ] {
        assert_eq!(split(body), None, "{body:?}");
    }
}

#[test]
fn lengths_in_bytes_are_of_utf8() {
    assert_eq!(split_bytes(b"\x00\x02\xff40"), texts(&["40"]));
    assert_eq!(
        split_bytes(b"\x00\x05\xff4\xf0\x9f\x9a\x80\x00\x01\xff6"),
        texts(&["4🚀", "6"])
    );
    assert_eq!(split_bytes(b"\x00\x01\x02\xff4aaaaaaaaaaa"), texts(&["4aaaaaaaaaaa"]));
    assert_eq!(
        split_bytes(b"\x00\x02\xff40\x01\x05\xff\x04\x01\x02\x03\xff\x01\x01\xff\x04"),
        Some(vec![
            Sample::text("40"),
            Sample::binary(&[1, 2, 3, 0xff]),
            Sample::binary(&[])
        ])
    );
}

#[test]
fn what_is_not_well_formed_in_bytes_is_refused() {
    let bodies: [&[u8]; 15] = [
        b"",
        b"\x00",
        b"\x00\x02",
        b"\x00\xff",
        b"\x00\x02\xff4",
        b"\x00\x03\xff40",
        b"\x00\x00\xff",
        b"\x01\x00\xff",
        b"\x02\x02\xff40",
        b"\xff\x02\xff40",
        b"\x00\x0a\xff40",
        b"\x00\x02\xff40\xff",
        b"\x00\x02\xff4\xff",
        b"\x01\x02\xff\x02\x01",
        b"\x01\x02\xff40x",
    ];
    for body in bodies {
        assert_eq!(split_bytes(body), None, "{body:?}");
    }
}

/// A browser that reads the bytes as a text finds no UTF-8 in what ends a length.
#[test]
fn a_handshake_in_bytes_may_have_been_read_as_a_text() {
    assert_eq!(split("\0\u{2}\u{fffd}40"), texts(&["40"]));
    let mut desk = desk(None, &["polling"], &["/"]);
    desk.connect(0);
    let length = HANDSHAKE.len();
    let digit = |place: usize| char::from(u8::try_from(length / place % 10).unwrap());
    desk.polled(
        0,
        &format!("\0{}{}\u{fffd}{HANDSHAKE}\0\u{2}\u{fffd}40", digit(10), digit(1)),
    );
    assert_eq!(revision(&desk), Some(Revision::V3));
    assert!(has(&desk.told(), "s0 connect \"S\""));
}

#[test]
fn the_framing_of_texts_may_come_in_bytes() {
    assert_eq!(split_bytes(b"2:401:6"), texts(&["40", "6"]));
    assert_eq!(split_bytes("3:4é".as_bytes()), texts(&["4é"]));
    assert_eq!(split_bytes(b"10:b4AQIDBA=="), Some(vec![Sample::binary(&[1, 2, 3, 4])]));
}

fn packet() -> impl Strategy<Value = Sample> {
    prop_oneof![
        "[0-6]\\PC{0,20}".prop_map(|text| Sample::text(&text)),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(|bytes| Sample::binary(&bytes)),
    ]
}

proptest! {
    #[test]
    fn what_a_server_frames_is_read_back(packets in prop::collection::vec(packet(), 1..6)) {
        let texts: Vec<String> = packets.iter().map(|packet| match packet {
            Sample::Binary(bytes) => format!("b4{}", base64::encode(bytes)),
            text => text.show(),
        }).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        prop_assert_eq!(split(&framed(&texts)), Some(packets.clone()));
        prop_assert_eq!(split_bytes(&framed_in_bytes(&packets)), Some(packets));
    }

    #[test]
    fn anything_is_split_or_refused(
        units in prop::collection::vec(
            prop_oneof![
                prop::sample::select("0123456:b=A\0\u{1}\u{fffd}ÿ".encode_utf16().collect::<Vec<_>>()),
                any::<u16>(),
            ],
            0..60,
        ),
    ) {
        for packets in [
            decode(Revision::V3, &Sample::Text(units.clone().into())),
            split_bytes(&units.iter().map(|unit| *unit as u8).collect::<Vec<_>>()),
        ] {
            prop_assert!(packets.is_none_or(|packets| !packets.is_empty()));
        }
    }
}
