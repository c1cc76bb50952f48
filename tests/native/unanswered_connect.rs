//! A socket that changes its mind while the server has not answered its CONNECT: two at once would be against the
//! protocol.

use serde_json::json;

use crate::support::{Auth, Desk, HANDSHAKE};

const NOTHING: [&str; 0] = [];

/// `/` is connected and holds the connection; the CONNECT of `/b` is under way.
fn waiting() -> Desk {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.connect(1);
    desk.take();
    desk
}

#[test]
fn an_answer_that_comes_too_late_is_given_back() {
    let mut desk = waiting();
    desk.disconnect(1);
    assert_eq!(
        desk.take(),
        NOTHING,
        "it was not connected: there is nothing to tell or to send"
    );
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    assert_eq!(desk.take(), ["write 0 41/b,"]);
    assert!(!desk.manager.is_connected(1));
}

#[test]
fn the_answer_to_the_first_counts_for_the_next_with_the_same_payload() {
    for auth in [Auth::None, Auth::Payload(json!({"token": "t"}))] {
        let mut desk = Desk::on_websocket(&["/", "/b"]);
        desk.connect(0);
        desk.text(0, "40{\"sid\":\"A\"}");
        desk.auth = auth;
        desk.connect(1);
        desk.disconnect(1);
        desk.take();
        desk.connect(1);
        assert_eq!(desk.take(), NOTHING);
        desk.text(0, "40/b,{\"sid\":\"B\"}");
        assert_eq!(desk.take(), ["s1 connect \"B\""]);
    }
}

#[test]
fn the_answer_to_other_credentials_is_given_back() {
    let mut desk = waiting();
    desk.disconnect(1);
    desk.connect(1);
    desk.auth = Auth::Payload(json!({"token": "new"}));
    desk.text(0, "42/b,[\"early\"]");
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    assert_eq!(desk.take(), ["write 0 41/b,"]);
    desk.wait(99.0);
    assert_eq!(
        desk.take(),
        NOTHING,
        "servers close a connection where both arrive together"
    );
    desk.wait(1.0);
    assert_eq!(desk.take(), ["write 0 40/b,{\"token\":\"new\"}"]);
    desk.text(0, "40/b,{\"sid\":\"B2\"}");
    assert_eq!(desk.take(), ["s1 connect \"B2\""]);
}

#[test]
fn a_payload_that_comes_later_decides_later() {
    let mut desk = waiting();
    desk.disconnect(1);
    desk.auth = Auth::Later;
    desk.connect(1);
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.text(0, "42/b,[\"meanwhile\"]");
    assert_eq!(desk.take(), NOTHING);
    let asked = desk.asked.remove(0);
    desk.answer_auth(asked, Auth::None);
    assert_eq!(
        desk.take(),
        ["s1 granted \"B\"", "s1 message [\"meanwhile\"]", "s1 connect \"B\""]
    );
}

#[test]
fn a_session_that_the_server_ends_meanwhile_counts_for_nobody() {
    let mut desk = waiting();
    desk.disconnect(1);
    desk.auth = Auth::Later;
    desk.connect(1);
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.text(0, "42/b,[\"meanwhile\"]");
    desk.text(0, "41/b,");
    assert_eq!(desk.take(), NOTHING);
    let asked = desk.asked.remove(0);
    desk.answer_auth(asked, Auth::None);
    assert_eq!(desk.take(), ["write 0 40/b,"]);
    desk.text(0, "40/b,{\"sid\":\"B2\"}");
    assert_eq!(desk.take(), ["s1 connect \"B2\""]);
}

#[test]
fn a_grant_that_nobody_wants_in_the_end_is_given_back() {
    let mut desk = waiting();
    desk.disconnect(1);
    desk.auth = Auth::Later;
    desk.connect(1);
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.disconnect(1);
    assert_eq!(desk.take(), ["write 0 41/b,"]);
    let asked = desk.asked.remove(0);
    desk.answer_auth(asked, Auth::None);
    assert_eq!(desk.take(), NOTHING);
}

#[test]
fn a_refusal_of_the_first_is_not_one_of_the_next() {
    let mut desk = waiting();
    desk.disconnect(1);
    desk.connect(1);
    desk.text(0, "44/b,{\"message\":\"no\"}");
    assert_eq!(desk.take(), ["write 0 40/b,"]);
    desk.text(0, "44/b,{\"message\":\"again no\"}");
    assert_eq!(desk.take(), ["s1 connect_error again no (final)"]);
}

#[test]
fn a_refusal_that_nobody_waits_for_is_passed_over() {
    let mut desk = waiting();
    desk.disconnect(1);
    desk.text(0, "44/b,{\"message\":\"no\"}");
    assert_eq!(desk.take(), NOTHING);
    desk.connect(1);
    assert_eq!(desk.take(), ["write 0 40/b,"]);
}

#[test]
fn changing_ones_mind_many_times_sends_no_more() {
    let mut desk = waiting();
    for _ in 0..5 {
        desk.disconnect(1);
        desk.connect(1);
    }
    desk.disconnect(1);
    assert_eq!(desk.take(), NOTHING);
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    assert_eq!(desk.take(), ["write 0 41/b,"]);
}

#[test]
fn events_before_the_answer_are_told_with_it() {
    let mut desk = waiting();
    desk.text(0, "42/b,[\"before\"]");
    desk.disconnect(1);
    desk.text(0, "42/b,[\"unwanted\"]");
    desk.connect(1);
    desk.text(0, "42/b,[\"early\"]");
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    assert_eq!(
        desk.take(),
        ["s1 granted \"B\"", "s1 message [\"early\"]", "s1 connect \"B\""]
    );
}

#[test]
fn what_was_emitted_meanwhile_goes_to_the_session_that_is_wanted() {
    let mut desk = waiting();
    desk.emit(1, json!(["a"]));
    desk.disconnect(1);
    desk.auth = Auth::Payload(json!({"token": "new"}));
    desk.connect(1);
    desk.emit(1, json!(["b"]));
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.wait(100.0);
    assert_eq!(desk.take(), ["write 0 41/b,", "write 0 40/b,{\"token\":\"new\"}"]);
    desk.text(0, "40/b,{\"sid\":\"B2\"}");
    assert_eq!(
        desk.take(),
        ["write 0 42/b,[\"a\"]", "write 0 42/b,[\"b\"]", "s1 connect \"B2\""]
    );
}

#[test]
fn a_payload_that_was_not_given_yet_leaves_nothing_to_wait_for() {
    let mut desk = waiting();
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.disconnect(1);
    desk.auth = Auth::Later;
    desk.connect(1);
    desk.disconnect(1);
    desk.auth = Auth::None;
    desk.wait(100.0);
    desk.take();
    desk.connect(1);
    assert_eq!(desk.take(), ["write 0 40/b,"]);
}

#[test]
fn a_new_connection_knows_nothing_of_it() {
    let mut desk = waiting();
    desk.disconnect(1);
    desk.connect(1);
    desk.closed(0, "websocket closed");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.take();
    desk.text(1, HANDSHAKE);
    assert_eq!(desk.sent(), ["write 1 40", "write 1 40/b,"]);
    desk.text(1, "40/b,{\"sid\":\"B\"}");
    assert_eq!(desk.told().last().unwrap(), "s1 connect \"B\"");
}

#[test]
fn the_only_socket_takes_the_connection_with_it() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.connect(0);
    desk.take();
    desk.disconnect(0);
    assert_eq!(
        desk.take(),
        ["close 0", "engine0 close forced close", "manager close forced close"]
    );
    desk.connect(0);
    assert_eq!(desk.take(), ["open 1 websocket"]);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    assert_eq!(desk.sent(), ["write 1 40"]);
}

#[test]
fn a_disconnect_of_the_server_meanwhile_is_of_the_session_before() {
    let mut desk = waiting();
    desk.text(0, "41/b,");
    assert_eq!(desk.take(), NOTHING);
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    assert_eq!(desk.take(), ["s1 connect \"B\""]);
}
