//! The option `retries`: an event is sent until it is acknowledged, one at a time.

use serde_json::json;

use crate::support::{Desk, HANDSHAKE};

const NOTHING: [&str; 0] = [];
const LIMIT: f64 = 100.0;
const FOREVER: f64 = f64::INFINITY;

/// Connected, with two retries.
fn retrying() -> Desk {
    let mut desk = Desk::connected();
    desk.manager.set_retries(0, 2);
    desk
}

#[test]
fn the_next_event_waits_for_the_acknowledgement_of_the_one_before() {
    let mut desk = retrying();
    desk.ask(0, json!(["a"]), LIMIT);
    desk.ask(0, json!(["b"]), LIMIT);
    assert_eq!(desk.take(), ["write 0 420[\"a\"]"]);
    desk.text(0, "430[1]");
    assert_eq!(desk.take(), ["write 0 421[\"b\"]", "s0 ack 4294967295 [1]", "s0 try 2"]);
    desk.text(0, "431[]");
    assert_eq!(desk.take(), ["s0 ack 4294967294 []"]);
}

#[test]
fn an_event_is_sent_again_and_given_up_after_the_last_retry() {
    let mut desk = retrying();
    desk.ask(0, json!(["a"]), LIMIT);
    desk.ask(0, json!(["b"]), LIMIT);
    desk.take();
    for id in 1..=2 {
        desk.wait(LIMIT);
        assert_eq!(desk.take(), [format!("write 0 42{id}[\"a\"]"), "s0 try 1".to_owned()]);
    }
    desk.wait(LIMIT);
    assert_eq!(
        desk.take(),
        ["write 0 423[\"b\"]", "s0 ack 4294967295 timed out", "s0 try 2"]
    );
}

#[test]
fn a_late_answer_to_an_earlier_try_does_not_count() {
    let mut desk = retrying();
    desk.ask(0, json!(["a"]), LIMIT);
    desk.wait(LIMIT);
    desk.take();
    desk.text(0, "430[\"late\"]");
    assert_eq!(desk.take(), NOTHING);
    desk.text(0, "431[\"in time\"]");
    assert_eq!(desk.take(), ["s0 ack 4294967295 [\"in time\"]"]);
}

#[test]
fn what_was_queued_is_sent_on_the_next_connection() {
    let mut desk = retrying();
    desk.ask(0, json!(["a"]), FOREVER);
    desk.ask(0, json!(["b"]), FOREVER);
    desk.closed(0, "websocket closed");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.take();
    desk.text(1, "40{\"sid\":\"B\"}");
    assert_eq!(
        desk.take(),
        ["write 1 421[\"a\"]", "s0 granted \"B\"", "s0 try 1", "s0 connect \"B\""]
    );
}

#[test]
fn binary_is_there_in_each_try() {
    use crate::support::Json;
    let mut desk = retrying();
    desk.ask(
        0,
        Json::Array(vec![Json::from(json!("a")), Json::Binary([7].into())]),
        LIMIT,
    );
    let first = desk.sent();
    desk.wait(LIMIT);
    let second = desk.sent();
    assert_eq!(first.len(), 2);
    assert_eq!(second[1], first[1]);
    assert_eq!(second[0], first[0].replace("-0[", "-1["));
}

#[test]
fn a_volatile_event_is_not_queued() {
    let mut desk = retrying();
    desk.ask(0, json!(["a"]), LIMIT);
    desk.take();
    desk.emit_volatile(0, json!(["now"]));
    assert_eq!(desk.take(), ["write 0 42[\"now\"]"]);
}
