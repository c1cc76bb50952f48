//! HTTP 401 or 403 for the handshake, and the bearer token that may overcome it: the app is asked for its options, and
//! answers when it can.

use socketio_wasm::error::{Code, Error};
use socketio_wasm::proto::socket::manager::Manager;

use crate::support::desk::config;
use crate::support::{Auth, Desk, HANDSHAKE};

const NOTHING: [&str; 0] = [];
const FOREVER: f64 = f64::INFINITY;

fn reason(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn no_token() -> Option<Error> {
    Some(Error::new(Code::AuthFailed, "no token"))
}

/// Two sockets are about to connect over polling, and the app can give a bearer token.
fn opening() -> Desk {
    let mut desk = Desk::new(&["polling"], &["/", "/b"]);
    desk.manager.policy.renews_bearer = true;
    desk.connect(0);
    desk.connect(1);
    desk.take();
    desk
}

/// The same, but the app is still to give its options.
fn configuring() -> (Desk, u32) {
    let mut desk = Desk::new(&["polling"], &["/", "/b"]);
    desk.manager.policy.renews_bearer = true;
    desk.configures_later = true;
    desk.connect(0);
    let (epoch, why) = desk.asked_config();
    assert_eq!(why, reason("connect 1"));
    desk.take();
    (desk, epoch)
}

/// The same after the server has refused the token.
fn refused() -> (Desk, u32) {
    let (mut desk, epoch) = configuring();
    desk.answer_config(epoch, None);
    desk.unauthorized(0);
    let (epoch, why) = desk.asked_config();
    assert_eq!(why, reason("rejected 2"));
    assert_eq!(
        desk.take(),
        [
            "open 0 polling",
            "poll 0",
            "close 0",
            "engine0 close transport error: unauthorized"
        ]
    );
    (desk, epoch)
}

/// It is over: nothing is tried again by itself.
fn check_final(desk: &mut Desk) {
    assert!(!desk.manager.is_active(0) && !desk.manager.is_active(1));
    assert!(desk.manager.is_closed() && !desk.manager.is_reconnecting());
    assert_eq!(desk.manager.poll_timeout(), FOREVER);
}

/// The connection is open over polling with this transport, and both sockets connect.
fn check_opens(desk: &mut Desk, transport: u32) {
    desk.polled(transport, HANDSHAKE);
    desk.posted(transport);
    desk.polled(transport, "40{\"sid\":\"A\"}");
    assert!(desk.manager.is_connected(0));
    desk.take();
}

#[test]
fn who_can_give_no_other_token_is_told_and_nothing_is_tried_again() {
    let mut desk = opening();
    desk.manager.policy.renews_bearer = false;
    desk.unauthorized(0);
    assert_eq!(
        desk.take(),
        [
            "close 0",
            "engine0 close transport error: unauthorized",
            "s0 connect_error unauthorized (final)",
            "s1 connect_error unauthorized (final)",
            "manager error unauthorized",
        ]
    );
    assert_eq!(desk.failed_on, [Some("polling"); 2]);
    check_final(&mut desk);
    // Until the app says so.
    desk.connect(0);
    assert_eq!(desk.take(), ["open 1 polling", "poll 1"]);
    check_opens(&mut desk, 1);
    assert!(!desk.manager.is_active(1));
}

#[test]
fn another_token_is_asked_for_once_and_tried_at_once() {
    let (mut desk, epoch) = refused();
    assert!(desk.manager.is_active(0));
    desk.answer_config(epoch, None);
    assert_eq!(desk.take(), ["open 1 polling", "poll 1"]);
    check_opens(&mut desk, 1);
    assert_eq!(desk.demands, ["connect 1"]);
}

#[test]
fn the_second_refusal_counts() {
    let (mut desk, epoch) = refused();
    desk.answer_config(epoch, None);
    desk.take();
    desk.unauthorized(1);
    assert_eq!(
        desk.told(),
        ["s0 connect_error unauthorized (final)", "manager error unauthorized"]
    );
    assert_eq!(desk.configuring, []);
    check_final(&mut desk);
}

#[test]
fn the_app_may_begin_again_with_one_more() {
    let (mut desk, epoch) = refused();
    desk.answer_config(epoch, None);
    desk.unauthorized(1);
    desk.connect(0);
    let (epoch, why) = desk.asked_config();
    assert_eq!(why, reason("connect 3"));
    desk.answer_config(epoch, None);
    desk.unauthorized(2);
    let (epoch, why) = desk.asked_config();
    assert_eq!(why, reason("rejected 4"));
    desk.answer_config(epoch, None);
    check_opens(&mut desk, 3);
    desk.closed(3, "gone");
    // After a connection the count begins anew, and so does the one other token.
    desk.wait(1_000.0);
    let (epoch, why) = desk.asked_config();
    assert_eq!(why, reason("reconnect 1"));
    desk.answer_config(epoch, None);
    desk.unauthorized(4);
    assert_eq!(desk.asked_config().1, reason("rejected 2"));
}

#[test]
fn where_there_is_no_other_token_the_refusal_is_told() {
    let (mut desk, epoch) = refused();
    desk.answer_config(epoch, no_token());
    assert_eq!(desk.take(), NOTHING, "not in the middle of the app's call");
    desk.wait(0.0);
    assert_eq!(
        desk.take(),
        ["s0 connect_error unauthorized (final)", "manager error unauthorized"]
    );
    assert_eq!(desk.failed_on, [Some("polling")], "that is where it was refused");
    check_final(&mut desk);
}

#[test]
fn another_token_that_does_not_come_in_time_leaves_the_refusal() {
    let (mut desk, epoch) = refused();
    desk.wait(9_999.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(
        desk.take(),
        ["s0 connect_error unauthorized (final)", "manager error unauthorized"]
    );
    check_final(&mut desk);
    desk.answer_config(epoch, None);
    assert_eq!(desk.take(), NOTHING);
}

/// That is not about the token.
#[test]
fn another_failure_after_a_refusal_is_tried_again() {
    let (mut desk, epoch) = refused();
    desk.answer_config(epoch, None);
    desk.take();
    desk.failed(1, "xhr poll error");
    assert_eq!(
        desk.told(),
        [
            "s0 connect_error xhr poll error (retries)",
            "manager error xhr poll error"
        ]
    );
    desk.wait(1_000.0);
    let (epoch, why) = desk.asked_config();
    assert_eq!(why, reason("connect 3"));
    desk.answer_config(epoch, None);
    desk.take();
    // But no third token is asked for.
    desk.unauthorized(2);
    assert_eq!(
        desk.told(),
        [
            "s0 connect_error unauthorized (final)",
            "manager error unauthorized",
            "manager reconnect_error unauthorized"
        ]
    );
    check_final(&mut desk);
}

#[test]
fn a_refused_reconnection_is_given_up() {
    let mut desk = opening();
    check_opens(&mut desk, 0);
    desk.failed(0, "xhr poll error");
    desk.wait(1_000.0);
    desk.take();
    desk.unauthorized(1);
    assert_eq!(
        desk.take(),
        [
            "close 1",
            "engine1 close transport error: unauthorized",
            "open 2 polling",
            "poll 2"
        ]
    );
    desk.unauthorized(2);
    assert_eq!(
        desk.told(),
        [
            "s0 connect_error unauthorized (final)",
            "s1 connect_error unauthorized (final)",
            "manager error unauthorized",
            "manager reconnect_error unauthorized"
        ]
    );
    check_final(&mut desk);
}

#[test]
fn who_opens_the_connection_by_hand_is_told_as_well() {
    let mut desk = Desk::new(&["polling"], &["/"]);
    desk.act(Manager::open_once);
    desk.take();
    desk.unauthorized(0);
    assert_eq!(desk.told(), ["manager error unauthorized"]);
    check_final(&mut desk);
}

#[test]
fn a_listener_that_connects_again_and_again_is_asked_each_time() {
    let mut desk = opening();
    desk.manager.policy.renews_bearer = false;
    desk.listen(|desk, line| {
        if line.starts_with("s0 connect_error") && desk.configuring.len() < 4 {
            desk.connect(0);
        }
    });
    for transport in 0..4 {
        desk.unauthorized(transport);
    }
    let told = desk.told();
    let errors = told.iter().filter(|line| line.starts_with("s0")).count();
    assert_eq!(errors, 4);
    check_final(&mut desk);
}

// The app is asked for its options.

#[test]
fn the_connection_waits_for_them() {
    let (mut desk, epoch) = configuring();
    desk.wait(9_000.0);
    assert_eq!(desk.take(), NOTHING);
    assert!(desk.manager.is_active(0) && !desk.manager.is_closed());
    // Others need not ask once more.
    desk.connect(1);
    assert_eq!(desk.configuring, []);
    desk.answer_config(epoch, None);
    assert_eq!(desk.take(), ["open 0 polling", "poll 0"]);
}

#[test]
fn only_the_first_answer_counts() {
    let (mut desk, epoch) = configuring();
    desk.answer_config(epoch, None);
    desk.take();
    desk.answer_config(epoch, None);
    desk.answer_config(epoch, no_token());
    desk.wait(0.0);
    assert_eq!(desk.take(), NOTHING);
    check_opens(&mut desk, 0);
}

#[test]
fn who_fails_to_give_them_is_asked_again_after_growing_delays() {
    let (mut desk, mut epoch) = configuring();
    for (attempt, delay) in [(2, 1_000.0), (3, 2_000.0), (4, 4_000.0)] {
        desk.answer_config(epoch, no_token());
        desk.wait(0.0);
        let told = desk.told();
        assert_eq!(
            told[..2],
            ["s0 connect_error no token (retries)", "manager error no token"]
        );
        desk.wait(delay - 1.0);
        assert_eq!(desk.take(), NOTHING);
        desk.wait(1.0);
        let again = desk.asked_config();
        assert_eq!(again.1, reason(&format!("connect {attempt}")));
        assert_eq!(desk.told(), [format!("manager reconnect_attempt {}", attempt - 1)]);
        // To the question before.
        desk.answer_config(epoch, None);
        assert_eq!(desk.take(), NOTHING);
        epoch = again.0;
    }
    desk.answer_config(epoch, None);
    check_opens(&mut desk, 0);
    assert_eq!(desk.failed_on, [None; 3]);
}

#[test]
fn a_failure_before_a_transport_was_tried_names_none() {
    let mut desk = opening();
    check_opens(&mut desk, 0);
    desk.failed(0, "xhr poll error");
    desk.configures_later = true;
    desk.configuring.clear();
    desk.wait(1_000.0);
    let (epoch, _) = desk.asked_config();
    desk.failed_on.clear();
    desk.answer_config(epoch, no_token());
    desk.wait(0.0);
    assert_eq!(desk.failed_on, [None; 2]);
}

#[test]
fn who_takes_too_long_is_asked_again() {
    let (mut desk, first) = configuring();
    desk.wait(10_000.0);
    let message = "The function that gives the credentials did not answer in time";
    assert_eq!(
        desk.take(),
        [
            format!("s0 connect_error {message} (retries)"),
            format!("manager error {message}")
        ]
    );
    desk.answer_config(first, None);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1_000.0);
    let (second, why) = desk.asked_config();
    assert_eq!(why, reason("connect 2"));
    desk.take();
    desk.answer_config(first, None);
    assert_eq!(desk.take(), NOTHING);
    desk.answer_config(second, None);
    assert_eq!(desk.take(), ["open 0 polling", "poll 0"]);
}

#[test]
fn it_is_given_up_as_a_connection_is() {
    let (mut desk, epoch) = configuring();
    desk.manager.reconnection.enabled = false;
    desk.answer_config(epoch, no_token());
    desk.wait(0.0);
    assert_eq!(
        desk.take(),
        ["s0 connect_error no token (final)", "manager error no token"]
    );
    assert!(!desk.manager.is_active(0));
    assert_eq!(desk.manager.poll_timeout(), FOREVER);
    // The app opens it by hand, and the socket is connected.
    desk.act(Manager::open);
    let (epoch, _) = desk.asked_config();
    desk.answer_config(epoch, None);
    check_opens(&mut desk, 0);
}

#[test]
fn the_whole_attempt_has_its_time_too() {
    let (mut desk, epoch) = configuring();
    desk.manager.policy.timeout = FOREVER;
    desk.answer_config(epoch, no_token());
    desk.wait(1_000.0);
    desk.take();
    desk.wait(19_999.0);
    assert_eq!(desk.take(), NOTHING);
    desk.wait(1.0);
    assert_eq!(desk.told()[0], "s0 connect_error timeout (retries)");
}

#[test]
fn the_app_disconnects_while_it_is_asked() {
    for (mut desk, epoch) in [configuring(), refused()] {
        desk.disconnect(0);
        assert_eq!(desk.take(), ["manager close forced close"]);
        desk.answer_config(epoch, None);
        desk.answer_config(epoch, no_token());
        desk.wait(100_000.0);
        assert_eq!(desk.take(), NOTHING);
        check_final(&mut desk);
    }
}

#[test]
fn the_app_disconnects_and_connects_while_it_is_asked() {
    for (mut desk, first) in [configuring(), refused()] {
        desk.disconnect(0);
        desk.take();
        desk.connect(0);
        let (second, why) = desk.asked_config();
        assert!(why.unwrap().starts_with("connect "), "what was before does not count");
        desk.answer_config(first, None);
        assert_eq!(desk.take(), NOTHING);
        desk.answer_config(second, no_token());
        desk.wait(0.0);
        assert_eq!(
            desk.take(),
            ["s0 connect_error no token (retries)", "manager error no token"]
        );
        desk.wait(1_000.0);
        let (third, _) = desk.asked_config();
        desk.answer_config(third, None);
        let transport = desk.take()[1].strip_prefix("open ").unwrap()[..1].parse().unwrap();
        // One other token may still be asked for.
        desk.unauthorized(transport);
        assert!(desk.asked_config().1.unwrap().starts_with("rejected "));
    }
}

#[test]
fn the_app_leaves_in_the_event_before_it_is_asked() {
    let mut desk = opening();
    desk.configures_later = true;
    check_opens(&mut desk, 0);
    desk.listen(|desk, line| {
        if line.starts_with("manager reconnect_attempt") {
            desk.act(|manager, _| manager.close());
        }
    });
    desk.configuring.clear();
    desk.failed(0, "xhr poll error");
    desk.wait(10_000.0);
    assert_eq!(desk.configuring, [], "nobody wants to know any more");
    check_final(&mut desk);
}

#[test]
fn options_that_cannot_be_used_are_final_or_not_as_always() {
    let (mut desk, epoch) = configuring();
    desk.answer_config(epoch, Some(Error::new(Code::InvalidHeader, "bad header")));
    desk.wait(0.0);
    assert_eq!(
        desk.take(),
        ["s0 connect_error bad header (final)", "manager error bad header"]
    );
    assert!(!desk.manager.is_active(0));
    desk.wait(100_000.0);
    assert_eq!(desk.take(), NOTHING);
    // After a refusal too: this is what the app has to hear.
    let (mut desk, epoch) = refused();
    desk.answer_config(epoch, Some(Error::new(Code::InvalidHeader, "bad header")));
    desk.wait(0.0);
    assert_eq!(
        desk.take(),
        ["s0 connect_error bad header (final)", "manager error bad header"]
    );
    let (mut desk, epoch) = configuring();
    desk.configure(|| Ok(config(&[])));
    desk.answer_config(epoch, None);
    desk.wait(0.0);
    assert_eq!(desk.told()[0], "s0 connect_error No transports available (final)");
}

// The server refuses a namespace, and the handshake has a bearer token in a header.

/// Both sockets are connecting on an open WebSocket, whose handshake had a bearer token.
fn with_bearer() -> Desk {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.manager.policy.renews_bearer = true;
    desk.manager.placed.bearer_in_header = true;
    desk.connect(0);
    desk.connect(1);
    desk.renewed = Some(Auth::None);
    desk.take();
    desk.configuring.clear();
    desk.demands.clear();
    desk
}

#[test]
fn where_what_was_refused_may_be_the_header_another_handshake_is_made() {
    let mut desk = with_bearer();
    desk.text(0, "44{\"message\":\"no\",\"data\":{\"status\":401}}");
    assert_eq!(
        desk.take(),
        [
            "close 0",
            "engine0 close forced close",
            "manager close credentials renewed",
            "open 1 websocket"
        ]
    );
    assert_eq!(
        desk.configuring.last().unwrap().1,
        None,
        "the app has just given another one"
    );
    desk.opened(1);
    desk.take();
    desk.text(1, HANDSHAKE);
    assert_eq!(desk.sent(), ["write 1 40", "write 1 40/b,"]);
    assert_eq!(desk.demands, ["rejected 2 (no: authentication)", "reconnect 2"]);
    // The second refusal counts.
    desk.text(1, "44{\"message\":\"still no\"}");
    assert_eq!(desk.take(), ["s0 connect_error still no (final)"]);
    desk.text(1, "40/b,{\"sid\":\"B\"}");
    assert_eq!(desk.take(), ["s1 connect \"B\""]);
}

#[test]
fn a_connected_neighbour_is_not_harmed() {
    let mut desk = with_bearer();
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.take();
    desk.text(0, "44{\"message\":\"no\"}");
    assert_eq!(desk.take(), ["write 0 40"], "on the same connection");
    assert!(desk.manager.is_connected(1));
}

#[test]
fn who_has_no_other_token_hears_of_the_refusal() {
    let mut desk = with_bearer();
    desk.renewed = None;
    desk.text(0, "44{\"message\":\"no\"}");
    assert_eq!(desk.take(), ["s0 connect_error no (final)"]);
    assert!(desk.manager.is_active(1));
}

#[test]
fn a_token_that_does_not_travel_in_a_header_needs_no_other_handshake() {
    for (renews, in_header) in [(false, true), (true, false)] {
        let mut desk = with_bearer();
        desk.manager.policy.renews_bearer = renews;
        desk.manager.placed.bearer_in_header = in_header;
        desk.text(0, "44{\"message\":\"no\"}");
        assert_eq!(desk.take(), ["write 0 40"]);
    }
}
