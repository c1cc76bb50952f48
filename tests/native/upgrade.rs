//! The upgrade: a better transport is probed and takes over, or does not.

use serde_json::json;
use socketio_wasm::error::Error;

use crate::support::desk::config;
use crate::support::{Desk, Json, UPGRADABLE};

const NOTHING: [&str; 0] = [];

#[test]
fn a_websocket_is_probed_and_takes_over() {
    let mut desk = Desk::new(&["polling", "websocket"], &["/"]);
    desk.connect(0);
    assert_eq!(desk.take(), ["open 0 polling", "poll 0"]);
    desk.polled(0, UPGRADABLE);
    assert_eq!(
        desk.take(),
        [
            "engine0 open S polling",
            "post 0 40",
            "manager open",
            "open 1 websocket sid=S",
            "poll 0"
        ]
    );
    desk.opened(1);
    assert_eq!(desk.take(), ["write 1 2probe"]);
    desk.text(1, "3probe");
    assert_eq!(desk.take(), ["engine0 upgrading websocket"]);
    desk.posted(0);
    assert_eq!(desk.take(), ["engine0 drain"]);
    desk.polled(0, "6");
    assert_eq!(desk.take(), ["write 1 5", "close 0", "engine0 upgrade websocket"]);
    desk.text(1, "40{\"sid\":\"A\"}");
    assert_eq!(desk.take(), ["s0 connect \"A\""]);
}

#[test]
fn it_waits_for_the_post_as_for_the_get_in_whichever_order_they_end() {
    for get_first in [true, false] {
        let mut desk = Desk::probing();
        desk.emit(0, json!(["a"]));
        desk.opened(1);
        desk.text(1, "3probe");
        desk.take();
        if get_first {
            desk.polled(0, "6");
        } else {
            desk.posted(0);
        }
        assert!(!desk.take().contains(&"write 1 5".into()), "{get_first}");
        if get_first {
            desk.posted(0);
        } else {
            desk.polled(0, "6");
        }
        let mut lines = desk.take();
        lines.retain(|line| line != "engine0 drain");
        assert_eq!(
            lines,
            ["write 1 5", "close 0", "engine0 upgrade websocket"],
            "{get_first}"
        );
    }
}

#[test]
fn what_arrives_over_polling_meanwhile_is_delivered_in_order() {
    let mut desk = Desk::answered();
    desk.polled(0, "42[\"a\"]\u{1e}42[\"b\"]\u{1e}6");
    assert_eq!(
        desk.take(),
        [
            "s0 message [\"a\"]",
            "s0 message [\"b\"]",
            "write 1 5",
            "close 0",
            "engine0 upgrade websocket"
        ]
    );
    desk.text(1, "42[\"c\"]");
    assert_eq!(desk.take(), ["s0 message [\"c\"]"]);
}

#[test]
fn what_the_app_sends_meanwhile_follows_over_the_new_transport() {
    let mut desk = Desk::answered();
    desk.emit(0, json!(["a"]));
    desk.emit(0, Json::event("b", [Json::Binary([1].as_slice().into())]));
    assert_eq!(desk.take(), NOTHING);
    desk.polled(0, "6");
    assert_eq!(
        desk.take(),
        [
            "write 1 5",
            "close 0",
            "write 1 42[\"a\"]",
            r#"write 1 451-["b",{"_placeholder":true,"num":0}]"#,
            "write 1 bAQ==",
            "engine0 upgrade websocket",
        ]
    );
}

#[test]
fn what_waits_is_written_before_what_a_listener_adds() {
    let mut desk = Desk::answered();
    desk.emit(0, json!(["a"]));
    desk.listen(|desk, line| {
        if line == "engine0 upgrade websocket" {
            desk.emit(0, json!(["b"]));
        }
    });
    desk.polled(0, "6");
    assert_eq!(
        desk.sent(),
        ["write 1 5", "close 0", "write 1 42[\"a\"]", "write 1 42[\"b\"]"]
    );
}

#[test]
fn a_ping_during_the_upgrade_is_answered_over_the_new_transport() {
    let mut desk = Desk::answered();
    desk.polled(0, "2");
    assert_eq!(
        desk.take(),
        [
            "manager ping",
            "write 1 5",
            "close 0",
            "write 1 3",
            "engine0 upgrade websocket"
        ]
    );
}

#[test]
fn before_the_answer_polling_goes_on_as_ever() {
    let mut desk = Desk::probing();
    desk.opened(1);
    desk.take();
    desk.emit(0, json!(["a"]));
    desk.polled(0, "42[\"b\"]");
    assert_eq!(desk.take(), ["post 0 42[\"a\"]", "s0 message [\"b\"]", "poll 0"]);
}

#[test]
fn attachments_may_arrive_on_both_sides_of_the_upgrade() {
    let mut desk = Desk::answered();
    desk.polled(0, "451-[\"a\",{\"_placeholder\":true,\"num\":0}]");
    desk.take();
    desk.binary(1, &[1]);
    assert_eq!(desk.take(), ["s0 message [\"a\",<1>]"]);
}

#[test]
fn a_probe_that_is_not_answered_right_is_closed() {
    for text in ["3", "3prob", "3probee", "2probe", "4a", "40", "", "x", "6"] {
        let mut desk = Desk::probing();
        desk.opened(1);
        desk.take();
        desk.text(1, text);
        assert_eq!(desk.take(), ["close 1", "engine0 upgrade_error probe error"], "{text}");
        // Polling is untouched.
        desk.polled(0, "42[\"a\"]");
        assert_eq!(desk.take(), ["s0 message [\"a\"]", "poll 0"]);
    }
    let mut desk = Desk::probing();
    desk.opened(1);
    desk.take();
    desk.binary(1, b"3probe");
    assert_eq!(desk.take(), ["close 1", "engine0 upgrade_error probe error"]);
}

#[test]
fn a_probe_that_breaks_or_is_closed_leaves_polling_as_it_was() {
    for (is_open, breaks) in [(false, true), (false, false), (true, true), (true, false)] {
        let mut desk = Desk::probing();
        if is_open {
            desk.opened(1);
        }
        desk.take();
        match breaks {
            true => desk.failed(1, "websocket error"),
            false => desk.closed(1, "websocket error"),
        }
        assert_eq!(desk.take(), ["close 1", "engine0 upgrade_error websocket error"]);
        desk.emit(0, json!(["a"]));
        assert_eq!(desk.take(), ["post 0 42[\"a\"]"]);
        // Whatever it says afterwards is nobody's.
        desk.text(1, "3probe");
        desk.failed(1, "websocket error");
        desk.opened(1);
        assert_eq!(desk.take(), NOTHING);
    }
}

#[test]
fn a_transport_that_breaks_while_polling_rests_gives_it_back() {
    let mut desk = Desk::answered();
    desk.emit(0, json!(["a"]));
    desk.take();
    desk.failed(1, "websocket error");
    assert_eq!(
        desk.take(),
        ["close 1", "post 0 42[\"a\"]", "engine0 upgrade_error websocket error"]
    );
    desk.polled(0, "6");
    assert_eq!(desk.take(), ["poll 0"]);
}

#[test]
fn the_get_begins_again_where_it_had_ended_before_the_transport_broke() {
    let mut desk = Desk::probing();
    desk.emit(0, json!(["a"]));
    desk.opened(1);
    desk.text(1, "3probe");
    desk.polled(0, "6");
    desk.take();
    desk.closed(1, "websocket closed");
    assert_eq!(
        desk.take(),
        ["close 1", "poll 0", "engine0 upgrade_error websocket closed"]
    );
    desk.posted(0);
    assert_eq!(desk.take(), ["engine0 drain"]);
}

#[test]
fn a_packet_on_the_new_transport_before_the_upgrade_is_an_error() {
    let mut desk = Desk::answered();
    desk.text(1, "42[\"a\"]");
    assert_eq!(desk.take(), ["close 1", "engine0 upgrade_error probe error"]);
    desk.polled(0, "6");
    assert_eq!(desk.take(), ["poll 0"]);
}

#[test]
fn polling_that_fails_during_the_probe_ends_the_connection_and_the_probe() {
    let mut desk = Desk::probing();
    desk.opened(1);
    desk.take();
    desk.failed(0, "xhr poll error");
    assert_eq!(
        desk.take(),
        [
            "post 0 1",
            "close 1",
            "close 0",
            "engine0 upgrade_error probe error: socket closed",
            "engine0 close transport error: xhr poll error",
            "manager error xhr poll error",
            "s0 disconnect transport error: xhr poll error",
            "manager close transport error: xhr poll error"
        ]
    );
}

#[test]
fn the_new_transport_carries_all_that_the_old_one_did() {
    let mut desk = Desk::answered();
    desk.polled(0, "6");
    desk.take();
    // The old one may still have something to say: nothing of it counts.
    desk.failed(0, "xhr poll error");
    desk.polled(0, "42[\"old\"]");
    assert_eq!(desk.take(), NOTHING);
    desk.closed(1, "websocket closed");
    assert_eq!(desk.told()[0], "s0 disconnect transport close: websocket closed");
}

#[test]
fn only_what_both_sides_want_is_probed() {
    let both = UPGRADABLE.replace("[\"websocket\"]", "[\"websocket\",\"webtransport\",\"polling\"]");
    for (transports, handshake, opened) in [
        (vec!["polling"], both.as_str(), vec![]),
        (vec!["polling", "webtransport"], UPGRADABLE, vec![]),
        (
            vec!["polling", "websocket"],
            both.as_str(),
            vec!["open 1 websocket sid=S"],
        ),
        (vec!["websocket", "polling", "webtransport"], both.as_str(), vec![]),
        (vec!["polling", "polling/fetch"], both.as_str(), vec![]),
    ] {
        let mut desk = Desk::new(&transports, &["/"]);
        desk.connect(0);
        if transports[0] == "polling" {
            desk.polled(0, handshake);
        } else {
            desk.opened(0);
            desk.text(0, handshake);
        }
        let mut lines = desk.sent();
        lines.retain(|line| line.starts_with("open") && line.ends_with("sid=S"));
        assert_eq!(lines, opened, "{transports:?}");
    }
}

#[test]
fn nothing_is_probed_where_the_app_wants_no_upgrade() {
    let mut desk = Desk::new(&["polling", "websocket"], &["/"]);
    desk.configure(|| {
        let mut config = config(&["polling", "websocket"]);
        config.upgrade = false;
        Ok::<_, Error>(config)
    });
    desk.connect(0);
    desk.polled(0, UPGRADABLE);
    assert_eq!(desk.sent(), ["open 0 polling", "poll 0", "post 0 40", "poll 0"]);
}

#[test]
fn webtransport_has_a_lead_of_200_milliseconds() {
    let handshake = UPGRADABLE.replace("[\"websocket\"]", "[\"websocket\",\"webtransport\"]");
    let mut desk = Desk::new(&["polling", "websocket", "webtransport"], &["/"]);
    desk.connect(0);
    desk.polled(0, &handshake);
    assert!(desk.take().contains(&"open 2 webtransport sid=S".into()));
    desk.wait(199.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(desk.take(), ["open 1 websocket sid=S"]);
    // The first to answer wins, and the other one is closed.
    desk.opened(2);
    desk.opened(1);
    desk.take();
    desk.text(1, "3probe");
    assert_eq!(desk.take(), ["close 2", "engine0 upgrading websocket"]);
    desk.text(2, "3probe");
    assert_eq!(desk.take(), NOTHING);
}

#[test]
fn a_transport_that_has_not_begun_yet_is_not_begun_after_another_has_won() {
    let handshake = UPGRADABLE.replace("[\"websocket\"]", "[\"websocket\",\"webtransport\"]");
    let mut desk = Desk::new(&["polling", "websocket", "webtransport"], &["/"]);
    desk.connect(0);
    desk.polled(0, &handshake);
    desk.opened(2);
    desk.text(2, "3probe");
    desk.take();
    desk.wait(1_000.0);
    assert_eq!(desk.take(), NOTHING);
    desk.posted(0);
    desk.polled(0, "6");
    let lines = desk.sent();
    assert_eq!(lines, ["write 2 5", "close 0"]);
}

#[test]
fn a_webtransport_that_failed_has_no_lead() {
    let handshake = UPGRADABLE.replace("[\"websocket\"]", "[\"websocket\",\"webtransport\"]");
    let mut desk = Desk::new(&["polling", "websocket", "webtransport"], &["/"]);
    desk.connect(0);
    desk.polled(0, &handshake);
    desk.take();
    desk.wait(50.0);
    desk.failed(2, "webtransport error");
    let sent = desk.sent();
    assert_eq!(sent, ["close 2", "open 1 websocket sid=S"]);
    // And not once more when the lead would have been over.
    desk.wait(1_000.0);
    assert_eq!(desk.take(), NOTHING);
    desk.opened(1);
    assert_eq!(desk.take(), ["write 1 2probe"]);
    desk.failed(1, "websocket error");
    assert_eq!(desk.sent(), ["close 1"]);
}
