//! A socket that leaves its namespace and comes back on the same connection. Servers 4.x take a CONNECT at once and a
//! DISCONNECT a little later: where both arrive together, they close the connection for every socket. (How far apart the two
//! are is checked in every test, by `Audit`.)

use serde_json::json;

use crate::support::{Auth, Desk};

const NOTHING: [&str; 0] = [];

/// `/` and `/b`, both connected over one WebSocket.
fn two() -> Desk {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(0);
    desk.connect(1);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.take();
    desk
}

/// The same over polling, a GET under way.
fn polling() -> Desk {
    let mut desk = Desk::on_polling(&["/", "/b"]);
    desk.connect(0);
    desk.posted(0);
    desk.connect(1);
    desk.posted(0);
    desk.polled(0, "40{\"sid\":\"A\"}\u{1e}40/b,{\"sid\":\"B\"}");
    desk.take();
    desk
}

#[test]
fn it_comes_back_a_little_later() {
    let mut desk = two();
    desk.disconnect(1);
    desk.connect(1);
    desk.emit(1, json!(["waits"]));
    assert_eq!(desk.take(), ["write 0 41/b,", "s1 disconnect io client disconnect"]);
    assert!(desk.manager.is_active(1));
    desk.wait(99.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(desk.take(), ["write 0 40/b,"]);
    desk.text(0, "40/b,{\"sid\":\"B2\"}");
    assert_eq!(desk.take(), ["write 0 42/b,[\"waits\"]", "s1 connect \"B2\""]);
}

#[test]
fn who_comes_later_does_not_wait() {
    let mut desk = two();
    desk.disconnect(1);
    desk.wait(60.0);
    desk.connect(1);
    desk.take();
    desk.wait(40.0);
    assert_eq!(desk.take(), ["write 0 40/b,"]);
    desk.text(0, "40/b,{\"sid\":\"B2\"}");
    desk.disconnect(1);
    desk.wait(100.0);
    desk.take();
    desk.connect(1);
    assert_eq!(desk.take(), ["write 0 40/b,"]);
}

#[test]
fn the_app_is_asked_for_the_payload_once() {
    let mut desk = two();
    desk.demands.clear();
    desk.auth = Auth::Payload(json!({"token": "t"}));
    desk.disconnect(1);
    desk.connect(1);
    desk.wait(1_000.0);
    assert_eq!(desk.demands, ["connect 1"]);
    assert_eq!(desk.sent(), ["write 0 41/b,", "write 0 40/b,{\"token\":\"t\"}"]);
}

#[test]
fn its_neighbour_does_not_wait() {
    let mut desk = two();
    desk.disconnect(1);
    desk.connect(1);
    desk.emit(0, json!(["a"]));
    desk.text(0, "42[\"b\"]");
    assert_eq!(
        desk.take(),
        [
            "write 0 41/b,",
            "s1 disconnect io client disconnect",
            "write 0 42[\"a\"]",
            "s0 message [\"b\"]",
        ]
    );
}

#[test]
fn who_changes_its_mind_in_between_is_not_connected() {
    let mut desk = two();
    desk.disconnect(1);
    desk.connect(1);
    desk.wait(50.0);
    desk.disconnect(1);
    desk.take();
    assert!(!desk.manager.is_active(1));
    desk.wait(1_000.0);
    assert_eq!(desk.take(), NOTHING);
    // And again.
    desk.connect(1);
    assert_eq!(desk.take(), ["write 0 40/b,"]);
}

#[test]
fn a_new_connection_knows_nothing_of_it() {
    let mut desk = two();
    desk.disconnect(1);
    desk.connect(1);
    desk.closed(0, "websocket closed");
    desk.manager.reconnection.backoff.min = 10.0;
    desk.wait(1_000.0);
    desk.opened(1);
    desk.take();
    desk.text(1, crate::support::HANDSHAKE);
    assert_eq!(desk.sent(), ["write 1 40", "write 1 40/b,"]);
    desk.wait(1_000.0);
    assert_eq!(desk.take(), NOTHING);
}

#[test]
fn an_event_of_the_session_before_is_not_told() {
    let mut desk = two();
    desk.disconnect(1);
    desk.connect(1);
    desk.take();
    desk.text(0, "42/b,[\"still under way\"]");
    desk.wait(100.0);
    desk.text(0, "40/b,{\"sid\":\"B2\"}");
    assert_eq!(desk.take(), ["write 0 40/b,", "s1 connect \"B2\""]);
}

#[test]
fn over_polling_the_two_never_share_a_post() {
    let mut desk = polling();
    // A POST under way: the DISCONNECT waits for its end.
    desk.emit(0, json!(["a"]));
    desk.disconnect(1);
    desk.connect(1);
    desk.wait(1_000.0);
    assert_eq!(desk.sent(), ["post 0 42[\"a\"]"]);
    desk.posted(0);
    assert_eq!(desk.sent(), ["post 0 41/b,"]);
    desk.wait(1_000.0);
    assert_eq!(desk.sent(), NOTHING, "one POST at a time");
    desk.posted(0);
    assert_eq!(desk.sent(), ["post 0 40/b,"]);
}

/// So busy that a POST is always under way.
#[test]
fn over_polling_it_comes_back_however_much_others_send() {
    let mut desk = polling();
    desk.emit(0, json!(["first"]));
    desk.disconnect(1);
    desk.connect(1);
    for _ in 0..10 {
        for _ in 0..6 {
            desk.emit(0, json!(["more"]));
            desk.wait(25.0);
        }
        desk.posted(0);
    }
    let sent = desk.sent().join(" ");
    assert!(sent.contains("40/b,"), "{sent}");
}

/// Found by the simulation: what waits for an upgrade is written together when it ends.
#[test]
fn a_disconnect_that_waits_for_an_upgrade_has_not_left_yet() {
    for upgrade_ends_after in [30.0, 199.0, 200.0] {
        let mut desk = Desk::new(&["polling", "websocket"], &["/", "/b"]);
        desk.connect(0);
        desk.connect(1);
        desk.polled(0, crate::support::UPGRADABLE);
        desk.posted(0);
        desk.posted(0);
        desk.polled(0, "40{\"sid\":\"A\"}\u{1e}40/b,{\"sid\":\"B\"}");
        desk.opened(1);
        desk.text(1, "3probe");
        desk.disconnect(1);
        desk.connect(1);
        desk.wait(upgrade_ends_after);
        desk.take();
        desk.polled(0, "6");
        assert_eq!(desk.sent(), ["write 1 5", "close 0", "write 1 41/b,"]);
        desk.wait(99.0);
        assert_eq!(desk.sent(), NOTHING);
        desk.wait(1.0);
        assert_eq!(desk.sent(), ["write 1 40/b,"]);
    }
}

#[test]
fn what_arrives_for_the_session_before_is_not_told() {
    let mut desk = two();
    desk.disconnect(1);
    desk.connect(1);
    desk.wait(100.0);
    desk.take();
    desk.text(0, "42/b,[\"old\"]");
    desk.text(0, "40/b,{\"sid\":\"B2\"}");
    desk.text(0, "42/b,[\"new\"]");
    assert_eq!(desk.take(), ["s1 connect \"B2\"", "s1 message [\"new\"]"]);
}
