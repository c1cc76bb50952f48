//! Several namespaces over one connection.

use serde_json::json;

use crate::support::{Desk, HANDSHAKE, Json};

const NOTHING: [&str; 0] = [];

/// `/` and `/b`, both connected over one WebSocket.
fn two() -> Desk {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(0);
    desk.connect(1);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    assert_eq!(
        desk.take(),
        ["write 0 40", "write 0 40/b,", "s0 connect \"A\"", "s1 connect \"B\""]
    );
    desk
}

#[test]
fn all_that_wait_are_connected_once_the_connection_is_open() {
    let mut desk = Desk::new(&["websocket"], &["/", "/b", "/c"]);
    for socket in [2, 0] {
        desk.connect(socket);
    }
    assert_eq!(desk.sent(), ["open 0 websocket"]);
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    assert_eq!(desk.sent(), ["write 0 40", "write 0 40/c,"]);
    desk.connect(1);
    assert_eq!(desk.sent(), ["write 0 40/b,"]);
}

#[test]
fn each_has_its_own_packets() {
    let mut desk = two();
    desk.text(0, "42/b,[\"to b\"]");
    desk.text(0, "42[\"to a\"]");
    desk.text(0, "42/,[\"to a, written out\"]");
    desk.text(0, "42/c,[\"to nobody\"]");
    desk.emit(1, json!(["from b"]));
    desk.emit(0, json!(["from a"]));
    assert_eq!(
        desk.take(),
        [
            "s1 message [\"to b\"]",
            "s0 message [\"to a\"]",
            "s0 message [\"to a, written out\"]",
            "write 0 42/b,[\"from b\"]",
            "write 0 42[\"from a\"]",
        ]
    );
}

#[test]
fn names_of_every_kind_find_their_socket() {
    let names = [
        "/",
        "/ä/日本/🚀",
        "/[0]",
        "/a{b}\"c\"",
        "/12",
        "/a?token=1&b=2",
        "/with space",
    ];
    let long = format!("/{}", "x".repeat(200));
    let names: Vec<&str> = names.into_iter().chain([long.as_str()]).collect();
    let mut desk = Desk::on_websocket(&names);
    for socket in 0..names.len() {
        desk.connect(socket);
    }
    for (socket, name) in names.iter().enumerate() {
        let label = if *name == "/" {
            String::new()
        } else {
            format!("{name},")
        };
        desk.take();
        desk.text(0, &format!("40{label}{{\"sid\":\"A\"}}"));
        desk.text(0, &format!("42{label}7[\"a\"]"));
        assert_eq!(
            desk.take(),
            [
                format!("s{socket} connect \"A\""),
                format!("s{socket} message [\"a\"] ack=7")
            ]
        );
    }
}

#[test]
fn one_that_is_refused_leaves_its_neighbour_alone() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(0);
    desk.connect(1);
    desk.take();
    desk.text(0, "44/b,{\"message\":\"not you\",\"data\":{\"code\":7}}");
    assert_eq!(desk.take(), ["s1 connect_error not you {\"code\":7} (final)"]);
    assert!(!desk.manager.is_active(1));
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.text(0, "42[\"a\"]");
    assert_eq!(desk.take(), ["s0 connect \"A\"", "s0 message [\"a\"]"]);
}

#[test]
fn a_refused_one_may_try_again_on_the_same_connection() {
    let mut desk = two();
    desk.disconnect(1);
    desk.connect(1);
    desk.wait(100.0);
    assert_eq!(desk.sent(), ["write 0 41/b,", "write 0 40/b,"]);
    desk.text(0, "44/b,{\"message\":\"no\"}");
    assert_eq!(desk.take(), ["s1 connect_error no (final)"]);
    // It has left nothing: it need not wait.
    desk.connect(1);
    assert_eq!(desk.take(), ["write 0 40/b,"]);
    desk.text(0, "40/b,{\"sid\":\"B2\"}");
    assert_eq!(desk.take(), ["s1 connect \"B2\""]);
}

#[test]
fn a_refused_one_is_not_connected_by_a_reconnection() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(0);
    desk.connect(1);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.text(0, "44/b,{\"message\":\"no\"}");
    desk.closed(0, "websocket closed");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.take();
    desk.text(1, HANDSHAKE);
    assert_eq!(desk.sent(), ["write 1 40"]);
}

#[test]
fn the_last_one_that_is_refused_closes_the_connection() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.connect(0);
    desk.take();
    desk.text(0, "44{\"message\":\"no\"}");
    assert_eq!(
        desk.take(),
        [
            "close 0",
            "engine0 close forced close",
            "manager close forced close",
            "s0 connect_error no (final)"
        ]
    );
    desk.wait(100_000.0);
    assert_eq!(desk.take(), NOTHING);
}

#[test]
fn refusals_come_in_several_forms() {
    for (packet, told) in [
        ("44{\"message\":\"no\"}", "s0 connect_error no (final)"),
        (
            "44{\"message\":\"no\",\"data\":null}",
            "s0 connect_error no null (final)",
        ),
        ("44{\"message\":\"nö\",\"data\":[1]}", "s0 connect_error nö [1] (final)"),
        ("44\"no\"", "s0 connect_error no (final)"),
        ("44{}", "s0 connect_error  (final)"),
        ("44{\"message\":7}", "s0 connect_error  (final)"),
    ] {
        let mut desk = Desk::on_websocket(&["/"]);
        desk.connect(0);
        desk.text(0, packet);
        assert_eq!(desk.told().last().unwrap(), told, "{packet}");
    }
}

#[test]
fn one_that_the_server_disconnects_leaves_its_neighbour_alone() {
    let mut desk = two();
    desk.text(0, "41/b,");
    assert_eq!(desk.take(), ["s1 disconnect io server disconnect"]);
    desk.emit(1, json!(["kept"]));
    desk.emit(0, json!(["a"]));
    assert_eq!(desk.take(), ["write 0 42[\"a\"]"]);
    // It connects again only when the app says so.
    desk.closed(0, "websocket closed");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    assert!(!desk.sent().contains(&"write 1 40/b,".into()));
    desk.connect(1);
    assert_eq!(desk.sent(), ["write 1 40/b,"]);
    desk.text(1, "40/b,{\"sid\":\"B2\"}");
    assert_eq!(desk.take(), ["write 1 42/b,[\"kept\"]", "s1 connect \"B2\""]);
}

#[test]
fn the_last_one_that_the_server_disconnects_closes_the_connection_for_good() {
    let mut desk = Desk::connected();
    desk.text(0, "41");
    assert_eq!(
        desk.take(),
        [
            "close 0",
            "engine0 close forced close",
            "manager close forced close",
            "s0 disconnect io server disconnect"
        ]
    );
    assert!(!desk.manager.is_active(0));
    desk.wait(100_000.0);
    assert_eq!(desk.take(), NOTHING);
    // The app may connect again, with a new connection.
    desk.connect(0);
    assert_eq!(desk.take(), ["open 1 websocket"]);
}

#[test]
fn what_the_server_says_before_it_disconnects_is_told_before() {
    let mut desk = Desk::on_polling(&["/"]);
    desk.connect(0);
    desk.posted(0);
    desk.polled(0, "40{\"sid\":\"A\"}");
    desk.take();
    desk.polled(0, "42[\"a\"]\u{1e}427[\"bye\"]\u{1e}41");
    assert_eq!(
        desk.told(),
        [
            "s0 message [\"a\"]",
            "s0 message [\"bye\"] ack=7",
            "manager close forced close",
            "s0 disconnect io server disconnect",
        ]
    );
}

#[test]
fn what_the_server_says_before_it_closes_is_told_before() {
    let mut desk = Desk::on_polling(&["/"]);
    desk.connect(0);
    desk.posted(0);
    desk.polled(0, "40{\"sid\":\"A\"}");
    desk.take();
    desk.polled(0, "42[\"a\"]\u{1e}42[\"b\"]\u{1e}1");
    assert_eq!(
        desk.told(),
        [
            "s0 message [\"a\"]",
            "s0 message [\"b\"]",
            "s0 disconnect transport close: transport closed by the server",
            "manager close transport close: transport closed by the server"
        ]
    );
}

#[test]
fn attachments_of_one_do_not_mix_with_another() {
    let mut desk = two();
    desk.text(0, "451-/b,[\"a\",{\"_placeholder\":true,\"num\":0}]");
    desk.binary(0, &[1]);
    assert_eq!(desk.take(), ["s1 message [\"a\",<1>]"]);
    desk.emit(1, Json::event("b", [Json::Binary([2].as_slice().into())]));
    desk.emit(0, json!(["c"]));
    assert_eq!(
        desk.take(),
        [
            r#"write 0 451-/b,["b",{"_placeholder":true,"num":0}]"#,
            "write 0 bAg==",
            "write 0 42[\"c\"]"
        ]
    );
}

#[test]
fn a_socket_that_leaves_leaves_the_connection_to_the_others() {
    let mut desk = two();
    desk.disconnect(0);
    assert_eq!(desk.take(), ["write 0 41", "s0 disconnect io client disconnect"]);
    desk.text(0, "42[\"still under way\"]");
    desk.text(0, "42/b,[\"b\"]");
    assert_eq!(desk.take(), ["s1 message [\"b\"]"]);
    desk.disconnect(1);
    assert_eq!(
        desk.take(),
        [
            "write 0 41/b,",
            "close 0",
            "engine0 close forced close",
            "manager close forced close",
            "s1 disconnect io client disconnect"
        ]
    );
}

#[test]
fn disconnect_twice_is_disconnect_once() {
    let mut desk = two();
    desk.disconnect(0);
    desk.take();
    desk.disconnect(0);
    assert_eq!(desk.take(), NOTHING);
}

#[test]
fn a_socket_that_does_not_exist_is_nothing() {
    let mut desk = two();
    desk.connect(9);
    desk.disconnect(9);
    desk.emit(9, json!(["a"]));
    assert_eq!(desk.take(), NOTHING);
    assert!(!desk.manager.is_connected(9));
    assert!(!desk.manager.is_active(9));
}
