//! Whatever else happens in each state of a renewal.

use serde_json::json;
use socketio_wasm::proto::socket::policy::Reauth;

use crate::support::{Auth, Desk};

use super::{
    DUE, FOREVER, NOTHING, SECOND, asked, away, check_rest, event, ready, renewing, reopen, second, sent, token,
};

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
