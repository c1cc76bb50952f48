//! The end of a connection in good order: what is queued is written, the server is told, and nothing after that.

use serde_json::json;
use socketio_wasm::proto::engine::packet::Packet;
use socketio_wasm::proto::socket::manager::Manager;

use crate::support::{Desk, HANDSHAKE, Sample};

const NOTHING: [&str; 0] = [];

#[test]
fn over_a_websocket_all_is_written_before_it_is_closed() {
    let mut desk = Desk::connected();
    desk.emit(0, json!(["a"]));
    desk.disconnect(0);
    assert_eq!(
        desk.take(),
        [
            "write 0 42[\"a\"]",
            "write 0 41",
            "close 0",
            "engine0 close forced close",
            "manager close forced close",
            "s0 disconnect io client disconnect",
        ]
    );
}

#[test]
fn over_polling_the_disconnect_and_then_the_close_packet_are_accepted_first() {
    let mut desk = Desk::on_polling_with_limit(0);
    desk.emit(0, json!(["a"]));
    desk.emit(0, json!(["b"]));
    desk.disconnect(0);
    // The app is told at once, the server in its time.
    assert_eq!(
        desk.take(),
        [
            "post 0 42[\"a\"]",
            "manager close forced close",
            "s0 disconnect io client disconnect"
        ]
    );
    desk.posted(0);
    assert_eq!(desk.take(), ["post 0 42[\"b\"] | 41"]);
    desk.posted(0);
    assert_eq!(
        desk.take(),
        ["post 0 1", "close 0", "engine0 drain", "engine0 close forced close"]
    );
    assert!(desk.manager.connection().is_none());
    assert_eq!(desk.manager.poll_timeout(), f64::INFINITY);
}

#[test]
fn the_limit_of_payloads_holds_to_the_end() {
    let mut desk = Desk::on_polling_with_limit(8);
    for name in ["a", "b"] {
        desk.emit(0, json!([name]));
    }
    desk.disconnect(0);
    for expected in ["post 0 42[\"b\"]", "post 0 41", "post 0 1"] {
        desk.take();
        desk.posted(0);
        assert_eq!(desk.sent()[0], expected);
    }
    assert!(desk.audit.is_closed(0));
}

#[test]
fn a_socket_that_never_connected_closes_without_a_disconnect_packet() {
    let mut desk = Desk::on_polling(&["/"]);
    desk.connect(0);
    desk.disconnect(0);
    assert_eq!(desk.sent(), ["post 0 40"]);
    desk.posted(0);
    assert_eq!(desk.sent(), ["post 0 1", "close 0"]);
}

#[test]
fn an_open_connection_without_a_socket_is_closed_by_the_manager() {
    let mut desk = Desk::on_polling(&[]);
    desk.act(|manager, _| manager.close());
    assert_eq!(
        desk.take(),
        [
            "post 0 1",
            "close 0",
            "engine0 close forced close",
            "manager close forced close"
        ]
    );
}

#[test]
fn polling_goes_on_while_the_last_packets_are_written() {
    let mut desk = Desk::on_polling_with_limit(0);
    desk.disconnect(0);
    desk.take();
    desk.polled(0, "42[\"late\"]\u{1e}2");
    assert_eq!(desk.take(), ["poll 0"], "and nobody hears of it");
    desk.posted(0);
    assert_eq!(desk.sent(), ["post 0 1", "close 0"]);
}

#[test]
fn a_server_that_closes_first_is_told_nothing_more() {
    let mut desk = Desk::on_polling_with_limit(0);
    desk.disconnect(0);
    desk.take();
    desk.polled(0, "1");
    assert_eq!(
        desk.take(),
        [
            "close 0",
            "engine0 close transport close: transport closed by the server"
        ]
    );
    desk.posted(0);
    assert_eq!(desk.take(), NOTHING);
}

/// Otherwise it would keep the session, and the user in it, until it misses a sign of life.
#[test]
fn a_server_is_told_of_the_end_of_a_session_that_failed_over_polling() {
    let mut desk = Desk::on_polling_with_limit(0);
    desk.failed(0, "xhr poll error");
    assert_eq!(desk.sent(), ["post 0 1", "close 0"]);
    let mut desk = Desk::on_polling_with_limit(0);
    desk.polled(0, "42[");
    assert_eq!(desk.sent(), ["post 0 1", "close 0"]);
    let mut desk = Desk::on_polling_with_limit(0);
    desk.emit(0, json!(["a"]));
    desk.refused(0, "xhr post error");
    assert_eq!(desk.sent(), ["post 0 42[\"a\"]", "post 0 1", "close 0"]);
}

/// Two at once are an error of their own.
#[test]
fn it_is_not_told_while_a_post_is_under_way() {
    let mut desk = Desk::on_polling_with_limit(0);
    desk.emit(0, json!(["a"]));
    desk.failed(0, "xhr poll error");
    assert_eq!(desk.sent(), ["post 0 42[\"a\"]", "close 0"]);
}

#[test]
fn a_last_post_that_fails_is_the_end_too() {
    let mut desk = Desk::on_polling_with_limit(0);
    desk.disconnect(0);
    desk.take();
    desk.failed(0, "xhr post error");
    assert_eq!(
        desk.take(),
        ["close 0", "engine0 close transport error: xhr post error"]
    );
    assert_eq!(desk.manager.poll_timeout(), f64::INFINITY);
}

#[test]
fn a_connection_that_is_opening_is_closed_at_once() {
    let mut desk = Desk::new(&["polling"], &["/"]);
    desk.connect(0);
    desk.take();
    desk.disconnect(0);
    assert_eq!(
        desk.take(),
        ["close 0", "engine0 close forced close", "manager close forced close"]
    );
    desk.polled(0, HANDSHAKE);
    desk.wait(100_000.0);
    assert_eq!(desk.take(), NOTHING);
}

#[test]
fn a_new_connection_does_not_wait_for_the_old_ones_last_packets() {
    let mut desk = Desk::on_polling_with_limit(0);
    desk.disconnect(0);
    desk.connect(0);
    assert_eq!(
        desk.take(),
        [
            "post 0 41",
            "manager close forced close",
            "s0 disconnect io client disconnect",
            "open 1 polling",
            "poll 1"
        ]
    );
    desk.polled(1, HANDSHAKE);
    assert_eq!(
        desk.take(),
        ["engine1 open S polling", "post 1 40", "manager open", "poll 1"]
    );
    desk.posted(0);
    assert_eq!(
        desk.take(),
        ["post 0 1", "close 0", "engine0 drain", "engine0 close forced close"]
    );
    desk.posted(1);
    desk.polled(1, "40{\"sid\":\"B\"}");
    assert_eq!(desk.told(), ["s0 connect \"B\""]);
}

#[test]
fn nothing_that_the_app_sends_after_its_disconnect_goes_to_the_old_connection() {
    let mut desk = Desk::on_polling_with_limit(0);
    desk.disconnect(0);
    desk.emit(0, json!(["later"]));
    desk.take();
    desk.posted(0);
    assert_eq!(desk.sent(), ["post 0 1", "close 0"]);
}

#[test]
fn the_manager_closes_all_sockets() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    for socket in [0, 1] {
        desk.connect(socket);
    }
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.take();
    desk.act(|manager, _| manager.close());
    assert_eq!(
        desk.told(),
        [
            "s0 disconnect forced close",
            "s1 disconnect forced close",
            "manager close forced close"
        ]
    );
    desk.wait(100_000.0);
    assert_eq!(desk.take(), NOTHING, "for good");
}

#[test]
fn a_closed_engine_is_replaced_by_another() {
    let mut desk = Desk::on_polling_with_limit(0);
    desk.emit(0, json!(["a"]));
    desk.act(Manager::close_engine);
    desk.take();
    desk.posted(0);
    assert_eq!(
        desk.take(),
        [
            "post 0 1",
            "close 0",
            "engine0 drain",
            "engine0 close forced close",
            "s0 disconnect forced close",
            "manager close forced close"
        ]
    );
    desk.wait(1_000.0);
    assert_eq!(desk.take(), ["manager reconnect_attempt 1", "open 1 polling", "poll 1"]);
}

#[test]
fn an_engine_closed_while_it_opens_is_a_failed_attempt() {
    let mut desk = Desk::new(&["polling"], &["/"]);
    desk.connect(0);
    desk.act(Manager::close_engine);
    assert_eq!(
        desk.told(),
        ["s0 connect_error forced close (retries)", "manager error forced close"]
    );
}

#[test]
fn what_was_sent_on_an_engine_before_it_opens_is_written_before_it_closes() {
    for closes in [Manager::close_engine, |manager: &mut Manager<Sample>, _| {
        manager.close()
    }] {
        let mut desk = Desk::new(&["websocket"], &["/"]);
        desk.connect(0);
        desk.act(|manager, _| manager.send(Packet::message(Sample::binary(&[1]), true)));
        desk.take();
        desk.act(closes);
        let is_wanted = desk.manager.connection().is_some();
        assert_eq!(desk.take().iter().filter(|line| line.contains("engine0")).count(), 0);
        desk.opened(0);
        desk.text(0, HANDSHAKE);
        let lines = desk.take();
        let at = |wanted: &str| lines.iter().position(|line| line.starts_with(wanted));
        assert!(at("write 0 bAQ==").unwrap() < at("close 0").unwrap(), "{lines:?}");
        assert!(
            at("engine0 open").unwrap() < at("engine0 close forced close").unwrap(),
            "{lines:?}"
        );
        assert_eq!(at("manager open").is_some(), is_wanted, "{lines:?}");
    }
}

#[test]
fn a_closed_manager_ignores_whatever_still_arrives() {
    let mut desk = Desk::connected();
    desk.disconnect(0);
    desk.take();
    desk.text(0, "42[\"a\"]");
    desk.text(0, "x");
    desk.binary(0, &[1]);
    desk.opened(0);
    desk.posted(0);
    desk.polled(0, "42[\"a\"]");
    desk.failed(0, "websocket error");
    desk.closed(0, "websocket closed");
    desk.text(77, "42[\"a\"]");
    desk.tick();
    assert_eq!(desk.take(), NOTHING);
}

#[test]
fn what_waits_for_a_request_is_sent_before_the_end() {
    let mut desk = Desk::new(&["polling"], &["/"]);
    desk.connect(0);
    desk.polled(0, crate::support::HANDSHAKE);
    // The answer to the CONNECT overtakes that to the request that it was in.
    desk.polled(0, "40{\"sid\":\"A\"}");
    desk.take();
    desk.emit(0, json!(["a"]));
    desk.act(|manager, _| manager.close());
    desk.take();
    desk.posted(0);
    assert_eq!(desk.sent(), ["post 0 42[\"a\"]"]);
    desk.posted(0);
    assert_eq!(desk.sent(), ["post 0 1", "close 0"]);
}
