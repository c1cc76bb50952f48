//! Signs of life, and binaries on a stream, in Engine.IO 3.

use serde_json::json;
use socketio_wasm::proto::socket::outgoing::Emitted;

use super::{NONE, connected, has};

#[test]
fn the_client_gives_a_sign_of_life_and_waits_for_the_answer() {
    let mut desk = connected();
    for _ in 0..3 {
        desk.wait(24_999.0);
        assert_eq!(desk.take(), NONE);
        desk.wait(1.0);
        assert_eq!(desk.take(), ["write 0 2"]);
        desk.text(0, "3");
        assert_eq!(desk.take(), ["manager ping"]);
    }
    desk.wait(44_999.0);
    assert_eq!(desk.take(), ["write 0 2"]);
    desk.wait(1.0);
    assert_eq!(desk.told()[0], "s0 disconnect ping timeout");
}

/// Behind much else, on a slow network.
#[test]
fn the_answer_may_wait_behind_messages() {
    let mut desk = connected();
    desk.wait(25_000.0);
    for _ in 0..3 {
        desk.wait(19_000.0);
        desk.text(0, r#"42["news"]"#);
    }
    desk.take();
    desk.wait(44_999.0);
    assert_eq!(desk.take(), NONE);
    desk.text(0, "3");
    assert_eq!(desk.take(), ["manager ping"]);
    desk.wait(25_000.0);
    assert_eq!(desk.take(), ["write 0 2"]);
    // Which has to be answered in time all the same.
    desk.wait(20_000.0);
    assert_eq!(desk.told()[0], "s0 disconnect ping timeout");
}

/// Nor is anything kept for another connection then.
#[test]
fn a_message_is_no_sign_of_life_that_has_to_be_followed_by_others() {
    let mut desk = connected();
    desk.text(0, r#"42["news"]"#);
    // The page slept.
    desk.now += 46_000.0;
    assert_eq!(desk.emit(0, json!(["a"])), Emitted::Sent);
    desk.tick();
    desk.text(0, "3");
    desk.take();
    assert_eq!(desk.emit(0, json!(["b"])), Emitted::Sent);
}

#[test]
fn a_message_that_comes_too_late_is_no_sign_of_life() {
    let mut desk = connected();
    desk.wait(25_000.0);
    desk.take();
    // The page slept.
    desk.now += 20_001.0;
    desk.text(0, r#"42["news"]"#);
    assert_eq!(desk.take(), [r#"s0 message ["news"]"#]);
    desk.tick();
    assert_eq!(desk.told()[0], "s0 disconnect ping timeout");
}

#[test]
fn a_ping_of_an_old_server_is_no_sign_of_life() {
    let mut desk = connected();
    desk.wait(30_000.0);
    desk.take();
    desk.text(0, "2");
    assert_eq!(desk.take(), NONE, "it is not answered either");
    desk.wait(15_000.0);
    assert_eq!(desk.told()[0], "s0 disconnect ping timeout");
}

#[test]
fn a_binary_on_a_stream_has_its_type_in_front() {
    let mut desk = connected();
    desk.text(0, r#"451-["a",{"_placeholder":true,"num":0}]"#);
    desk.binary(0, &[4, 1, 2, 3]);
    assert_eq!(desk.told(), ["s0 message [\"a\",<1 2 3>]"]);
    for bytes in [&[][..], &[1, 4]] {
        let mut desk = connected();
        desk.text(0, r#"451-["a",{"_placeholder":true,"num":0}]"#);
        desk.binary(0, bytes);
        assert!(has(&desk.told(), "s0 disconnect parse error"));
    }
}
