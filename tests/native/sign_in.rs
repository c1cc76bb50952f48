//! Signing in after connecting: the namespace is granted to everyone, and an event takes the credentials to the server.

use serde_json::json;
use socketio_wasm::proto::socket::manager::Manager;
use socketio_wasm::proto::socket::outgoing::Emitted;
use socketio_wasm::proto::socket::policy::Reauth;

use crate::support::{Auth, Desk, HANDSHAKE, Json};

const NOTHING: [&str; 0] = [];
const FOREVER: f64 = f64::INFINITY;
const ACCEPTED: &str = "42[\"authenticated\",true]";
const REQUEST: &str = "write 0 42[\"authentication\",{\"token\":\"t\"}]";

fn token(token: &str) -> Auth {
    Auth::Payload(json!({ "token": token }))
}

/// `/b` has signed in, and `/` is about to connect.
fn open() -> Desk {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.manager.placed.signs_in = true;
    desk.connect(1);
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.text(0, "42/b,[\"authenticated\"]");
    desk.auth = token("t");
    desk.take();
    desk.demands.clear();
    desk
}

/// The server has granted the namespace `/`, and the credentials are on their way.
fn granted() -> Desk {
    let mut desk = open();
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.take();
    desk
}

/// The server has refused them, and wants to know that this was heard.
fn refused() -> Desk {
    let mut desk = granted();
    desk.text(0, "427[\"unauthorized\",{\"message\":\"who?\",\"code\":5}]");
    assert_eq!(desk.take(), ["write 0 437[]"]);
    desk
}

/// Nothing more happens, but for the heartbeat.
fn check_rest(desk: &mut Desk) {
    desk.take();
    desk.demands.clear();
    for _ in 0..12 {
        desk.wait(5_000.0);
        desk.text(0, "2");
    }
    let lines = desk.take();
    let others: Vec<_> = lines
        .iter()
        .filter(|line| *line != "write 0 3" && *line != "manager ping")
        .collect();
    assert_eq!(others, NOTHING);
    assert_eq!(desk.demands, NOTHING);
}

#[test]
fn the_payload_travels_in_an_event_and_then_the_socket_is_connected() {
    let mut desk = open();
    desk.connect(0);
    assert_eq!(desk.take(), ["write 0 40"], "not in the CONNECT");
    desk.text(0, "40{\"sid\":\"A\"}");
    assert_eq!(desk.take(), [REQUEST]);
    assert!(!desk.manager.is_connected(0));
    assert!(desk.manager.is_active(0));
    desk.text(0, ACCEPTED);
    assert_eq!(desk.take(), ["s0 connect \"A\""]);
    assert!(desk.manager.is_connected(0));
    check_rest(&mut desk);
}

#[test]
fn who_has_no_payload_sends_an_empty_one() {
    let mut desk = open();
    desk.auth = Auth::None;
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    assert_eq!(desk.take(), ["write 0 40", "write 0 42[\"authentication\",{}]"]);
}

#[test]
fn each_namespace_signs_in() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.manager.placed.signs_in = true;
    desk.auth = token("t");
    desk.connect(0);
    desk.connect(1);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    assert_eq!(
        desk.take(),
        [
            "write 0 40",
            "write 0 40/b,",
            REQUEST,
            "write 0 42/b,[\"authentication\",{\"token\":\"t\"}]"
        ]
    );
    desk.text(0, "42/b,[\"authenticated\"]");
    assert_eq!(desk.take(), ["s1 connect \"B\""]);
    assert!(!desk.manager.is_connected(0));
}

#[test]
fn what_arrives_before_is_told_with_the_connect_and_in_its_order() {
    let mut desk = granted();
    desk.text(0, "42[\"a\"]");
    desk.text(0, "429[\"b\"]");
    desk.text(0, "451-[\"c\",{\"_placeholder\":true,\"num\":0}]");
    desk.binary(0, &[1]);
    assert_eq!(desk.take(), NOTHING);
    desk.text(0, ACCEPTED);
    desk.text(0, "42[\"d\"]");
    assert_eq!(
        desk.take(),
        [
            "s0 granted \"A\"",
            "s0 message [\"a\"]",
            "s0 message [\"b\"] ack=9",
            "s0 message [\"c\",<1>]",
            "s0 connect \"A\"",
            "s0 message [\"d\"]",
        ]
    );
    let asked = desk.to_acknowledge[0];
    desk.acknowledge(asked, json!(["ok"]));
    assert_eq!(desk.take(), ["write 0 439[\"ok\"]"]);
}

#[test]
fn what_is_emitted_before_waits() {
    let mut desk = granted();
    assert_eq!(desk.emit(0, json!(["a"])), Emitted::Buffered);
    assert_eq!(desk.emit_volatile(0, json!(["lost"])), Emitted::Discarded);
    desk.ask(0, json!(["b"]), FOREVER);
    desk.emit(0, Json::event("c", [Json::Binary([2].as_slice().into())]));
    assert_eq!(desk.take(), NOTHING);
    desk.text(0, ACCEPTED);
    assert_eq!(
        desk.take(),
        [
            "write 0 42[\"a\"]",
            "write 0 420[\"b\"]",
            r#"write 0 451-["c",{"_placeholder":true,"num":0}]"#,
            "write 0 bAg==",
            "s0 connect \"A\""
        ]
    );
}

#[test]
fn what_is_queued_waits() {
    let mut desk = granted();
    desk.manager.set_retries(0, 1);
    desk.emit(0, json!(["a"]));
    assert_eq!(desk.take(), NOTHING);
    desk.text(0, ACCEPTED);
    assert_eq!(
        desk.take(),
        ["write 0 420[\"a\"]", "s0 granted \"A\"", "s0 try 1", "s0 connect \"A\""]
    );
}

#[test]
fn its_neighbour_goes_on() {
    let mut desk = granted();
    desk.emit(1, json!(["a"]));
    desk.text(0, "42/b,[\"b\"]");
    desk.text(0, "42/b,[\"authenticated\",\"an event of the app\"]");
    desk.text(0, "42/b,[\"unauthorized\"]");
    assert_eq!(
        desk.take(),
        [
            "write 0 42/b,[\"a\"]",
            "s1 message [\"b\"]",
            "s1 message [\"authenticated\",\"an event of the app\"]",
            "s1 message [\"unauthorized\"]",
        ]
    );
}

#[test]
fn without_it_the_servers_words_are_events_of_the_app() {
    let mut desk = Desk::connected();
    desk.text(0, ACCEPTED);
    desk.text(0, "427[\"unauthorized\"]");
    assert_eq!(
        desk.take(),
        [
            "s0 message [\"authenticated\",true]",
            "s0 message [\"unauthorized\"] ack=7"
        ]
    );
}

// The server refuses.

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

// The app changes its mind.

#[test]
fn who_leaves_meanwhile_has_a_session_to_leave() {
    let mut desk = granted();
    desk.text(0, "42[\"a\"]");
    desk.disconnect(0);
    assert_eq!(
        desk.take(),
        ["write 0 41"],
        "it was not connected: there is nothing to tell"
    );
    desk.text(0, ACCEPTED);
    desk.text(0, "427[\"unauthorized\"]");
    check_rest(&mut desk);
    assert!(!desk.manager.is_connected(0));
}

#[test]
fn who_leaves_and_comes_back_signs_in_anew() {
    let mut desk = granted();
    desk.text(0, "42[\"of the first session\"]");
    desk.disconnect(0);
    desk.auth = token("new");
    desk.connect(0);
    desk.text(0, ACCEPTED);
    assert_eq!(desk.take(), ["write 0 41"]);
    desk.wait(100.0);
    desk.text(0, "40{\"sid\":\"A2\"}");
    assert_eq!(
        desk.take(),
        ["write 0 40", "write 0 42[\"authentication\",{\"token\":\"new\"}]"]
    );
    desk.text(0, ACCEPTED);
    assert_eq!(desk.take(), ["s0 connect \"A2\""]);
}

/// Found by the simulation: a network that is slower than the socket is away.
#[test]
fn what_the_server_says_to_the_session_before_is_not_told() {
    for late in [ACCEPTED, "42[\"unauthorized\",{}]", "427[\"unauthorized\",{}]"] {
        let mut desk = granted();
        desk.disconnect(0);
        desk.connect(0);
        desk.wait(100.0);
        desk.take();
        desk.text(0, late);
        desk.text(0, "40{\"sid\":\"A2\"}");
        assert_eq!(desk.take(), [REQUEST], "{late}");
        desk.text(0, ACCEPTED);
        assert_eq!(desk.take(), ["s0 connect \"A2\""], "{late}");
    }
}

/// The server ends the session when it hears of the acknowledgement, which is a little later than a CONNECT is looked at: where
/// both arrive together, it closes the connection.
#[test]
fn who_comes_back_after_a_refusal_does_not_overtake_the_servers_end() {
    let mut desk = refused();
    desk.disconnect(0);
    assert_eq!(desk.take(), NOTHING, "the server ends it");
    desk.connect(0);
    desk.wait(99.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(desk.take(), ["write 0 40"]);
    desk.text(0, "41");
    desk.text(0, "40{\"sid\":\"A2\"}");
    assert_eq!(desk.take(), [REQUEST]);
    desk.text(0, ACCEPTED);
    assert_eq!(desk.take(), ["s0 connect \"A2\""]);
    assert!(desk.manager.is_connected(1));
}

#[test]
fn who_leaves_before_the_grant_gives_it_back() {
    let mut desk = open();
    desk.connect(0);
    desk.disconnect(0);
    desk.take();
    desk.text(0, "40{\"sid\":\"A\"}");
    assert_eq!(desk.take(), ["write 0 41"]);
    check_rest(&mut desk);
}

#[test]
fn a_grant_to_the_attempt_before_counts_for_the_next_with_the_same_payload() {
    let mut desk = open();
    desk.connect(0);
    desk.disconnect(0);
    desk.connect(0);
    desk.take();
    desk.text(0, "40{\"sid\":\"A\"}");
    assert_eq!(desk.take(), [REQUEST]);
    desk.text(0, ACCEPTED);
    assert_eq!(desk.take(), ["s0 connect \"A\""]);
    // And with another one it is given back.
    let mut desk = open();
    desk.connect(0);
    desk.disconnect(0);
    desk.auth = token("new");
    desk.connect(0);
    desk.take();
    desk.text(0, "40{\"sid\":\"A\"}");
    assert_eq!(desk.take(), ["write 0 41"]);
    desk.wait(100.0);
    desk.text(0, "40{\"sid\":\"A2\"}");
    assert_eq!(
        desk.take(),
        ["write 0 40", "write 0 42[\"authentication\",{\"token\":\"new\"}]"]
    );
}

#[test]
fn the_connection_breaks_in_each_state() {
    for (name, mut desk) in [("granted", granted()), ("refused", refused())] {
        desk.text(0, "42[\"of the first session\"]");
        desk.emit(0, json!(["waits"]));
        desk.closed(0, "websocket closed");
        assert!(desk.manager.is_active(0));
        desk.wait(1_000.0);
        desk.opened(1);
        desk.take();
        desk.text(1, HANDSHAKE);
        assert_eq!(desk.sent(), ["write 1 40", "write 1 40/b,"], "{name}");
        desk.text(1, "40{\"sid\":\"A2\"}");
        assert_eq!(desk.take(), ["write 1 42[\"authentication\",{\"token\":\"t\"}]"]);
        desk.text(1, ACCEPTED);
        assert_eq!(desk.take(), ["write 1 42[\"waits\"]", "s0 connect \"A2\""], "{name}");
        assert!(desk.manager.is_connected(0));
    }
}

#[test]
fn a_refusal_of_the_connection_before_is_not_one_of_this() {
    let mut desk = refused();
    desk.closed(0, "websocket closed");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.text(1, "40{\"sid\":\"A2\"}");
    desk.take();
    desk.text(1, "41");
    assert_eq!(
        desk.take(),
        ["s0 connect_error The server disconnected the socket before it had signed in (final)"]
    );
}

#[test]
fn the_app_closes_the_connection_in_each_state() {
    for mut desk in [granted(), refused()] {
        desk.act(|manager, _| manager.close());
        desk.take();
        desk.wait(100_000.0);
        assert_eq!(desk.take(), NOTHING);
        assert_eq!(desk.manager.poll_timeout(), FOREVER);
        desk.connect(0);
        assert_eq!(desk.sent(), ["open 1 websocket"]);
    }
}

#[test]
fn the_app_closes_the_engine_while_it_signs_in() {
    let mut desk = granted();
    desk.act(Manager::close_engine);
    assert!(desk.manager.is_reconnecting());
    assert!(!desk.told().iter().any(|line| line.starts_with("s0 connect")));
}

#[test]
fn the_socket_is_thrown_away_in_each_state() {
    for (mut desk, expected) in [(granted(), &["write 0 41"][..]), (refused(), &[])] {
        desk.act(|manager, _| manager.reset(0));
        assert_eq!(desk.take(), expected);
        check_rest(&mut desk);
    }
}

#[test]
fn a_session_is_recovered_and_signs_in_again() {
    let mut desk = open();
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\",\"pid\":\"P\"}");
    desk.text(0, "42[\"early\",\"o1\"]");
    desk.text(0, ACCEPTED);
    desk.closed(0, "websocket closed");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.take();
    desk.text(1, HANDSHAKE);
    assert_eq!(desk.sent()[0], "write 1 40{\"pid\":\"P\",\"offset\":\"o1\"}");
    desk.text(1, "42[\"missed\",\"o2\"]");
    desk.text(1, "40{\"sid\":\"A\",\"pid\":\"P\"}");
    desk.text(1, ACCEPTED);
    assert_eq!(
        desk.told(),
        [
            "s0 granted \"A\" recovered",
            "s0 message [\"missed\",\"o2\"]",
            "s0 connect \"A\" recovered"
        ]
    );
}

// Together with renewals.

#[test]
fn renewed_by_connecting_the_socket_signs_in_again() {
    let mut desk = open();
    desk.manager.policy.reauth = Reauth::Connect;
    desk.auth = Auth::Payload(json!({"token": "1", "expiresAt": 31}));
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.text(0, ACCEPTED);
    desk.auth = Auth::Payload(json!({"token": "2", "expiresAt": 100}));
    desk.take();
    desk.wait(20_100.0);
    assert_eq!(desk.sent(), ["write 0 41", "write 0 40"]);
    desk.text(0, "40{\"sid\":\"A2\"}");
    assert_eq!(
        desk.take(),
        ["write 0 42[\"authentication\",{\"expiresAt\":100,\"token\":\"2\"}]"]
    );
    desk.text(0, ACCEPTED);
    assert_eq!(desk.take(), ["s0 connect \"A2\""]);
}

#[test]
fn renewed_in_an_event_the_socket_stays() {
    let mut desk = open();
    desk.manager.policy.reauth = Reauth::Event("renew".into());
    desk.auth = Auth::Payload(json!({"token": "1", "expiresAt": 31}));
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.text(0, ACCEPTED);
    desk.auth = Auth::Payload(json!({"token": "2", "expiresAt": 100}));
    desk.take();
    desk.wait(20_000.0);
    assert_eq!(
        desk.sent(),
        ["write 0 420[\"renew\",{\"expiresAt\":100,\"token\":\"2\"}]"]
    );
    desk.text(0, "430[]");
    assert_eq!(desk.take(), ["s0 renewal"]);
}

/// Nothing is renewed that has not been accepted.
#[test]
fn a_token_that_expires_while_it_signs_in_is_not_renewed() {
    let mut desk = open();
    desk.manager.policy.reauth = Reauth::Event("renew".into());
    desk.auth = Auth::Payload(json!({"token": "1", "expiresAt": 4}));
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.demands.clear();
    desk.take();
    desk.wait(5_000.0);
    assert_eq!((desk.take(), desk.demands), (vec![], vec![]));
}
