//! A session is continued by the one whose it was: servers take a private id together with anybody's token.

use serde_json::{Value, json};
use socketio_wasm::proto::Data;
use socketio_wasm::proto::auth::Claims;
use socketio_wasm::proto::socket::policy::Reauth;

use crate::support::{Auth, Desk, HANDSHAKE, Sample, jwt};

/// Connected with this payload, and a private id.
fn connected(payload: Auth) -> Desk {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(1);
    desk.text(0, "40/b,{\"sid\":\"B\",\"pid\":\"PB\"}");
    desk.auth = payload;
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\",\"pid\":\"P\"}");
    desk.text(0, "42[\"a\",\"o\"]");
    desk.take();
    desk
}

/// The connection breaks and comes back with another payload: whether the session is to be continued. A server that is asked
/// for that does so.
fn continues(desk: &mut Desk, transport: u32, payload: Auth) -> bool {
    desk.auth = payload;
    desk.closed(transport - 1, "websocket closed");
    desk.wait(1_000.0);
    desk.opened(transport);
    desk.take();
    desk.text(transport, HANDSHAKE);
    let start = format!("write {transport} 40");
    let sent = desk.sent();
    let root = sent
        .iter()
        .find_map(|line| line.strip_prefix(&start).filter(|rest| !rest.starts_with('/')));
    let asks = root.unwrap().contains("\"pid\"");
    let pid = if asks { "P" } else { "other" };
    desk.text(transport, &format!("40{{\"sid\":\"A{transport}\",\"pid\":\"{pid}\"}}"));
    let is_recovered = desk.told().last().unwrap().ends_with(" recovered");
    assert_eq!(is_recovered, asks);
    asks
}

fn token(claims: &Value) -> Value {
    json!({"token": jwt(claims)})
}

#[test]
fn the_same_ones_session_goes_on_with_another_token() {
    let one = |claims: Value| token(&claims);
    for (before, after, expected) in [
        // A token of the form of a JWT says whose it is.
        (
            one(json!({"sub": "me", "exp": 9})),
            one(json!({"sub": "me", "exp": 19})),
            true,
        ),
        (one(json!({"sub": "me"})), one(json!({"sub": "you"})), false),
        (
            one(json!({"sub": "me", "iss": "a"})),
            one(json!({"sub": "me", "iss": "b"})),
            false,
        ),
        (one(json!({"id": 7, "exp": 9})), one(json!({"id": 7, "exp": 19})), false),
        (
            json!({"token": jwt(&json!({"sub": "me"}))}),
            json!({"accessToken": jwt(&json!({"sub": "me"}))}),
            true,
        ),
        (
            json!({"token": jwt(&json!({"sub": "me"}))}),
            json!({"headers": {"authorization": format!("Bearer {}", jwt(&json!({"sub": "me"})))}}),
            true,
        ),
        // Another one does not, unless the payload does.
        (json!({"token": "a"}), json!({"token": "a"}), true),
        (json!({"token": "a"}), json!({"token": "b"}), false),
        (json!({"token": "a"}), json!({"token": "Bearer a"}), true),
        (json!({"token": "a", "room": 1}), json!({"token": "a", "room": 2}), true),
        (
            json!({"token": "a", "subject": "me"}),
            json!({"token": "b", "subject": "me"}),
            true,
        ),
        (
            json!({"token": "a", "subject": "me"}),
            json!({"token": "a", "subject": "you"}),
            false,
        ),
        (json!({"token": "a", "subject": "me"}), json!({"token": "a"}), false),
        // A payload without a token is what it is.
        (json!({"user": "me"}), json!({"user": "me"}), true),
        (json!({"user": "me"}), json!({"user": "you"}), false),
        (json!({"user": "me"}), json!({"user": "me", "n": 1}), false),
        (
            json!({"user": "me", "subject": "me"}),
            json!({"user": "me", "n": 1, "subject": "me"}),
            true,
        ),
    ] {
        let mut desk = connected(Auth::Payload(before.clone()));
        let continued = continues(&mut desk, 1, Auth::Payload(after.clone()));
        assert_eq!(continued, expected, "{before} {after}");
    }
}

#[test]
fn nobody_is_somebody_else_than_somebody() {
    let payload = || Auth::Payload(json!({"token": "a"}));
    assert!(continues(&mut connected(Auth::None), 1, Auth::None));
    assert!(!continues(&mut connected(Auth::None), 1, payload()));
    assert!(!continues(&mut connected(payload()), 1, Auth::None));
}

#[test]
fn who_comes_back_has_no_session_any_more() {
    let payload = |name: &str| Auth::Payload(json!({ "token": name }));
    let mut desk = connected(payload("me"));
    assert!(!continues(&mut desk, 1, payload("you")));
    assert!(!continues(&mut desk, 2, payload("me")));
    assert!(desk.manager.is_connected(0));
}

#[test]
fn its_neighbours_session_goes_on() {
    let mut desk = connected(Auth::None);
    desk.text(0, "42/b,[\"b\",\"ob\"]");
    desk.auth = Auth::None;
    // Only the root's payload changes.
    desk.closed(0, "websocket closed");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.auth = Auth::Later;
    desk.take();
    desk.text(1, HANDSHAKE);
    let (root, other) = (desk.asked[0], desk.asked[1]);
    desk.answer_auth(root, Auth::Payload(json!({"token": "new"})));
    desk.answer_auth(other, Auth::None);
    assert_eq!(
        desk.sent(),
        [
            "write 1 40{\"token\":\"new\"}",
            "write 1 40/b,{\"pid\":\"PB\",\"offset\":\"ob\"}"
        ]
    );
}

#[test]
fn the_handshakes_token_says_who_it_is_too() {
    let of = |sub: &str| Claims::of_token(0.0, Sample::text(&jwt(&json!({ "sub": sub }))));
    for (after, expected) in [("me", true), ("you", false)] {
        let mut desk = Desk::on_websocket(&["/", "/b"]);
        desk.manager.placed.claims = of("me");
        desk.connect(0);
        desk.text(0, "40{\"sid\":\"A\",\"pid\":\"P\"}");
        desk.text(0, "42[\"a\",\"o\"]");
        desk.manager.placed.claims = of(after);
        assert_eq!(continues(&mut desk, 1, Auth::None), expected, "{after}");
    }
}

#[test]
fn a_refusal_ends_the_session_too() {
    let mut desk = connected(Auth::Payload(json!({"token": "a"})));
    desk.closed(0, "websocket closed");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.renewed = Some(Auth::Payload(json!({"token": "a"})));
    desk.take();
    desk.text(1, "44{\"message\":\"no\"}");
    assert_eq!(desk.sent(), ["write 1 40{\"token\":\"a\"}"]);
}

/// The server has let the new one in on the session that it has, whatever the token says.
#[test]
fn a_session_that_was_renewed_in_an_event_goes_on() {
    let lasting = |sub: &str, until: u32| Auth::Payload(token(&json!({"sub": sub, "exp": until})));
    for (renewed, afterwards, expected) in [("me", "me", true), ("you", "you", true), ("you", "me", false)] {
        let mut desk = Desk::on_websocket(&["/", "/b"]);
        desk.manager.policy.reauth = Reauth::Event(Sample::text("renew"));
        desk.auth = lasting("me", 31);
        desk.connect(0);
        desk.text(0, "40{\"sid\":\"A\",\"pid\":\"P\"}");
        desk.auth = lasting(renewed, 1_000);
        desk.wait(20_000.0);
        desk.text(0, "430[]");
        assert_eq!(desk.told().last().unwrap(), "s0 renewal");
        desk.text(0, "42[\"a\",\"o\"]");
        let continued = continues(&mut desk, 1, lasting(afterwards, 1_000));
        assert_eq!(continued, expected, "{renewed} {afterwards}");
    }
}

/// One that was not accepted says nothing about whose session it is.
#[test]
fn a_renewal_that_was_not_answered_does_not_change_whose_session_it_is() {
    let lasting = |sub: &str, until: u32| Auth::Payload(token(&json!({"sub": sub, "exp": until})));
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.manager.policy.reauth = Reauth::Event(Sample::text("renew"));
    desk.auth = lasting("me", 31);
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\",\"pid\":\"P\"}");
    desk.text(0, "42[\"a\",\"o\"]");
    desk.auth = lasting("you", 1_000);
    desk.wait(20_000.0);
    // The connection breaks before the answer.
    assert!(!continues(&mut desk, 1, lasting("you", 1_000)));
}

#[test]
fn who_leaves_has_no_session_any_more() {
    let mut desk = connected(Auth::None);
    desk.disconnect(0);
    desk.connect(0);
    desk.wait(100.0);
    assert_eq!(desk.sent(), ["write 0 41", "write 0 40"]);
}
