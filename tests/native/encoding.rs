//! Packets on their way out: every form, and that what is written is read back as it was.

use std::rc::Rc;

use proptest::prelude::*;
use serde_json::{Value, json};
use socketio_wasm::proto::Data;
use socketio_wasm::proto::engine::Revision;
use socketio_wasm::proto::engine::packet::{Packet, PacketType as EngineType};
use socketio_wasm::proto::socket::manager::HEAD;
use socketio_wasm::proto::socket::namespace::Socket;
use socketio_wasm::proto::socket::packet::PacketType;
use socketio_wasm::proto::socket::parser::{Incoming, Parser, Progress};

use crate::json::any_value;
use crate::support::desk::outgoing;
use crate::support::{Json, Sample, decode, show};

/// The frames of an event, as text.
fn encode(namespace: &str, kind: PacketType, id: Option<u32>, value: impl Into<Json>) -> Vec<String> {
    let (packet, attachments) = Socket::new(Sample::text(namespace)).encode(kind, id, outgoing(value));
    let attachments = attachments.iter().map(Sample::show);
    [show::packet(&packet)].into_iter().chain(attachments).collect()
}

fn control(namespace: &str, kind: PacketType, data: Option<Value>) -> String {
    show::packet(&Socket::new(Sample::text(namespace)).control(kind, data.map(Sample::json)))
}

#[test]
fn every_form_of_an_event_is_written() {
    let event = || json!(["a", 1]);
    assert_eq!(encode("/", PacketType::Event, None, event()), ["42[\"a\",1]"]);
    assert_eq!(encode("/", PacketType::Event, Some(0), event()), ["420[\"a\",1]"]);
    assert_eq!(
        encode("/", PacketType::Event, Some(u32::MAX), event()),
        ["424294967295[\"a\",1]"]
    );
    assert_eq!(
        encode("/admin", PacketType::Event, None, event()),
        ["42/admin,[\"a\",1]"]
    );
    assert_eq!(
        encode("/ä/[0]🚀", PacketType::Event, Some(7), event()),
        ["42/ä/[0]🚀,7[\"a\",1]"]
    );
    assert_eq!(encode("/", PacketType::Ack, Some(7), json!([])), ["437[]"]);
    assert_eq!(
        encode("/admin", PacketType::Ack, Some(7), json!([null])),
        ["43/admin,7[null]"]
    );
}

#[test]
fn binaries_follow_their_packet() {
    let binary = |bytes: &[u8]| Json::Binary(bytes.into());
    let event = || Json::event("a", [binary(&[1]), Json::Array(vec![binary(&[])])]);
    let text = r#"["a",{"_placeholder":true,"num":0},[{"_placeholder":true,"num":1}]]"#;
    assert_eq!(
        encode("/", PacketType::Event, None, event()),
        [format!("452-{text}"), "bAQ==".into(), "b".into()]
    );
    assert_eq!(
        encode("/x", PacketType::Event, Some(3), event())[0],
        format!("452-/x,3{text}")
    );
    let answer = Json::Array(vec![binary(&[1])]);
    let text = r#"[{"_placeholder":true,"num":0}]"#;
    assert_eq!(
        encode("/", PacketType::Ack, Some(3), answer.clone())[0],
        format!("461-3{text}")
    );
    assert_eq!(
        encode("/x", PacketType::Ack, Some(3), answer)[0],
        format!("461-/x,3{text}")
    );
    let many = Json::event("a", (0..12).map(|byte| binary(&[byte])));
    assert!(encode("/", PacketType::Event, None, many)[0].starts_with("4512-["));
}

#[test]
fn connect_and_disconnect_are_written() {
    assert_eq!(control("/", PacketType::Connect, None), "40");
    assert_eq!(
        control("/", PacketType::Connect, Some(json!({"token": "x"}))),
        "40{\"token\":\"x\"}"
    );
    assert_eq!(control("/admin", PacketType::Connect, None), "40/admin,");
    assert_eq!(control("/admin", PacketType::Connect, Some(json!({}))), "40/admin,{}");
    assert_eq!(control("/", PacketType::Disconnect, None), "41");
    assert_eq!(control("/admin", PacketType::Disconnect, None), "41/admin,");
}

#[test]
fn the_root_has_three_spellings_and_a_slash_may_be_left_out() {
    assert_eq!(control("", PacketType::Connect, None), "40");
    assert_eq!(control("/", PacketType::Connect, None), "40");
    assert_eq!(control("admin", PacketType::Connect, None), "40/admin,");
    assert!(Socket::new(Sample::text("/")).is_root());
    assert_eq!(
        Socket::new(Sample::text("admin")).name,
        Socket::new(Sample::text("/admin")).name
    );
}

#[test]
fn the_packets_of_the_engine_are_written() {
    let control = |kind| show::packet(&Packet::control(kind));
    assert_eq!(control(EngineType::Close), "1");
    assert_eq!(control(EngineType::Ping), "2");
    assert_eq!(control(EngineType::Pong), "3");
    assert_eq!(control(EngineType::Upgrade), "5");
    assert_eq!(control(EngineType::Noop), "6");
    let probe = Packet::with_data(EngineType::Ping as u32, Some(Sample::text("probe")));
    assert_eq!(show::packet(&probe), "2probe");
}

/// What the limit of a payload counts must be what is sent.
#[test]
fn the_length_of_a_packet_is_its_length_on_the_wire() {
    let events = [
        ("/", None, Json::event("a", [])),
        ("/", Some(0), Json::event("a", [])),
        ("/", Some(4_294_967_295), Json::event("ä🚀", [])),
        (
            "/日本",
            Some(10),
            Json::event(
                "a",
                [
                    Json::Binary([1, 2].as_slice().into()),
                    Json::Binary([].as_slice().into()),
                ],
            ),
        ),
    ];
    for (namespace, id, event) in events {
        let (packet, attachments) = Socket::new(Sample::text(namespace)).encode(PacketType::Event, id, outgoing(event));
        for packet in [packet]
            .into_iter()
            .chain(attachments.into_iter().map(|data| Packet::message(data, true)))
        {
            let shown = show::packet(&packet);
            assert_eq!(packet.wire_len(), shown.len(), "{shown}");
        }
    }
    for kind in [EngineType::Pong, EngineType::Close] {
        assert_eq!(Packet::<Sample>::control(kind).wire_len(), 1);
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    prop_oneof![
        3 => any_value().prop_map(Json::from),
        1 => prop::collection::vec(any::<u16>(), 0..6).prop_map(|units| Json::String(units.into())),
        1 => prop::collection::vec(any::<u8>(), 0..6).prop_map(|bytes| Json::Binary(bytes.into())),
    ]
    .prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            ("[a-zä]{0,4}", inner).prop_map(|(key, value)| Json::Object(vec![(key.encode_utf16().collect(), value)])),
        ]
    })
}

fn binaries(value: &Json) -> usize {
    value.to_parts().1.len()
}

#[derive(Clone, Debug)]
struct Sent {
    namespace: String,
    kind: PacketType,
    id: Option<u32>,
    value: Json,
}

fn any_sent() -> impl Strategy<Value = Sent> {
    let name = prop_oneof![
        Just("/".to_owned()),
        "/[a-z]{1,8}",
        "/[^,\u{1e}]{1,80}",
        "/[\\[\\]{}\"0-9ä🚀-]{1,70}",
    ];
    let event = (
        "[^,]{0,9}",
        prop::collection::vec(any_json(), 0..3),
        any::<Option<u32>>(),
    )
        .prop_filter("reserved", |(name, ..)| {
            !name.contains("connect") && !name.contains("Listener")
        })
        .prop_map(|(name, arguments, id)| (PacketType::Event, Json::event(&name, arguments), id));
    let answer = (prop::collection::vec(any_json(), 0..3), any::<u32>())
        .prop_map(|(arguments, id)| (PacketType::Ack, Json::Array(arguments), Some(id)));
    (name, prop_oneof![event, answer])
        .prop_filter("at most ten", |(_, (_, value, _))| binaries(value) <= 10)
        .prop_map(|(namespace, (kind, value, id))| Sent {
            namespace,
            kind,
            id,
            value,
        })
}

fn frames(sent: &Sent) -> Vec<Sample> {
    let (packet, attachments) =
        Socket::new(Sample::text(&sent.namespace)).encode(sent.kind, sent.id, outgoing(sent.value.clone()));
    [packet.describe()].into_iter().chain(attachments).collect()
}

/// Hands frames to a parser, of whose heads as many units are copied.
fn receive(frames: Vec<Sample>, copied: usize) -> Vec<Incoming<Sample>> {
    let mut parser = Parser::default();
    let mut packets = Vec::new();
    for frame in frames {
        let mut head = vec![0; copied];
        let count = if frame.is_binary() { 0 } else { frame.read(0, &mut head) };
        match parser.push(&head[..count], frame) {
            Progress::Packet(packet) => packets.push(packet),
            Progress::Pending => {}
            Progress::Invalid => panic!("refused"),
        }
    }
    packets
}

fn is_as_sent(sent: &Sent, arrived: &Incoming<Sample>) -> bool {
    let namespace = arrived.namespace.as_ref().map_or(String::new(), Sample::show);
    arrived.kind == sent.kind
        && arrived.id == sent.id
        && arrived.data == Sample::Value(sent.value.clone())
        && namespace
            == sent
                .namespace
                .strip_prefix("/")
                .filter(|rest| !rest.is_empty())
                .map_or("", |_| &sent.namespace)
}

proptest! {
    #[test]
    fn what_is_written_to_a_stream_is_read_as_it_was(
        sent in prop::collection::vec(any_sent(), 1..5),
        copied in 1..2 * HEAD,
    ) {
        let arrived = receive(sent.iter().flat_map(frames).collect(), copied);
        prop_assert_eq!(sent.len(), arrived.len());
        for (sent, arrived) in sent.iter().zip(&arrived) {
            prop_assert!(is_as_sent(sent, arrived), "{:?}\n{:?}", sent, arrived);
        }
    }

    #[test]
    fn what_is_written_to_a_payload_is_read_as_it_was(sent in prop::collection::vec(any_sent(), 1..5)) {
        let parts: Vec<Vec<u16>> = sent.iter().flat_map(frames).map(|frame| frame.to_payload()).collect();
        let body = Sample::Text(Rc::from(parts.join(&0x1e)));
        let arrived = receive(decode(Revision::V4, &body).unwrap(), HEAD);
        prop_assert_eq!(sent.len(), arrived.len());
        for (sent, arrived) in sent.iter().zip(&arrived) {
            prop_assert!(is_as_sent(sent, arrived), "{:?}\n{:?}", sent, arrived);
        }
    }
}
