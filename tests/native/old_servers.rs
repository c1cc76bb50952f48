//! Servers 1.x and 2.x: Engine.IO 3 below, Socket.IO protocol 4 above, and how they are told from later ones.

use proptest::prelude::*;
use serde_json::json;
use socketio_wasm::proto::Data;
use socketio_wasm::proto::engine::Revision;
use socketio_wasm::proto::engine::connection::Config;
use socketio_wasm::proto::socket::manager::Manager;
use socketio_wasm::proto::socket::outgoing::Emitted;

use crate::support::desk::config;
use crate::support::{Auth, Desk, HANDSHAKE, Sample, base64, decode};

const NONE: [&str; 0] = [];

/// A desk whose app wants this revision, or takes whichever the server speaks.
fn desk(revision: Option<Revision>, transports: &'static [&'static str], namespaces: &[&str]) -> Desk {
    let mut desk = Desk::new(transports, namespaces);
    desk.configure(move || {
        Ok(Config {
            revision,
            ..config(transports)
        })
    });
    desk
}

/// A desk whose connection to an old server is open over a WebSocket, transport 0. The server has said nothing of the root.
fn on_websocket(namespaces: &[&str]) -> Desk {
    let mut desk = desk(Some(Revision::V3), &["websocket"], namespaces);
    desk.act(Manager::open);
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    desk.take();
    desk
}

/// The same with a socket of the root that is connected.
fn connected() -> Desk {
    let mut desk = on_websocket(&["/"]);
    desk.connect(0);
    desk.text(0, "40");
    assert_eq!(desk.take(), ["s0 connect \"S\""]);
    desk
}

/// A payload that is a text.
fn framed(packets: &[&str]) -> String {
    let frame = |packet: &&str| format!("{}:{packet}", packet.encode_utf16().count());
    packets.iter().map(frame).collect()
}

/// A payload in bytes.
fn framed_in_bytes(packets: &[Sample]) -> Vec<u8> {
    let mut payload = Vec::new();
    for packet in packets {
        let (kind, body) = match packet {
            Sample::Binary(bytes) => (1, [&[4], &bytes[..]].concat()),
            text => (0, String::from_utf16(text.units()).unwrap().into_bytes()),
        };
        payload.push(kind);
        payload.extend(body.len().to_string().bytes().map(|digit| digit - b'0'));
        payload.push(0xff);
        payload.extend(body);
    }
    payload
}

fn split(body: &str) -> Option<Vec<Sample>> {
    decode(Revision::V3, &Sample::text(body))
}

fn split_bytes(body: &[u8]) -> Option<Vec<Sample>> {
    decode(Revision::V3, &Sample::binary(body))
}

fn texts(texts: &[&str]) -> Option<Vec<Sample>> {
    Some(texts.iter().map(|text| Sample::text(text)).collect())
}

fn revision(desk: &Desk) -> Option<Revision> {
    let connection = desk.manager.connection()?;
    connection.sid().map(|_| connection.revision())
}

fn has(lines: &[String], start: &str) -> bool {
    lines.iter().any(|line| line.starts_with(start))
}

// Payloads.

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

// Which revision it is.

#[test]
fn on_polling_the_framing_tells_the_revision() {
    let mut desk = desk(None, &["polling"], &["/"]);
    desk.connect(0);
    desk.polled(0, &framed(&[HANDSHAKE, "40"]));
    assert_eq!(revision(&desk), Some(Revision::V3));
    assert!(has(&desk.told(), "s0 connect \"S\""));
    let mut desk = self::desk(None, &["polling"], &["/"]);
    desk.connect(0);
    desk.polled(0, HANDSHAKE);
    assert_eq!(revision(&desk), Some(Revision::V4));
    assert!(desk.sent().contains(&"post 0 40".into()));
}

#[test]
fn another_revision_than_the_app_wants_is_an_error() {
    for (wanted, body, spoken) in [
        (Revision::V4, framed(&[HANDSHAKE]), "The server speaks Engine.IO 3"),
        (Revision::V3, HANDSHAKE.to_owned(), "The server speaks Engine.IO 4"),
    ] {
        let mut desk = desk(Some(wanted), &["polling"], &["/"]);
        desk.connect(0);
        desk.polled(0, &body);
        let lines = desk.told();
        assert!(has(&lines, &format!("s0 connect_error {spoken}")), "{lines:?}");
        assert!(desk.audit.is_closed(0));
    }
}

/// The host knows from now on what the server speaks.
fn learn(desk: &mut Desk, known: Option<Revision>) {
    desk.configure(move || {
        Ok(Config {
            revision: None,
            known,
            ..config(&["websocket"])
        })
    });
}

fn stream(known: Option<Revision>) -> Desk {
    stream_of("/", known)
}

fn stream_of(namespace: &str, known: Option<Revision>) -> Desk {
    let mut desk = Desk::new(&["websocket"], &[namespace]);
    learn(&mut desk, known);
    desk.connect(0);
    desk.opened(0);
    desk
}

#[test]
fn a_limit_to_payloads_is_of_revision_4() {
    let mut desk = stream(Some(Revision::V3));
    desk.text(0, &HANDSHAKE.replace('}', ",\"maxPayload\":1000000}"));
    assert_eq!(revision(&desk), Some(Revision::V4));
    assert!(desk.sent().contains(&"write 0 40".into()));
}

#[test]
fn a_root_connected_unasked_is_of_revision_3() {
    let mut desk = stream(None);
    desk.text(0, HANDSHAKE);
    desk.wait(99.0);
    assert_eq!(desk.take(), ["open 0 websocket"], "nobody knows yet");
    desk.text(0, "40");
    assert_eq!(revision(&desk), Some(Revision::V3));
    let lines = desk.take();
    assert!(has(&lines, "s0 connect \"S\""), "{lines:?}");
    assert!(!has(&lines, "write"), "{lines:?}");
}

#[test]
fn a_ping_or_silence_is_of_revision_4() {
    let mut desk = stream(None);
    desk.text(0, HANDSHAKE);
    desk.text(0, "2");
    assert_eq!(revision(&desk), Some(Revision::V4));
    assert!(desk.sent().contains(&"write 0 3".into()));
    let mut desk = stream(None);
    desk.text(0, HANDSHAKE);
    desk.wait(100.0);
    assert_eq!(revision(&desk), Some(Revision::V4));
    assert!(desk.sent().contains(&"write 0 40".into()));
}

#[test]
fn an_old_server_that_was_slow_is_connected_to_once_more() {
    for (namespace, answer) in [("/", "40"), ("/chat", "40"), ("/", "44\"no\"")] {
        for known in [None, Some(Revision::V4)] {
            let mut desk = stream_of(namespace, known);
            desk.text(0, HANDSHAKE);
            desk.wait(100.0);
            assert_eq!(revision(&desk), Some(Revision::V4));
            desk.take();
            // The close tells the host.
            learn(&mut desk, Some(Revision::V3));
            desk.text(0, answer);
            let lines = desk.take();
            assert!(desk.audit.is_closed(0));
            assert!(has(&lines, "manager close older protocol"), "{lines:?}");
            assert!(has(&lines, "open 1 websocket"), "at once: {lines:?}");
            assert!(!has(&lines, "s0"), "the app hears of one connection: {lines:?}");
            desk.opened(1);
            desk.text(1, HANDSHAKE);
            desk.text(1, answer);
            assert_eq!(revision(&desk), Some(Revision::V3));
            assert!(has(&desk.take(), "manager open"));
        }
    }
}

/// Middleware of servers 3.0 to 4.4 that calls `next("no")` or `next({ data })`: what is no `Error` has no message.
#[test]
fn a_refusal_without_a_message_is_told() {
    for (packet, told) in [
        ("44{}", "s0 connect_error  {} (final)"),
        (r#"44{"data":5}"#, "s0 connect_error  5 (final)"),
        // Or of an old server that was slow.
        (r#"44{"code":5}"#, r#"s0 connect_error  {"code":5} (final)"#),
    ] {
        let mut desk = stream(None);
        desk.text(0, HANDSHAKE);
        desk.wait(100.0);
        desk.take();
        desk.text(0, packet);
        let lines = desk.take();
        assert!(has(&lines, told), "{lines:?}");
        assert!(!has(&lines, "open"), "{lines:?}");
    }
}

#[test]
fn a_server_of_revision_4_that_grants_without_an_id_is_not_asked_for_ever() {
    let mut desk = stream(None);
    desk.text(0, &HANDSHAKE.replace('}', ",\"maxPayload\":1000000}"));
    desk.text(0, "40");
    let lines = desk.take();
    assert!(
        has(
            &lines,
            "s0 connect_error The server granted the namespace without an id"
        ),
        "{lines:?}"
    );
    assert!(desk.audit.is_closed(0));
}

#[test]
fn a_server_known_to_be_of_revision_4_is_not_waited_for() {
    let mut desk = stream(Some(Revision::V4));
    desk.text(0, HANDSHAKE);
    assert_eq!(revision(&desk), Some(Revision::V4));
    assert!(desk.sent().contains(&"write 0 40".into()));
}

#[test]
fn one_known_to_be_old_has_time_until_the_attempt_is_over() {
    let mut desk = stream(Some(Revision::V3));
    desk.text(0, HANDSHAKE);
    desk.wait(1_000.0);
    desk.text(0, "40");
    assert_eq!(revision(&desk), Some(Revision::V3));
    assert!(has(&desk.take(), "s0 connect \"S\""));
    // Another server is there by now, and waits itself.
    let mut desk = stream(Some(Revision::V3));
    desk.text(0, HANDSHAKE);
    desk.wait(20_000.0);
    let lines = desk.take();
    assert!(has(&lines, "s0 connect_error timeout"), "{lines:?}");
    assert!(desk.audit.is_closed(0));
}

#[test]
fn a_connection_may_end_before_its_revision_is_known() {
    let mut desk = stream(None);
    desk.text(0, HANDSHAKE);
    desk.disconnect(0);
    assert!(desk.audit.is_closed(0));
    assert_eq!(desk.manager.poll_timeout(), f64::INFINITY);
    let mut desk = stream(None);
    desk.text(0, HANDSHAKE);
    desk.closed(0, "gone");
    assert!(has(&desk.told(), "s0 connect_error gone"));
    desk.wait(999.0);
    assert_eq!(revision(&desk), None);
    desk.wait(1.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.text(1, "40");
    assert!(has(&desk.told(), "s0 connect \"S\""));
}

/// Its handshake does not count for the next transport.
#[test]
fn the_next_transport_is_tried_before_the_revision_is_known() {
    let mut desk = Desk::new(&["websocket", "polling"], &["/"]);
    desk.configure(|| {
        Ok(Config {
            revision: None,
            try_all: true,
            ..config(&["websocket", "polling"])
        })
    });
    desk.connect(0);
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    desk.closed(0, "gone");
    desk.wait(200.0);
    assert_eq!(revision(&desk), None);
    desk.polled(1, &framed(&[&HANDSHAKE.replace("\"S\"", "\"T\""), "40"]));
    assert!(has(&desk.told(), "s0 connect \"T\""));
}

// Signs of life.

#[test]
fn the_client_gives_a_sign_of_life_and_waits_for_the_answer() {
    let mut desk = connected();
    for _ in 0..3 {
        desk.wait(24_999.0);
        assert_eq!(desk.take(), NONE);
        desk.wait(1.0);
        assert_eq!(desk.take(), ["write 0 2"]);
        desk.text(0, "3");
        assert_eq!(desk.take(), ["manager ping"]);
    }
    desk.wait(44_999.0);
    assert_eq!(desk.take(), ["write 0 2"]);
    desk.wait(1.0);
    assert_eq!(desk.told()[0], "s0 disconnect ping timeout");
}

/// Behind much else, on a slow network.
#[test]
fn the_answer_may_wait_behind_messages() {
    let mut desk = connected();
    desk.wait(25_000.0);
    for _ in 0..3 {
        desk.wait(19_000.0);
        desk.text(0, r#"42["news"]"#);
    }
    desk.take();
    desk.wait(44_999.0);
    assert_eq!(desk.take(), NONE);
    desk.text(0, "3");
    assert_eq!(desk.take(), ["manager ping"]);
    desk.wait(25_000.0);
    assert_eq!(desk.take(), ["write 0 2"]);
    // Which has to be answered in time all the same.
    desk.wait(20_000.0);
    assert_eq!(desk.told()[0], "s0 disconnect ping timeout");
}

/// Nor is anything kept for another connection then.
#[test]
fn a_message_is_no_sign_of_life_that_has_to_be_followed_by_others() {
    let mut desk = connected();
    desk.text(0, r#"42["news"]"#);
    // The page slept.
    desk.now += 46_000.0;
    assert_eq!(desk.emit(0, json!(["a"])), Emitted::Sent);
    desk.tick();
    desk.text(0, "3");
    desk.take();
    assert_eq!(desk.emit(0, json!(["b"])), Emitted::Sent);
}

#[test]
fn a_message_that_comes_too_late_is_no_sign_of_life() {
    let mut desk = connected();
    desk.wait(25_000.0);
    desk.take();
    // The page slept.
    desk.now += 20_001.0;
    desk.text(0, r#"42["news"]"#);
    assert_eq!(desk.take(), [r#"s0 message ["news"]"#]);
    desk.tick();
    assert_eq!(desk.told()[0], "s0 disconnect ping timeout");
}

#[test]
fn a_ping_of_an_old_server_is_no_sign_of_life() {
    let mut desk = connected();
    desk.wait(30_000.0);
    desk.take();
    desk.text(0, "2");
    assert_eq!(desk.take(), NONE, "it is not answered either");
    desk.wait(15_000.0);
    assert_eq!(desk.told()[0], "s0 disconnect ping timeout");
}

// Binaries.

#[test]
fn a_binary_on_a_stream_has_its_type_in_front() {
    let mut desk = connected();
    desk.text(0, r#"451-["a",{"_placeholder":true,"num":0}]"#);
    desk.binary(0, &[4, 1, 2, 3]);
    assert_eq!(desk.told(), ["s0 message [\"a\",<1 2 3>]"]);
    for bytes in [&[][..], &[1, 4]] {
        let mut desk = connected();
        desk.text(0, r#"451-["a",{"_placeholder":true,"num":0}]"#);
        desk.binary(0, bytes);
        assert!(has(&desk.told(), "s0 disconnect parse error"));
    }
}

// Socket.IO protocol 4.

#[test]
fn a_namespace_waits_for_the_root_whether_the_app_wants_that_or_not() {
    let mut desk = on_websocket(&["/admin"]);
    desk.connect(0);
    assert_eq!(desk.take(), NONE);
    desk.text(0, "40");
    assert_eq!(desk.take(), ["write 0 40/admin,"]);
    // Before the grant.
    desk.text(0, r#"42/admin,["early"]"#);
    assert_eq!(desk.take(), NONE);
    // As 1.x has it.
    desk.text(0, "40/admin");
    let lines = desk.told();
    assert!(has(&lines, "s0 connect /admin#S"), "{lines:?}");
    assert!(has(&lines, "s0 message [\"early\"]"), "{lines:?}");
}

#[test]
fn the_root_is_connected_without_being_asked_for() {
    let mut desk = on_websocket(&["/", "/admin"]);
    desk.connect(0);
    desk.connect(1);
    desk.text(0, "40");
    assert_eq!(desk.take(), ["write 0 40/admin,", "s0 connect \"S\""]);
    // Or has been: who asks does not listen yet.
    let mut desk = on_websocket(&["/"]);
    desk.text(0, "40");
    desk.connect(0);
    assert_eq!(desk.take(), NONE);
    desk.tick();
    assert_eq!(desk.take(), ["s0 connect \"S\""]);
}

#[test]
fn a_payload_travels_in_the_query_of_its_namespace() {
    let mut desk = on_websocket(&["/admin"]);
    desk.manager.placed.auth_in_query = true;
    desk.auth = Auth::Payload(json!({"token": "t"}));
    desk.connect(0);
    desk.text(0, "40");
    assert_eq!(desk.take(), ["write 0 40/admin?token=t,"]);
    desk.text(0, "40/admin,");
    assert_eq!(desk.told(), ["s0 connect /admin#S"]);
}

#[test]
fn a_payload_without_a_place_is_an_error() {
    for namespace in ["/", "/admin"] {
        let mut desk = on_websocket(&[namespace]);
        desk.auth = Auth::Payload(json!({"token": "t"}));
        desk.connect(0);
        desk.text(0, "40");
        let lines = desk.told();
        assert!(has(&lines, "s0 connect_error Socket.IO protocol 4"), "{lines:?}");
    }
}

#[test]
fn a_refusal_is_a_text_or_what_the_server_likes() {
    for (packet, told) in [
        (r#"44/admin,"no""#, r#"s0 connect_error no "no" (final)"#),
        (
            r#"44/admin,{"message":"no"}"#,
            r#"s0 connect_error no {"message":"no"} (final)"#,
        ),
    ] {
        let mut desk = on_websocket(&["/admin"]);
        desk.connect(0);
        desk.text(0, "40");
        desk.text(0, packet);
        let lines = desk.told();
        assert!(has(&lines, told), "{lines:?}");
    }
}

#[test]
fn who_waits_for_a_root_that_is_refused_is_refused_as_well() {
    for namespaces in [&["/admin", "/"][..], &["/admin"]] {
        let mut desk = on_websocket(namespaces);
        for socket in 0..namespaces.len() {
            desk.connect(socket);
        }
        desk.text(0, r#"44"unauth""#);
        let lines = desk.told();
        for socket in 0..namespaces.len() {
            let line = format!("s{socket} connect_error unauth \"unauth\" (final)");
            assert!(has(&lines, &line), "{lines:?}");
        }
    }
}

#[test]
fn a_root_that_was_left_is_asked_for() {
    for answers in [true, false] {
        let mut desk = on_websocket(&["/", "/admin"]);
        desk.connect(0);
        desk.connect(1);
        desk.text(0, "40");
        desk.text(0, "40/admin,");
        desk.disconnect(0);
        desk.take();
        desk.connect(0);
        desk.wait(100.0);
        assert_eq!(desk.take(), ["write 0 40"]);
        if answers {
            desk.text(0, "40");
        } else {
            desk.wait(999.0);
            assert_eq!(desk.take(), NONE);
            desk.wait(1.0);
        }
        assert_eq!(desk.take(), ["s0 connect \"S\""]);
    }
}

/// A desk with two namespaces that are connected: the root and `/admin`.
fn both_connected() -> Desk {
    let mut desk = on_websocket(&["/", "/admin", "/chat"]);
    desk.connect(0);
    desk.connect(1);
    desk.text(0, "40");
    desk.text(0, "40/admin,");
    desk.take();
    desk
}

#[test]
fn what_arrives_at_a_root_that_comes_back_is_told_unless_an_answer_follows() {
    for answers in [true, false] {
        let mut desk = both_connected();
        desk.disconnect(0);
        desk.connect(0);
        desk.wait(100.0);
        desk.take();
        // Of the new session, or still of the one before.
        desk.text(0, r#"42["a"]"#);
        assert_eq!(desk.take(), NONE);
        if answers {
            desk.text(0, "40");
            assert_eq!(desk.take(), ["s0 connect \"S\""]);
        } else {
            desk.wait(1_000.0);
            assert_eq!(
                desk.take(),
                ["s0 granted \"S\"", "s0 message [\"a\"]", "s0 connect \"S\""]
            );
        }
        desk.text(0, r#"42["b"]"#);
        assert_eq!(desk.take(), [r#"s0 message ["b"]"#]);
    }
}

#[test]
fn a_root_that_the_server_has_disconnected_is_asked_for() {
    let mut desk = both_connected();
    desk.text(0, "41");
    assert_eq!(desk.take(), ["s0 disconnect io server disconnect"]);
    desk.connect(0);
    desk.tick();
    assert_eq!(desk.take(), ["write 0 40"]);
    // Without middleware.
    desk.wait(1_000.0);
    assert_eq!(desk.take(), ["s0 connect \"S\""]);
    // One that the app had no socket of.
    let mut desk = on_websocket(&["/", "/admin"]);
    desk.connect(1);
    desk.text(0, "40");
    desk.text(0, "40/admin,");
    desk.text(0, "41");
    desk.take();
    desk.connect(0);
    desk.tick();
    assert_eq!(desk.take(), ["write 0 40"]);
    desk.text(0, "40");
    assert_eq!(desk.take(), ["s0 connect \"S\""]);
    desk.wait(1_000.0);
    assert_eq!(desk.take(), NONE);
}

#[test]
fn who_was_refused_a_sign_in_at_the_root_asks_for_it_once_more() {
    let mut desk = on_websocket(&["/"]);
    desk.manager.placed.signs_in = true;
    desk.auth = Auth::Payload(json!({"token": "t"}));
    desk.renewed = Some(Auth::Payload(json!({"token": "new"})));
    desk.connect(0);
    desk.text(0, "40");
    desk.text(0, r#"427["unauthorized",{"message":"no"}]"#);
    desk.take();
    desk.text(0, "41");
    assert_eq!(desk.take(), ["write 0 40"]);
    desk.text(0, "40");
    assert_eq!(desk.take(), [r#"write 0 42["authentication",{"token":"new"}]"#]);
}

/// Servers take nobody into another namespace then, nor say so.
#[test]
fn a_root_that_was_left_is_asked_for_by_who_waits_for_it() {
    for answer in ["40", r#"44"no""#, ""] {
        for by_server in [true, false] {
            let mut desk = both_connected();
            if by_server {
                desk.text(0, "41");
            } else {
                desk.disconnect(0);
            }
            desk.take();
            desk.connect(2);
            desk.tick();
            if !by_server {
                assert_eq!(desk.take(), NONE);
                desk.wait(100.0);
            }
            assert_eq!(desk.take(), ["write 0 40"]);
            if answer.is_empty() {
                desk.wait(1_000.0);
            } else {
                desk.text(0, answer);
            }
            let lines = desk.take();
            if answer.starts_with("44") {
                assert_eq!(lines, [r#"s2 connect_error no "no" (final)"#]);
                desk.wait(2_000.0);
                assert_eq!(desk.take(), NONE);
            } else {
                assert_eq!(lines, ["write 0 40/chat,"]);
                desk.wait(2_000.0);
                assert_eq!(desk.take(), NONE);
                desk.text(0, "40/chat,");
                assert_eq!(desk.take(), ["s2 connect /chat#S"]);
            }
        }
    }
}

#[test]
fn who_waits_for_a_root_that_nobody_wants_any_more_asks_for_it() {
    let mut desk = on_websocket(&["/", "/admin"]);
    desk.renewed = Some(Auth::Later);
    desk.connect(0);
    desk.connect(1);
    desk.text(0, r#"44"no""#);
    assert_eq!(desk.take(), NONE);
    desk.disconnect(0);
    assert_eq!(desk.take(), ["write 0 40"]);
    desk.text(0, "40");
    assert_eq!(desk.take(), ["write 0 40/admin,"]);
}

#[test]
fn another_connection_begins_anew() {
    let mut desk = on_websocket(&["/", "/admin"]);
    desk.connect(0);
    desk.connect(1);
    desk.text(0, "40");
    desk.text(0, "40/admin,");
    desk.closed(0, "gone");
    desk.wait(1_000.0);
    desk.take();
    desk.opened(1);
    desk.text(1, &HANDSHAKE.replace("\"S\"", "\"T\""));
    let lines = desk.take();
    assert!(!has(&lines, "write"), "{lines:?}");
    desk.text(1, "40");
    desk.text(1, "40/admin,");
    assert_eq!(
        desk.take(),
        ["write 1 40/admin,", "s0 connect \"T\"", "s1 connect /admin#T"]
    );
}

#[test]
fn a_refused_root_takes_another_handshake_where_its_query_has_the_credentials() {
    let mut desk = on_websocket(&["/"]);
    desk.manager.placed.auth_in_query = true;
    desk.renewed = Some(Auth::Payload(json!({"token": "new"})));
    desk.connect(0);
    desk.text(0, r#"44"unauth""#);
    let lines = desk.sent();
    assert!(has(&lines, "close 0") && has(&lines, "open 1 websocket"), "{lines:?}");
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.text(1, "40");
    let lines = desk.take();
    assert!(has(&lines, "s0 connect \"S\"") && !has(&lines, "write"), "{lines:?}");
}

/// Opened by hand, a connection can have been refused its root before anyone asks for a namespace.
#[test]
fn who_comes_after_the_root_was_refused_asks_for_it_once_more() {
    for (answer, expected) in [
        ("40", "write 0 40/admin,"),
        (r#"44"unauth""#, "s0 connect_error unauth"),
    ] {
        let mut desk = on_websocket(&["/admin"]);
        desk.text(0, r#"44"unauth""#);
        desk.connect(0);
        desk.tick();
        let lines = desk.take();
        assert!(lines.iter().any(|line| line == "write 0 40"), "{lines:?}");
        desk.text(0, answer);
        let lines = desk.take();
        assert!(lines.iter().any(|line| line.starts_with(expected)), "{lines:?}");
    }
}
