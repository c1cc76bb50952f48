//! What the app sees of each packet while it watches.

use serde_json::json;
use socketio_wasm::proto::Data;
use socketio_wasm::proto::engine::packet::{Packet, PacketType};
use socketio_wasm::proto::socket::manager::Manager;

use crate::support::desk::outgoing;
use crate::support::{Desk, HANDSHAKE, Json, Sample};

fn watching() -> Desk {
    let mut desk = Desk::connected();
    desk.act(|manager, _| manager.watch(true));
    desk
}

#[test]
fn packets_that_arrive_are_told_without_their_digit() {
    let mut desk = watching();
    desk.text(0, "42[\"a\"]");
    desk.text(0, "6");
    desk.text(0, "451-[\"a\",{\"_placeholder\":true,\"num\":0}]");
    desk.binary(0, &[1]);
    assert_eq!(
        desk.take(),
        [
            "engine0 packet message 2[\"a\"]",
            "s0 message [\"a\"]",
            "manager packet Event / None [\"a\"]",
            "engine0 packet noop ",
            "engine0 packet message 51-[\"a\",{\"_placeholder\":true,\"num\":0}]",
            "engine0 packet message baq==",
            "s0 message [\"a\",<1>]",
            "manager packet Event / None [\"a\",<1>]",
        ]
    );
}

#[test]
fn packets_are_told_as_they_are_written() {
    let mut desk = watching();
    desk.emit(0, Json::event("a", [Json::Binary([1].as_slice().into())]));
    assert_eq!(
        desk.take(),
        [
            r#"write 0 451-["a",{"_placeholder":true,"num":0}]"#,
            "write 0 bAQ==",
            r#"engine0 create 451-["a",{"_placeholder":true,"num":0}]"#,
            "engine0 flush",
            "engine0 drain",
            "engine0 create bAQ==",
            "engine0 flush",
            "engine0 drain",
        ]
    );
    desk.text(0, "2");
    assert_eq!(
        desk.take(),
        [
            "write 0 3",
            "engine0 packet ping ",
            "engine0 create 3",
            "engine0 flush",
            "engine0 drain",
            "manager ping"
        ]
    );
}

#[test]
fn whether_a_packet_may_be_compressed_is_told() {
    let mut desk = watching();
    let mut event = outgoing(json!(["a"]));
    event.compress = false;
    desk.act(|manager, now| manager.emit(now, 0, event, None, false));
    assert_eq!(desk.take()[1], "engine0 create 42[\"a\"] uncompressed");
}

#[test]
fn watching_begins_with_the_next_connection_where_there_is_none() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.act(|manager, _| manager.watch(true));
    desk.connect(0);
    desk.opened(0);
    desk.take();
    desk.text(0, HANDSHAKE);
    let lines = desk.take();
    assert!(lines[0].starts_with("engine0 packet open {\"sid\""), "{lines:?}");
    assert!(lines.contains(&"engine0 create 40".into()));
}

#[test]
fn nobody_is_told_who_does_not_watch() {
    let mut desk = watching();
    desk.act(|manager, _| manager.watch(false));
    desk.text(0, "42[\"a\"]");
    desk.emit(0, json!(["b"]));
    assert_eq!(desk.take(), ["s0 message [\"a\"]", "write 0 42[\"b\"]"]);
}

#[test]
fn messages_below_socket_io_go_through_the_same_queue() {
    let mut desk = Desk::new(&["polling"], &["/"]);
    desk.connect(0);
    let message = |text: &str| Packet::with_data(PacketType::Message as u32, Some(Sample::text(text)));
    desk.act(|manager, _| manager.send(message("early")));
    assert_eq!(desk.take(), ["open 0 polling", "poll 0"]);
    desk.listen(move |desk, line| {
        if line.starts_with("engine0 open") {
            desk.act(|manager, _| manager.send(message("in the event")));
        }
    });
    desk.polled(0, HANDSHAKE);
    desk.posted(0);
    let sent = desk.sent();
    assert_eq!(sent[0], "post 0 4early");
    assert!(sent.last().unwrap().contains("4in the event"), "{sent:?}");
}

#[test]
fn there_is_no_engine_to_send_to_before_the_first_connection() {
    let mut desk = Desk::new(&["polling"], &["/"]);
    desk.act(|manager, _| manager.send(Packet::message(Sample::binary(&[1]), true)));
    desk.act(Manager::close_engine);
    assert_eq!(desk.take(), [] as [&str; 0]);
}

#[test]
fn what_a_post_carries_and_what_waits_is_unwritten() {
    let mut desk = Desk::on_polling_with_limit(0);
    let unwritten = |desk: &Desk| -> Vec<String> {
        let Some(Sample::Value(Json::Array(list))) = desk.manager.unwritten(None) else {
            panic!("no list");
        };
        let text = |item: &Json| item.as_text().unwrap();
        list.chunks(2)
            .map(|pair| format!("{} {}", text(&pair[0]), text(&pair[1])))
            .collect()
    };
    assert!(unwritten(&desk).is_empty());
    desk.emit(0, json!(["a"]));
    let mut event = outgoing(json!(["b"]));
    event.compress = false;
    desk.act(|manager, now| manager.emit(now, 0, event, None, false));
    assert_eq!(unwritten(&desk), ["42[\"a\"] 1", "42[\"b\"] "]);
    desk.posted(0);
    assert_eq!(unwritten(&desk), ["42[\"b\"] "], "it is in a POST");
    desk.posted(0);
    assert!(unwritten(&desk).is_empty());
}

#[test]
fn over_polling_a_flush_is_told_with_each_post_and_a_drain_when_the_last_is_taken() {
    let mut desk = Desk::on_polling_with_limit(0);
    desk.act(|manager, _| manager.watch(true));
    desk.emit(0, json!(["a"]));
    desk.emit(0, json!(["b"]));
    desk.posted(0);
    desk.posted(0);
    let mut told = desk.take();
    told.retain(|line| line.starts_with("engine"));
    assert_eq!(
        told,
        [
            "engine0 create 42[\"a\"]",
            "engine0 flush",
            "engine0 create 42[\"b\"]",
            "engine0 flush",
            "engine0 drain"
        ]
    );
}
