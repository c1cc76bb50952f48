//! The socket leaves, and comes back with the new credentials.

use serde_json::json;
use socketio_wasm::proto::socket::policy::Reauth;

use crate::support::{Auth, Desk};

use super::{DUE, FOREVER, NOTHING, SECOND, away, check_rest, renewing, token};

#[test]
fn the_socket_leaves_and_comes_back_with_the_new_token() {
    let mut desk = away();
    assert!(!desk.manager.is_connected(0));
    assert!(desk.manager.is_active(0));
    desk.wait(99.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(desk.take(), [format!("write 0 40{SECOND}")]);
    desk.text(0, "40{\"sid\":\"A2\"}");
    assert_eq!(desk.take(), ["s0 connect \"A2\""]);
    assert_eq!(desk.demands, ["expired 1"]);
}

#[test]
fn the_session_is_not_recovered() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.manager.policy.reauth = Reauth::Connect;
    desk.connect(1);
    desk.auth = Auth::Payload(token("1", 31));
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\",\"pid\":\"P\"}");
    desk.text(0, "42[\"a\",\"o\"]");
    desk.take();
    // The app gives the same token once more.
    desk.wait(DUE + 100.0);
    assert_eq!(
        desk.sent(),
        ["write 0 41", "write 0 40{\"expiresAt\":31,\"token\":\"1\"}"]
    );
}

#[test]
fn what_is_emitted_meanwhile_is_sent_behind_it_and_in_its_order() {
    let mut desk = away();
    desk.emit(0, json!(["a"]));
    desk.ask(0, json!(["b"]), FOREVER);
    desk.wait(100.0);
    desk.emit(0, json!(["c"]));
    desk.emit_volatile(0, json!(["lost"]));
    desk.take();
    // To the session that it has left.
    desk.text(0, "42[\"stale\"]");
    desk.text(0, "40{\"sid\":\"A2\"}");
    desk.emit(0, json!(["d"]));
    desk.text(0, "42[\"late\"]");
    assert_eq!(
        desk.take(),
        [
            "write 0 42[\"a\"]",
            "write 0 420[\"b\"]",
            "write 0 42[\"c\"]",
            "s0 connect \"A2\"",
            "write 0 42[\"d\"]",
            "s0 message [\"late\"]",
        ]
    );
}

#[test]
fn what_is_queued_is_sent_again() {
    let mut desk = renewing(Reauth::Connect);
    desk.manager.set_retries(0, 3);
    desk.ask(0, json!(["a"]), FOREVER);
    desk.ask(0, json!(["b"]), FOREVER);
    desk.wait(25_000.0);
    assert_eq!(
        desk.take(),
        ["write 0 420[\"a\"]", "write 0 41", "s0 disconnect credentials renewed"]
    );
    desk.wait(100.0);
    desk.take();
    desk.text(0, "40{\"sid\":\"A2\"}");
    desk.text(0, "431[1]");
    desk.text(0, "432[2]");
    assert_eq!(
        desk.take(),
        [
            "write 0 421[\"a\"]",
            "s0 granted \"A2\"",
            "s0 try 1",
            "s0 connect \"A2\"",
            "write 0 422[\"b\"]",
            "s0 ack 4294967295 [1]",
            "s0 try 2",
            "s0 ack 4294967294 [2]",
        ]
    );
}

#[test]
fn a_refused_token_is_asked_for_once_more() {
    let mut desk = away();
    desk.wait(100.0);
    desk.renewed = Some(Auth::Payload(token("3", 200)));
    desk.take();
    desk.text(0, "44{\"message\":\"no\"}");
    assert_eq!(desk.take(), ["write 0 40{\"expiresAt\":200,\"token\":\"3\"}"]);
    assert_eq!(desk.demands, ["expired 1", "rejected 1 (no)"]);
    desk.text(0, "44{\"message\":\"still no\"}");
    assert_eq!(desk.take(), ["s0 connect_error still no (final)"]);
    assert!(!desk.manager.is_active(0));
    check_rest(&mut desk);
}
