//! How a socket comes by the payload of its CONNECT: why it is asked for, in time, again, and once more after a refusal.

use serde_json::json;

use crate::support::{Auth, Desk, HANDSHAKE};

const NOTHING: [&str; 0] = [];
const REFUSED: &str = r#"44{"message":"expired","data":{"code":"token_expired"}}"#;

fn token(token: &str) -> Auth {
    Auth::Payload(json!({ "token": token }))
}

/// A connection without a socket that uses it, and sockets for `/` and `/b` whose payload is `old`.
fn open() -> Desk {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(1);
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.auth = token("old");
    desk.connect(0);
    desk.take();
    desk.demands.clear();
    desk
}

#[test]
fn it_is_asked_for_with_the_reason_and_a_count() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.closed(0, "websocket closed");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.text(1, "40{\"sid\":\"A2\"}");
    desk.disconnect(0);
    desk.connect(0);
    desk.opened(2);
    desk.text(2, HANDSHAKE);
    assert_eq!(desk.demands, ["connect 1", "reconnect 1", "connect 1"]);
}

#[test]
fn after_a_refusal_another_payload_goes_out_on_the_same_connection() {
    let mut desk = open();
    desk.renewed = Some(token("new"));
    desk.text(0, REFUSED);
    assert_eq!(desk.take(), ["write 0 40{\"token\":\"new\"}"]);
    assert_eq!(desk.demands, ["rejected 2 (expired: authentication)"]);
    desk.text(0, "40{\"sid\":\"A\"}");
    assert_eq!(desk.take(), ["s0 connect \"A\""]);
}

#[test]
fn the_second_refusal_counts() {
    let mut desk = open();
    desk.renewed = Some(token("new"));
    desk.text(0, REFUSED);
    desk.take();
    desk.text(0, REFUSED);
    assert_eq!(
        desk.take(),
        ["s0 connect_error expired {\"code\":\"token_expired\"} (final)"]
    );
    assert!(!desk.manager.is_active(0));
    // The app begins anew, and so does the count.
    desk.connect(0);
    desk.text(0, REFUSED);
    assert_eq!(desk.demands[1..], ["connect 1", "rejected 2 (expired: authentication)"]);
}

#[test]
fn after_a_grant_a_refusal_is_a_first_one_again() {
    let mut desk = open();
    desk.renewed = Some(token("new"));
    desk.text(0, REFUSED);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.closed(0, "websocket closed");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.text(1, REFUSED);
    assert_eq!(desk.demands.last().unwrap(), "rejected 2 (expired: authentication)");
    assert_eq!(desk.sent().last().unwrap(), "write 1 40{\"token\":\"new\"}");
}

#[test]
fn who_has_no_other_payload_is_refused_at_once() {
    let mut desk = open();
    desk.text(0, REFUSED);
    assert_eq!(
        desk.take(),
        ["s0 connect_error expired {\"code\":\"token_expired\"} (final)"]
    );
    assert!(!desk.manager.is_active(0));
    assert!(desk.manager.is_connected(1));
}

#[test]
fn where_there_is_nothing_new_the_refusal_is_told() {
    let mut desk = open();
    desk.renewed = Some(Auth::Fails("no session"));
    desk.text(0, REFUSED);
    assert_eq!(
        desk.take(),
        ["s0 connect_error expired {\"code\":\"token_expired\"} (final)"]
    );
}

#[test]
fn a_new_payload_that_does_not_come_in_time_leaves_the_refusal() {
    let mut desk = open();
    desk.renewed = Some(Auth::Later);
    desk.text(0, REFUSED);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(10_000.0);
    assert_eq!(
        desk.take(),
        ["s0 connect_error expired {\"code\":\"token_expired\"} (final)"]
    );
    let asked = desk.asked.remove(0);
    desk.answer_auth(asked, token("too late"));
    assert_eq!(desk.take(), NOTHING);
}

#[test]
fn refusals_are_about_authentication_where_they_say_so() {
    for (data, is_about_it) in [
        (json!({"status": 401}), true),
        (json!({"statusCode": 403}), true),
        (json!({"code": 401}), true),
        (json!({"code": "INVALID-TOKEN"}), true),
        (json!({"type": "UnauthorizedError"}), true),
        (json!({"status": 500}), false),
        (json!({"code": "room_full"}), false),
        (json!({"type": "Error"}), false),
        (json!({}), false),
    ] {
        let mut desk = open();
        desk.text(0, &format!("44{}", json!({"message": "no", "data": data})));
        assert_eq!(desk.demands[0].ends_with(": authentication)"), is_about_it, "{data}");
    }
    let mut desk = open();
    desk.text(0, r#"44{"message":"no"}"#);
    assert_eq!(desk.demands, ["rejected 2 (no)"]);
}

#[test]
fn a_payload_that_cannot_be_had_is_asked_for_again_after_growing_delays() {
    let mut desk = Desk::on_websocket(&["/", "/other"]);
    desk.connect(1);
    desk.text(0, "40/other,{\"sid\":\"B\"}");
    desk.take();
    desk.demands.clear();
    desk.auth = Auth::Fails("no token");
    desk.connect(0);
    for delay in [1_000.0, 2_000.0, 4_000.0, 5_000.0] {
        assert_eq!(desk.take(), ["s0 connect_error no token (retries)"]);
        assert!(desk.manager.is_active(0));
        desk.wait(delay - 1.0);
        assert_eq!(desk.take(), NOTHING);
        desk.wait(1.0);
    }
    desk.take();
    desk.auth = token("there");
    desk.wait(5_000.0);
    assert_eq!(desk.take(), ["write 0 40{\"token\":\"there\"}"]);
    assert_eq!(desk.demands.last().unwrap(), "connect 6");
    assert!(desk.manager.is_connected(1));
}

#[test]
fn it_is_given_up_as_a_connection_is() {
    for (enabled, attempts, failures) in [(false, u32::MAX, 1), (true, 2, 3)] {
        let mut desk = Desk::on_websocket(&["/", "/other"]);
        desk.connect(1);
        desk.manager.reconnection.enabled = enabled;
        desk.manager.reconnection.attempts = attempts;
        desk.auth = Auth::Fails("no token");
        desk.take();
        desk.connect(0);
        desk.wait(60_000.0 - 40_000.0);
        let told = desk.told();
        let errors: Vec<_> = told.iter().filter(|line| line.starts_with("s0")).collect();
        assert_eq!(errors.len(), failures, "{errors:?}");
        assert_eq!(*errors[failures - 1], "s0 connect_error no token (final)");
        assert!(!desk.manager.is_active(0));
    }
}

#[test]
fn the_app_may_take_ten_seconds() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.auth = Auth::Later;
    desk.connect(0);
    desk.take();
    desk.wait(9_999.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(
        desk.take(),
        ["s0 connect_error The function that gives the credentials did not answer in time (retries)"]
    );
    // It is asked again, and what it says to the first question does not count.
    desk.wait(1_000.0);
    let (first, second) = (desk.asked[0], desk.asked[1]);
    desk.answer_auth(first, token("late"));
    assert_eq!(desk.take(), NOTHING);
    desk.answer_auth(second, token("there"));
    assert_eq!(desk.take(), ["write 0 40{\"token\":\"there\"}"]);
}

#[test]
fn a_disconnect_ends_the_asking() {
    let mut desk = open();
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.disconnect(0);
    desk.auth = Auth::Fails("no token");
    desk.connect(0);
    desk.disconnect(0);
    desk.take();
    desk.demands.clear();
    desk.wait(20_000.0);
    assert_eq!(desk.demands, NOTHING);
    assert_eq!(desk.take(), NOTHING);
}

#[test]
fn the_last_socket_that_is_refused_closes_the_connection() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.manager.reconnection.enabled = false;
    desk.auth = Auth::Fails("no token");
    desk.connect(0);
    assert_eq!(
        desk.take(),
        [
            "close 0",
            "engine0 close forced close",
            "manager close forced close",
            "s0 connect_error no token (final)"
        ]
    );
}
