//! How many packets one POST carries.

use serde_json::json;

use crate::support::{Desk, Json};

#[test]
fn one_post_at_a_time_and_the_rest_waits_for_its_end() {
    let mut desk = Desk::on_polling_with_limit(0);
    desk.emit(0, json!(["a"]));
    assert_eq!(desk.take(), ["post 0 42[\"a\"]"]);
    desk.emit(0, json!(["b"]));
    desk.emit(0, json!(["c"]));
    assert_eq!(desk.take(), [] as [&str; 0]);
    desk.posted(0);
    assert_eq!(desk.take(), ["post 0 42[\"b\"] | 42[\"c\"]"]);
    desk.posted(0);
    assert_eq!(desk.take(), ["engine0 drain"]);
}

#[test]
fn a_batch_ends_at_the_servers_limit_to_the_byte() {
    // `42["b"]`, a separator and `42["c"]` are 15 bytes.
    for (limit, expected) in [
        (0, vec!["42[\"b\"] | 42[\"c\"] | 42[\"d\"]"]),
        (100, vec!["42[\"b\"] | 42[\"c\"] | 42[\"d\"]"]),
        (23, vec!["42[\"b\"] | 42[\"c\"] | 42[\"d\"]"]),
        (22, vec!["42[\"b\"] | 42[\"c\"]", "42[\"d\"]"]),
        (15, vec!["42[\"b\"] | 42[\"c\"]", "42[\"d\"]"]),
        (14, vec!["42[\"b\"]", "42[\"c\"]", "42[\"d\"]"]),
        (1, vec!["42[\"b\"]", "42[\"c\"]", "42[\"d\"]"]),
    ] {
        let mut desk = Desk::on_polling_with_limit(limit);
        for name in ["a", "b", "c", "d"] {
            desk.emit(0, json!([name]));
        }
        desk.take();
        for batch in expected {
            desk.posted(0);
            assert_eq!(desk.take(), [format!("post 0 {batch}")], "{limit}");
        }
    }
}

#[test]
fn ids_namespaces_and_attachments_count() {
    let mut desk = Desk::on_polling_with_limit(40);
    desk.emit(0, json!(["a"]));
    for _ in 0..3 {
        desk.ask(0, json!(["äöü"]), f64::INFINITY);
    }
    desk.take();
    // 13 bytes each, with ids 0, 1 and 2: 41 with two separators.
    desk.posted(0);
    assert_eq!(desk.take(), ["post 0 420[\"äöü\"] | 421[\"äöü\"]"]);
    desk.posted(0);
    assert_eq!(desk.take(), ["post 0 422[\"äöü\"]"]);

    // 39 bytes, 9 of base64 with its mark, and 8: with two separators one more than the limit.
    let mut desk = Desk::on_polling_with_limit(57);
    desk.emit(0, json!(["a"]));
    desk.emit(0, Json::event("b", [Json::Binary([1; 6].as_slice().into())]));
    desk.emit(0, json!(["cd"]));
    desk.take();
    desk.posted(0);
    assert_eq!(
        desk.take(),
        [r#"post 0 451-["b",{"_placeholder":true,"num":0}] | bAQEBAQEB"#]
    );
    desk.posted(0);
    assert_eq!(desk.take(), ["post 0 42[\"cd\"]"]);
}

#[test]
fn a_packet_over_the_limit_is_sent_anyway_and_alone() {
    let mut desk = Desk::on_polling_with_limit(10);
    for name in ["a", "b", "long enough to be refused", "c"] {
        desk.emit(0, json!([name]));
    }
    desk.take();
    let mut batches = Vec::new();
    for _ in 0..3 {
        desk.posted(0);
        batches.extend(desk.take());
    }
    assert_eq!(
        batches,
        [
            "post 0 42[\"b\"]",
            "post 0 42[\"long enough to be refused\"]",
            "post 0 42[\"c\"]"
        ]
    );
}

#[test]
fn an_event_and_its_attachments_share_a_post() {
    let mut desk = Desk::on_polling_with_limit(0);
    desk.emit(0, Json::event("a", [Json::Binary([1].as_slice().into())]));
    assert_eq!(
        desk.take(),
        [r#"post 0 451-["a",{"_placeholder":true,"num":0}] | bAQ=="#]
    );
}

#[test]
fn a_stream_writes_each_packet_by_itself() {
    let mut desk = Desk::connected();
    desk.emit(0, Json::event("a", [Json::Binary([1].as_slice().into())]));
    desk.emit(0, json!(["b"]));
    assert_eq!(
        desk.take(),
        [
            r#"write 0 451-["a",{"_placeholder":true,"num":0}]"#,
            "write 0 bAQ==",
            "write 0 42[\"b\"]"
        ]
    );
}
