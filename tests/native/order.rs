//! The order in which the app is told, as `socket.io-client` 4.8.4 tells it: each of these was recorded from it, with the
//! manager's listeners added after the sockets.

use serde_json::json;

use crate::support::{Desk, HANDSHAKE};

fn two() -> Desk {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(0);
    desk.connect(1);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.take();
    desk
}

#[test]
fn a_connection_that_opens() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.connect(0);
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.text(0, "42[\"a\"]");
    assert_eq!(desk.told(), ["manager open", "s0 connect \"A\"", "s0 message [\"a\"]"]);
}

#[test]
fn a_disconnect_by_the_server() {
    let mut desk = Desk::connected();
    desk.ask(0, json!(["a"]), 5_000.0);
    desk.text(0, "41");
    assert_eq!(
        desk.told(),
        [
            "manager close forced close",
            "s0 disconnect io server disconnect",
            "s0 ack 0 disconnected"
        ]
    );
}

#[test]
fn a_disconnect_by_the_app() {
    let mut desk = Desk::connected();
    desk.ask(0, json!(["a"]), 5_000.0);
    desk.disconnect(0);
    assert_eq!(
        desk.told(),
        [
            "manager close forced close",
            "s0 disconnect io client disconnect",
            "s0 ack 0 disconnected"
        ]
    );
}

#[test]
fn a_refusal_of_the_only_socket() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.connect(0);
    desk.text(0, "44{\"message\":\"no\"}");
    assert_eq!(
        desk.told(),
        ["manager close forced close", "s0 connect_error no (final)"]
    );
}

#[test]
fn a_connection_that_is_lost_and_comes_back() {
    let mut desk = two();
    desk.ask(0, json!(["a"]), 5_000.0);
    desk.closed(0, "x");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.text(1, "40{\"sid\":\"A2\"}");
    desk.text(1, "40/b,{\"sid\":\"B2\"}");
    assert_eq!(
        desk.told(),
        [
            "s0 disconnect transport close: x",
            "s0 ack 0 disconnected",
            "s1 disconnect transport close: x",
            "manager close transport close: x",
            "manager reconnect_attempt 1",
            "manager open",
            "manager reconnect 1",
            "s0 connect \"A2\"",
            "s1 connect \"B2\"",
        ]
    );
}

#[test]
fn a_connection_that_is_lost_before_a_socket_is_connected() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(0);
    desk.connect(1);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.take();
    desk.closed(0, "x");
    assert_eq!(
        desk.told(),
        [
            "s0 disconnect transport close: x",
            "s1 disconnect transport close: x",
            "manager close transport close: x"
        ]
    );
}

/// An error of an open transport is a `connect_error` to a socket that is not connected yet.
#[test]
fn a_transport_that_breaks_before_a_socket_is_connected() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(0);
    desk.connect(1);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.take();
    desk.failed(0, "websocket error");
    assert_eq!(
        desk.told(),
        [
            "s1 connect_error websocket error (retries)",
            "manager error websocket error",
            "s0 disconnect transport error: websocket error",
            "s1 disconnect transport error: websocket error",
            "manager close transport error: websocket error",
        ]
    );
}

#[test]
fn a_bad_packet() {
    let mut desk = Desk::connected();
    desk.text(0, "42[");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    assert_eq!(
        desk.told(),
        [
            "s0 disconnect parse error: The server sent a packet that is not Socket.IO",
            "manager close parse error: The server sent a packet that is not Socket.IO",
            "manager reconnect_attempt 1",
            "manager open",
            "manager reconnect 1"
        ]
    );
}

#[test]
fn attempts_that_fail_until_the_last() {
    let mut desk = two();
    desk.manager.reconnection.attempts = 2;
    desk.closed(0, "x");
    desk.wait(1_000.0);
    desk.failed(1, "y");
    desk.wait(2_000.0);
    desk.failed(2, "y");
    assert_eq!(
        desk.told(),
        [
            "s0 disconnect transport close: x",
            "s1 disconnect transport close: x",
            "manager close transport close: x",
            "manager reconnect_attempt 1",
            "s0 connect_error y (retries)",
            "s1 connect_error y (retries)",
            "manager error y",
            "manager reconnect_error y",
            "manager reconnect_attempt 2",
            "s0 connect_error y (final)",
            "s1 connect_error y (final)",
            "manager error y",
            "manager reconnect_failed",
            "manager reconnect_error y",
        ]
    );
}

#[test]
fn a_reconnection_that_the_app_stops() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.connect(0);
    desk.failed(0, "y");
    desk.disconnect(0);
    assert_eq!(
        desk.told(),
        [
            "s0 connect_error y (retries)",
            "manager error y",
            "manager close forced close"
        ]
    );
}
