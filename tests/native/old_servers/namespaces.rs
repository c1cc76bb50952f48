//! Socket.IO protocol 4: the root connects by itself, and a CONNECT has no payload.

use serde_json::json;

use crate::support::{Auth, Desk, HANDSHAKE};

use super::{NONE, has, on_websocket};

#[test]
fn a_namespace_waits_for_the_root_whether_the_app_wants_that_or_not() {
    let mut desk = on_websocket(&["/admin"]);
    desk.connect(0);
    assert_eq!(desk.take(), NONE);
    desk.text(0, "40");
    assert_eq!(desk.take(), ["write 0 40/admin,"]);
    // Before the grant.
    desk.text(0, r#"42/admin,["early"]"#);
    assert_eq!(desk.take(), NONE);
    // As 1.x has it.
    desk.text(0, "40/admin");
    let lines = desk.told();
    assert!(has(&lines, "s0 connect /admin#S"), "{lines:?}");
    assert!(has(&lines, "s0 message [\"early\"]"), "{lines:?}");
}

#[test]
fn the_root_is_connected_without_being_asked_for() {
    let mut desk = on_websocket(&["/", "/admin"]);
    desk.connect(0);
    desk.connect(1);
    desk.text(0, "40");
    assert_eq!(desk.take(), ["write 0 40/admin,", "s0 connect \"S\""]);
    // Or has been: who asks does not listen yet.
    let mut desk = on_websocket(&["/"]);
    desk.text(0, "40");
    desk.connect(0);
    assert_eq!(desk.take(), NONE);
    desk.tick();
    assert_eq!(desk.take(), ["s0 connect \"S\""]);
}

#[test]
fn a_payload_travels_in_the_query_of_its_namespace() {
    let mut desk = on_websocket(&["/admin"]);
    desk.manager.placed.auth_in_query = true;
    desk.auth = Auth::Payload(json!({"token": "t"}));
    desk.connect(0);
    desk.text(0, "40");
    assert_eq!(desk.take(), ["write 0 40/admin?token=t,"]);
    desk.text(0, "40/admin,");
    assert_eq!(desk.told(), ["s0 connect /admin#S"]);
}

#[test]
fn a_payload_without_a_place_is_an_error() {
    for namespace in ["/", "/admin"] {
        let mut desk = on_websocket(&[namespace]);
        desk.auth = Auth::Payload(json!({"token": "t"}));
        desk.connect(0);
        desk.text(0, "40");
        let lines = desk.told();
        assert!(has(&lines, "s0 connect_error Socket.IO protocol 4"), "{lines:?}");
    }
}

#[test]
fn a_refusal_is_a_text_or_what_the_server_likes() {
    for (packet, told) in [
        (r#"44/admin,"no""#, r#"s0 connect_error no "no" (final)"#),
        (
            r#"44/admin,{"message":"no"}"#,
            r#"s0 connect_error no {"message":"no"} (final)"#,
        ),
    ] {
        let mut desk = on_websocket(&["/admin"]);
        desk.connect(0);
        desk.text(0, "40");
        desk.text(0, packet);
        let lines = desk.told();
        assert!(has(&lines, told), "{lines:?}");
    }
}

#[test]
fn who_waits_for_a_root_that_is_refused_is_refused_as_well() {
    for namespaces in [&["/admin", "/"][..], &["/admin"]] {
        let mut desk = on_websocket(namespaces);
        for socket in 0..namespaces.len() {
            desk.connect(socket);
        }
        desk.text(0, r#"44"unauth""#);
        let lines = desk.told();
        for socket in 0..namespaces.len() {
            let line = format!("s{socket} connect_error unauth \"unauth\" (final)");
            assert!(has(&lines, &line), "{lines:?}");
        }
    }
}

#[test]
fn a_root_that_was_left_is_asked_for() {
    for answers in [true, false] {
        let mut desk = on_websocket(&["/", "/admin"]);
        desk.connect(0);
        desk.connect(1);
        desk.text(0, "40");
        desk.text(0, "40/admin,");
        desk.disconnect(0);
        desk.take();
        desk.connect(0);
        desk.wait(100.0);
        assert_eq!(desk.take(), ["write 0 40"]);
        if answers {
            desk.text(0, "40");
        } else {
            desk.wait(999.0);
            assert_eq!(desk.take(), NONE);
            desk.wait(1.0);
        }
        assert_eq!(desk.take(), ["s0 connect \"S\""]);
    }
}

/// A desk with two namespaces that are connected: the root and `/admin`.
fn both_connected() -> Desk {
    let mut desk = on_websocket(&["/", "/admin", "/chat"]);
    desk.connect(0);
    desk.connect(1);
    desk.text(0, "40");
    desk.text(0, "40/admin,");
    desk.take();
    desk
}

#[test]
fn what_arrives_at_a_root_that_comes_back_is_told_unless_an_answer_follows() {
    for answers in [true, false] {
        let mut desk = both_connected();
        desk.disconnect(0);
        desk.connect(0);
        desk.wait(100.0);
        desk.take();
        // Of the new session, or still of the one before.
        desk.text(0, r#"42["a"]"#);
        assert_eq!(desk.take(), NONE);
        if answers {
            desk.text(0, "40");
            assert_eq!(desk.take(), ["s0 connect \"S\""]);
        } else {
            desk.wait(1_000.0);
            assert_eq!(
                desk.take(),
                ["s0 granted \"S\"", "s0 message [\"a\"]", "s0 connect \"S\""]
            );
        }
        desk.text(0, r#"42["b"]"#);
        assert_eq!(desk.take(), [r#"s0 message ["b"]"#]);
    }
}

#[test]
fn a_root_that_the_server_has_disconnected_is_asked_for() {
    let mut desk = both_connected();
    desk.text(0, "41");
    assert_eq!(desk.take(), ["s0 disconnect io server disconnect"]);
    desk.connect(0);
    desk.tick();
    assert_eq!(desk.take(), ["write 0 40"]);
    // Without middleware.
    desk.wait(1_000.0);
    assert_eq!(desk.take(), ["s0 connect \"S\""]);
    // One that the app had no socket of.
    let mut desk = on_websocket(&["/", "/admin"]);
    desk.connect(1);
    desk.text(0, "40");
    desk.text(0, "40/admin,");
    desk.text(0, "41");
    desk.take();
    desk.connect(0);
    desk.tick();
    assert_eq!(desk.take(), ["write 0 40"]);
    desk.text(0, "40");
    assert_eq!(desk.take(), ["s0 connect \"S\""]);
    desk.wait(1_000.0);
    assert_eq!(desk.take(), NONE);
}

#[test]
fn who_was_refused_a_sign_in_at_the_root_asks_for_it_once_more() {
    let mut desk = on_websocket(&["/"]);
    desk.manager.placed.signs_in = true;
    desk.auth = Auth::Payload(json!({"token": "t"}));
    desk.renewed = Some(Auth::Payload(json!({"token": "new"})));
    desk.connect(0);
    desk.text(0, "40");
    desk.text(0, r#"427["unauthorized",{"message":"no"}]"#);
    desk.take();
    desk.text(0, "41");
    assert_eq!(desk.take(), ["write 0 40"]);
    desk.text(0, "40");
    assert_eq!(desk.take(), [r#"write 0 42["authentication",{"token":"new"}]"#]);
}

/// Servers take nobody into another namespace then, nor say so.
#[test]
fn a_root_that_was_left_is_asked_for_by_who_waits_for_it() {
    for answer in ["40", r#"44"no""#, ""] {
        for by_server in [true, false] {
            let mut desk = both_connected();
            if by_server {
                desk.text(0, "41");
            } else {
                desk.disconnect(0);
            }
            desk.take();
            desk.connect(2);
            desk.tick();
            if !by_server {
                assert_eq!(desk.take(), NONE);
                desk.wait(100.0);
            }
            assert_eq!(desk.take(), ["write 0 40"]);
            if answer.is_empty() {
                desk.wait(1_000.0);
            } else {
                desk.text(0, answer);
            }
            let lines = desk.take();
            if answer.starts_with("44") {
                assert_eq!(lines, [r#"s2 connect_error no "no" (final)"#]);
                desk.wait(2_000.0);
                assert_eq!(desk.take(), NONE);
            } else {
                assert_eq!(lines, ["write 0 40/chat,"]);
                desk.wait(2_000.0);
                assert_eq!(desk.take(), NONE);
                desk.text(0, "40/chat,");
                assert_eq!(desk.take(), ["s2 connect /chat#S"]);
            }
        }
    }
}

#[test]
fn who_waits_for_a_root_that_nobody_wants_any_more_asks_for_it() {
    let mut desk = on_websocket(&["/", "/admin"]);
    desk.renewed = Some(Auth::Later);
    desk.connect(0);
    desk.connect(1);
    desk.text(0, r#"44"no""#);
    assert_eq!(desk.take(), NONE);
    desk.disconnect(0);
    assert_eq!(desk.take(), ["write 0 40"]);
    desk.text(0, "40");
    assert_eq!(desk.take(), ["write 0 40/admin,"]);
}

#[test]
fn another_connection_begins_anew() {
    let mut desk = on_websocket(&["/", "/admin"]);
    desk.connect(0);
    desk.connect(1);
    desk.text(0, "40");
    desk.text(0, "40/admin,");
    desk.closed(0, "gone");
    desk.wait(1_000.0);
    desk.take();
    desk.opened(1);
    desk.text(1, &HANDSHAKE.replace("\"S\"", "\"T\""));
    let lines = desk.take();
    assert!(!has(&lines, "write"), "{lines:?}");
    desk.text(1, "40");
    desk.text(1, "40/admin,");
    assert_eq!(
        desk.take(),
        ["write 1 40/admin,", "s0 connect \"T\"", "s1 connect /admin#T"]
    );
}

#[test]
fn a_refused_root_takes_another_handshake_where_its_query_has_the_credentials() {
    let mut desk = on_websocket(&["/"]);
    desk.manager.placed.auth_in_query = true;
    desk.renewed = Some(Auth::Payload(json!({"token": "new"})));
    desk.connect(0);
    desk.text(0, r#"44"unauth""#);
    let lines = desk.sent();
    assert!(has(&lines, "close 0") && has(&lines, "open 1 websocket"), "{lines:?}");
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.text(1, "40");
    let lines = desk.take();
    assert!(has(&lines, "s0 connect \"S\"") && !has(&lines, "write"), "{lines:?}");
}

/// Opened by hand, a connection can have been refused its root before anyone asks for a namespace.
#[test]
fn who_comes_after_the_root_was_refused_asks_for_it_once_more() {
    for (answer, expected) in [
        ("40", "write 0 40/admin,"),
        (r#"44"unauth""#, "s0 connect_error unauth"),
    ] {
        let mut desk = on_websocket(&["/admin"]);
        desk.text(0, r#"44"unauth""#);
        desk.connect(0);
        desk.tick();
        let lines = desk.take();
        assert!(lines.iter().any(|line| line == "write 0 40"), "{lines:?}");
        desk.text(0, answer);
        let lines = desk.take();
        assert!(lines.iter().any(|line| line.starts_with(expected)), "{lines:?}");
    }
}
