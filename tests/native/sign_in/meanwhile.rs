//! The app changes its mind, the connection breaks, and credentials are renewed.

use serde_json::json;
use socketio_wasm::proto::Data;
use socketio_wasm::proto::socket::manager::Manager;
use socketio_wasm::proto::socket::policy::Reauth;

use crate::support::{Auth, HANDSHAKE, Sample};

use super::{ACCEPTED, FOREVER, NOTHING, REQUEST, check_rest, granted, open, refused, token};

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
    desk.manager.policy.reauth = Reauth::Event(Sample::text("renew"));
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
    desk.manager.policy.reauth = Reauth::Event(Sample::text("renew"));
    desk.auth = Auth::Payload(json!({"token": "1", "expiresAt": 4}));
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.demands.clear();
    desk.take();
    desk.wait(5_000.0);
    assert_eq!((desk.take(), desk.demands), (vec![], vec![]));
}
