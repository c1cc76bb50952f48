//! Credentials that expire are renewed while the socket is connected: in an event, or by leaving and coming back.

use serde_json::{Value, json};
use socketio_wasm::proto::auth::Claims;
use socketio_wasm::proto::socket::manager::Manager;
use socketio_wasm::proto::socket::policy::Reauth;

use crate::support::{Auth, Desk, HANDSHAKE, Sample};

const NOTHING: [&str; 0] = [];
const FOREVER: f64 = f64::INFINITY;
/// The token of `renewing`, of which 30 seconds are left, is renewed after this time.
const DUE: f64 = 20_000.0;

fn event() -> Reauth {
    Reauth::Event("auth:refresh".into())
}

/// A token that is good until a time in seconds. (The desk's clock begins with 1.)
fn token(name: &str, until: u32) -> Value {
    json!({"token": name, "expiresAt": until})
}

/// What the first token of `renewing` is replaced with.
fn second() -> Value {
    token("2", 100)
}

const SECOND: &str = r#"{"expiresAt":100,"token":"2"}"#;

/// `/` is connected with a token that is good for 30 seconds, and `/b` without one. The app will give another token.
fn renewing(reauth: Reauth) -> Desk {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.manager.policy.reauth = reauth;
    desk.connect(1);
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.auth = Auth::Payload(token("1", 31));
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.auth = Auth::Payload(second());
    desk.take();
    desk.demands.clear();
    desk
}

/// The same, and the app is asked for another token, and takes its time.
fn asked(reauth: Reauth) -> (Desk, (usize, u32)) {
    let mut desk = renewing(reauth);
    desk.auth = Auth::Later;
    desk.wait(DUE);
    assert_eq!(desk.demands, ["expired 1"]);
    let asked = desk.asked.remove(0);
    desk.auth = Auth::Payload(second());
    (desk, asked)
}

/// The same, and the event with the new one is on its way.
fn sent() -> Desk {
    let mut desk = renewing(event());
    desk.wait(DUE);
    assert_eq!(desk.take(), [format!("write 0 420[\"auth:refresh\",{SECOND}]")]);
    desk
}

/// The same, but the socket waits for an acknowledgement before it connects with the new one.
fn ready() -> Desk {
    let mut desk = renewing(Reauth::Connect);
    desk.ask(0, json!(["question"]), FOREVER);
    desk.wait(DUE);
    assert_eq!(desk.take(), ["write 0 420[\"question\"]"]);
    assert_eq!(desk.demands, ["expired 1"]);
    desk
}

/// The same, but the socket has left its namespace and waits a little before it comes back.
fn away() -> Desk {
    let mut desk = renewing(Reauth::Connect);
    desk.wait(DUE);
    assert_eq!(desk.take(), ["write 0 41", "s0 disconnect credentials renewed"]);
    desk
}

/// The connection comes back, with the number of the new transport.
fn reopen(desk: &mut Desk, transport: u32) -> Vec<String> {
    desk.wait(5_000.0);
    desk.opened(transport);
    desk.take();
    desk.text(transport, HANDSHAKE);
    desk.sent()
}

/// Lets a minute pass and sees that nothing is asked, sent or told, but for what the connection needs to live.
fn check_rest(desk: &mut Desk) {
    desk.demands.clear();
    desk.take();
    for _ in 0..12 {
        desk.wait(5_000.0);
        if let Some(connection) = desk.manager.connection() {
            let transport = connection.number();
            desk.text(transport, "2");
        }
    }
    assert_eq!(desk.demands, NOTHING);
    let lines = desk.take();
    let others: Vec<_> = lines
        .iter()
        .filter(|line| !line.ends_with(" 3") && *line != "manager ping")
        .collect();
    assert_eq!(others, NOTHING);
}

// In an event.

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

// By connecting.

#[test]
fn the_socket_leaves_and_comes_back_with_the_new_token() {
    let mut desk = away();
    assert!(!desk.manager.is_connected(0));
    assert!(desk.manager.is_active(0));
    desk.wait(99.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(desk.take(), [format!("write 0 40{SECOND}")]);
    desk.text(0, "40{\"sid\":\"A2\"}");
    assert_eq!(desk.take(), ["s0 connect \"A2\""]);
    assert_eq!(desk.demands, ["expired 1"]);
}

#[test]
fn the_session_is_not_recovered() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.manager.policy.reauth = Reauth::Connect;
    desk.connect(1);
    desk.auth = Auth::Payload(token("1", 31));
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\",\"pid\":\"P\"}");
    desk.text(0, "42[\"a\",\"o\"]");
    desk.take();
    // The app gives the same token once more.
    desk.wait(DUE + 100.0);
    assert_eq!(
        desk.sent(),
        ["write 0 41", "write 0 40{\"expiresAt\":31,\"token\":\"1\"}"]
    );
}

#[test]
fn what_is_emitted_meanwhile_is_sent_behind_it_and_in_its_order() {
    let mut desk = away();
    desk.emit(0, json!(["a"]));
    desk.ask(0, json!(["b"]), FOREVER);
    desk.wait(100.0);
    desk.emit(0, json!(["c"]));
    desk.emit_volatile(0, json!(["lost"]));
    desk.take();
    // To the session that it has left.
    desk.text(0, "42[\"stale\"]");
    desk.text(0, "40{\"sid\":\"A2\"}");
    desk.emit(0, json!(["d"]));
    desk.text(0, "42[\"late\"]");
    assert_eq!(
        desk.take(),
        [
            "write 0 42[\"a\"]",
            "write 0 420[\"b\"]",
            "write 0 42[\"c\"]",
            "s0 connect \"A2\"",
            "write 0 42[\"d\"]",
            "s0 message [\"late\"]",
        ]
    );
}

#[test]
fn what_is_queued_is_sent_again() {
    let mut desk = renewing(Reauth::Connect);
    desk.manager.set_retries(0, 3);
    desk.ask(0, json!(["a"]), FOREVER);
    desk.ask(0, json!(["b"]), FOREVER);
    desk.wait(25_000.0);
    assert_eq!(
        desk.take(),
        ["write 0 420[\"a\"]", "write 0 41", "s0 disconnect credentials renewed"]
    );
    desk.wait(100.0);
    desk.take();
    desk.text(0, "40{\"sid\":\"A2\"}");
    desk.text(0, "431[1]");
    desk.text(0, "432[2]");
    assert_eq!(
        desk.take(),
        [
            "write 0 421[\"a\"]",
            "s0 granted \"A2\"",
            "s0 try 1",
            "s0 connect \"A2\"",
            "write 0 422[\"b\"]",
            "s0 ack 4294967295 [1]",
            "s0 try 2",
            "s0 ack 4294967294 [2]",
        ]
    );
}

#[test]
fn a_refused_token_is_asked_for_once_more() {
    let mut desk = away();
    desk.wait(100.0);
    desk.renewed = Some(Auth::Payload(token("3", 200)));
    desk.take();
    desk.text(0, "44{\"message\":\"no\"}");
    assert_eq!(desk.take(), ["write 0 40{\"expiresAt\":200,\"token\":\"3\"}"]);
    assert_eq!(desk.demands, ["expired 1", "rejected 1 (no)"]);
    desk.text(0, "44{\"message\":\"still no\"}");
    assert_eq!(desk.take(), ["s0 connect_error still no (final)"]);
    assert!(!desk.manager.is_active(0));
    check_rest(&mut desk);
}

// It waits for acknowledgements.

#[test]
fn it_waits_for_the_last_acknowledgement() {
    let mut desk = renewing(Reauth::Connect);
    desk.ask(0, json!(["a"]), FOREVER);
    desk.ask(0, json!(["b"]), FOREVER);
    desk.wait(DUE);
    desk.take();
    desk.text(0, "431[]");
    desk.wait(4_000.0);
    assert_eq!(desk.take(), ["s0 ack 1 []"]);
    desk.text(0, "430[]");
    assert_eq!(
        desk.take(),
        ["write 0 41", "s0 ack 0 []", "s0 disconnect credentials renewed"]
    );
}

#[test]
fn events_are_sent_and_told_while_it_waits() {
    let mut desk = ready();
    desk.emit(0, json!(["a"]));
    desk.text(0, "42[\"b\"]");
    assert_eq!(desk.take(), ["write 0 42[\"a\"]", "s0 message [\"b\"]"]);
}

#[test]
fn an_acknowledgement_that_takes_too_long_is_not_waited_for() {
    let mut desk = renewing(Reauth::Connect);
    desk.ask(0, json!(["a"]), DUE + 2_000.0);
    desk.wait(DUE);
    desk.take();
    desk.wait(2_000.0);
    assert_eq!(
        desk.take(),
        ["write 0 41", "s0 ack 0 timed out", "s0 disconnect credentials renewed"]
    );
}

#[test]
fn it_waits_no_longer_than_the_old_token_is_good() {
    let mut desk = ready();
    desk.ask(0, json!(["with an error"]), FOREVER - 1.0);
    desk.ask(0, json!(["limited"]), 60_000.0);
    desk.take();
    // Half of its time that is left: at its very end the server disconnects the socket itself.
    desk.wait(4_999.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    // Who wants to hear of it does.
    assert_eq!(
        desk.take(),
        [
            "write 0 41",
            "s0 disconnect credentials renewed",
            "s0 ack 0 forgotten",
            "s0 ack 1 forgotten",
            "s0 ack 2 disconnected",
        ]
    );
}

#[test]
fn it_waits_no_longer_than_the_app_may_take() {
    let mut desk = renewing(Reauth::Connect);
    desk.manager.policy.timeout = 1_000.0;
    desk.ask(0, json!(["a"]), FOREVER);
    desk.wait(DUE);
    desk.take();
    desk.wait(999.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(desk.take()[0], "write 0 41");
}

#[test]
fn it_does_not_wait_once_the_old_token_is_over() {
    let (mut desk, _) = asked(Reauth::Connect);
    desk.ask(0, json!(["a"]), FOREVER);
    desk.auth = Auth::Later;
    // The first question was not answered in time, and the next one a second later.
    desk.wait(11_500.0);
    let asked = desk.asked.pop().unwrap();
    desk.take();
    desk.answer_auth(asked, Auth::Payload(second()));
    desk.wait(0.0);
    assert_eq!(desk.take()[0], "write 0 41");
}

#[test]
fn after_a_refused_event_the_answers_are_waited_for_too() {
    let mut desk = sent();
    desk.ask(0, json!(["a"]), FOREVER);
    desk.take();
    desk.text(0, "430[{\"error\":1}]");
    assert_eq!(desk.take(), NOTHING);
    desk.text(0, "431[]");
    assert_eq!(desk.take()[0], "write 0 41");
}

// The app's function.

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

// Tokens that are good for three seconds.

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

// Whatever else happens in each state.

/// A desk in each state of a renewal.
fn states() -> Vec<(&'static str, Desk)> {
    let connecting = || {
        let mut desk = away();
        desk.wait(100.0);
        desk
    };
    let states = vec![
        ("asked for an event", asked(event()).0),
        ("asked for a connect", asked(Reauth::Connect).0),
        ("sent", sent()),
        ("ready", ready()),
        ("away", away()),
        ("connecting", connecting()),
    ];
    states
        .into_iter()
        .map(|(name, mut desk)| {
            desk.take();
            desk.demands.clear();
            (name, desk)
        })
        .collect()
}

/// The app's own question of `ready` has the result that its socket is not connected; nothing is told of the renewal's.
fn check_acks(name: &str, told: &[String]) {
    let acks: Vec<_> = told.iter().filter(|line| line.starts_with("s0 ack")).collect();
    match name {
        "ready" => assert_eq!(acks, ["s0 ack 0 forgotten"]),
        _ => assert_eq!(acks, NOTHING, "{name}"),
    }
    assert!(!told.iter().any(|line| line.contains("renewal")), "{name}: {told:?}");
}

/// The renewal of the session that has ended is not heard of again.
fn check_forgotten(name: &str, desk: &mut Desk, asked: (usize, u32)) {
    desk.take();
    desk.answer_auth(asked, Auth::Payload(second()));
    desk.answer_auth(asked, Auth::Fails("late"));
    desk.act(|manager, _| manager.decline_auth(asked.0, asked.1));
    assert_eq!(desk.take(), NOTHING, "{name}");
}

/// The socket is connected with a token of 60 seconds over this transport, and renews it in time.
fn check_anew(name: &str, desk: &mut Desk, transport: u32) {
    desk.text(transport, "40{\"sid\":\"A3\"}");
    assert!(desk.manager.is_connected(0), "{name}");
    desk.demands.clear();
    desk.auth = Auth::Lasting(60);
    desk.take();
    for _ in 0..45 {
        desk.wait(1_000.0);
        desk.text(transport, "2");
    }
    assert_eq!(desk.demands, ["expired 1"], "{name}");
}

#[test]
fn the_app_disconnects() {
    for (name, mut desk) in states() {
        let epoch = desk.last_epoch(0);
        let was_connected = desk.manager.is_connected(0);
        desk.disconnect(0);
        let lines = desk.take();
        check_acks(name, &lines);
        let expected = usize::from(was_connected);
        let count = |text: &str| lines.iter().filter(|line| line.starts_with(text)).count();
        assert_eq!(count("write 0 41"), expected, "{name}: {lines:?}");
        assert_eq!(count("s0 disconnect io client disconnect"), expected, "{name}");
        check_forgotten(name, &mut desk, (0, epoch));
        desk.text(0, "430[]");
        if name == "connecting" {
            // Granted to nobody.
            desk.text(0, "40{\"sid\":\"A2\"}");
            assert_eq!(desk.take(), ["write 0 41"]);
        }
        assert!(desk.manager.is_connected(1));
        check_rest(&mut desk);
    }
}

#[test]
fn the_app_disconnects_and_connects() {
    for (name, mut desk) in states() {
        let epoch = desk.last_epoch(0);
        desk.disconnect(0);
        desk.auth = Auth::Lasting(60);
        desk.connect(0);
        desk.text(0, "430[]");
        check_acks(name, &desk.take());
        desk.wait(100.0);
        if name == "connecting" {
            // To the first CONNECT, which had other credentials.
            desk.text(0, "40{\"sid\":\"A2\"}");
            desk.wait(100.0);
        }
        assert_eq!(desk.demands, ["connect 1"], "{name}");
        let sent = desk.sent();
        let connects = sent.iter().filter(|line| line.starts_with("write 0 40")).count();
        assert_eq!(connects, 1, "{name}: {sent:?}");
        check_forgotten(name, &mut desk, (0, epoch));
        check_anew(name, &mut desk, 0);
        assert!(desk.manager.is_connected(1));
    }
}

#[test]
fn the_connection_breaks() {
    for (name, mut desk) in states() {
        let epoch = desk.last_epoch(0);
        desk.closed(0, "websocket closed");
        let told = desk.told();
        check_acks(name, &told);
        check_forgotten(name, &mut desk, (0, epoch));
        desk.auth = Auth::Lasting(60);
        let sent = reopen(&mut desk, 1);
        assert!(
            sent.iter().any(|line| line.starts_with("write 1 40{\"token\"")),
            "{name}: {sent:?}"
        );
        assert_eq!(desk.demands, ["reconnect 1", "reconnect 1"], "{name}");
        check_forgotten(name, &mut desk, (0, epoch));
        desk.text(1, "430[]");
        check_anew(name, &mut desk, 1);
    }
}

#[test]
fn the_server_disconnects_the_socket() {
    for (name, mut desk) in states() {
        if !desk.manager.is_connected(0) {
            continue;
        }
        let epoch = desk.last_epoch(0);
        desk.text(0, "41");
        let told = desk.told();
        check_acks(name, &told);
        assert_eq!(told[0], "s0 disconnect io server disconnect");
        check_forgotten(name, &mut desk, (0, epoch));
        desk.text(0, "430[]");
        check_rest(&mut desk);
        assert!(!desk.manager.is_active(0));
        assert!(desk.manager.is_connected(1));
    }
}

#[test]
fn the_app_closes_the_connection() {
    for (name, mut desk) in states() {
        let epoch = desk.last_epoch(0);
        desk.act(|manager, _| manager.close());
        check_acks(name, &desk.take());
        check_forgotten(name, &mut desk, (0, epoch));
        check_rest(&mut desk);
        assert_eq!(desk.manager.poll_timeout(), FOREVER, "{name}");
    }
}

#[test]
fn the_socket_is_thrown_away() {
    for (name, mut desk) in states() {
        let epoch = desk.last_epoch(0);
        desk.act(|manager, _| manager.reset(0));
        let told = desk.take();
        assert!(!told.iter().any(|line| line.contains("renewal")), "{name}: {told:?}");
        check_forgotten(name, &mut desk, (0, epoch));
        desk.text(0, "430[]");
        check_rest(&mut desk);
    }
}

#[test]
fn its_neighbour_hears_nothing_of_it() {
    for (name, mut desk) in states() {
        desk.emit(1, json!(["to b"]));
        desk.text(0, "42/b,[\"from b\"]");
        let lines = desk.take();
        assert_eq!(lines, ["write 0 42/b,[\"to b\"]", "s1 message [\"from b\"]"], "{name}");
    }
}

#[test]
fn the_app_leaves_when_it_is_told_of_the_renewal() {
    let mut desk = sent();
    desk.listen(|desk, line| {
        if line == "s0 renewal" {
            desk.disconnect(0);
        }
    });
    desk.text(0, "430[]");
    assert_eq!(
        desk.take(),
        ["s0 renewal", "write 0 41", "s0 disconnect io client disconnect"]
    );
    check_rest(&mut desk);
}

#[test]
fn the_app_comes_back_by_itself_when_it_is_told_of_the_disconnect() {
    let mut desk = renewing(Reauth::Connect);
    desk.listen(|desk, line| {
        if line == "s0 disconnect credentials renewed" {
            desk.disconnect(0);
            desk.connect(0);
        }
    });
    desk.wait(DUE + 100.0);
    let sent = desk.sent();
    assert_eq!(sent, ["write 0 41", &format!("write 0 40{SECOND}")]);
    desk.text(0, "40{\"sid\":\"A2\"}");
    assert!(desk.manager.is_connected(0));
}

#[test]
fn each_socket_renews_its_own() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.manager.policy.reauth = event();
    desk.auth = Auth::Payload(token("a", 31));
    desk.connect(0);
    desk.auth = Auth::Payload(token("b", 31));
    desk.connect(1);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.take();
    desk.auth = Auth::Payload(second());
    desk.wait(DUE);
    assert_eq!(
        desk.take(),
        [
            format!("write 0 420[\"auth:refresh\",{SECOND}]"),
            format!("write 0 42/b,0[\"auth:refresh\",{SECOND}]")
        ]
    );
    desk.text(0, "43/b,0[{\"error\":1}]");
    desk.text(0, "430[]");
    assert_eq!(
        desk.take(),
        ["write 0 41/b,", "s1 disconnect credentials renewed", "s0 renewal"]
    );
}

// A bearer token in the handshake.

/// Both sockets are connected; the handshake's bearer token has 30 seconds left.
fn with_bearer(reauth: Reauth) -> Desk {
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

// Several sockets.

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
