//! The new credentials travel in an event, on the connection that there is.

use serde_json::json;

use crate::support::Auth;

use super::{DUE, FOREVER, NOTHING, SECOND, event, renewing, reopen, second, sent, token};

#[test]
fn an_event_takes_the_new_token_to_the_server() {
    let mut desk = renewing(event());
    desk.wait(DUE - 1.0);
    assert_eq!(desk.take(), NOTHING);
    assert_eq!(desk.demands, NOTHING);
    desk.wait(1.0);
    assert_eq!(desk.demands, ["expired 1"]);
    assert_eq!(desk.take(), [format!("write 0 420[\"auth:refresh\",{SECOND}]")]);
    desk.text(0, "430[{\"ok\":true}]");
    assert_eq!(desk.take(), ["s0 renewal"]);
    assert!(desk.manager.is_connected(0));
}

#[test]
fn the_new_token_is_renewed_in_its_turn() {
    let mut desk = sent();
    desk.text(0, "430[]");
    desk.demands.clear();
    desk.take();
    desk.auth = Auth::Payload(token("3", 1_000));
    // 79 seconds of it are left.
    desk.text(0, "2");
    desk.wait(40_000.0);
    desk.text(0, "2");
    desk.wait(79_000.0 / 3.0 * 2.0 - 40_000.0 - 2.0);
    assert_eq!(desk.demands, NOTHING);
    desk.wait(4.0);
    assert_eq!(desk.demands, ["expired 1"]);
    assert_eq!(
        desk.sent().last().unwrap(),
        "write 0 421[\"auth:refresh\",{\"expiresAt\":1000,\"token\":\"3\"}]"
    );
}

#[test]
fn it_travels_on_the_next_connection_as_well() {
    let mut desk = sent();
    desk.text(0, "430[]");
    // The app that is asked again says something else: the desk gives what it has.
    desk.auth = Auth::Payload(token("3", 1_000));
    desk.closed(0, "websocket closed");
    assert!(reopen(&mut desk, 1).contains(&"write 1 40{\"expiresAt\":1000,\"token\":\"3\"}".into()));
}

#[test]
fn an_answer_with_an_error_is_a_refusal() {
    for (answer, is_accepted) in [
        ("[]", true),
        ("[null]", true),
        ("[{}]", true),
        ("[{\"ok\":true,\"expiresAt\":5}]", true),
        ("[\"error\"]", true),
        ("[[]]", true),
        ("[1,{\"error\":1}]", true),
        ("[{\"error\":{\"message\":\"no\"}}]", false),
        ("[{\"error\":\"no\"}]", false),
    ] {
        let mut desk = sent();
        desk.text(0, &format!("430{answer}"));
        let expected: &[&str] = match is_accepted {
            true => &["s0 renewal"],
            false => &["write 0 41", "s0 disconnect credentials renewed"],
        };
        assert_eq!(desk.take(), expected, "{answer}");
        assert_eq!(desk.manager.is_connected(0), is_accepted);
    }
}

#[test]
fn where_the_server_refuses_it_in_an_event_the_socket_connects_with_it() {
    let mut desk = sent();
    desk.text(0, "430[{\"error\":{\"message\":\"unknown event\"}}]");
    desk.wait(100.0);
    desk.text(0, "40{\"sid\":\"A2\"}");
    assert_eq!(
        desk.take(),
        [
            "write 0 41",
            "s0 disconnect credentials renewed",
            &format!("write 0 40{SECOND}"),
            "s0 connect \"A2\""
        ]
    );
    assert_eq!(desk.demands, ["expired 1"], "the app is asked once");
}

#[test]
fn where_the_server_does_not_answer_in_time_the_socket_connects_with_it() {
    let mut desk = sent();
    desk.manager.policy.timeout = 1.0;
    desk.wait(9_999.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(desk.take(), ["write 0 41", "s0 disconnect credentials renewed"]);
    // The late answer is of a session that has ended.
    desk.text(0, "430[]");
    desk.wait(100.0);
    assert_eq!(desk.take(), [format!("write 0 40{SECOND}")]);
    desk.text(0, "40{\"sid\":\"A2\"}");
    assert_eq!(desk.take(), ["s0 connect \"A2\""]);
}

#[test]
fn it_waits_for_the_answer_no_longer_than_the_old_one_is_good() {
    let mut desk = renewing(event());
    desk.auth = Auth::Later;
    desk.wait(DUE + 7_000.0);
    let asked = desk.asked.remove(0);
    desk.answer_auth(asked, Auth::Payload(second()));
    assert_eq!(desk.sent(), [format!("write 0 420[\"auth:refresh\",{SECOND}]")]);
    desk.wait(2_999.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(desk.take(), ["write 0 41", "s0 disconnect credentials renewed"]);
}

#[test]
fn the_apps_own_acknowledgements_are_not_mixed_with_it() {
    let mut desk = renewing(event());
    let first = desk.ask(0, json!(["before"]), FOREVER);
    desk.wait(DUE);
    let second = desk.ask(0, json!(["after"]), FOREVER);
    desk.take();
    desk.text(0, "432[2]");
    desk.text(0, "431[]");
    desk.text(0, "430[0]");
    assert_eq!((first, second), (0, 2));
    assert_eq!(desk.take(), ["s0 ack 2 [2]", "s0 renewal", "s0 ack 0 [0]"]);
    // Nor is it answered twice.
    desk.text(0, "431[]");
    assert_eq!(desk.take(), NOTHING);
}

#[test]
fn binaries_may_be_in_the_answer() {
    let mut desk = sent();
    desk.text(0, "461-0[{\"_placeholder\":true,\"num\":0}]");
    desk.binary(0, &[1]);
    assert_eq!(desk.take(), ["s0 renewal"]);
}
