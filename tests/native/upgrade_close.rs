//! What the end of a connection and an upgrade do to each other.

use serde_json::json;

use crate::support::{Desk, UPGRADABLE};

const NOTHING: [&str; 0] = [];

#[test]
fn a_close_while_the_transport_is_probed_drops_it() {
    let mut desk = Desk::probing();
    desk.opened(1);
    desk.take();
    desk.disconnect(0);
    assert_eq!(
        desk.take(),
        [
            "post 0 41",
            "manager close forced close",
            "s0 disconnect io client disconnect"
        ]
    );
    desk.posted(0);
    assert_eq!(
        desk.take(),
        [
            "post 0 1",
            "close 1",
            "close 0",
            "engine0 drain",
            "engine0 upgrade_error probe error: socket closed",
            "engine0 close forced close"
        ]
    );
}

#[test]
fn a_close_while_polling_comes_to_rest_waits_for_the_upgrade() {
    let mut desk = Desk::answered();
    desk.emit(0, json!(["a"]));
    desk.disconnect(0);
    assert_eq!(
        desk.take(),
        ["manager close forced close", "s0 disconnect io client disconnect"]
    );
    desk.polled(0, "6");
    assert_eq!(
        desk.take(),
        [
            "write 1 5",
            "close 0",
            "write 1 42[\"a\"]",
            "write 1 41",
            "close 1",
            "engine0 upgrade websocket",
            "engine0 close forced close"
        ]
    );
    assert!(desk.audit.open().is_empty());
}

#[test]
fn a_close_and_then_a_drop_of_the_new_transport_ends_over_polling() {
    let mut desk = Desk::answered();
    desk.emit(0, json!(["a"]));
    desk.disconnect(0);
    desk.take();
    desk.failed(1, "websocket error");
    assert_eq!(
        desk.take(),
        [
            "close 1",
            "post 0 42[\"a\"] | 41",
            "engine0 upgrade_error websocket error"
        ]
    );
    desk.posted(0);
    assert_eq!(desk.sent(), ["post 0 1", "close 0"]);
}

#[test]
fn an_answer_to_the_probe_after_the_close_still_upgrades_or_ends() {
    let mut desk = Desk::probing();
    desk.opened(1);
    desk.disconnect(0);
    desk.take();
    // The POST with the DISCONNECT is under way.
    desk.text(1, "3probe");
    assert_eq!(desk.take(), ["engine0 upgrading websocket"]);
    desk.posted(0);
    desk.polled(0, "6");
    assert_eq!(desk.sent(), ["write 1 5", "close 0", "close 1"]);
    assert!(desk.audit.open().is_empty());
}

#[test]
fn a_server_that_closes_during_the_upgrade_ends_both_transports() {
    let mut desk = Desk::answered();
    desk.polled(0, "1");
    assert_eq!(desk.sent(), ["close 1", "close 0"]);
    let mut desk = Desk::answered();
    desk.wait(45_000.0);
    assert_eq!(desk.sent(), ["post 0 1", "close 1", "close 0"]);
}

#[test]
fn bad_packets_during_the_upgrade_end_both_transports() {
    let mut desk = Desk::answered();
    desk.polled(0, "42[");
    assert_eq!(desk.sent(), ["post 0 1", "close 1", "close 0"]);
}

#[test]
fn what_was_not_written_by_then_is_not_written_later() {
    let mut desk = Desk::answered();
    desk.emit(0, json!(["a"]));
    desk.failed(0, "xhr poll error");
    desk.wait(1_000.0);
    desk.polled(2, UPGRADABLE);
    desk.posted(2);
    desk.polled(2, "40{\"sid\":\"B\"}");
    assert!(desk.sent().iter().all(|line| !line.contains("\"a\"")));
}

#[test]
fn a_listener_that_closes_in_the_upgrade_event_ends_all() {
    for event in ["engine0 upgrading websocket", "engine0 upgrade websocket"] {
        let mut desk = Desk::probing();
        desk.opened(1);
        desk.listen(move |desk, line| {
            if line == event {
                desk.disconnect(0);
            }
        });
        desk.text(1, "3probe");
        desk.polled(0, "6");
        let lines = desk.take();
        assert!(lines.contains(&"write 1 41".into()), "{lines:?}");
        assert!(desk.audit.open().is_empty(), "{event}: {lines:?}");
    }
}

/// The probe is not opened after it was closed.
#[test]
fn a_listener_that_closes_as_the_session_opens_leaves_no_probe_behind() {
    let mut desk = Desk::new(&["polling", "websocket"], &["/"]);
    desk.connect(0);
    desk.take();
    desk.listen(|desk, line| {
        if line == "engine0 open S polling" {
            desk.disconnect(0);
        }
    });
    desk.polled(0, UPGRADABLE);
    assert!(!desk.sent().contains(&"open 1 websocket sid=S".into()));
    assert!(desk.audit.open().is_empty());
    assert_eq!(desk.take(), NOTHING);
}
