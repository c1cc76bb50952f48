//! Calls of the app from inside its own listeners: each has its effect at once, and what it overtook does not happen.

use serde_json::json;
use socketio_wasm::proto::socket::manager::Manager;

use crate::support::{Desk, HANDSHAKE, Json};

/// Runs code of the app in the first event that begins so.
fn on(desk: &mut Desk, event: &'static str, act: impl Fn(&mut Desk) + 'static) {
    let done = std::cell::Cell::new(false);
    desk.listen(move |desk, line| {
        if line.starts_with(event) && !done.replace(true) {
            desk.lines.push("{".into());
            act(desk);
            desk.lines.push("}".into());
        }
    });
}

fn on_polling() -> Desk {
    let mut desk = Desk::on_polling_with_limit(0);
    desk.take();
    desk
}

#[test]
fn an_emit_in_a_message_is_written_at_once() {
    let mut desk = Desk::connected();
    on(&mut desk, "s0 message", |desk| {
        desk.emit(0, json!(["answer"]));
    });
    desk.text(0, "42[\"a\"]");
    assert_eq!(desk.take(), ["s0 message [\"a\"]", "{", "write 0 42[\"answer\"]", "}"]);
}

#[test]
fn each_message_of_a_payload_is_told_in_the_state_that_it_arrived_in() {
    let mut desk = on_polling();
    desk.listen(|desk, line| {
        if line.starts_with("s0 message") {
            assert!(desk.manager.is_connected(0));
            let asked = desk.to_acknowledge.remove(0);
            desk.acknowledge(asked, json!([]));
        }
    });
    desk.polled(0, "421[\"a\"]\u{1e}422[\"b\"]\u{1e}41");
    assert_eq!(
        desk.take(),
        [
            "s0 message [\"a\"] ack=1",
            "post 0 431[]",
            "s0 message [\"b\"] ack=2",
            "manager close forced close",
            "s0 disconnect io server disconnect",
            "poll 0",
        ]
    );
    desk.posted(0);
    assert_eq!(desk.sent(), ["post 0 432[]"]);
    desk.posted(0);
    assert_eq!(desk.sent(), ["post 0 1", "close 0"]);
}

#[test]
fn a_message_is_not_told_inside_the_listener_of_another() {
    let mut desk = on_polling();
    desk.listen(|desk, line| {
        if line.starts_with("s0 message") {
            desk.lines.push("{".into());
            desk.emit(0, json!(["answer"]));
            desk.lines.push("}".into());
        }
    });
    desk.polled(0, "42[\"a\"]\u{1e}42[\"b\"]");
    assert_eq!(
        desk.take(),
        [
            "s0 message [\"a\"]",
            "{",
            "post 0 42[\"answer\"]",
            "}",
            "s0 message [\"b\"]",
            "{",
            "}",
            "poll 0"
        ]
    );
}

#[test]
fn a_disconnect_in_a_message_stops_those_behind_it() {
    let mut desk = on_polling();
    on(&mut desk, "s0 message", |desk| desk.disconnect(0));
    desk.polled(0, "42[\"a\"]\u{1e}42[\"b\"]\u{1e}42[\"c\"]");
    assert_eq!(
        desk.take(),
        [
            "s0 message [\"a\"]",
            "{",
            "post 0 41",
            "manager close forced close",
            "s0 disconnect io client disconnect",
            "}",
            "poll 0",
        ]
    );
}

#[test]
fn a_disconnect_before_the_connect_event_leaves_nothing_behind() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.connect(0);
    desk.emit(0, json!(["waits"]));
    desk.text(0, "42[\"early\"]");
    desk.text(0, "42[\"early too\"]");
    desk.take();
    on(&mut desk, "s0 message", |desk| desk.disconnect(0));
    desk.text(0, "40{\"sid\":\"A\"}");
    assert_eq!(
        desk.take(),
        [
            "write 0 42[\"waits\"]",
            "s0 granted \"A\"",
            "s0 message [\"early\"]",
            "{",
            "write 0 41",
            "close 0",
            "engine0 close forced close",
            "manager close forced close",
            "s0 disconnect io client disconnect",
            "}",
        ]
    );
}

#[test]
fn a_disconnect_in_the_connect_event_is_one() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(0);
    desk.connect(1);
    desk.take();
    on(&mut desk, "s0 connect", |desk| desk.disconnect(0));
    desk.text(0, "40{\"sid\":\"A\"}");
    assert_eq!(
        desk.take(),
        [
            "s0 connect \"A\"",
            "{",
            "write 0 41",
            "s0 disconnect io client disconnect",
            "}"
        ]
    );
}

#[test]
fn a_connect_in_the_disconnect_event_of_the_server_opens_a_new_connection() {
    let mut desk = Desk::connected();
    on(&mut desk, "s0 disconnect", |desk| desk.connect(0));
    desk.text(0, "41");
    assert_eq!(
        desk.take(),
        [
            "close 0",
            "engine0 close forced close",
            "manager close forced close",
            "s0 disconnect io server disconnect",
            "{",
            "open 1 websocket",
            "}",
        ]
    );
}

#[test]
fn a_disconnect_in_the_disconnect_event_stops_the_reconnection() {
    let mut desk = Desk::connected();
    on(&mut desk, "s0 disconnect", |desk| desk.disconnect(0));
    desk.closed(0, "x");
    assert!(!desk.manager.is_reconnecting());
    assert_eq!(desk.manager.poll_timeout(), f64::INFINITY);
}

#[test]
fn a_disconnect_in_the_reconnect_attempt_event_stops_the_attempt() {
    let mut desk = Desk::connected();
    desk.closed(0, "x");
    desk.take();
    on(&mut desk, "manager reconnect_attempt", |desk| desk.disconnect(0));
    desk.wait(100_000.0);
    assert_eq!(
        desk.take(),
        ["manager reconnect_attempt 1", "{", "manager close forced close", "}"]
    );
}

#[test]
fn a_new_connect_in_the_reconnect_attempt_event_is_the_only_attempt() {
    let mut desk = Desk::connected();
    desk.closed(0, "x");
    desk.take();
    on(&mut desk, "manager reconnect_attempt", |desk| {
        desk.disconnect(0);
        desk.connect(0);
    });
    desk.wait(5_000.0);
    assert_eq!(desk.sent(), ["open 1 websocket"]);
}

#[test]
fn a_refused_socket_may_try_again_in_its_connect_error() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.connect(1);
    desk.take();
    on(&mut desk, "s1 connect_error", |desk| desk.connect(1));
    desk.text(0, "44/b,{\"message\":\"expired\"}");
    assert_eq!(
        desk.take(),
        ["s1 connect_error expired (final)", "{", "write 0 40/b,", "}"]
    );
}

#[test]
fn the_only_socket_may_try_again_in_its_connect_error_too() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.connect(0);
    desk.take();
    on(&mut desk, "s0 connect_error", |desk| desk.connect(0));
    desk.text(0, "44{\"message\":\"expired\"}");
    assert_eq!(desk.sent(), ["close 0", "open 1 websocket"]);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.text(1, "40{\"sid\":\"A\"}");
    assert_eq!(desk.told(), ["manager open", "s0 connect \"A\""]);
}

#[test]
fn one_socket_that_disconnects_another_in_an_event_of_both() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    for socket in [0, 1] {
        desk.connect(socket);
    }
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.take();
    on(&mut desk, "s0 disconnect", |desk| desk.disconnect(1));
    desk.closed(0, "x");
    assert_eq!(
        desk.told(),
        [
            "s0 disconnect transport close: x",
            "s1 disconnect transport close: x",
            "manager close transport close: x"
        ]
    );
    desk.wait(1_000.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    assert_eq!(desk.sent(), ["open 1 websocket", "write 1 40"]);
}

#[test]
fn an_emit_in_an_answer_is_the_next_question() {
    let mut desk = Desk::connected();
    desk.ask(0, json!(["first"]), f64::INFINITY);
    desk.take();
    on(&mut desk, "s0 ack 0", |desk| {
        desk.ask(0, json!(["second"]), f64::INFINITY);
    });
    desk.text(0, "430[]");
    assert_eq!(desk.take(), ["s0 ack 0 []", "{", "write 0 421[\"second\"]", "}"]);
}

#[test]
fn an_emit_when_an_answer_times_out_does_not_time_out_with_it() {
    let mut desk = Desk::connected();
    desk.ask(0, json!(["first"]), 500.0);
    on(&mut desk, "s0 ack 0 timed out", |desk| {
        desk.ask(0, json!(["second"]), 500.0);
    });
    desk.wait(999.0);
    assert!(!desk.take().contains(&"s0 ack 1 timed out".into()));
    desk.wait(1.0);
    assert_eq!(desk.take(), ["s0 ack 1 timed out"]);
}

#[test]
fn an_emit_in_a_lost_answer_waits_for_the_next_connection() {
    let mut desk = Desk::connected();
    desk.ask(0, json!(["first"]), 60_000.0);
    on(&mut desk, "s0 ack 0 disconnected", |desk| {
        desk.ask(0, json!(["again"]), 60_000.0);
    });
    desk.closed(0, "x");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.take();
    desk.text(1, "40{\"sid\":\"B\"}");
    assert_eq!(desk.take(), ["write 1 421[\"again\"]", "s0 connect \"B\""]);
}

#[test]
fn closing_the_engine_in_its_open_event_writes_no_more() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.connect(0);
    desk.opened(0);
    on(&mut desk, "engine0 open", |desk| desk.act(Manager::close_engine));
    desk.text(0, HANDSHAKE);
    let lines = desk.sent();
    assert_eq!(lines, ["open 0 websocket", "close 0"]);
    assert!(desk.manager.is_reconnecting());
}

#[test]
fn closing_the_manager_in_its_open_event_is_the_end() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.connect(0);
    desk.opened(0);
    on(&mut desk, "manager open", |desk| desk.act(|manager, _| manager.close()));
    desk.text(0, HANDSHAKE);
    assert_eq!(desk.sent(), ["open 0 websocket", "write 0 40", "close 0"]);
    assert_eq!(desk.manager.poll_timeout(), f64::INFINITY);
}

#[test]
fn listeners_may_call_as_deep_as_they_like() {
    let mut desk = Desk::connected();
    desk.listen(|desk, line| match line {
        "s0 message [\"a\"]" => desk.disconnect(0),
        "s0 disconnect io client disconnect" => desk.connect(0),
        "manager close forced close" => {
            desk.emit(0, json!(["between"]));
        }
        _ => {}
    });
    desk.text(0, "42[\"a\"]");
    assert_eq!(desk.sent(), ["write 0 41", "close 0", "open 1 websocket"]);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.take();
    desk.text(1, "40{\"sid\":\"B\"}");
    assert_eq!(desk.take(), ["write 1 42[\"between\"]", "s0 connect \"B\""]);
}

/// A text between a packet and its attachments would be against the protocol.
#[test]
fn an_emit_while_a_packet_is_announced_does_not_tear_it_apart() {
    let mut desk = Desk::connected();
    desk.act(|manager, _| manager.watch(true));
    on(&mut desk, "engine0 create bAQ==", |desk| {
        desk.emit(0, json!(["between"]));
    });
    desk.emit(0, Json::event("a", [Json::Binary([1].as_slice().into())]));
    assert_eq!(
        desk.sent(),
        [
            r#"write 0 451-["a",{"_placeholder":true,"num":0}]"#,
            "write 0 bAQ==",
            "write 0 42[\"between\"]"
        ]
    );
}

#[test]
fn a_close_while_a_packet_is_announced_is_the_end_of_it() {
    let mut desk = Desk::connected();
    desk.act(|manager, _| manager.watch(true));
    on(&mut desk, "engine0 create 42", |desk| desk.disconnect(0));
    desk.emit(0, json!(["a"]));
    assert_eq!(desk.sent(), ["write 0 42[\"a\"]", "write 0 41", "close 0"]);
    // The pong to a ping in whose event the app closes.
    let mut desk = Desk::connected();
    desk.act(|manager, _| manager.watch(true));
    on(&mut desk, "engine0 packet ping", |desk| desk.disconnect(0));
    desk.text(0, "2");
    assert_eq!(desk.sent(), ["write 0 3", "write 0 41", "close 0"]);
}
