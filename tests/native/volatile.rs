//! Volatile events: sent now or never.

use serde_json::json;
use socketio_wasm::proto::socket::ack::Wanted;
use socketio_wasm::proto::socket::outgoing::Emitted;

use crate::support::desk::outgoing;
use crate::support::{Desk, UPGRADABLE};

#[test]
fn a_volatile_event_is_sent_where_the_transport_is_ready() {
    let mut desk = Desk::connected();
    assert_eq!(desk.emit_volatile(0, json!(["a"])), Emitted::Sent);
    assert_eq!(desk.take(), ["write 0 42[\"a\"]"]);
    let mut desk = Desk::on_polling_with_limit(0);
    assert_eq!(desk.emit_volatile(0, json!(["a"])), Emitted::Sent);
    assert_eq!(desk.take(), ["post 0 42[\"a\"]"]);
}

#[test]
fn it_is_dropped_while_a_post_is_under_way() {
    let mut desk = Desk::on_polling_with_limit(0);
    desk.emit(0, json!(["a"]));
    assert_eq!(desk.emit_volatile(0, json!(["b"])), Emitted::Discarded);
    desk.posted(0);
    assert_eq!(desk.emit_volatile(0, json!(["c"])), Emitted::Sent);
    assert_eq!(desk.sent(), ["post 0 42[\"a\"]", "post 0 42[\"c\"]"]);
}

#[test]
fn it_is_dropped_while_an_upgrade_takes_over() {
    let mut desk = Desk::new(&["polling", "websocket"], &["/"]);
    desk.connect(0);
    desk.polled(0, UPGRADABLE);
    desk.posted(0);
    desk.polled(0, "40{\"sid\":\"A\"}");
    desk.opened(1);
    desk.text(1, "3probe");
    desk.take();
    assert_eq!(desk.emit_volatile(0, json!(["a"])), Emitted::Discarded);
    desk.polled(0, "6");
    assert_eq!(desk.sent(), ["write 1 5", "close 0"]);
}

#[test]
fn it_is_dropped_before_and_between_connections() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    assert_eq!(desk.emit_volatile(0, json!(["a"])), Emitted::Discarded);
    desk.connect(0);
    assert_eq!(desk.emit_volatile(0, json!(["a"])), Emitted::Discarded);
    let mut desk = Desk::connected();
    desk.closed(0, "websocket closed");
    assert_eq!(desk.emit_volatile(0, json!(["a"])), Emitted::Discarded);
}

#[test]
fn it_is_dropped_while_the_socket_is_not_connected_though_the_connection_is() {
    let mut desk = Desk::on_websocket(&["/", "/other"]);
    assert_eq!(desk.emit_volatile(0, json!(["a"])), Emitted::Discarded);
    desk.connect(0);
    assert_eq!(desk.emit_volatile(0, json!(["a"])), Emitted::Discarded);
    desk.take();
    desk.text(0, "40{\"sid\":\"A\"}");
    assert_eq!(desk.take(), ["s0 connect \"A\""]);
}

#[test]
fn it_is_dropped_where_the_heartbeat_is_overdue() {
    let mut desk = Desk::connected();
    desk.now += 46_000.0;
    assert_eq!(desk.emit_volatile(0, json!(["a"])), Emitted::Discarded);
}

#[test]
fn the_acknowledgement_of_a_dropped_one_times_out() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    let wanted = Wanted {
        timeout: 500.0,
        wants_error: true,
    };
    let (emitted, id) = desk.act(|manager, now| manager.emit(now, 0, outgoing(json!(["a"])), Some(wanted), true));
    assert_eq!((emitted, id), (Emitted::Discarded, 0));
    desk.wait(500.0);
    assert_eq!(desk.take(), ["s0 ack 0 timed out"]);
}
