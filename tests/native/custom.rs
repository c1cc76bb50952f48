//! A parser of the app's own: packets go through its encoder, messages through its decoder.

use serde_json::json;
use socketio_wasm::proto::socket::outgoing::Emitted;
use socketio_wasm::proto::socket::packet::PacketType;

use crate::support::desk::{Auth, config};
use crate::support::{Desk, HANDSHAKE};

const NOTHING: [&str; 0] = [];

/// A desk whose app has a parser, with its sockets; not connected.
fn desk(transport: &'static str, namespaces: &[&str]) -> Desk {
    let mut desk = Desk::new(&[transport], namespaces);
    desk.configure(move || {
        let mut config = config(&[transport]);
        config.raw = true;
        Ok(config)
    });
    desk
}

/// The same with one socket, `/`, connected over a WebSocket, transport 0.
fn connected() -> Desk {
    let mut desk = desk("websocket", &["/"]);
    desk.connect(0);
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    desk.decoded(0, PacketType::Connect, "", None, r#"{"sid":"A"}"#);
    desk.take();
    desk
}

/// What was told but for the packets, which are always told.
fn without_packets(desk: &mut Desk) -> Vec<String> {
    let mut lines = desk.take();
    lines.retain(|line| {
        ![" packet ", " create ", " drain", " flush"]
            .iter()
            .any(|word| line.contains(word))
    });
    lines
}

#[test]
fn every_packet_goes_through_the_encoder() {
    let mut desk = desk("websocket", &["/", "/other"]);
    desk.auth = Auth::Payload(json!({"token": "t"}));
    desk.connect(0);
    desk.connect(1);
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    let sent = desk.sent();
    assert_eq!(
        sent,
        [
            "open 0 websocket",
            r#"write 0 4<40{"token":"t"}>"#,
            r#"write 0 4<40/other,{"token":"t"}>"#
        ]
    );
    desk.decoded(0, PacketType::Connect, "/other", None, r#"{"sid":"B"}"#);
    desk.emit(1, json!(["a"]));
    desk.ask(1, json!(["b"]), f64::INFINITY);
    assert_eq!(
        desk.sent(),
        [r#"write 0 4<42/other,["a"]>"#, r#"write 0 4<42/other,0["b"]>"#]
    );
    desk.decoded(0, PacketType::Event, "/other", Some(7), r#"["c"]"#);
    let asked = desk.to_acknowledge.pop().unwrap();
    desk.acknowledge(asked, json!([1]));
    assert_eq!(desk.sent(), ["write 0 4<43/other,7[1]>"]);
}

#[test]
fn messages_are_told_and_not_parsed() {
    let mut desk = connected();
    desk.text(0, r#"42["a"]"#);
    desk.binary(0, &[1, 2]);
    desk.text(0, "4nonsense");
    let lines = desk.take();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines.iter().all(|line| line.starts_with("engine0 packet message")),
        "{lines:?}"
    );
}

#[test]
fn what_the_decoder_gives_is_told() {
    let mut desk = connected();
    desk.decoded(0, PacketType::Event, "", None, r#"["a",1]"#);
    desk.decoded(0, PacketType::Event, "/unknown", None, r#"["a",1]"#);
    let id = desk.ask(0, json!(["q"]), f64::INFINITY);
    desk.decoded(0, PacketType::Ack, "", Some(id), "[2]");
    desk.decoded(0, PacketType::Disconnect, "", None, "");
    assert_eq!(
        desk.told(),
        [
            "s0 message [\"a\",1]",
            "s0 ack 0 [2]",
            "manager close forced close",
            "s0 disconnect io server disconnect"
        ]
    );
}

#[test]
fn a_packet_with_the_wrong_data_is_a_parse_error() {
    for (kind, json) in [
        (PacketType::Connect, "[]"),
        (PacketType::Disconnect, "{}"),
        (PacketType::Event, "{}"),
        (PacketType::Event, ""),
        (PacketType::Event, r#"["connect"]"#),
        (PacketType::BinaryEvent, "[]"),
        (PacketType::Ack, "1"),
        (PacketType::ConnectError, "null"),
    ] {
        let mut desk = connected();
        desk.decoded(0, kind, "", None, json);
        let told = desk.told();
        assert!(
            told[0].starts_with("s0 disconnect parse error"),
            "{kind:?} {json}: {told:?}"
        );
    }
}

#[test]
fn so_is_what_the_decoder_fails_on_and_the_connection_is_opened_again() {
    let mut desk = connected();
    desk.act(|manager, now| manager.handle_garbled(now, 0, None));
    assert!(desk.told()[0].starts_with("s0 disconnect parse error"));
    desk.wait(1_000.0);
    assert_eq!(desk.sent(), ["open 1 websocket"]);
    // What a decoder says late, of the connection before.
    desk.act(|manager, now| manager.handle_garbled(now, 0, None));
    desk.decoded(0, PacketType::Connect, "", None, r#"{"sid":"B"}"#);
    assert_eq!(desk.told(), NOTHING);
}

#[test]
fn the_last_disconnect_is_written_before_the_connection_ends() {
    let mut desk = connected();
    desk.emit(0, json!(["a"]));
    desk.disconnect(0);
    assert_eq!(
        without_packets(&mut desk),
        [
            r#"write 0 4<42["a"]>"#,
            "write 0 4<41>",
            "close 0",
            "manager close forced close",
            "s0 disconnect io client disconnect",
            "engine0 close forced close",
        ]
    );
}

#[test]
fn and_so_it_is_with_polling() {
    let mut desk = desk("polling", &["/"]);
    desk.connect(0);
    desk.polled(0, HANDSHAKE);
    desk.posted(0);
    desk.decoded(0, PacketType::Connect, "", None, r#"{"sid":"A"}"#);
    desk.take();
    desk.disconnect(0);
    assert_eq!(desk.sent(), ["post 0 4<41>"]);
    desk.posted(0);
    assert_eq!(desk.sent(), ["post 0 1", "close 0"]);
}

#[test]
fn what_has_waited_is_written_before_the_app_hears_that_the_socket_is_connected() {
    let mut desk = desk("websocket", &["/"]);
    assert_eq!(desk.emit(0, json!(["a"])), Emitted::Buffered);
    desk.connect(0);
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    desk.listen(|desk, line| {
        if line.starts_with("s0 connect") {
            desk.emit(0, json!(["b"]));
        }
    });
    desk.take();
    desk.decoded(0, PacketType::Connect, "", None, r#"{"sid":"A"}"#);
    assert_eq!(
        without_packets(&mut desk),
        [r#"write 0 4<42["a"]>"#, "s0 connect \"A\"", r#"write 0 4<42["b"]>"#]
    );
}

#[test]
fn what_the_encoder_fails_on_is_not_sent_and_the_rest_goes_on() {
    let mut desk = connected();
    desk.emit(0, json!(["fail"]));
    desk.emit(0, json!(["a"]));
    assert_eq!(
        without_packets(&mut desk),
        [r#"s0 can't be encoded 42["fail"]"#, r#"write 0 4<42["a"]>"#]
    );
    desk.disconnect(0);
    assert_eq!(desk.sent(), ["write 0 4<41>", "close 0"]);
}

#[test]
fn a_queued_event_that_it_fails_on_makes_way_for_the_next() {
    let mut desk = connected();
    desk.manager.set_retries(0, 2);
    desk.ask(0, json!(["fail"]), 100.0);
    assert_eq!(
        without_packets(&mut desk),
        [r#"s0 can't be encoded 420["fail"]"#, "s0 ack 4294967295 disconnected"]
    );
    desk.ask(0, json!(["a"]), 100.0);
    assert_eq!(desk.sent(), [r#"write 0 4<421["a"]>"#]);
}
