//! A connection that is lost is opened again.

use socketio_wasm::{Ack, Code, Lifecycle, ManagerEvent, Reason, Socket, Transport};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{NOWHERE, TRANSPORTS, URL, connected, disconnection, ms, soon, who_am_i};

#[wasm_bindgen_test]
async fn a_closed_connection_is_opened_again() {
    for transport in TRANSPORTS {
        for kick in ["kick-close", "kick-cut"] {
            let socket = Socket::builder(URL)
                .transports([transport])
                .upgrade(false)
                .reconnection_delay(ms(10))
                .header("X-Tenant", "acme");
            let socket = connected(socket).await;
            let mut lifecycle = socket.lifecycle();
            let mut events = socket.manager().events();
            let before = socket.id();

            let lost: Ack<()> = socket.emit_with_ack("silent", &());
            socket.emit(kick, &()).unwrap();
            let reason = disconnection(&mut lifecycle).await;
            assert!(
                matches!(reason, Reason::TransportClose | Reason::TransportError),
                "{reason:?}"
            );
            assert_eq!(soon("an error", lost).await.unwrap_err().code(), Code::Disconnected);
            assert!(socket.is_active() && !socket.is_connected());
            // What is emitted meanwhile is sent later.
            let answer: Ack<u32> = socket.emit_with_ack("echo-ack", &1);
            assert_eq!(soon("the answer", answer).await.unwrap(), 1, "{transport:?} {kick}");
            assert!(matches!(lifecycle.try_next(), Some(Lifecycle::Connect { .. })));
            assert_ne!(socket.id(), before);
            // The credentials are sent again.
            assert_eq!(who_am_i(&socket).await.headers["x-tenant"], "acme");

            let mut told = Vec::new();
            while let Some(event) = events.try_next() {
                match event {
                    ManagerEvent::Close(_) => told.push("close"),
                    ManagerEvent::ReconnectAttempt(1) => told.push("attempt"),
                    ManagerEvent::Placement(_) => told.push("placement"),
                    ManagerEvent::Open => told.push("open"),
                    ManagerEvent::Reconnect(1) => told.push("reconnect"),
                    _ => {}
                }
            }
            assert_eq!(
                told,
                ["close", "attempt", "placement", "open", "reconnect"],
                "{transport:?} {kick}"
            );
        }
    }
}

#[wasm_bindgen_test]
async fn attempts_come_to_an_end() {
    let socket = Socket::builder(NOWHERE)
        .transports([Transport::Polling])
        .reconnection_attempts(2)
        .reconnection_delay(ms(1))
        .reconnection_delay_max(ms(5))
        .randomization_factor(0.0)
        .build()
        .unwrap();
    let mut lifecycle = socket.lifecycle();
    let mut events = socket.manager().events();
    socket.connect();
    let error = soon("the last failure", socket.connected()).await.unwrap_err();
    assert_eq!(error.code(), Code::Unreachable);
    let mut retries = Vec::new();
    while let Some(Lifecycle::ConnectError { will_retry, .. }) = lifecycle.try_next() {
        retries.push(will_retry);
    }
    assert_eq!(retries, [true, true, false]);
    let mut attempts = Vec::new();
    let mut has_failed = false;
    while let Some(event) = events.try_next() {
        match event {
            ManagerEvent::ReconnectAttempt(attempt) => attempts.push(attempt),
            ManagerEvent::ReconnectFailed => has_failed = true,
            _ => {}
        }
    }
    assert_eq!((attempts, has_failed), (vec![1, 2], true));
    assert!(!socket.is_active());
}

#[wasm_bindgen_test]
async fn without_reconnection_a_lost_connection_stays_lost() {
    let socket = Socket::builder(URL)
        .transports([Transport::WebSocket])
        .reconnection(false);
    let socket = connected(socket).await;
    let mut lifecycle = socket.lifecycle();
    socket.emit("kick-close", &()).unwrap();
    assert_eq!(disconnection(&mut lifecycle).await, Reason::TransportClose);
    assert!(!socket.is_active());
    assert_eq!(
        soon("an error", socket.connected()).await.unwrap_err().code(),
        Code::Disconnected
    );

    socket.connect();
    soon("the connection", socket.connected()).await.unwrap();
}

#[wasm_bindgen_test]
async fn the_app_may_stop_it_while_it_waits() {
    let socket = Socket::builder(NOWHERE)
        .reconnection_delay(ms(60_000))
        .connect()
        .unwrap();
    let mut lifecycle = socket.lifecycle();
    assert!(matches!(
        soon("the failure", lifecycle.next()).await,
        Some(Lifecycle::ConnectError { will_retry: true, .. })
    ));
    assert!(socket.is_active());
    socket.disconnect();
    assert!(!socket.is_active());
    assert_eq!(
        soon("an error", socket.connected()).await.unwrap_err().code(),
        Code::Disconnected
    );
}

#[wasm_bindgen_test]
async fn a_session_is_recovered_with_what_was_missed() {
    let socket = Socket::builder(URL)
        .path("/recovery")
        .transports([Transport::WebSocket])
        .reconnection_delay(ms(10));
    let socket = socket.build().unwrap();
    let mut lifecycle = socket.lifecycle();
    let mut hello = socket.on::<()>("hello");
    let mut missed = socket.on::<u32>("missed");
    socket.connect();
    let Some(Lifecycle::Connect { id, recovered: false }) = soon("connect", lifecycle.next()).await else {
        panic!("not connected");
    };
    soon("hello", hello.next()).await.unwrap().unwrap();
    socket.emit("miss", &3).unwrap();
    disconnection(&mut lifecycle).await;
    let Some(Lifecycle::Connect {
        id: after,
        recovered: true,
    }) = soon("connect", lifecycle.next()).await
    else {
        panic!("not recovered");
    };
    assert_eq!(after, id);
    assert!(socket.recovered());
    for n in 0..3 {
        assert_eq!(soon("what was missed", missed.next()).await.unwrap().unwrap(), n);
    }
}
