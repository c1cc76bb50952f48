//! What the body of a refused request says, and what the app hears of it.

use serde_json::json;
use socketio_wasm::error::Code;
use socketio_wasm::proto::Data;
use socketio_wasm::proto::engine::connection::Input;
use socketio_wasm::proto::engine::refusal::code_of;
use socketio_wasm::proto::output::Failure;

use crate::support::{Desk, HANDSHAKE, Sample};

/// The code for a status and a body.
fn code(status: u32, body: &str, begins: bool) -> Code {
    let mut answer = Sample::text(body);
    let is_json = answer.parse(0) != socketio_wasm::proto::Shape::Invalid;
    code_of(status, is_json.then_some(answer), begins)
}

#[test]
fn the_codes_of_engine_io() {
    #[rustfmt::skip]
    let table = [
        (400, r#"{"code":0,"message":"Transport unknown"}"#,            Code::TransportUnknown),
        (400, r#"{"code":1,"message":"Session ID unknown"}"#,           Code::SessionUnknown),
        (400, r#"{"code":2,"message":"Bad handshake method"}"#,         Code::TransportFailed),
        (400, r#"{"code":3,"message":"Bad request"}"#,                  Code::TransportFailed),
        (400, r#"{"code":5,"message":"Unsupported protocol version"}"#, Code::ProtocolMismatch),
    ];
    for (status, body, expected) in table {
        for begins in [false, true] {
            assert_eq!(code(status, body, begins), expected, "{body}");
        }
    }
}

#[test]
fn a_status_that_refuses_who_asks_counts_for_the_handshake_only() {
    let forbidden = r#"{"code":4,"message":"Forbidden"}"#;
    for status in [401, 403] {
        for body in [forbidden, "", "Forbidden", r#"{"code":1}"#] {
            assert_eq!(code(status, body, true), Code::Unauthorized);
            assert_eq!(code(status, body, false), Code::TransportFailed);
        }
    }
}

#[test]
fn what_says_nothing_is_a_failure_like_any_other() {
    let bodies = [
        "",
        "null",
        "1",
        "[]",
        "[1]",
        "{}",
        r#""1""#,
        r#"{"code":"1"}"#,
        r#"{"code":null}"#,
        r#"{"code":1.5}"#,
        r#"{"code":-1}"#,
        r#"{"code":6}"#,
        r#"{"code":1e400}"#,
        r#"{"message":"Session ID unknown"}"#,
        "<html>",
    ];
    for body in bodies {
        assert_eq!(code(400, body, true), Code::TransportFailed, "{body}");
    }
    // Not Engine.IO's.
    for status in [0, 200, 404, 413, 500, 502, 503] {
        assert_eq!(code(status, r#"{"code":1}"#, false), Code::TransportFailed, "{status}");
    }
}

fn lost() -> Input<Sample> {
    Input::Failed(Failure::of(Code::SessionUnknown, "lost"))
}

#[test]
fn who_is_not_connected_yet_hears_of_a_lost_session_by_connect_error() {
    let mut desk = Desk::new(&["polling"], &["/"]);
    desk.connect(0);
    desk.polled(0, HANDSHAKE);
    desk.take();
    // The POST that carries CONNECT reached another server.
    desk.act(|manager, now| manager.handle(now, 0, lost()));
    assert_eq!(
        desk.told(),
        [
            "s0 connect_error lost (retries)",
            "manager error lost",
            "s0 disconnect transport error: lost",
            "manager close transport error: lost",
        ]
    );
    desk.wait(1_000.0);
    assert_eq!(desk.sent(), ["open 1 polling", "poll 1"]);
}

#[test]
fn who_is_connected_hears_of_it_by_disconnect() {
    let mut desk = Desk::on_polling_with_limit(0);
    desk.act(|manager, now| manager.handle(now, 0, lost()));
    let told = desk.told();
    assert!(
        told.contains(&"s0 disconnect transport error: lost".to_owned()),
        "{told:?}"
    );
    desk.emit(0, json!(["kept"]));
    desk.wait(1_000.0);
    assert_eq!(desk.sent(), ["open 1 polling", "poll 1"]);
}
