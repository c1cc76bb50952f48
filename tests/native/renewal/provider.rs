//! The app's function: it fails, takes its time, or gives tokens that are good for seconds.

use serde_json::{Value, json};
use socketio_wasm::proto::auth::Claims;
use socketio_wasm::proto::socket::policy::Reauth;

use crate::support::{Auth, Desk, HANDSHAKE, Sample};

use super::{DUE, FOREVER, NOTHING, SECOND, asked, check_rest, event, renewing, second, token};

#[test]
fn who_fails_to_give_one_is_asked_again_after_growing_delays() {
    let mut desk = renewing(event());
    desk.auth = Auth::Fails("offline");
    desk.wait(DUE);
    for delay in [1_000.0, 2_000.0, 4_000.0] {
        assert_eq!(desk.take(), ["s0 renewal_error offline"]);
        assert!(desk.manager.is_connected(0));
        desk.wait(delay - 1.0);
        assert_eq!(desk.take(), NOTHING);
        desk.wait(1.0);
    }
    desk.take();
    desk.text(0, "2");
    desk.take();
    // That is so when the old one is over too: the server decides.
    desk.wait(20_000.0);
    assert_eq!(desk.told(), ["s0 renewal_error offline"; 4]);
    assert_eq!(desk.demands.last().unwrap(), "expired 8");
    desk.auth = Auth::Payload(second());
    desk.wait(5_000.0);
    desk.text(0, "430[]");
    assert_eq!(desk.told(), ["s0 renewal"]);
}

/// What failed while it was connected does not count when it connects again.
#[test]
fn a_connection_that_breaks_has_its_own_attempts_and_delays() {
    let mut desk = renewing(event());
    desk.manager.reconnection.attempts = 2;
    desk.auth = Auth::Fails("offline");
    desk.wait(DUE + 8_000.0);
    assert_eq!(desk.demands, ["expired 1", "expired 2", "expired 3", "expired 4"]);
    desk.closed(0, "websocket closed");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.demands.clear();
    desk.take();
    desk.text(1, HANDSHAKE);
    assert_eq!(
        desk.told(),
        [
            "s0 connect_error offline (retries)",
            "s1 connect_error offline (retries)",
            "manager open",
            "manager reconnect 1"
        ]
    );
    desk.wait(999.0);
    assert_eq!(desk.demands, ["reconnect 1"; 2]);
    desk.wait(1.0);
    assert_eq!(desk.demands[2..], ["reconnect 2"; 2]);
}

#[test]
fn after_a_renewal_the_delays_begin_anew() {
    let mut desk = renewing(event());
    desk.auth = Auth::Fails("offline");
    desk.wait(DUE + 1_000.0);
    desk.auth = Auth::Payload(token("2", 31));
    desk.wait(2_000.0);
    desk.text(0, "430[]");
    desk.take();
    desk.demands.clear();
    desk.auth = Auth::Fails("offline");
    // 8 seconds of it are left.
    desk.wait(8_000.0 / 3.0 * 2.0 + 1.0);
    assert_eq!(desk.take(), ["s0 renewal_error offline"]);
    desk.wait(1_000.0);
    assert_eq!(desk.take(), ["s0 renewal_error offline"]);
    assert_eq!(desk.demands, ["expired 1", "expired 2"]);
}

#[test]
fn who_takes_too_long_is_asked_again() {
    let (mut desk, first) = asked(event());
    desk.auth = Auth::Later;
    desk.wait(10_000.0);
    assert_eq!(
        desk.take(),
        ["s0 renewal_error The function that gives the credentials did not answer in time"]
    );
    desk.answer_auth(first, Auth::Payload(second()));
    assert_eq!(desk.take(), NOTHING, "nobody waits for it");
    desk.wait(1_000.0);
    let again = desk.asked.remove(0);
    desk.answer_auth(again, Auth::Payload(second()));
    assert_eq!(desk.sent(), [format!("write 0 420[\"auth:refresh\",{SECOND}]")]);
}

#[test]
fn only_the_first_answer_counts() {
    let (mut desk, asked) = asked(event());
    desk.answer_auth(asked, Auth::Payload(second()));
    desk.take();
    desk.answer_auth(asked, Auth::Payload(token("3", 300)));
    desk.answer_auth(asked, Auth::Fails("late"));
    desk.act(|manager, _| manager.decline_auth(asked.0, asked.1));
    assert_eq!(desk.take(), NOTHING);
    desk.text(0, "430[]");
    assert_eq!(desk.take(), ["s0 renewal"]);
}

#[test]
fn who_has_no_other_one_is_left_alone() {
    for reauth in [event(), Reauth::Connect] {
        let (mut desk, asked) = asked(reauth);
        desk.act(|manager, _| manager.decline_auth(asked.0, asked.1));
        desk.answer_auth(asked, Auth::Payload(second()));
        assert_eq!(desk.take(), NOTHING, "that was its answer");
        check_rest(&mut desk);
        assert!(desk.manager.is_connected(0));
    }
}

#[test]
fn who_gives_nothing_renews_with_nothing() {
    let (mut desk, first) = asked(event());
    desk.answer_auth(first, Auth::None);
    assert_eq!(desk.take(), ["write 0 420[\"auth:refresh\",{}]"]);
    desk.text(0, "430[]");
    assert_eq!(desk.take(), ["s0 renewal"]);
    check_rest(&mut desk);
    let (mut desk, first) = asked(Reauth::Connect);
    desk.answer_auth(first, Auth::None);
    desk.wait(100.0);
    assert_eq!(desk.sent(), ["write 0 41", "write 0 40"]);
}

#[test]
fn without_an_expiry_or_a_policy_nothing_is_renewed() {
    let mut desk = Desk::connected();
    desk.manager.policy.reauth = event();
    check_rest(&mut desk);
    let mut desk = renewing(Reauth::Never);
    check_rest(&mut desk);
    // As early as can be is not at once where there is no end.
    let mut desk = Desk::on_websocket(&["/"]);
    desk.manager.policy.reauth = event();
    desk.manager.policy.renew_before = FOREVER;
    desk.auth = Auth::Payload(json!({"token": "opaque"}));
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    check_rest(&mut desk);
}

#[test]
fn one_that_has_expired_on_arrival_is_not_renewed() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.now = 1_000_000.0;
    desk.manager.policy.reauth = event();
    desk.auth = Auth::Payload(token("old", 31));
    desk.connect(0);
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    desk.text(0, "40{\"sid\":\"A\"}");
    check_rest(&mut desk);
}

/// The app's function has kept the old one. That is for the app, and the server, to settle; but the closer the end, the more
/// often it would be asked.
#[test]
fn the_same_token_once_more_is_not_asked_for_without_end() {
    for reauth in [event(), Reauth::Connect] {
        let mut desk = renewing(reauth);
        desk.auth = Auth::Payload(token("1", 31));
        for _ in 0..8_000 {
            desk.wait(5.0);
            answer(&mut desk, true);
        }
        let count = desk.demands.len();
        assert!((1..20).contains(&count), "{count} times");
        assert!(desk.manager.is_connected(0));
    }
}

/// A server on the desk that says yes to everything. Gives the tokens that it was given.
fn answer(desk: &mut Desk, acknowledges: bool) -> Vec<String> {
    let mut tokens = Vec::new();
    for line in desk.sent() {
        let Some(packet) = line.strip_prefix("write 0 4") else {
            continue;
        };
        let (kind, rest) = packet.split_at(1);
        if let Some((id, event)) = rest.split_once("[\"auth:refresh\",") {
            if acknowledges {
                tokens.push(event.trim_end_matches(']').to_owned());
                desk.text(0, &format!("43{id}[]"));
            }
        } else if kind == "0" && rest.starts_with('{') {
            tokens.push(rest.to_owned());
            desk.text(0, "40{\"sid\":\"A\"}");
        }
    }
    tokens
}

#[test]
fn a_short_lived_token_is_never_in_use_after_its_end() {
    for (reauth, acknowledges) in [(event(), true), (event(), false), (Reauth::Connect, true)] {
        let mut desk = Desk::on_websocket(&["/", "/b"]);
        desk.manager.policy.reauth = reauth.clone();
        desk.auth = Auth::None;
        desk.connect(1);
        desk.text(0, "40/b,{\"sid\":\"B\"}");
        desk.auth = Auth::Lasting(3);
        desk.connect(0);
        let mut good_until = f64::INFINITY;
        let mut renewals = 0;
        for step in 0..6_000 {
            for payload in answer(&mut desk, acknowledges) {
                let payload: Value = serde_json::from_str(&payload).unwrap();
                good_until = Claims::of_payload(desk.now, &Sample::json(payload)).expires_at;
                renewals += 1;
            }
            // Away for a moment it uses none.
            let is_connected = desk.manager.is_connected(0);
            assert!(!is_connected || desk.now <= good_until, "{reauth:?} at {}", desk.now);
            assert!(desk.manager.is_connected(1));
            if step % 1_000 == 0 {
                desk.text(0, "2");
            }
            desk.wait(10.0);
        }
        assert!(
            (20..=31).contains(&renewals),
            "{reauth:?} {acknowledges}: {renewals} renewals"
        );
        assert!(desk.manager.is_active(0));
    }
}
