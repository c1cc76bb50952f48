//! Connection state recovery.

use serde_json::json;

use crate::support::{Auth, Desk, HANDSHAKE};

/// Connected with a private id.
fn with_pid() -> Desk {
    let mut desk = Desk::on_websocket(&["/", "/other"]);
    desk.connect(1);
    desk.connect(0);
    desk.text(0, "40/other,{\"sid\":\"O\"}");
    desk.text(0, "40{\"sid\":\"A\",\"pid\":\"P\"}");
    desk.take();
    desk
}

/// The connection breaks and comes back: the CONNECT of `/`.
fn reconnect(desk: &mut Desk, transport: u32) -> String {
    desk.closed(transport - 1, "websocket closed");
    desk.wait(1_000.0);
    desk.opened(transport);
    desk.take();
    desk.text(transport, HANDSHAKE);
    let start = format!("write {transport} 40");
    let sent = desk
        .sent()
        .into_iter()
        .find_map(|line| line.strip_prefix(&start).map(String::from));
    sent.unwrap()
}

#[test]
fn a_session_is_continued_from_the_last_event() {
    let mut desk = with_pid();
    desk.text(0, "42[\"a\",1,\"offset1\"]");
    desk.text(0, "42[\"b\",\"offset2\"]");
    assert_eq!(
        desk.told(),
        ["s0 message [\"a\",1,\"offset1\"]", "s0 message [\"b\",\"offset2\"]"]
    );
    assert_eq!(reconnect(&mut desk, 1), "{\"pid\":\"P\",\"offset\":\"offset2\"}");
    desk.text(1, "40{\"sid\":\"A\",\"pid\":\"P\"}");
    assert_eq!(desk.told(), ["s0 connect \"A\" recovered"]);
    // What was missed is sent after the grant, with its own offsets.
    desk.text(1, "42[\"c\",\"offset3\"]");
    assert_eq!(reconnect(&mut desk, 2), "{\"pid\":\"P\",\"offset\":\"offset3\"}");
}

#[test]
fn the_apps_own_payload_travels_with_it() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.auth = Auth::Payload(json!({"token": "t"}));
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\",\"pid\":\"P\"}");
    desk.text(0, "42[\"a\",\"o\"]");
    assert_eq!(
        reconnect(&mut desk, 1),
        "{\"pid\":\"P\",\"offset\":\"o\",\"token\":\"t\"}"
    );
}

#[test]
fn without_an_event_there_is_no_offset() {
    let mut desk = with_pid();
    assert_eq!(reconnect(&mut desk, 1), "{\"pid\":\"P\"}");
}

#[test]
fn a_session_that_was_not_recovered_begins_anew() {
    let mut desk = with_pid();
    desk.text(0, "42[\"a\",\"old\"]");
    reconnect(&mut desk, 1);
    desk.text(1, "40{\"sid\":\"A2\",\"pid\":\"P2\"}");
    assert_eq!(desk.told(), ["s0 connect \"A2\""]);
    // The offset was the old session's.
    assert_eq!(reconnect(&mut desk, 2), "{\"pid\":\"P2\"}");
}

#[test]
fn a_server_that_no_longer_recovers_is_not_asked_again() {
    let mut desk = with_pid();
    desk.text(0, "42[\"a\",\"o\"]");
    reconnect(&mut desk, 1);
    desk.text(1, "40{\"sid\":\"A2\"}");
    assert_eq!(desk.told(), ["s0 connect \"A2\""]);
    assert_eq!(reconnect(&mut desk, 2), "");
}

#[test]
fn the_first_connection_is_never_a_recovered_one() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.connect(0);
    desk.take();
    desk.text(0, "40{\"sid\":\"A\",\"pid\":\"P\"}");
    assert_eq!(desk.take(), ["s0 connect \"A\""]);
}

#[test]
fn only_a_trailing_string_is_an_offset() {
    let mut desk = with_pid();
    desk.text(0, "42[\"a\",\"o\"]");
    for event in [
        "42[\"b\"]",
        "42[\"b\",\"x\",1]",
        "42[\"b\",{\"y\":\"x\"}]",
        "42[\"b\",null]",
    ] {
        desk.text(0, event);
    }
    assert_eq!(reconnect(&mut desk, 1), "{\"pid\":\"P\",\"offset\":\"o\"}");
}

/// Its last argument is the server app's own: such events carry no offset.
#[test]
fn an_event_that_wants_an_acknowledgement_has_no_offset() {
    let mut desk = with_pid();
    desk.text(0, "42[\"a\",\"o\"]");
    desk.text(0, "427[\"b\",\"an argument\"]");
    assert_eq!(reconnect(&mut desk, 1), "{\"pid\":\"P\",\"offset\":\"o\"}");
}

#[test]
fn what_arrived_before_the_grant_counts_too() {
    let mut desk = Desk::on_websocket(&["/", "/other"]);
    desk.connect(0);
    desk.text(0, "42[\"a\",\"o\"]");
    desk.text(0, "40{\"sid\":\"A\",\"pid\":\"P\"}");
    assert_eq!(reconnect(&mut desk, 1), "{\"pid\":\"P\",\"offset\":\"o\"}");
}

#[test]
fn each_namespace_has_its_own_session() {
    let mut desk = with_pid();
    desk.text(0, "42/other,[\"a\",\"not mine\"]");
    desk.text(0, "42[\"a\",\"mine\"]");
    assert_eq!(reconnect(&mut desk, 1), "{\"pid\":\"P\",\"offset\":\"mine\"}");
}

#[test]
fn a_pid_that_is_no_string_is_none() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\",\"pid\":7}");
    assert_eq!(reconnect(&mut desk, 1), "");
}
