//! Acknowledgements, both ways.

use proptest::prelude::*;
use serde_json::json;
use socketio_wasm::proto::socket::ack::{Acks, Wanted};

use crate::support::{Desk, HANDSHAKE, Json};

const FOREVER: f64 = f64::INFINITY;
const NOTHING: [&str; 0] = [];

#[test]
fn answers_find_their_events_in_any_order() {
    let mut desk = Desk::connected();
    for name in ["a", "b", "c"] {
        desk.ask(0, json!([name]), FOREVER);
    }
    assert_eq!(
        desk.sent(),
        ["write 0 420[\"a\"]", "write 0 421[\"b\"]", "write 0 422[\"c\"]"]
    );
    for id in [1, 2, 0] {
        desk.text(0, &format!("43{id}[{id}]"));
    }
    assert_eq!(desk.take(), ["s0 ack 1 [1]", "s0 ack 2 [2]", "s0 ack 0 [0]"]);
}

#[test]
fn answers_may_hold_anything() {
    let mut desk = Desk::connected();
    for _ in 0..4 {
        desk.ask(0, json!(["a"]), FOREVER);
    }
    desk.take();
    desk.text(0, "430[]");
    desk.text(0, "431[null,\"ä\",{\"b\":[1]}]");
    desk.text(0, "432[\"connect\"]");
    desk.text(0, "461-3[{\"_placeholder\":true,\"num\":0}]");
    desk.binary(0, &[9]);
    assert_eq!(
        desk.take(),
        [
            "s0 ack 0 []",
            "s0 ack 1 [null,\"ä\",{\"b\":[1]}]",
            "s0 ack 2 [\"connect\"]",
            "s0 ack 3 [<9>]"
        ]
    );
}

#[test]
fn an_answer_counts_once() {
    let mut desk = Desk::connected();
    desk.ask(0, json!(["a"]), FOREVER);
    desk.take();
    desk.text(0, "430[1]");
    desk.text(0, "430[2]");
    assert_eq!(desk.take(), ["s0 ack 0 [1]"]);
}

#[test]
fn answers_that_nobody_waits_for_are_passed_over() {
    let mut desk = Desk::connected();
    desk.text(0, "430[]");
    desk.text(0, "43[]");
    desk.text(0, "434294967295[]");
    desk.text(0, "43/other,0[]");
    assert_eq!(desk.take(), NOTHING);
}

#[test]
fn an_id_that_is_too_large_is_a_parse_error() {
    let mut desk = Desk::connected();
    desk.text(0, "434294967296[]");
    assert_eq!(
        desk.told(),
        [
            "s0 disconnect parse error: The server sent a packet that is not Socket.IO",
            "manager close parse error: The server sent a packet that is not Socket.IO"
        ]
    );
}

#[test]
fn each_socket_counts_for_itself() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    for socket in [0, 1] {
        desk.connect(socket);
    }
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.take();
    assert_eq!(
        [desk.ask(0, json!(["a"]), FOREVER), desk.ask(1, json!(["b"]), FOREVER)],
        [0, 0]
    );
    desk.take();
    desk.text(0, "43/b,0[\"to b\"]");
    desk.text(0, "430[\"to a\"]");
    assert_eq!(desk.take(), ["s1 ack 0 [\"to b\"]", "s0 ack 0 [\"to a\"]"]);
}

#[test]
fn a_timeout_is_told_once_and_a_late_answer_is_passed_over() {
    let mut desk = Desk::connected();
    desk.ask(0, json!(["slow"]), 500.0);
    desk.ask(0, json!(["slower"]), 300.0);
    desk.ask(0, json!(["in time"]), 400.0);
    desk.take();
    desk.wait(299.0);
    desk.text(0, "432[]");
    assert_eq!(desk.take(), ["s0 ack 2 []"]);
    desk.wait(1.0);
    assert_eq!(desk.take(), ["s0 ack 1 timed out"]);
    desk.wait(200.0);
    assert_eq!(desk.take(), ["s0 ack 0 timed out"]);
    desk.text(0, "430[]");
    desk.text(0, "431[]");
    assert_eq!(desk.take(), NOTHING);
}

#[test]
fn a_timeout_of_zero_runs_out_at_once_but_not_inside_the_call() {
    let mut desk = Desk::connected();
    desk.ask(0, json!(["a"]), 0.0);
    assert_eq!(desk.take(), ["write 0 420[\"a\"]"]);
    desk.wait(0.0);
    assert_eq!(desk.take(), ["s0 ack 0 timed out"]);
}

#[test]
fn an_event_whose_time_runs_out_in_the_buffer_is_not_sent() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.connect(0);
    desk.ask(0, json!(["a"]), 500.0);
    desk.emit(0, json!(["b"]));
    desk.ask(0, json!(["c"]), 2_000.0);
    desk.wait(1_000.0);
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    desk.take();
    desk.text(0, "40{\"sid\":\"A\"}");
    assert_eq!(
        desk.take(),
        ["write 0 42[\"b\"]", "write 0 421[\"c\"]", "s0 connect \"A\""]
    );
}

#[test]
fn what_was_sent_is_lost_with_the_connection_and_what_was_not_is_kept() {
    let mut desk = Desk::connected();
    desk.ask(0, json!(["hears of it"]), 60_000.0);
    desk.ask(0, json!(["does not"]), FOREVER);
    desk.closed(0, "websocket closed");
    desk.take();
    let kept = desk.ask(0, json!(["kept"]), 60_000.0);
    assert_eq!(kept, 2);
    desk.wait(1_000.0);
    // The connection breaks again before the socket is connected: what is kept is still kept.
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.closed(1, "websocket closed");
    assert!(desk.take().iter().all(|line| !line.contains(" ack ")));
    desk.wait(1_000.0);
    desk.opened(2);
    desk.text(2, HANDSHAKE);
    desk.text(2, "40{\"sid\":\"B\"}");
    desk.take();
    desk.text(2, "432[\"yes\"]");
    assert_eq!(desk.take(), ["s0 ack 2 [\"yes\"]"]);
}

#[test]
fn what_is_lost_is_told_after_the_disconnect() {
    let mut desk = Desk::connected();
    desk.ask(0, json!(["a"]), 60_000.0);
    desk.ask(0, json!(["b"]), FOREVER);
    desk.take();
    desk.closed(0, "websocket closed");
    assert_eq!(
        desk.told(),
        [
            "s0 disconnect transport close: websocket closed",
            "s0 ack 0 disconnected",
            "s0 ack 1 forgotten",
            "manager close transport close: websocket closed",
        ]
    );
    desk.wait(100_000.0);
    assert!(desk.take().iter().all(|line| !line.contains(" ack ")));
}

#[test]
fn a_socket_that_disconnects_loses_its_own_only() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    for socket in [0, 1] {
        desk.connect(socket);
    }
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.ask(0, json!(["a"]), 60_000.0);
    desk.ask(1, json!(["b"]), 60_000.0);
    desk.take();
    desk.disconnect(0);
    assert_eq!(
        desk.take(),
        [
            "write 0 41",
            "s0 disconnect io client disconnect",
            "s0 ack 0 disconnected"
        ]
    );
    // Late, and of a session that has ended.
    desk.text(0, "430[]");
    desk.text(0, "43/b,0[]");
    assert_eq!(desk.take(), ["s1 ack 0 []"]);
}

#[test]
fn ids_are_not_used_twice_across_connections() {
    let mut desk = Desk::connected();
    assert_eq!(desk.ask(0, json!(["a"]), FOREVER), 0);
    desk.closed(0, "websocket closed");
    assert_eq!(desk.ask(0, json!(["b"]), FOREVER), 1);
}

#[test]
fn the_app_acknowledges_with_the_id_of_the_event() {
    let mut desk = Desk::on_websocket(&["/b"]);
    desk.connect(0);
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.text(0, "42/b,0[\"a\"]");
    desk.text(0, "42/b,4294967295[\"b\"]");
    assert_eq!(
        desk.told()[1..],
        ["s0 message [\"a\"] ack=0", "s0 message [\"b\"] ack=4294967295"]
    );
    let asked = std::mem::take(&mut desk.to_acknowledge);
    desk.acknowledge(asked[1], json!([1]));
    desk.acknowledge(asked[0], Json::Array(vec![Json::Binary([1].as_slice().into())]));
    assert_eq!(
        desk.sent(),
        [
            "write 0 43/b,4294967295[1]",
            r#"write 0 461-/b,0[{"_placeholder":true,"num":0}]"#,
            "write 0 bAQ=="
        ]
    );
}

#[test]
fn an_acknowledgement_for_an_earlier_connection_is_not_sent() {
    let mut desk = Desk::connected();
    desk.text(0, "427[\"a\"]");
    let asked = desk.to_acknowledge.remove(0);
    desk.closed(0, "websocket closed");
    desk.acknowledge(asked, json!([]));
    desk.wait(1_000.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.acknowledge(asked, json!([]));
    desk.text(1, "40{\"sid\":\"B\"}");
    desk.acknowledge(asked, json!([]));
    assert!(desk.sent().iter().all(|line| !line.contains("437")));
}

#[test]
fn an_acknowledgement_after_the_sockets_own_disconnect_is_not_sent() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    for socket in [0, 1] {
        desk.connect(socket);
    }
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.text(0, "427[\"a\"]");
    let asked = desk.to_acknowledge.remove(0);
    desk.disconnect(0);
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A2\"}");
    desk.take();
    desk.acknowledge(asked, json!([]));
    assert_eq!(desk.take(), NOTHING);
}

proptest! {
    /// Against the simplest thing that could work.
    #[test]
    fn every_wait_ends_at_most_once(steps in prop::collection::vec((0_u8..4, 0_u32..20, 0_u16..100), 0..60)) {
        let mut acks = Acks::default();
        let mut model: Vec<(u32, f64)> = Vec::new();
        let (mut now, mut next_id) = (0.0, 0);
        for (step, id, duration) in steps {
            match step {
                0 => {
                    let timeout = if duration == 0 { FOREVER } else { f64::from(duration) };
                    prop_assert_eq!(acks.add(now, Wanted { timeout, wants_error: true }), next_id);
                    model.push((next_id, now + timeout));
                    next_id += 1;
                }
                1 => {
                    let before = model.len();
                    model.retain(|(other, _)| *other != id);
                    prop_assert_eq!(acks.take(id), model.len() < before);
                }
                2 => {
                    now += f64::from(duration);
                    let due = model.iter().any(|(_, deadline)| *deadline <= now);
                    prop_assert!(!due || acks.next_deadline() <= now, "a deadline was forgotten");
                    let expired: Vec<u32> = model.iter().filter(|entry| entry.1 <= now).map(|entry| entry.0).collect();
                    model.retain(|entry| entry.1 > now);
                    let taken: Vec<u32> = acks.take_all(&|pending| pending.deadline <= now).iter().map(|taken| taken.id).collect();
                    prop_assert_eq!(taken, expired);
                    prop_assert!(acks.next_deadline() > now, "no spinning");
                }
                _ => {
                    let lost: Vec<u32> = acks.take_all(&|other| other.id % 3 != id % 3).iter().map(|lost| lost.id).collect();
                    let expected: Vec<u32> = model.iter().map(|entry| entry.0).filter(|kept| kept % 3 != id % 3).collect();
                    model.retain(|entry| entry.0 % 3 == id % 3);
                    prop_assert_eq!(lost, expected);
                }
            }
        }
    }
}

/// The socket is thrown away, and its number is somebody else's while the connection goes on.
#[test]
fn an_answer_to_who_had_the_socket_before_is_nobodys() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    for (socket, answer) in [(0, r#"40{"sid":"A"}"#), (1, r#"40/b,{"sid":"B"}"#)] {
        desk.connect(socket);
        desk.text(0, answer);
    }
    let before = desk.ask(0, json!(["slow"]), FOREVER);
    desk.act(|manager, _| manager.reset(0));
    desk.connect(0);
    desk.wait(100.0);
    desk.text(0, r#"40{"sid":"A2"}"#);
    let question = desk.ask(0, json!(["other"]), FOREVER);
    desk.take();
    desk.text(0, &format!("43{before}[\"late\"]"));
    assert_eq!(desk.take(), NOTHING);
    desk.text(0, &format!("43{question}[\"answer\"]"));
    assert_eq!(desk.take(), [format!("s0 ack {question} [\"answer\"]")]);
}
