//! From `connect()` to the server's answer: what is asked, sent, kept and told, and in which order.

use serde_json::json;
use socketio_wasm::proto::socket::{manager::Manager, outgoing::Emitted};

use crate::support::{Auth, Desk, HANDSHAKE, Json};

const NOTHING: [&str; 0] = [];

#[test]
fn a_socket_is_connected_with_the_servers_answer() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.connect(0);
    assert_eq!(desk.take(), ["write 0 40"]);
    assert!(!desk.manager.is_connected(0));
    assert!(desk.manager.is_active(0));
    desk.text(0, "40{\"sid\":\"A\"}");
    assert_eq!(desk.take(), ["s0 connect \"A\""]);
    assert!(desk.manager.is_connected(0));
}

#[test]
fn the_payload_of_the_app_travels_in_the_connect() {
    let mut desk = Desk::on_websocket(&["/", "/admin"]);
    desk.auth = Auth::Payload(json!({"token": "ä"}));
    desk.connect(0);
    desk.connect(1);
    assert_eq!(
        desk.sent(),
        ["write 0 40{\"token\":\"ä\"}", "write 0 40/admin,{\"token\":\"ä\"}"]
    );
}

#[test]
fn a_payload_may_take_its_time() {
    let mut desk = Desk::on_websocket(&["/", "/admin"]);
    desk.auth = Auth::Later;
    desk.connect(0);
    desk.connect(1);
    assert_eq!(desk.take(), NOTHING);
    let asked = std::mem::take(&mut desk.asked);
    desk.answer_auth(asked[1], Auth::None);
    assert_eq!(desk.sent(), ["write 0 40/admin,"]);
    desk.answer_auth(asked[0], Auth::Payload(json!({"a": 1})));
    assert_eq!(desk.sent(), ["write 0 40{\"a\":1}"]);
    // Once is enough.
    desk.answer_auth(asked[0], Auth::None);
    assert_eq!(desk.sent(), NOTHING);
}

#[test]
fn a_payload_for_an_earlier_attempt_is_passed_over() {
    let mut desk = Desk::on_websocket(&["/", "/other"]);
    desk.connect(1);
    desk.auth = Auth::Later;
    desk.connect(0);
    let first = desk.asked.remove(0);
    desk.disconnect(0);
    desk.connect(0);
    let second = desk.asked.remove(0);
    desk.take();
    desk.answer_auth(first, Auth::Payload(json!({"old": 1})));
    assert_eq!(desk.sent(), NOTHING);
    desk.answer_auth(second, Auth::None);
    assert_eq!(desk.sent(), ["write 0 40"]);
}

#[test]
fn a_payload_for_a_connection_that_is_gone_is_passed_over() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.auth = Auth::Later;
    desk.connect(0);
    desk.closed(0, "websocket closed");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.take();
    let (first, second) = (desk.asked[0], desk.asked[1]);
    desk.answer_auth(first, Auth::None);
    assert_eq!(desk.sent(), NOTHING);
    desk.answer_auth(second, Auth::None);
    assert_eq!(desk.sent(), ["write 1 40"]);
}

#[test]
fn what_is_emitted_before_goes_out_in_order_before_the_connect_event() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    assert_eq!(desk.emit(0, json!(["before connect()"])), Emitted::Buffered);
    desk.connect(0);
    desk.emit(0, json!(["opening"]));
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    assert_eq!(
        desk.emit(0, Json::event("open", [Json::Binary([1].as_slice().into())])),
        Emitted::Buffered
    );
    desk.take();
    desk.listen(|desk, line| {
        if line.starts_with("s0 connect") {
            assert_eq!(desk.emit(0, json!(["in the listener"])), Emitted::Sent);
        }
    });
    desk.text(0, "40{\"sid\":\"A\"}");
    assert_eq!(
        desk.take(),
        [
            "write 0 42[\"before connect()\"]",
            "write 0 42[\"opening\"]",
            r#"write 0 451-["open",{"_placeholder":true,"num":0}]"#,
            "write 0 bAQ==",
            "s0 connect \"A\"",
            "write 0 42[\"in the listener\"]",
        ]
    );
}

#[test]
fn nothing_but_the_connect_is_sent_before_the_answer() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.emit(0, json!(["a"]));
    desk.connect(0);
    desk.emit(0, json!(["b"]));
    desk.ask(0, json!(["c"]), 1_000.0);
    assert_eq!(desk.sent(), ["write 0 40"]);
}

#[test]
fn what_arrives_before_the_answer_is_told_once_connected() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.connect(0);
    desk.emit(0, json!(["mine"]));
    desk.text(0, "42[\"a\"]");
    desk.text(0, "427[\"b\"]");
    assert_eq!(desk.take(), ["write 0 40"]);
    desk.text(0, "40{\"sid\":\"A\"}");
    assert_eq!(
        desk.take(),
        [
            "write 0 42[\"mine\"]",
            "s0 granted \"A\"",
            "s0 message [\"a\"]",
            "s0 message [\"b\"] ack=7",
            "s0 connect \"A\""
        ]
    );
    let asked = desk.to_acknowledge.remove(0);
    desk.acknowledge(asked, json!([]));
    assert_eq!(desk.take(), ["write 0 437[]"]);
}

#[test]
fn a_server_of_an_older_protocol_is_told_as_such() {
    let mut desk = Desk::on_websocket(&["/", "/other"]);
    desk.connect(1);
    desk.text(0, "40/other,{\"sid\":\"B\"}");
    desk.connect(0);
    desk.take();
    desk.text(0, "40");
    let lines = desk.told();
    assert!(
        lines[0].starts_with("s0 connect_error The server granted the namespace without an id"),
        "{lines:?}"
    );
    assert!(!desk.manager.is_active(0));
}

#[test]
fn connect_twice_is_connect_once() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.connect(0);
    desk.connect(0);
    assert_eq!(desk.sent(), ["write 0 40"]);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.connect(0);
    desk.act(Manager::open);
    assert_eq!(desk.take(), ["s0 connect \"A\""]);
}

#[test]
fn a_grant_that_nobody_asked_for_is_passed_over() {
    let mut desk = Desk::connected();
    desk.text(0, "40{\"sid\":\"B\"}");
    desk.text(0, "40/unknown,{\"sid\":\"C\"}");
    desk.text(0, "44{\"message\":\"no\"}");
    desk.text(0, "42/unknown,[\"a\"]");
    desk.text(0, "41/unknown,");
    assert_eq!(desk.take(), NOTHING);
    assert!(desk.manager.is_connected(0));
}

#[test]
fn opening_without_a_socket_opens_the_connection() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.act(Manager::open);
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    assert_eq!(
        desk.take(),
        ["open 0 websocket", "engine0 open S websocket", "manager open"]
    );
    desk.connect(0);
    assert_eq!(desk.take(), ["write 0 40"]);
}

#[test]
fn who_opens_it_once_deals_with_the_failure() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.act(|manager, now| manager.open_once(now));
    desk.take();
    desk.failed(0, "websocket error");
    assert_eq!(
        desk.take(),
        [
            "close 0",
            "engine0 close transport error: websocket error",
            "manager error websocket error"
        ]
    );
    assert_eq!(
        desk.manager.poll_timeout(),
        f64::INFINITY,
        "no other attempt is waited for"
    );
    // The next attempt is like any other.
    desk.connect(0);
    desk.failed(1, "websocket error");
    assert!(desk.manager.is_reconnecting());
}

#[test]
fn buffered_events_may_be_dropped_by_their_numbers() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    let number = |desk: &mut Desk, name: &str| {
        let event = crate::support::desk::outgoing(json!([name]));
        desk.act(|manager, now| manager.emit(now, 0, event, None, false).1)
    };
    number(&mut desk, "kept");
    let dropped = number(&mut desk, "dropped");
    desk.ask(0, json!(["asked"]), f64::INFINITY);
    desk.manager.discard_buffered(0, dropped);
    desk.connect(0);
    desk.opened(0);
    desk.text(0, crate::support::HANDSHAKE);
    desk.take();
    desk.text(0, "40{\"sid\":\"A\"}");
    assert_eq!(desk.sent(), ["write 0 42[\"kept\"]", "write 0 420[\"asked\"]"]);
}
