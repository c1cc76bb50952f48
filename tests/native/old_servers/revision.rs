//! Finding out which revision a server speaks.

use socketio_wasm::proto::engine::Revision;
use socketio_wasm::proto::engine::connection::Config;

use crate::support::desk::config;
use crate::support::{Desk, HANDSHAKE};

use super::{desk, framed, has, revision};

#[test]
fn on_polling_the_framing_tells_the_revision() {
    let mut desk = desk(None, &["polling"], &["/"]);
    desk.connect(0);
    desk.polled(0, &framed(&[HANDSHAKE, "40"]));
    assert_eq!(revision(&desk), Some(Revision::V3));
    assert!(has(&desk.told(), "s0 connect \"S\""));
    let mut desk = self::desk(None, &["polling"], &["/"]);
    desk.connect(0);
    desk.polled(0, HANDSHAKE);
    assert_eq!(revision(&desk), Some(Revision::V4));
    assert!(desk.sent().contains(&"post 0 40".into()));
}

#[test]
fn another_revision_than_the_app_wants_is_an_error() {
    for (wanted, body, spoken) in [
        (Revision::V4, framed(&[HANDSHAKE]), "The server speaks Engine.IO 3"),
        (Revision::V3, HANDSHAKE.to_owned(), "The server speaks Engine.IO 4"),
    ] {
        let mut desk = desk(Some(wanted), &["polling"], &["/"]);
        desk.connect(0);
        desk.polled(0, &body);
        let lines = desk.told();
        assert!(has(&lines, &format!("s0 connect_error {spoken}")), "{lines:?}");
        assert!(desk.audit.is_closed(0));
    }
}

/// The host knows from now on what the server speaks.
fn learn(desk: &mut Desk, known: Option<Revision>) {
    desk.configure(move || {
        Ok(Config {
            revision: None,
            known,
            ..config(&["websocket"])
        })
    });
}

fn stream(known: Option<Revision>) -> Desk {
    stream_of("/", known)
}

fn stream_of(namespace: &str, known: Option<Revision>) -> Desk {
    let mut desk = Desk::new(&["websocket"], &[namespace]);
    learn(&mut desk, known);
    desk.connect(0);
    desk.opened(0);
    desk
}

#[test]
fn a_limit_to_payloads_is_of_revision_4() {
    let mut desk = stream(Some(Revision::V3));
    desk.text(0, &HANDSHAKE.replace('}', ",\"maxPayload\":1000000}"));
    assert_eq!(revision(&desk), Some(Revision::V4));
    assert!(desk.sent().contains(&"write 0 40".into()));
}

#[test]
fn a_root_connected_unasked_is_of_revision_3() {
    let mut desk = stream(None);
    desk.text(0, HANDSHAKE);
    desk.wait(99.0);
    assert_eq!(desk.take(), ["open 0 websocket"], "nobody knows yet");
    desk.text(0, "40");
    assert_eq!(revision(&desk), Some(Revision::V3));
    let lines = desk.take();
    assert!(has(&lines, "s0 connect \"S\""), "{lines:?}");
    assert!(!has(&lines, "write"), "{lines:?}");
}

#[test]
fn a_ping_or_silence_is_of_revision_4() {
    let mut desk = stream(None);
    desk.text(0, HANDSHAKE);
    desk.text(0, "2");
    assert_eq!(revision(&desk), Some(Revision::V4));
    assert!(desk.sent().contains(&"write 0 3".into()));
    let mut desk = stream(None);
    desk.text(0, HANDSHAKE);
    desk.wait(100.0);
    assert_eq!(revision(&desk), Some(Revision::V4));
    assert!(desk.sent().contains(&"write 0 40".into()));
}

#[test]
fn an_old_server_that_was_slow_is_connected_to_once_more() {
    for (namespace, answer) in [("/", "40"), ("/chat", "40"), ("/", "44\"no\"")] {
        for known in [None, Some(Revision::V4)] {
            let mut desk = stream_of(namespace, known);
            desk.text(0, HANDSHAKE);
            desk.wait(100.0);
            assert_eq!(revision(&desk), Some(Revision::V4));
            desk.take();
            // The close tells the host.
            learn(&mut desk, Some(Revision::V3));
            desk.text(0, answer);
            let lines = desk.take();
            assert!(desk.audit.is_closed(0));
            assert!(has(&lines, "manager close older protocol"), "{lines:?}");
            assert!(has(&lines, "open 1 websocket"), "at once: {lines:?}");
            assert!(!has(&lines, "s0"), "the app hears of one connection: {lines:?}");
            desk.opened(1);
            desk.text(1, HANDSHAKE);
            desk.text(1, answer);
            assert_eq!(revision(&desk), Some(Revision::V3));
            assert!(has(&desk.take(), "manager open"));
        }
    }
}

/// Middleware of servers 3.0 to 4.4 that calls `next("no")` or `next({ data })`: what is no `Error` has no message.
#[test]
fn a_refusal_without_a_message_is_told() {
    for (packet, told) in [
        ("44{}", "s0 connect_error  {} (final)"),
        (r#"44{"data":5}"#, "s0 connect_error  5 (final)"),
        // Or of an old server that was slow.
        (r#"44{"code":5}"#, r#"s0 connect_error  {"code":5} (final)"#),
    ] {
        let mut desk = stream(None);
        desk.text(0, HANDSHAKE);
        desk.wait(100.0);
        desk.take();
        desk.text(0, packet);
        let lines = desk.take();
        assert!(has(&lines, told), "{lines:?}");
        assert!(!has(&lines, "open"), "{lines:?}");
    }
}

#[test]
fn a_server_of_revision_4_that_grants_without_an_id_is_not_asked_for_ever() {
    let mut desk = stream(None);
    desk.text(0, &HANDSHAKE.replace('}', ",\"maxPayload\":1000000}"));
    desk.text(0, "40");
    let lines = desk.take();
    assert!(
        has(
            &lines,
            "s0 connect_error The server granted the namespace without an id"
        ),
        "{lines:?}"
    );
    assert!(desk.audit.is_closed(0));
}

#[test]
fn a_server_known_to_be_of_revision_4_is_not_waited_for() {
    let mut desk = stream(Some(Revision::V4));
    desk.text(0, HANDSHAKE);
    assert_eq!(revision(&desk), Some(Revision::V4));
    assert!(desk.sent().contains(&"write 0 40".into()));
}

#[test]
fn one_known_to_be_old_has_time_until_the_attempt_is_over() {
    let mut desk = stream(Some(Revision::V3));
    desk.text(0, HANDSHAKE);
    desk.wait(1_000.0);
    desk.text(0, "40");
    assert_eq!(revision(&desk), Some(Revision::V3));
    assert!(has(&desk.take(), "s0 connect \"S\""));
    // Another server is there by now, and waits itself.
    let mut desk = stream(Some(Revision::V3));
    desk.text(0, HANDSHAKE);
    desk.wait(20_000.0);
    let lines = desk.take();
    assert!(has(&lines, "s0 connect_error timeout"), "{lines:?}");
    assert!(desk.audit.is_closed(0));
}

#[test]
fn a_connection_may_end_before_its_revision_is_known() {
    let mut desk = stream(None);
    desk.text(0, HANDSHAKE);
    desk.disconnect(0);
    assert!(desk.audit.is_closed(0));
    assert_eq!(desk.manager.poll_timeout(), f64::INFINITY);
    let mut desk = stream(None);
    desk.text(0, HANDSHAKE);
    desk.closed(0, "gone");
    assert!(has(&desk.told(), "s0 connect_error gone"));
    desk.wait(999.0);
    assert_eq!(revision(&desk), None);
    desk.wait(1.0);
    desk.opened(1);
    desk.text(1, HANDSHAKE);
    desk.text(1, "40");
    assert!(has(&desk.told(), "s0 connect \"S\""));
}

/// Its handshake does not count for the next transport.
#[test]
fn the_next_transport_is_tried_before_the_revision_is_known() {
    let mut desk = Desk::new(&["websocket", "polling"], &["/"]);
    desk.configure(|| {
        Ok(Config {
            revision: None,
            try_all: true,
            ..config(&["websocket", "polling"])
        })
    });
    desk.connect(0);
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    desk.closed(0, "gone");
    desk.wait(200.0);
    assert_eq!(revision(&desk), None);
    desk.polled(1, &framed(&[&HANDSHAKE.replace("\"S\"", "\"T\""), "40"]));
    assert!(has(&desk.told(), "s0 connect \"T\""));
}
