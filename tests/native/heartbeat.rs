//! Signs of life: what answers them, and what follows from their absence.

use serde_json::json;
use socketio_wasm::proto::socket::outgoing::Emitted;

use crate::support::{Desk, HANDSHAKE};

#[test]
fn a_ping_is_answered() {
    let mut desk = Desk::connected();
    desk.text(0, "2");
    assert_eq!(desk.take(), ["write 0 3", "manager ping"]);
    let mut desk = Desk::on_polling(&["/"]);
    desk.polled(0, "2");
    assert_eq!(desk.take(), ["post 0 3", "manager ping", "poll 0"]);
}

#[test]
fn silence_ends_the_connection_after_interval_and_timeout() {
    let mut desk = Desk::connected();
    desk.wait(44_999.0);
    assert_eq!(desk.take(), [] as [&str; 0]);
    desk.wait(1.0);
    assert_eq!(
        desk.take(),
        [
            "close 0",
            "engine0 close ping timeout",
            "s0 disconnect ping timeout",
            "manager close ping timeout"
        ]
    );
}

#[test]
fn each_ping_begins_the_wait_anew() {
    let mut desk = Desk::connected();
    for _ in 0..10 {
        desk.wait(44_999.0);
        desk.text(0, "2");
    }
    assert_eq!(desk.told(), ["manager ping"; 10]);
    desk.wait(45_000.0);
    assert_eq!(desk.told()[0], "s0 disconnect ping timeout");
}

#[test]
fn only_pings_count() {
    let mut desk = Desk::connected();
    for _ in 0..9 {
        desk.wait(5_000.0);
        desk.text(0, "42[\"a\"]");
        desk.text(0, "6");
        desk.text(0, "3");
    }
    assert!(desk.told().contains(&"s0 disconnect ping timeout".into()));
}

#[test]
fn a_server_that_never_speaks_again_is_noticed_over_polling_too() {
    let mut desk = Desk::on_polling(&["/"]);
    desk.wait(45_000.0);
    assert_eq!(
        desk.take(),
        [
            "post 0 1",
            "close 0",
            "engine0 close ping timeout",
            "manager close ping timeout"
        ]
    );
}

/// A laptop that slept: the clock has jumped, the timer has not fired yet.
#[test]
fn an_event_after_a_clock_jump_is_kept_for_the_next_connection() {
    let mut desk = Desk::connected();
    desk.now += 3_600_000.0;
    assert!(desk.manager.connection().unwrap().is_expired(desk.now));
    assert_eq!(desk.emit(0, json!(["a"])), Emitted::Buffered);
    assert_eq!(desk.take(), [] as [&str; 0], "nothing is written to a dead connection");
    assert!(desk.manager.poll_timeout() <= desk.now);
    desk.tick();
    assert_eq!(desk.told()[0], "s0 disconnect ping timeout");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.take();
    desk.text(1, "40{\"sid\":\"B\"}");
    assert_eq!(desk.take(), ["write 1 42[\"a\"]", "s0 connect \"B\""]);
}

/// The page's clock was set, or the machine slept while the clock that nobody sets stood still.
#[test]
fn a_leap_of_the_clock_ends_nothing_unless_the_app_sends_something() {
    let leapt = || {
        let mut desk = Desk::connected();
        desk.manager.set_clock(desk.now, 0.0, 3_600_000.0);
        assert!(desk.manager.connection().unwrap().is_expired(desk.now));
        desk.tick();
        assert_eq!(desk.take(), [] as [&str; 0]);
        desk
    };
    let mut desk = leapt();
    desk.text(0, "2");
    assert_eq!(desk.take(), ["write 0 3", "manager ping"]);
    assert!(!desk.manager.connection().unwrap().is_expired(desk.now));
    assert_eq!(desk.emit(0, json!(["a"])), Emitted::Sent);

    let mut desk = leapt();
    assert_eq!(desk.emit(0, json!(["a"])), Emitted::Buffered);
    desk.tick();
    assert_eq!(desk.told()[0], "s0 disconnect ping timeout");
}

/// Otherwise what was kept would wait for a reconnection that never comes.
#[test]
fn a_ping_after_the_deadline_does_not_revive_a_connection() {
    let mut desk = Desk::connected();
    desk.now += 46_000.0;
    assert_eq!(desk.emit(0, json!(["a"])), Emitted::Buffered);
    desk.text(0, "2");
    assert!(desk.manager.poll_timeout() <= desk.now);
    desk.tick();
    assert_eq!(desk.told().last().unwrap(), "manager close ping timeout");
}

#[test]
fn a_clock_that_stands_still_keeps_the_connection() {
    let mut desk = Desk::connected();
    for _ in 0..100 {
        desk.tick();
    }
    assert_eq!(desk.take(), [] as [&str; 0]);
}

#[test]
fn a_connection_is_not_expired_before_its_deadline() {
    let mut desk = Desk::connected();
    desk.now += 44_999.0;
    assert!(!desk.manager.connection().unwrap().is_expired(desk.now));
    assert_eq!(desk.emit(0, json!(["a"])), Emitted::Sent);
}

#[test]
fn nothing_is_due_once_all_is_closed() {
    let mut desk = Desk::connected();
    desk.disconnect(0);
    assert_eq!(desk.manager.poll_timeout(), f64::INFINITY);
}

/// The last POST of a connection that the app has closed never ends.
#[test]
fn a_connection_that_cannot_end_in_good_order_is_given_up() {
    let mut desk = Desk::on_polling(&["/"]);
    desk.connect(0);
    desk.posted(0);
    desk.polled(0, "40{\"sid\":\"A\"}");
    desk.disconnect(0);
    assert_eq!(desk.sent(), ["post 0 40", "poll 0", "post 0 41"]);
    desk.wait(44_000.0);
    assert_eq!(desk.sent(), [] as [&str; 0]);
    desk.wait(1_000.0);
    assert_eq!(desk.sent(), ["close 0"]);
    assert_eq!(desk.manager.poll_timeout(), f64::INFINITY);
}

#[test]
fn the_app_hears_no_pings_of_a_connection_that_it_has_closed() {
    let mut desk = Desk::on_polling(&["/"]);
    desk.connect(0);
    desk.posted(0);
    desk.polled(0, "40{\"sid\":\"A\"}");
    desk.disconnect(0);
    desk.take();
    desk.polled(0, "2");
    assert_eq!(desk.take(), ["poll 0"]);
}
