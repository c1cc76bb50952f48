//! A bearer token in the handshake takes another handshake, which all sockets share; and sockets that come back over another connection.

use serde_json::json;
use socketio_wasm::proto::auth::Claims;
use socketio_wasm::proto::socket::manager::Manager;
use socketio_wasm::proto::socket::policy::Reauth;

use crate::support::{Auth, Desk, HANDSHAKE, Sample};

use super::{DUE, FOREVER, NOTHING, SECOND, event, renewing, reopen, second, token};

/// Both sockets are connected; the handshake's bearer token has 30 seconds left.
fn with_bearer(reauth: Reauth<Sample>) -> Desk {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.manager.policy.reauth = reauth;
    desk.manager.policy.renews_bearer = true;
    desk.manager.placed.bearer_in_header = true;
    desk.manager.placed.claims.expire(desk.now, 31.0);
    desk.auth = Auth::Payload(json!({"name": "first"}));
    desk.connect(0);
    desk.connect(1);
    desk.text(0, "40{\"sid\":\"A\",\"pid\":\"P\"}");
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.take();
    desk.demands.clear();
    desk.configuring.clear();
    desk.auth = Auth::Later;
    desk.wait(DUE);
    assert_eq!(desk.demands, ["expired 1", "expired 1"]);
    desk
}

#[test]
fn a_bearer_token_of_the_handshake_needs_another_handshake() {
    let mut desk = with_bearer(Reauth::Connect);
    desk.auth = Auth::Payload(json!({"name": "of b"}));
    let (first, second) = (desk.asked[0], desk.asked[1]);
    desk.emit(1, json!(["sent before"]));
    desk.take();
    desk.answer_auth(first, Auth::Payload(json!({"name": "new"})));
    assert_eq!(
        desk.take(),
        [
            "close 0",
            "engine0 close forced close",
            "s0 disconnect credentials renewed",
            "s1 disconnect credentials renewed",
            "manager close credentials renewed",
            "open 1 websocket",
        ]
    );
    // The app has just given what it takes.
    assert_eq!(desk.configuring.last().unwrap().1, None);
    desk.emit(1, json!(["waits"]));
    // The other one's answer is to a question of the session before.
    desk.answer_auth(second, Auth::Payload(json!({"name": "stale"})));
    assert_eq!(desk.take(), NOTHING);
    desk.opened(1);
    desk.demands.clear();
    desk.take();
    desk.text(1, HANDSHAKE);
    assert_eq!(
        desk.sent(),
        ["write 1 40{\"name\":\"new\"}", "write 1 40/b,{\"name\":\"of b\"}"]
    );
    assert_eq!(desk.demands, ["reconnect 1"]);
    desk.text(1, "40{\"sid\":\"A2\"}");
    desk.text(1, "40/b,{\"sid\":\"B2\"}");
    assert_eq!(
        desk.take(),
        ["s0 connect \"A2\"", "write 1 42/b,[\"waits\"]", "s1 connect \"B2\""]
    );
}

#[test]
fn where_an_event_renews_it_the_connection_stays() {
    let mut desk = with_bearer(event());
    let asked = desk.asked[0];
    desk.answer_auth(asked, Auth::Payload(json!({"name": "new"})));
    desk.manager.placed.claims = Claims::default();
    desk.text(0, "430[]");
    assert_eq!(
        desk.take(),
        ["write 0 420[\"auth:refresh\",{\"name\":\"new\"}]", "s0 renewal"]
    );
    assert!(desk.manager.is_connected(0) && desk.manager.is_connected(1));
}

#[test]
fn another_handshake_that_fails_is_tried_again() {
    let mut desk = with_bearer(Reauth::Connect);
    let asked = desk.asked[0];
    desk.answer_auth(asked, Auth::Payload(json!({"name": "new"})));
    desk.take();
    desk.failed(1, "websocket error");
    assert_eq!(
        desk.told(),
        [
            "s0 connect_error websocket error (retries)",
            "s1 connect_error websocket error (retries)",
            "manager error websocket error"
        ]
    );
    // What the app gave then may be old by now.
    desk.auth = Auth::Payload(json!({"name": "newer"}));
    desk.wait(1_000.0);
    desk.opened(2);
    desk.take();
    desk.text(2, HANDSHAKE);
    assert_eq!(
        desk.sent(),
        ["write 2 40{\"name\":\"newer\"}", "write 2 40/b,{\"name\":\"newer\"}"]
    );
}

#[test]
fn who_leaves_before_the_other_handshake_is_not_connected_by_it() {
    let mut desk = with_bearer(Reauth::Connect);
    let asked = desk.asked[0];
    desk.answer_auth(asked, Auth::Payload(json!({"name": "new"})));
    desk.disconnect(0);
    desk.auth = Auth::None;
    desk.opened(1);
    desk.take();
    desk.text(1, HANDSHAKE);
    assert_eq!(desk.sent(), ["write 1 40/b,"]);
    // And comes back with what it is asked for then.
    desk.auth = Auth::Payload(json!({"name": "newest"}));
    desk.connect(0);
    assert_eq!(desk.sent(), ["write 1 40{\"name\":\"newest\"}"]);
}

/// `/` is connecting, its CONNECT refused for the bearer token; `/b` is in another state.
fn restart(desk: &mut Desk) {
    desk.manager.policy.renews_bearer = true;
    desk.manager.placed.bearer_in_header = true;
    desk.renewed = Some(Auth::None);
    desk.text(0, "44{\"message\":\"expired\"}");
    assert!(desk.sent().contains(&"open 1 websocket".into()));
    desk.renewed = None;
    desk.opened(1);
    desk.take();
    desk.text(1, HANDSHAKE);
}

#[test]
fn a_namespace_that_was_just_left_is_connected_at_once_over_another_connection() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(1);
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.connect(0);
    desk.disconnect(1);
    desk.connect(1);
    restart(&mut desk);
    assert_eq!(desk.sent(), ["write 1 40", "write 1 40/b,"]);
}

#[test]
fn a_connect_that_was_never_answered_is_not_waited_for_over_another_connection() {
    for comes_back_before in [true, false] {
        let mut desk = Desk::on_websocket(&["/", "/b"]);
        desk.connect(0);
        desk.connect(1);
        desk.disconnect(1);
        if comes_back_before {
            desk.connect(1);
        }
        restart(&mut desk);
        desk.connect(1);
        assert_eq!(desk.sent(), ["write 1 40", "write 1 40/b,"], "{comes_back_before}");
        desk.text(1, "40/b,{\"sid\":\"B\"}");
        assert_eq!(desk.told().last().unwrap(), "s1 connect \"B\"");
    }
}

#[test]
fn who_does_not_want_to_be_connected_is_not_by_another_connection() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(0);
    restart(&mut desk);
    assert_eq!(desk.sent(), ["write 1 40"]);
    assert!(!desk.manager.is_active(1));
}

#[test]
fn a_grant_of_the_connection_before_is_none() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(0);
    desk.connect(1);
    desk.disconnect(1);
    desk.auth = Auth::Later;
    desk.connect(1);
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.auth = Auth::None;
    restart(&mut desk);
    assert_eq!(desk.sent(), ["write 1 40", "write 1 40/b,"]);
    assert!(!desk.manager.is_connected(1));
}

/// Servers send what was missed before the CONNECT. The connection ends in between, and they send it again.
#[test]
fn what_arrived_before_a_grant_that_never_came_is_not_told() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.manager.policy.reauth = Reauth::Connect;
    desk.manager.policy.renews_bearer = true;
    desk.manager.placed.bearer_in_header = true;
    desk.connect(1);
    desk.text(0, "40/b,{\"sid\":\"B\",\"pid\":\"P\"}");
    desk.text(0, "42/b,[\"seen\",\"o1\"]");
    desk.closed(0, "websocket closed");
    desk.connect(0);
    reopen(&mut desk, 1);
    // `/` is refused: what was refused is the bearer token.
    desk.text(1, "42/b,[\"missed\",\"o2\"]");
    desk.renewed = Some(Auth::None);
    desk.text(1, "44{\"message\":\"expired\"}");
    assert!(desk.sent().contains(&"open 2 websocket".into()));
    desk.opened(2);
    desk.text(2, HANDSHAKE);
    desk.text(2, "42/b,[\"missed\",\"o2\"]");
    desk.text(2, "40/b,{\"sid\":\"B\",\"pid\":\"P\"}");
    let told = desk.told();
    let messages = told.iter().filter(|line| line.starts_with("s1 message")).count();
    assert_eq!(messages, 1, "{told:?}");
}

#[test]
fn over_polling_it_comes_back_in_another_post() {
    let mut desk = Desk::on_polling(&["/"]);
    desk.manager.policy.reauth = Reauth::Connect;
    desk.auth = Auth::Payload(token("1", 31));
    desk.connect(0);
    desk.posted(0);
    desk.polled(0, "40{\"sid\":\"A\"}");
    desk.auth = Auth::Payload(second());
    desk.take();
    desk.wait(DUE);
    assert_eq!(desk.take(), ["post 0 41", "s0 disconnect credentials renewed"]);
    desk.wait(1_000.0);
    assert_eq!(desk.take(), NOTHING);
    desk.posted(0);
    assert_eq!(desk.sent(), [format!("post 0 40{SECOND}")]);
}

#[test]
fn the_only_socket_keeps_its_connection() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.manager.policy.reauth = Reauth::Connect;
    desk.auth = Auth::Payload(token("1", 31));
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.take();
    desk.wait(DUE);
    assert_eq!(desk.take(), ["write 0 41", "s0 disconnect credentials renewed"]);
    assert!(desk.manager.is_active(0) && !desk.manager.is_closed());
    desk.wait(100.0);
    assert_eq!(desk.sent().len(), 1);
    desk.act(Manager::close_engine);
    assert!(desk.manager.is_reconnecting());
}

#[test]
fn those_that_are_due_soon_after_are_renewed_with_it() {
    let mut desk = Desk::on_websocket(&["/", "/b", "/c"]);
    desk.manager.policy.reauth = event();
    for (socket, name, until) in [(0, "", 31), (1, "/b,", 32), (2, "/c,", 61)] {
        desk.auth = Auth::Payload(token("1", until));
        desk.connect(socket);
        desk.text(0, &format!("40{name}{{\"sid\":\"{socket}\"}}"));
    }
    desk.auth = Auth::Payload(second());
    desk.take();
    desk.demands.clear();
    desk.wait(DUE);
    assert_eq!(desk.demands, ["expired 1", "expired 1"]);
    assert_eq!(
        desk.take(),
        [
            format!("write 0 420[\"auth:refresh\",{SECOND}]"),
            format!("write 0 42/b,0[\"auth:refresh\",{SECOND}]")
        ]
    );
}

#[test]
fn another_handshake_waits_for_the_acknowledgements_of_every_socket() {
    let mut desk = renewing(Reauth::Connect);
    desk.manager.policy.renews_bearer = true;
    desk.manager.placed.bearer_in_header = true;
    let asked = desk.ask(1, json!(["question"]), FOREVER);
    desk.wait(DUE);
    desk.take();
    desk.wait(1_000.0);
    assert_eq!(desk.take(), NOTHING);
    desk.text(0, &format!("43/b,{asked}[]"));
    let lines = desk.take();
    let told = |line: &str| lines.iter().position(|other| other == line).unwrap();
    assert!(told("s1 ack 0 []") < told("s1 disconnect credentials renewed"));
    assert!(told("s1 disconnect credentials renewed") < told("manager close credentials renewed"));
}
