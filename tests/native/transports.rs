//! On which transport a connection begins, and which is tried next.

use socketio_wasm::error::{Code, Error};
use socketio_wasm::proto::engine::packet::Packet;
use socketio_wasm::proto::engine::transport::Kind;

use crate::support::desk::config;
use crate::support::{Desk, HANDSHAKE, Sample, UPGRADABLE};

/// A desk that tries every transport, with or without a WebSocket first.
fn trying(transports: &'static [&'static str], prefer_websocket: bool) -> Desk {
    let mut desk = Desk::new(transports, &["/"]);
    desk.configure(move || {
        let mut config = config(transports);
        config.try_all = true;
        config.prefer_websocket = prefer_websocket;
        Ok(config)
    });
    desk.connect(0);
    desk
}

#[test]
fn the_first_of_the_list_is_the_one() {
    for (transports, expected) in [
        (&["polling", "websocket"] as &[&str], "open 0 polling"),
        (&["websocket", "polling"], "open 0 websocket"),
        (&["webtransport"], "open 0 webtransport"),
        (&["polling/fetch"], "open 0 polling/fetch"),
        (&["jsonp"], "open 0 jsonp"),
    ] {
        let mut desk = Desk::new(transports, &["/"]);
        desk.connect(0);
        assert_eq!(desk.sent()[0], expected);
    }
}

#[test]
fn a_websocket_that_worked_before_is_preferred_where_it_is_allowed() {
    for (transports, expected) in [
        (&["polling", "websocket"] as &'static [&'static str], "open 0 websocket"),
        (&["polling", "webtransport"], "open 0 polling"),
        (&["websocket"], "open 0 websocket"),
    ] {
        let mut desk = Desk::new(transports, &["/"]);
        desk.configure(move || {
            let mut config = config(transports);
            config.prefer_websocket = true;
            Ok(config)
        });
        desk.connect(0);
        assert_eq!(desk.sent()[0], expected);
    }
}

#[test]
fn a_preferred_websocket_that_fails_is_a_failed_attempt() {
    let mut desk = Desk::new(&["polling", "websocket"], &["/"]);
    desk.configure(|| {
        let mut config = config(&["polling", "websocket"]);
        config.prefer_websocket = true;
        Ok(config)
    });
    desk.connect(0);
    desk.take();
    desk.failed(0, "websocket error");
    assert_eq!(desk.told()[0], "s0 connect_error websocket error (retries)");
}

#[test]
fn without_try_all_one_failure_is_a_failed_attempt() {
    let mut desk = Desk::new(&["polling", "websocket"], &["/"]);
    desk.connect(0);
    desk.failed(0, "xhr poll error");
    assert_eq!(
        desk.told(),
        [
            "s0 connect_error xhr poll error (retries)",
            "manager error xhr poll error"
        ]
    );
}

#[test]
fn with_try_all_the_next_one_is_tried_at_once() {
    let mut desk = trying(&["polling", "websocket", "webtransport"], false);
    assert_eq!(desk.take(), ["open 0 polling", "poll 0"]);
    desk.failed(0, "xhr poll error");
    assert_eq!(desk.take(), ["close 0", "open 1 websocket"]);
    desk.closed(1, "websocket closed");
    assert_eq!(desk.take(), ["close 1", "open 2 webtransport"]);
    desk.failed(2, "webtransport error");
    assert_eq!(
        desk.told(),
        [
            "s0 connect_error webtransport error (retries)",
            "manager error webtransport error"
        ]
    );
    assert!(desk.audit.open().is_empty());
}

/// A proxy that swallows what it does not know gives no answer at all.
#[test]
fn with_try_all_a_transport_that_hangs_is_followed_by_the_next_one_which_has_as_long() {
    let mut desk = trying(&["websocket", "polling"], false);
    assert_eq!(desk.take(), ["open 0 websocket"]);
    desk.wait(19_999.0);
    assert_eq!(desk.take(), [""; 0]);
    desk.wait(1.0);
    assert_eq!(desk.take(), ["close 0", "open 1 polling", "poll 1"]);
    desk.wait(19_999.0);
    assert_eq!(desk.take(), [""; 0]);
    desk.wait(1.0);
    assert_eq!(
        desk.told(),
        ["s0 connect_error timeout (retries)", "manager error timeout"]
    );
    assert!(desk.audit.open().is_empty());
}

#[test]
fn with_try_all_what_hung_says_nothing_more_once_the_next_one_is_tried() {
    let mut desk = trying(&["websocket", "polling"], false);
    desk.wait(20_000.0);
    desk.take();
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    desk.failed(0, "websocket error");
    assert_eq!(desk.take(), [""; 0]);
    desk.polled(1, HANDSHAKE);
    assert_eq!(desk.told(), ["manager open"]);
}

/// The numbers of further transports are the next connection's.
#[test]
fn a_connection_that_was_given_up_while_it_opened_tries_no_other() {
    let mut desk = trying(&["websocket", "polling"], false);
    desk.act(|manager, _| manager.send(Packet::message(Sample::binary(&[1]), true)));
    desk.act(|manager, _| manager.close());
    desk.connect(0);
    desk.take();
    desk.failed(0, "websocket error");
    assert_eq!(
        desk.take(),
        ["close 0", "engine0 close transport error: websocket error"]
    );
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    assert!(desk.sent().contains(&"write 1 40".to_owned()));
}

/// A proxy has a page of its own for what it does not let through.
#[test]
fn with_try_all_an_answer_that_is_no_handshake_is_followed_by_the_next_one_too() {
    for body in ["<html>", "<html>\u{1e}0", "0<html>", "40", "6", ""] {
        let mut desk = trying(&["polling", "websocket"], false);
        desk.take();
        desk.polled(0, body);
        assert_eq!(desk.take(), ["close 0", "open 1 websocket"], "{body:?}");
        desk.opened(1);
        desk.text(1, HANDSHAKE);
        desk.text(1, r#"40{"sid":"A"}"#);
        assert!(desk.told().iter().any(|line| line.starts_with("s0 connect")));
    }
    let mut desk = trying(&["polling", "websocket"], false);
    desk.polled(0, "<html>");
    desk.opened(1);
    desk.take();
    desk.text(1, "<html>");
    assert!(desk.told()[0].starts_with("s0 connect_error The answer is not an Engine.IO handshake"));
    assert!(desk.audit.open().is_empty());
}

#[test]
fn the_next_attempt_begins_with_the_first_transport_again() {
    let mut desk = trying(&["polling", "websocket"], false);
    desk.failed(0, "xhr poll error");
    desk.failed(1, "websocket error");
    desk.take();
    desk.wait(1_000.0);
    assert_eq!(desk.sent(), ["open 2 polling", "poll 2"]);
}

#[test]
fn a_transport_that_opens_after_others_failed_is_used() {
    let mut desk = trying(&["websocket", "polling"], false);
    desk.failed(0, "websocket error");
    desk.polled(1, HANDSHAKE);
    assert_eq!(desk.manager.connection().unwrap().kind(), Kind::Polling);
    assert_eq!(
        desk.sent(),
        [
            "open 0 websocket",
            "close 0",
            "open 1 polling",
            "poll 1",
            "post 1 40",
            "poll 1"
        ]
    );
}

#[test]
fn a_transport_that_failed_is_not_probed() {
    let mut desk = trying(&["websocket", "polling"], false);
    desk.failed(0, "websocket error");
    desk.take();
    desk.polled(1, UPGRADABLE);
    assert_eq!(desk.sent(), ["post 1 40", "poll 1"]);
}

#[test]
fn polling_over_xhr_follows_polling_over_fetch() {
    let mut desk = trying(&["polling/fetch", "polling"], false);
    desk.take();
    desk.failed(0, "fetch read error");
    assert_eq!(desk.take(), ["close 0", "open 1 polling", "poll 1"]);
    desk.polled(1, HANDSHAKE);
    assert_eq!(desk.sent(), ["post 1 40", "poll 1"]);
}

#[test]
fn a_preferred_websocket_that_fails_gives_way_to_the_first_of_the_list() {
    let mut desk = trying(&["polling", "websocket"], true);
    assert_eq!(desk.sent(), ["open 0 websocket"]);
    desk.failed(0, "websocket error");
    assert_eq!(desk.sent(), ["close 0", "open 1 polling", "poll 1"]);
}

#[test]
fn the_same_transport_twice_is_tried_twice_and_the_error_is_its_own() {
    let mut desk = trying(&["websocket", "websocket"], false);
    desk.failed(0, "websocket error");
    desk.failed(1, "websocket error");
    assert_eq!(
        desk.told(),
        [
            "s0 connect_error websocket error (retries)",
            "manager error websocket error"
        ]
    );
}

#[test]
fn only_the_opening_is_tried_again_on_another_transport() {
    let mut desk = trying(&["polling", "websocket"], false);
    desk.polled(0, HANDSHAKE);
    desk.take();
    desk.failed(0, "xhr poll error");
    let lines = desk.take();
    assert!(
        lines.contains(&"manager close transport error: xhr poll error".into()),
        "{lines:?}"
    );
    assert!(!lines.iter().any(|line| line.starts_with("open")), "{lines:?}");
}

/// After the call that caused it, so that the app can listen.
#[test]
fn no_transport_at_all_is_told_from_a_timer_and_not_tried_again() {
    let mut desk = Desk::new(&[], &["/"]);
    desk.connect(0);
    assert_eq!(desk.take(), [] as [&str; 0]);
    assert_eq!(desk.manager.poll_timeout(), desk.now);
    desk.wait(0.0);
    assert_eq!(
        desk.take(),
        [
            "s0 connect_error No transports available (final)",
            "manager error No transports available"
        ]
    );
    desk.wait(100_000.0);
    assert_eq!(desk.take(), [] as [&str; 0]);
    assert!(!desk.manager.is_reconnecting());
}

#[test]
fn a_configuration_that_is_refused_is_told_from_a_timer_and_not_tried_again() {
    for code in [
        Code::InvalidUrl,
        Code::InvalidOption,
        Code::InvalidHeader,
        Code::HeaderImpossible,
    ] {
        let mut desk = Desk::new(&["polling"], &["/"]);
        desk.configure(move || Err(Error::new(code, "no")));
        desk.connect(0);
        assert_eq!(desk.take(), [] as [&str; 0]);
        desk.wait(100_000.0);
        assert_eq!(desk.take(), ["s0 connect_error no (final)", "manager error no"]);
    }
}

#[test]
fn a_refused_configuration_that_the_app_takes_back_is_never_told() {
    let mut desk = Desk::new(&[], &["/"]);
    desk.connect(0);
    desk.disconnect(0);
    desk.take();
    desk.wait(100_000.0);
    assert_eq!(desk.take(), [] as [&str; 0]);
}
