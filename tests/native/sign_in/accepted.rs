//! The payload travels in an event, and the server accepts it.

use serde_json::json;
use socketio_wasm::proto::socket::outgoing::Emitted;

use crate::support::{Auth, Desk, Json};

use super::{ACCEPTED, FOREVER, NOTHING, REQUEST, check_rest, granted, open, token};

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
