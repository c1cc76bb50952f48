//! What the simulation found, written out.

use serde_json::json;

use crate::support::{Desk, UPGRADABLE};

/// Where in the lines each of these stands.
fn positions(lines: &[String], wanted: [&str; 2]) -> [Option<usize>; 2] {
    wanted.map(|wanted| lines.iter().position(|line| line == wanted))
}

/// The last POST before an upgrade ends: the app hears of it when the manager has moved over, but the packet that says so
/// to the server is still to be written. (The server closes a WebSocket that says anything else first.)
#[test]
fn an_emit_in_the_drain_event_that_ends_the_polling_does_not_overtake_the_upgrade() {
    let mut desk = Desk::new(&["polling", "websocket"], &["/"]);
    desk.connect(0);
    desk.polled(0, UPGRADABLE);
    desk.posted(0);
    desk.polled(0, "40{\"sid\":\"A\"}");
    desk.emit(0, json!(["a"]));
    desk.opened(1);
    desk.text(1, "3probe");
    desk.polled(0, "6");
    desk.take();
    desk.listen(|desk, line| {
        if line == "engine0 drain" {
            desk.emit(0, json!(["b"]));
        }
    });
    desk.posted(0);
    let sent = desk.sent();
    let [upgrade, emitted] = positions(&sent, ["write 1 5", "write 1 42[\"b\"]"]);
    assert!(upgrade < emitted, "{sent:?}");
}

/// As above with the engine's `packet` event: in it the socket is connected already, but what had waited for that is not
/// written yet.
#[test]
fn an_emit_in_the_packet_event_of_a_grant_does_not_overtake_what_had_waited() {
    let mut desk = Desk::on_websocket(&["/"]);
    desk.act(|manager, _| manager.watch(true));
    desk.connect(0);
    desk.emit(0, json!(["first"]));
    desk.take();
    desk.listen(|desk, line| {
        if line.starts_with("engine0 packet message") {
            desk.emit(0, json!(["second"]));
        }
    });
    desk.text(0, "40{\"sid\":\"A\"}");
    let sent = desk.sent();
    let [first, second] = positions(&sent, ["write 0 42[\"first\"]", "write 0 42[\"second\"]"]);
    assert!(first < second, "{sent:?}");
}

/// The server closes a connection on which a second CONNECT comes before the DISCONNECT.
#[test]
fn a_connect_in_the_packet_event_of_a_stale_grant_does_not_overtake_the_disconnect() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.act(|manager, _| manager.watch(true));
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.connect(1);
    desk.disconnect(1);
    desk.take();
    desk.listen(|desk, line| {
        if line.starts_with("engine0 packet message") {
            desk.connect(1);
        }
    });
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    let sent = desk.sent();
    let [left, joined] = positions(&sent, ["write 0 41/b,", "write 0 40/b,"]);
    assert!(joined.is_none() || left < joined, "{sent:?}");
}

/// A client whose session `P` the server has kept, and that asks for what it has missed since `o1`.
fn recovering() -> Desk {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.connect(0);
    desk.connect(1);
    desk.text(0, "40/b,{\"sid\":\"B\",\"pid\":\"P\"}");
    desk.text(0, "42/b,[\"seen\",\"o1\"]");
    desk.closed(0, "websocket closed");
    desk.wait(1_000.0);
    desk.opened(1);
    desk.text(1, crate::support::HANDSHAKE);
    assert!(
        desk.sent()
            .contains(&r#"write 1 40/b,{"pid":"P","offset":"o1"}"#.into())
    );
    desk
}

/// The server has sent an event, and then hears that the app leaves and comes back. It still keeps the session that it
/// had kept before (in its memory adapter for two minutes, however often that was recovered), and sends the event again.
#[test]
fn a_socket_that_leaves_and_comes_back_is_told_no_event_twice() {
    let mut desk = recovering();
    desk.text(1, "40/b,{\"sid\":\"B\",\"pid\":\"P\"}");
    desk.disconnect(1);
    desk.connect(1);
    let recovers = desk
        .sent()
        .contains(&r#"write 1 40/b,{"pid":"P","offset":"o1"}"#.into());
    // It was on its way.
    desk.text(1, "42/b,[\"event\",\"o2\"]");
    if recovers {
        desk.text(1, "42/b,[\"event\",\"o2\"]");
        desk.text(1, "40/b,{\"sid\":\"B\",\"pid\":\"P\"}");
    } else {
        desk.text(1, "40/b,{\"sid\":\"C\",\"pid\":\"Q\"}");
    }
    let told = desk.told();
    let messages = told.iter().filter(|line| line.starts_with("s1 message"));
    assert!(messages.count() <= 1, "{told:?}");
}

/// Servers send what was missed before the CONNECT. The app leaves and comes back in between.
#[test]
fn a_recovery_that_the_app_interrupted_loses_nothing() {
    let mut desk = recovering();
    desk.disconnect(1);
    desk.text(1, "42/b,[\"missed\",\"o2\"]");
    desk.connect(1);
    desk.text(1, "40/b,{\"sid\":\"B\",\"pid\":\"P\"}");
    let told = desk.told();
    let is_recovered = told.contains(&"s1 connect \"B\" recovered".into());
    assert!(
        !is_recovered || told.contains(&"s1 message [\"missed\",\"o2\"]".into()),
        "{told:?}"
    );
}

/// What had waited for the grant makes the client tell of it before the events that came early. The app leaves in the
/// engine's event that comes first.
#[test]
fn a_disconnect_in_the_packet_event_of_a_grant_is_not_told_of_it() {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.act(|manager, _| manager.watch(true));
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.connect(1);
    desk.text(0, "42/b,[\"early\"]");
    desk.take();
    desk.listen(|desk, line| {
        if line.starts_with("engine0 packet message 0/b,") {
            desk.disconnect(1);
        }
    });
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    let told = desk.told();
    assert!(!told.iter().any(|line| line.starts_with("s1 granted")), "{told:?}");
    assert!(!desk.manager.is_connected(1));
}
