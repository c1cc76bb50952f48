//! The handshake: what a server has to say, and what becomes of one that says something else.

use proptest::prelude::*;
use socketio_wasm::proto::Data;
use socketio_wasm::proto::engine::handshake::Handshake;
use socketio_wasm::proto::engine::transport::Kind;

use crate::support::{Desk, HANDSHAKE, Sample};

fn parse(json: &str) -> Option<Handshake<Sample>> {
    Handshake::parse(Sample::text(&format!("0{json}")), 1)
}

#[test]
fn a_handshake_is_read() {
    let handshake = parse(
        r#"{"sid":"äb-1_","upgrades":["websocket","webtransport"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#,
    );
    let handshake = handshake.unwrap();
    assert!(handshake.sid.is("äb-1_"));
    assert!(handshake.offers(Kind::WebSocket) && handshake.offers(Kind::WebTransport));
    assert_eq!(handshake.ping_interval, 25_000.0);
    assert_eq!(handshake.ping_timeout, 20_000.0);
    assert_eq!(handshake.max_payload, 1_000_000);
}

#[test]
fn what_some_servers_leave_out_has_a_default() {
    let handshake = parse(r#"{"sid":"a","pingInterval":25000,"pingTimeout":20000}"#).unwrap();
    assert!(!handshake.offers(Kind::WebSocket) && !handshake.offers(Kind::WebTransport));
    assert_eq!(handshake.max_payload, 0, "no limit");
}

#[test]
fn transports_nobody_knows_are_passed_over() {
    let upgrades = |list: &str| {
        let json = format!(r#"{{"sid":"a","upgrades":{list},"pingInterval":1,"pingTimeout":1}}"#);
        let handshake = parse(&json).unwrap();
        (handshake.offers(Kind::WebSocket), handshake.offers(Kind::WebTransport))
    };
    assert_eq!(upgrades(r#"["flashsocket","websocket"]"#), (true, false));
    assert_eq!(upgrades(r#"[1,null,{},"webtransport"]"#), (false, true));
    assert_eq!(upgrades(r#"[1,null,{}]"#), (false, false));
    assert_eq!(upgrades(r#""websocket""#), (false, false));
    assert_eq!(upgrades("null"), (false, false));
}

#[test]
fn a_handshake_without_what_every_server_sends_is_none() {
    for json in [
        "",
        "{",
        "[]",
        "null",
        "\"a\"",
        "{}",
        r#"{"pingInterval":1,"pingTimeout":1}"#,
        r#"{"sid":"","pingInterval":1,"pingTimeout":1}"#,
        r#"{"sid":1,"pingInterval":1,"pingTimeout":1}"#,
        r#"{"sid":"a","pingTimeout":1}"#,
        r#"{"sid":"a","pingInterval":1}"#,
        r#"{"sid":"a","pingInterval":"1","pingTimeout":1}"#,
    ] {
        assert!(parse(json).is_none(), "{json}");
    }
}

#[test]
fn the_session_is_open_with_the_handshake() {
    let mut desk = Desk::new(&["polling"], &["/"]);
    desk.connect(0);
    assert_eq!(desk.take(), ["open 0 polling", "poll 0"]);
    desk.polled(0, HANDSHAKE);
    assert_eq!(
        desk.take(),
        ["engine0 open S polling", "post 0 40", "manager open", "poll 0"]
    );
    assert_eq!(
        desk.manager
            .connection()
            .unwrap()
            .sid()
            .and_then(|data| data.as_text())
            .as_deref(),
        Some("S")
    );
}

#[test]
fn a_stream_says_nothing_before_the_servers_handshake() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.connect(0);
    assert_eq!(desk.take(), ["open 0 websocket"]);
    desk.opened(0);
    assert_eq!(desk.take(), [] as [&str; 0]);
    desk.text(0, HANDSHAKE);
    assert_eq!(desk.take(), ["engine0 open S websocket", "write 0 40", "manager open"]);
}

#[test]
fn a_handshake_may_come_with_more_packets() {
    let mut desk = Desk::new(&["polling"], &["/"]);
    desk.connect(0);
    desk.take();
    desk.polled(0, &format!("{HANDSHAKE}\u{1e}2\u{1e}6"));
    assert_eq!(
        desk.take(),
        [
            "engine0 open S polling",
            "post 0 40",
            "manager open",
            "manager ping",
            "poll 0"
        ]
    );
}

#[test]
fn an_answer_that_is_no_handshake_is_an_error_that_says_what_to_check() {
    let not_engine = "The answer is not an Engine.IO handshake: check the path, and that it is a Socket.IO server";
    for body in [
        "<!doctype html>",
        "",
        "ok",
        "0",
        "0{}",
        "40",
        "2",
        "6",
        "3probe",
        "4a\u{1e}0{}",
    ] {
        let mut desk = Desk::new(&["polling"], &["/"]);
        desk.connect(0);
        desk.take();
        desk.polled(0, body);
        assert_eq!(
            desk.told(),
            [
                format!("s0 connect_error {not_engine} (retries)"),
                format!("manager error {not_engine}")
            ],
            "{body}"
        );
        assert!(desk.audit.is_closed(0), "{body}");
    }
}

#[test]
fn a_stream_that_begins_with_anything_else_is_an_error() {
    for frame in ["40", "2", "6", "x", "", "3probe", "0null"] {
        let mut desk = Desk::new(&["websocket"], &["/"]);
        desk.connect(0);
        desk.opened(0);
        desk.text(0, frame);
        assert!(
            desk.told()[0].starts_with("s0 connect_error The answer is not an Engine.IO handshake"),
            "{frame}"
        );
    }
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.connect(0);
    desk.opened(0);
    desk.binary(0, b"0{}");
    assert!(desk.told()[0].starts_with("s0 connect_error The answer is not an Engine.IO handshake"));
}

#[test]
fn a_server_that_closes_at_once_is_a_failed_attempt() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.connect(0);
    desk.opened(0);
    desk.closed(0, "websocket closed");
    assert_eq!(
        desk.told(),
        [
            "s0 connect_error websocket closed (retries)",
            "manager error websocket closed"
        ]
    );
    let mut desk = Desk::new(&["polling"], &["/"]);
    desk.connect(0);
    desk.polled(0, "1");
    assert_eq!(
        desk.told(),
        [
            "s0 connect_error transport closed by the server (retries)",
            "manager error transport closed by the server"
        ]
    );
}

#[test]
fn a_second_handshake_breaks_the_protocol() {
    let mut desk = Desk::connected();
    desk.text(0, &HANDSHAKE.replace("\"S\"", "\"T\""));
    let not_engine = "parse error: The server sent a packet that is not Engine.IO";
    assert_eq!(
        desk.told(),
        [
            format!("s0 disconnect {not_engine}"),
            format!("manager close {not_engine}")
        ]
    );
}

proptest! {
    #[test]
    fn no_answer_stops_an_attempt_from_ending(body in prop_oneof!["[0-6]?[\\[\\]{}\",:a-z0-9\u{1e}]{0,30}", ".*"]) {
        let mut desk = Desk::new(&["polling"], &["/"]);
        desk.connect(0);
        desk.polled(0, &body);
        let lines = desk.told();
        prop_assert!(lines.iter().any(|line| line.contains("connect_error") || line == "manager open"), "{:?}", lines);
    }
}
