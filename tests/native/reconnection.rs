//! Reconnection: when it is tried, when not, and when it is given up.

use std::cell::Cell;
use std::rc::Rc;

use serde_json::json;
use socketio_wasm::error::{Code, Error};
use socketio_wasm::proto::backoff::Backoff;
use socketio_wasm::proto::socket::manager::Manager;

use crate::support::desk::config;
use crate::support::{Desk, HANDSHAKE};

const NOTHING: [&str; 0] = [];

/// Lets the attempts of the next while fail, and says when each began.
fn attempts(desk: &mut Desk, mut transport: u32, duration: f64) -> Vec<f64> {
    let (start, mut begun) = (desk.now, Vec::new());
    while desk.now < start + duration {
        desk.wait(10.0);
        if desk.take().contains(&format!("open {transport} websocket")) {
            begun.push(desk.now - start);
            desk.failed(transport, "websocket error");
            transport += 1;
        }
    }
    begun
}

#[test]
fn a_lost_connection_is_opened_again_after_the_first_delay() {
    let mut desk = Desk::connected();
    desk.closed(0, "websocket closed");
    desk.take();
    assert!(desk.manager.is_reconnecting());
    assert!(desk.manager.is_active(0));
    desk.wait(999.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(desk.take(), ["manager reconnect_attempt 1", "open 1 websocket"]);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    assert_eq!(
        desk.take(),
        [
            "engine1 open S websocket",
            "write 1 40",
            "manager open",
            "manager reconnect 1"
        ]
    );
    desk.text(1, "40{\"sid\":\"B\"}");
    assert_eq!(desk.take(), ["s0 connect \"B\""]);
    assert!(!desk.manager.is_reconnecting());
}

#[test]
fn failed_attempts_follow_each_other_at_growing_delays() {
    let mut desk = Desk::connected();
    desk.closed(0, "websocket closed");
    assert_eq!(
        attempts(&mut desk, 1, 25_000.0),
        [1_000.0, 3_000.0, 7_000.0, 12_000.0, 17_000.0, 22_000.0]
    );
}

#[test]
fn the_delays_begin_anew_after_a_success() {
    let mut desk = Desk::connected();
    desk.closed(0, "websocket closed");
    assert_eq!(attempts(&mut desk, 1, 6_000.0).len(), 2);
    desk.wait(1_000.0);
    desk.opened(3);
    desk.text(3, HANDSHAKE);
    assert_eq!(desk.told().last().unwrap(), "manager reconnect 3");
    desk.closed(3, "websocket closed");
    assert_eq!(attempts(&mut desk, 4, 3_500.0), [1_000.0, 3_000.0]);
}

#[test]
fn a_first_attempt_that_fails_is_followed_by_others() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.connect(0);
    desk.failed(0, "websocket error");
    assert_eq!(
        desk.told(),
        [
            "s0 connect_error websocket error (retries)",
            "manager error websocket error"
        ]
    );
    assert_eq!(attempts(&mut desk, 1, 7_500.0), [1_000.0, 3_000.0, 7_000.0]);
}

#[test]
fn it_is_given_up_after_as_many_attempts_as_the_app_allows() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.manager.reconnection.attempts = 2;
    desk.connect(0);
    desk.failed(0, "websocket error");
    desk.wait(1_000.0);
    desk.take();
    desk.failed(1, "websocket error");
    assert_eq!(
        desk.told(),
        [
            "s0 connect_error websocket error (retries)",
            "manager error websocket error",
            "manager reconnect_error websocket error",
        ]
    );
    desk.wait(2_000.0);
    desk.take();
    desk.failed(2, "websocket error");
    assert_eq!(
        desk.told(),
        [
            "s0 connect_error websocket error (final)",
            "manager error websocket error",
            "manager reconnect_failed",
            "manager reconnect_error websocket error",
        ]
    );
    assert!(!desk.manager.is_reconnecting());
    assert_eq!(desk.manager.poll_timeout(), f64::INFINITY);
    desk.wait(100_000.0);
    assert_eq!(desk.take(), NOTHING);
}

#[test]
fn no_attempts_at_all_are_given_up_at_once() {
    let mut desk = Desk::connected();
    desk.manager.reconnection.attempts = 0;
    desk.closed(0, "websocket closed");
    assert_eq!(
        desk.told(),
        [
            "s0 disconnect transport close: websocket closed",
            "manager close transport close: websocket closed",
            "manager reconnect_failed",
        ]
    );
    assert_eq!(desk.manager.poll_timeout(), f64::INFINITY);
}

#[test]
fn after_it_was_given_up_the_app_may_connect_again_with_fresh_attempts() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.manager.reconnection.attempts = 1;
    desk.connect(0);
    desk.failed(0, "websocket error");
    assert_eq!(attempts(&mut desk, 1, 60_000.0), [1_000.0]);
    desk.connect(0);
    assert_eq!(desk.sent(), ["open 2 websocket"]);
    desk.failed(2, "websocket error");
    assert_eq!(desk.told()[0], "s0 connect_error websocket error (retries)");
    assert_eq!(attempts(&mut desk, 3, 60_000.0), [1_000.0]);
}

/// The documented way of reconnecting by hand: `socket.io.open()` until it works.
#[test]
fn a_connection_opened_by_hand_connects_the_sockets_that_lost_theirs() {
    let mut desk = Desk::connected();
    desk.manager.reconnection.enabled = false;
    desk.closed(0, "websocket closed");
    desk.wait(100_000.0);
    desk.take();
    for transport in 1..3 {
        desk.act(Manager::open);
        assert_eq!(desk.take(), [format!("open {transport} websocket")]);
        desk.failed(transport, "websocket error");
        assert_eq!(desk.told()[0], "s0 connect_error websocket error (final)");
    }
    desk.act(Manager::open);
    desk.opened(3);
    desk.take();
    desk.text(3, HANDSHAKE);
    assert_eq!(desk.sent(), ["write 3 40"]);
}

#[test]
fn a_socket_that_gave_up_connects_again_by_its_own_connect() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.manager.reconnection.enabled = false;
    desk.connect(0);
    desk.failed(0, "websocket error");
    desk.take();
    desk.connect(0);
    assert_eq!(desk.take(), ["open 1 websocket"]);
    desk.disconnect(0);
    desk.take();
    desk.act(Manager::open);
    desk.opened(2);
    desk.text(2, HANDSHAKE);
    assert_eq!(desk.sent(), ["open 2 websocket"], "it does not want to any longer");
}

#[test]
fn an_error_of_configuration_is_never_retried_but_may_be_mended() {
    let broken = Rc::new(Cell::new(false));
    let mut desk = Desk::new(&["websocket"], &["/"]);
    let is_broken = Rc::clone(&broken);
    desk.configure(move || match is_broken.get() {
        true => Err(Error::new(Code::HeaderImpossible, "no headers")),
        false => Ok(config(&["websocket"])),
    });
    desk.connect(0);
    desk.failed(0, "websocket error");
    broken.set(true);
    desk.take();
    desk.wait(1_000.0);
    assert_eq!(
        desk.take(),
        [
            "manager reconnect_attempt 1",
            "s0 connect_error no headers (final)",
            "manager error no headers",
            "manager reconnect_error no headers",
        ]
    );
    desk.wait(100_000.0);
    assert_eq!(desk.take(), NOTHING);
    // Mended, it reconnects as ever.
    broken.set(false);
    desk.connect(0);
    desk.failed(1, "websocket error");
    assert!(
        desk.told()
            .contains(&"s0 connect_error websocket error (retries)".into())
    );
    assert_eq!(attempts(&mut desk, 2, 3_500.0), [1_000.0, 3_000.0]);
}

#[test]
fn what_is_said_of_a_retry_is_what_happens() {
    let mut desk = Desk::connected();
    desk.closed(0, "websocket closed");
    desk.wait(1_000.0);
    // The app changes its mind while an attempt runs.
    desk.manager.reconnection.enabled = false;
    desk.failed(1, "websocket error");
    assert!(desk.told().contains(&"s0 connect_error websocket error (final)".into()));
    assert_eq!(desk.manager.poll_timeout(), f64::INFINITY);
    desk.manager.reconnection.enabled = true;
    desk.connect(0);
    desk.failed(2, "websocket error");
    assert!(
        desk.told()
            .contains(&"s0 connect_error websocket error (retries)".into())
    );
    assert!(desk.manager.is_reconnecting());
}

#[test]
fn disconnect_stops_it_and_connect_starts_again() {
    let mut desk = Desk::connected();
    desk.closed(0, "websocket closed");
    desk.take();
    desk.disconnect(0);
    assert_eq!(desk.take(), ["manager close forced close"]);
    assert!(!desk.manager.is_reconnecting());
    desk.wait(100_000.0);
    assert_eq!(desk.take(), NOTHING);
    desk.connect(0);
    assert_eq!(desk.take(), ["open 1 websocket"]);
    desk.failed(1, "websocket error");
    desk.take();
    assert!(desk.manager.is_reconnecting());
}

#[test]
fn it_may_be_turned_off_while_it_waits() {
    let mut desk = Desk::connected();
    desk.closed(0, "websocket closed");
    desk.manager.reconnection.enabled = false;
    desk.take();
    desk.wait(100_000.0);
    assert_eq!(desk.take(), NOTHING);
    assert!(!desk.manager.is_reconnecting());
    desk.connect(0);
    assert_eq!(desk.take(), ["open 1 websocket"]);
}

#[test]
fn connect_while_it_waits_does_not_hurry_it() {
    let mut desk = Desk::connected();
    desk.closed(0, "websocket closed");
    desk.take();
    desk.connect(0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1_000.0);
    assert_eq!(desk.sent(), ["open 1 websocket"]);
}

#[test]
fn open_while_it_waits_is_the_attempt() {
    let mut desk = Desk::connected();
    desk.closed(0, "websocket closed");
    desk.take();
    desk.act(Manager::open);
    assert_eq!(desk.take(), ["open 1 websocket"]);
    desk.wait(5_000.0);
    assert_eq!(desk.take(), NOTHING, "and there is no other beside it");
    desk.failed(1, "websocket error");
    desk.take();
    assert!(desk.manager.is_reconnecting());
}

#[test]
fn one_socket_that_leaves_does_not_stop_it_for_the_others() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    for socket in [0, 1] {
        desk.connect(socket);
    }
    desk.closed(0, "websocket closed");
    desk.disconnect(0);
    desk.wait(1_000.0);
    desk.opened(1);
    desk.take();
    desk.text(1, HANDSHAKE);
    assert_eq!(desk.sent(), ["write 1 40/b,"]);
}

#[test]
fn an_attempt_that_takes_too_long_is_a_failed_one() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.connect(0);
    desk.opened(0);
    desk.wait(19_999.0);
    assert_eq!(desk.take(), ["open 0 websocket"]);
    desk.wait(1.0);
    let lines = desk.take();
    assert_eq!(lines[0], "close 0");
    assert!(
        lines.contains(&"s0 connect_error timeout (retries)".into()),
        "{lines:?}"
    );
    // Late.
    desk.text(0, HANDSHAKE);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1_000.0);
    assert_eq!(desk.sent(), ["open 1 websocket"]);
}

#[test]
fn an_attempt_may_take_for_ever_where_the_app_says_so() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.manager.reconnection.timeout = f64::INFINITY;
    desk.connect(0);
    assert_eq!(desk.manager.poll_timeout(), f64::INFINITY);
}

#[test]
fn the_timeout_of_an_attempt_ends_with_its_success() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.connect(0);
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    desk.take();
    desk.wait(40_000.0);
    assert_eq!(desk.take(), NOTHING);
}

#[test]
fn delays_of_nothing_do_not_spin() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.manager.reconnection.backoff = Backoff::new(0.0, 0.0, 0.5, 1);
    desk.connect(0);
    for transport in 0..20 {
        desk.failed(transport, "websocket error");
        desk.wait(0.0);
    }
    assert_eq!(desk.sent().last().unwrap(), "open 20 websocket");
}

#[test]
fn what_is_emitted_between_connections_is_sent_with_the_next() {
    let mut desk = Desk::connected();
    desk.closed(0, "websocket closed");
    desk.emit(0, json!(["a"]));
    desk.wait(1_000.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.emit(0, json!(["b"]));
    desk.take();
    desk.text(1, "40{\"sid\":\"B\"}");
    assert_eq!(
        desk.take(),
        ["write 1 42[\"a\"]", "write 1 42[\"b\"]", "s0 connect \"B\""]
    );
}
