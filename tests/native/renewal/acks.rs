//! A socket that waits for acknowledgements does not leave before them.

use serde_json::json;
use socketio_wasm::proto::socket::policy::Reauth;

use crate::support::Auth;

use super::{DUE, FOREVER, NOTHING, asked, ready, renewing, second, sent};

#[test]
fn it_waits_for_the_last_acknowledgement() {
    let mut desk = renewing(Reauth::Connect);
    desk.ask(0, json!(["a"]), FOREVER);
    desk.ask(0, json!(["b"]), FOREVER);
    desk.wait(DUE);
    desk.take();
    desk.text(0, "431[]");
    desk.wait(4_000.0);
    assert_eq!(desk.take(), ["s0 ack 1 []"]);
    desk.text(0, "430[]");
    assert_eq!(
        desk.take(),
        ["write 0 41", "s0 ack 0 []", "s0 disconnect credentials renewed"]
    );
}

#[test]
fn events_are_sent_and_told_while_it_waits() {
    let mut desk = ready();
    desk.emit(0, json!(["a"]));
    desk.text(0, "42[\"b\"]");
    assert_eq!(desk.take(), ["write 0 42[\"a\"]", "s0 message [\"b\"]"]);
}

#[test]
fn an_acknowledgement_that_takes_too_long_is_not_waited_for() {
    let mut desk = renewing(Reauth::Connect);
    desk.ask(0, json!(["a"]), DUE + 2_000.0);
    desk.wait(DUE);
    desk.take();
    desk.wait(2_000.0);
    assert_eq!(
        desk.take(),
        ["write 0 41", "s0 ack 0 timed out", "s0 disconnect credentials renewed"]
    );
}

#[test]
fn it_waits_no_longer_than_the_old_token_is_good() {
    let mut desk = ready();
    desk.ask(0, json!(["with an error"]), FOREVER - 1.0);
    desk.ask(0, json!(["limited"]), 60_000.0);
    desk.take();
    // Half of its time that is left: at its very end the server disconnects the socket itself.
    desk.wait(4_999.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    // Who wants to hear of it does.
    assert_eq!(
        desk.take(),
        [
            "write 0 41",
            "s0 disconnect credentials renewed",
            "s0 ack 0 forgotten",
            "s0 ack 1 forgotten",
            "s0 ack 2 disconnected",
        ]
    );
}

#[test]
fn it_waits_no_longer_than_the_app_may_take() {
    let mut desk = renewing(Reauth::Connect);
    desk.manager.policy.timeout = 1_000.0;
    desk.ask(0, json!(["a"]), FOREVER);
    desk.wait(DUE);
    desk.take();
    desk.wait(999.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(desk.take()[0], "write 0 41");
}

#[test]
fn it_does_not_wait_once_the_old_token_is_over() {
    let (mut desk, _) = asked(Reauth::Connect);
    desk.ask(0, json!(["a"]), FOREVER);
    desk.auth = Auth::Later;
    // The first question was not answered in time, and the next one a second later.
    desk.wait(11_500.0);
    let asked = desk.asked.pop().unwrap();
    desk.take();
    desk.answer_auth(asked, Auth::Payload(second()));
    desk.wait(0.0);
    assert_eq!(desk.take()[0], "write 0 41");
}

#[test]
fn after_a_refused_event_the_answers_are_waited_for_too() {
    let mut desk = sent();
    desk.ask(0, json!(["a"]), FOREVER);
    desk.take();
    desk.text(0, "430[{\"error\":1}]");
    assert_eq!(desk.take(), NOTHING);
    desk.text(0, "431[]");
    assert_eq!(desk.take()[0], "write 0 41");
}
