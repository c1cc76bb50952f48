//! The header of a Socket.IO packet, in every form, from however many units of its head.

use proptest::prelude::*;
use socketio_wasm::proto::socket::packet::{Header, PacketType, Status};

fn whole(text: &str) -> Status {
    let units: Vec<u16> = text.encode_utf16().collect();
    Header::parse(&units, true)
}

/// Type, attachments, namespace, id and JSON of a packet, as `kind attachments namespace id json`.
fn read(text: &str) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    match Header::parse(&units, true) {
        Status::Complete(header) => format!(
            "{:?} {} {} {} {}",
            header.kind,
            header.attachments,
            String::from_utf16(&units[header.namespace]).unwrap(),
            header.id.map_or("-".into(), |id| id.to_string()),
            String::from_utf16(&units[header.body..]).unwrap(),
        ),
        other => format!("{other:?}"),
    }
}

#[test]
fn every_form_of_a_header_is_read() {
    #[rustfmt::skip]
    let table = [
        ("0",                                "Connect 0  - "),
        ("0{\"sid\":\"x\"}",                 "Connect 0  - {\"sid\":\"x\"}"),
        ("0/admin,",                         "Connect 0 /admin - "),
        ("0/admin,{\"token\":1}",            "Connect 0 /admin - {\"token\":1}"),
        ("0/admin",                          "Connect 0 /admin - "),
        ("1",                                "Disconnect 0  - "),
        ("1/admin,",                         "Disconnect 0 /admin - "),
        ("2[\"a\"]",                         "Event 0  - [\"a\"]"),
        ("212[\"a\"]",                       "Event 0  12 [\"a\"]"),
        ("20[\"a\"]",                        "Event 0  0 [\"a\"]"),
        ("2007[\"a\"]",                      "Event 0  7 [\"a\"]"),
        ("2/admin,[\"a\"]",                  "Event 0 /admin - [\"a\"]"),
        ("2/admin,456[\"a\"]",               "Event 0 /admin 456 [\"a\"]"),
        ("3/admin,456[]",                    "Ack 0 /admin 456 []"),
        ("34294967295[]",                    "Ack 0  4294967295 []"),
        ("4{\"message\":\"no\"}",            "ConnectError 0  - {\"message\":\"no\"}"),
        ("4/admin,\"no\"",                   "ConnectError 0 /admin - \"no\""),
        ("51-[\"a\"]",                       "Event 1  - [\"a\"]"),
        ("510-[\"a\"]",                      "Event 10  - [\"a\"]"),
        ("52-/admin,[\"a\"]",                "Event 2 /admin - [\"a\"]"),
        ("51-/admin,456[\"a\"]",             "Event 1 /admin 456 [\"a\"]"),
        ("61-456[]",                         "Ack 1  456 []"),
        ("601-456[]",                        "Ack 1  456 []"),
    ];
    for (text, expected) in table {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn namespaces_hold_every_character_but_a_comma() {
    #[rustfmt::skip]
    let table = [
        ("2/ä/ö/日本/🚀,[\"a\"]",             "Event 0 /ä/ö/日本/🚀 - [\"a\"]"),
        ("2/a[0],[\"a\"]",                   "Event 0 /a[0] - [\"a\"]"),
        ("2/[,1[\"a\"]",                     "Event 0 /[ 1 [\"a\"]"),
        ("2/a{b},[\"a,b\"]",                 "Event 0 /a{b} - [\"a,b\"]"),
        ("2/12,34[\"a\"]",                   "Event 0 /12 34 [\"a\"]"),
        ("2/a-b,[\"a\"]",                    "Event 0 /a-b - [\"a\"]"),
        ("2/a?token=1&b=2,[\"a\"]",          "Event 0 /a?token=1&b=2 - [\"a\"]"),
        // The first comma ends it.
        ("2/a,b,[\"a\"]",                    "Event 0 /a - b,[\"a\"]"),
        // Servers 1.x leave the comma out where nothing follows; what follows then belongs to the name.
        ("2/a[\"b\"]",                       "Event 0 /a[\"b\"] - "),
        // The root, written out.
        ("2/,[\"a\"]",                       "Event 0  - [\"a\"]"),
        ("0/",                               "Connect 0  - "),
        ("2/,7[\"a\"]",                      "Event 0  7 [\"a\"]"),
    ];
    for (text, expected) in table {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn headers_against_the_protocol_are_refused() {
    for text in [
        "",
        "7[\"a\"]",
        "9",
        "x",
        "/admin,",
        "[\"a\"]",
        "-1",
        "ä",
        // Attachments: none, zero, too many, without a dash, without a number.
        "5[\"a\"]",
        "5-[\"a\"]",
        "50-[\"a\"]",
        "511-[\"a\"]",
        "54294967297-[\"a\"]",
        "599999999999-[\"a\"]",
        "5",
        "51",
        "51[\"a\"]",
        "51/admin,[\"a\"]",
        "6-1[]",
        "60-1[]",
        // Ids too large to be one.
        "34294967296[]",
        "399999999999999999999[]",
        "2/admin,4294967296[\"a\"]",
    ] {
        assert_eq!(whole(text), Status::Invalid, "{text}");
    }
}

#[test]
fn a_type_other_than_the_binary_ones_has_no_attachments() {
    // To the server's own decoder this is an id as well, and what follows is no JSON.
    assert_eq!(read("21-[\"a\"]"), "Event 0  1 -[\"a\"]");
}

#[test]
fn digits_are_those_of_ascii() {
    for text in ["2\u{0661}[\"a\"]", "2\u{ff11}[\"a\"]", "2\u{0130}"] {
        assert!(read(text).starts_with("Event 0  - "), "{text}");
    }
    assert_eq!(whole("\u{0130}"), Status::Invalid);
    assert_eq!(whole("\u{ff12}[\"a\"]"), Status::Invalid);
}

#[test]
fn a_number_that_may_go_on_is_not_read_yet() {
    for head in ["2", "21", "2/a", "2/a,", "2/a,1", "5", "51", "51-", "51-/a", "51-1", ""] {
        let units: Vec<u16> = head.encode_utf16().collect();
        assert_eq!(Header::parse(&units, false), Status::Partial, "{head}");
    }
}

#[test]
fn binary_types_are_told_by_their_attachments() {
    let kinds = ["51-[\"a\"]", "61-0[]"].map(|text| match whole(text) {
        Status::Complete(header) => header.kind,
        other => panic!("{other:?}"),
    });
    assert_eq!(kinds, [PacketType::Event, PacketType::Ack]);
}

/// Units like those of a header, more often than not.
fn header_like() -> impl Strategy<Value = Vec<u16>> {
    let unit = prop_oneof![
        8 => prop::sample::select("0123456789/,-[]{}\":".encode_utf16().collect::<Vec<_>>()),
        1 => any::<u16>(),
    ];
    prop::collection::vec(unit, 0..40)
}

proptest! {
    #[test]
    fn the_length_of_the_head_does_not_matter(units in header_like()) {
        let expected = Header::parse(&units, true);
        for length in 0..=units.len() {
            let status = Header::parse(&units[..length], false);
            prop_assert!(
                status == Status::Partial || status == expected,
                "{length} units gave {status:?}, all of them {expected:?}"
            );
        }
    }

    #[test]
    fn what_a_header_names_lies_inside_the_packet(units in prop::collection::vec(any::<u16>(), 0..100)) {
        if let Status::Complete(header) = Header::parse(&units, true) {
            prop_assert!(header.body <= units.len());
            prop_assert!(units.get(header.namespace).is_some());
        }
    }
}
