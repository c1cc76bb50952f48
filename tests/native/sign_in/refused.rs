//! The server refuses the payload, or says nothing.

use crate::support::Desk;

use super::{ACCEPTED, FOREVER, NOTHING, check_rest, granted, open, refused, token};

#[test]
fn who_is_refused_leaves() {
    let mut desk = granted();
    desk.text(0, "42[\"unauthorized\",{\"message\":\"who?\",\"code\":5}]");
    assert_eq!(
        desk.take(),
        [
            "write 0 41",
            "s0 connect_error who? {\"message\":\"who?\",\"code\":5} (final)"
        ]
    );
    assert!(!desk.manager.is_active(0));
    assert!(desk.manager.is_connected(1));
    check_rest(&mut desk);
}

#[test]
fn where_the_server_wants_to_know_that_it_was_heard_the_server_ends_the_session() {
    let mut desk = refused();
    assert!(desk.manager.is_active(0));
    desk.text(0, "41");
    assert_eq!(
        desk.take(),
        ["s0 connect_error who? {\"message\":\"who?\",\"code\":5} (final)"]
    );
    assert!(!desk.manager.is_active(0));
    check_rest(&mut desk);
}

#[test]
fn a_server_that_does_not_end_it_is_left() {
    let mut desk = refused();
    desk.wait(9_999.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(
        desk.take(),
        [
            "write 0 41",
            "s0 connect_error who? {\"message\":\"who?\",\"code\":5} (final)"
        ]
    );
    desk.text(0, "41");
    check_rest(&mut desk);
}

#[test]
fn after_the_refusal_nothing_else_counts() {
    let mut desk = refused();
    desk.text(0, ACCEPTED);
    desk.text(0, "42[\"other\"]");
    assert_eq!(desk.take(), NOTHING);
    desk.text(0, "41");
    assert_eq!(desk.told().len(), 1);
    assert!(!desk.manager.is_connected(0));
}

#[test]
fn refusals_come_in_several_forms() {
    for (packet, told) in [
        ("42[\"unauthorized\"]", "s0 connect_error  (final)"),
        ("42[\"unauthorized\",null]", "s0 connect_error  null (final)"),
        ("42[\"unauthorized\",\"no\"]", "s0 connect_error  \"no\" (final)"),
        (
            "42[\"unauthorized\",{\"message\":7}]",
            "s0 connect_error  {\"message\":7} (final)",
        ),
        (
            "42[\"unauthorized\",{\"message\":\"nö\"}]",
            "s0 connect_error nö {\"message\":\"nö\"} (final)",
        ),
    ] {
        let mut desk = granted();
        desk.text(0, packet);
        assert_eq!(desk.told().last().unwrap(), told, "{packet}");
    }
}

#[test]
fn with_another_payload_it_is_tried_once_more() {
    let mut desk = refused();
    desk.renewed = Some(token("new"));
    desk.text(0, "41");
    assert_eq!(desk.demands, ["connect 1", "rejected 2 (who?: authentication)"]);
    assert_eq!(
        desk.take(),
        ["write 0 40"],
        "the session has ended: there is nothing to wait for"
    );
    desk.text(0, "40{\"sid\":\"A2\"}");
    assert_eq!(desk.take(), ["write 0 42[\"authentication\",{\"token\":\"new\"}]"]);
    desk.text(0, ACCEPTED);
    assert_eq!(desk.take(), ["s0 connect \"A2\""]);
}

#[test]
fn the_second_refusal_counts() {
    for acknowledges in [false, true] {
        let mut desk = granted();
        desk.renewed = Some(token("new"));
        for attempt in 1..=2 {
            if acknowledges {
                desk.text(0, "427[\"unauthorized\",{\"message\":\"no\"}]");
                desk.text(0, "41");
            } else {
                desk.text(0, "42[\"unauthorized\",{\"message\":\"no\"}]");
            }
            if attempt == 1 {
                assert_eq!(desk.told(), NOTHING);
                desk.wait(100.0);
                desk.text(0, "40{\"sid\":\"A2\"}");
            }
        }
        assert_eq!(desk.told(), ["s0 connect_error no {\"message\":\"no\"} (final)"]);
        assert_eq!(desk.demands, ["connect 1", "rejected 2 (no: authentication)"]);
        check_rest(&mut desk);
    }
}

#[test]
fn what_arrived_before_a_refusal_is_not_told() {
    let mut desk = granted();
    desk.renewed = Some(token("new"));
    desk.text(0, "42[\"of the first session\"]");
    desk.text(0, "42[\"unauthorized\"]");
    desk.wait(100.0);
    desk.text(0, "40{\"sid\":\"A2\"}");
    desk.text(0, ACCEPTED);
    assert_eq!(desk.told(), ["s0 connect \"A2\""]);
}

#[test]
fn a_server_that_ends_the_session_without_a_word_has_refused() {
    let mut desk = granted();
    desk.text(0, "41");
    assert_eq!(
        desk.take(),
        ["s0 connect_error The server disconnected the socket before it had signed in (final)"]
    );
    check_rest(&mut desk);
    // The namespace is not left: the next CONNECT goes out at once.
    desk.connect(0);
    assert_eq!(desk.sent(), ["write 0 40"]);
}

#[test]
fn a_server_that_refuses_the_namespace_is_understood() {
    let mut desk = open();
    desk.connect(0);
    desk.take();
    desk.text(0, "44{\"message\":\"no\"}");
    assert_eq!(desk.take(), ["s0 connect_error no (final)"]);
}

#[test]
fn a_server_that_does_not_answer_is_left() {
    let mut desk = granted();
    desk.wait(9_999.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(
        desk.take(),
        [
            "write 0 41",
            "s0 connect_error The server did not answer the event authentication in time (final)"
        ]
    );
    assert!(!desk.manager.is_active(0));
    desk.text(0, ACCEPTED);
    check_rest(&mut desk);
    desk.connect(0);
    assert_eq!(desk.sent(), ["write 0 40"]);
}

#[test]
fn the_time_is_the_apps_own() {
    let mut desk = open();
    desk.manager.policy.timeout = 500.0;
    desk.connect(0);
    desk.wait(2_000.0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.take();
    desk.wait(499.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(desk.sent(), ["write 0 41"]);
}

#[test]
fn the_last_socket_that_is_refused_closes_the_connection() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.manager.placed.signs_in = true;
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.take();
    desk.text(0, "42[\"unauthorized\"]");
    assert_eq!(
        desk.take(),
        [
            "write 0 41",
            "close 0",
            "engine0 close forced close",
            "manager close forced close",
            "s0 connect_error  (final)"
        ]
    );
    assert_eq!(desk.manager.poll_timeout(), FOREVER);
}

#[test]
fn a_server_of_an_older_protocol_is_no_server_to_sign_in_to() {
    let mut desk = open();
    desk.connect(0);
    desk.take();
    desk.text(0, "40");
    let lines = desk.take();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("s0 connect_error The server granted the namespace without an id"));
}
