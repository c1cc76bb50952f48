//! Sockets connect, are refused and disconnect, and say so.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use socketio_wasm::{Code, Error, Lifecycle, Reason, Socket, Transport, TransportKind};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{NOWHERE, URL, connected, disconnection, ms, socket, soon, until, who_am_i};

#[wasm_bindgen_test]
async fn a_socket_has_the_servers_id_while_it_is_connected() {
    let socket = socket("").build().unwrap();
    assert_eq!(socket.id(), None);
    assert!(!socket.is_active());
    socket.connect();
    assert!(socket.is_active() && !socket.is_connected());

    soon("the connection", socket.connected()).await.unwrap();
    assert!(socket.is_active() && socket.is_connected());
    assert_eq!(socket.id(), Some(who_am_i(&socket).await.id));
    assert!(!socket.recovered());

    socket.disconnect();
    assert!(!socket.is_active() && !socket.is_connected());
    assert_eq!(socket.id(), None);
}

#[wasm_bindgen_test]
async fn the_life_of_a_socket_is_told_in_order() {
    let socket = socket("").build().unwrap();
    let mut lifecycle = socket.lifecycle();
    socket.connect();
    let Some(Lifecycle::Connect { id, recovered: false }) = soon("connect", lifecycle.next()).await else {
        panic!("not connected");
    };
    assert_eq!(socket.id().as_deref(), Some(&*id));

    socket.disconnect();
    let Some(Lifecycle::Disconnect { reason, error: None }) = lifecycle.try_next() else {
        panic!("not disconnected");
    };
    assert_eq!(reason, Reason::ClientDisconnect);
    assert_eq!(reason.as_str(), "io client disconnect");

    socket.connect();
    let Some(Lifecycle::Connect { id: second, .. }) = soon("connect", lifecycle.next()).await else {
        panic!("not connected again");
    };
    assert_ne!(second, id);
}

#[wasm_bindgen_test]
async fn a_socket_that_the_server_disconnects_stays_so() {
    let socket = connected(socket("")).await;
    let mut lifecycle = socket.lifecycle();
    socket.emit("kick", &()).unwrap();
    assert_eq!(disconnection(&mut lifecycle).await, Reason::ServerDisconnect);
    assert!(!socket.is_active());
    let error = soon("an answer", socket.connected()).await.unwrap_err();
    assert_eq!(error.code(), Code::Disconnected);
}

#[wasm_bindgen_test]
async fn waiting_ends_when_the_app_disconnects() {
    let socket = Socket::builder(NOWHERE)
        .reconnection_delay(ms(60_000))
        .connect()
        .unwrap();
    let mut lifecycle = socket.lifecycle();
    let result = Rc::new(RefCell::new(None));
    let (waiting, told) = (socket.clone(), Rc::clone(&result));
    spawn_local(async move {
        let connected = waiting.connected().await;
        told.replace(Some(connected));
    });
    // The first attempt fails, and the task waits for the next one.
    soon("the failure", lifecycle.next()).await.unwrap();
    assert!(result.borrow().is_none());
    socket.disconnect();
    until("an answer", async || result.borrow().is_some()).await;
    let result = result.take().unwrap();
    assert_eq!(result.unwrap_err().code(), Code::Disconnected);
}

#[wasm_bindgen_test]
async fn a_server_that_is_not_there_is_a_transport_error() {
    for transport in crate::support::TRANSPORTS {
        let socket = Socket::builder(NOWHERE)
            .transports([transport])
            .reconnection(false)
            .connect()
            .unwrap();
        let mut lifecycle = socket.lifecycle();
        let error = soon("an answer", socket.connected()).await.unwrap_err();
        let expected = match transport {
            Transport::Polling => "xhr poll error",
            Transport::Fetch => "fetch read error",
            _ => "websocket error",
        };
        assert_eq!(error.message(), expected);
        let status = (transport != Transport::WebSocket).then_some(0);
        assert!(
            matches!(&error, Error::Transport { status: seen, .. } if *seen == status),
            "{error:?}"
        );
        assert!(!socket.is_active());
        let Some(Lifecycle::ConnectError {
            error: told,
            will_retry: false,
            transport: tried,
        }) = lifecycle.try_next()
        else {
            panic!("not told");
        };
        assert_eq!(told, error);
        let is_websocket = tried == Some(TransportKind::WebSocket);
        assert_eq!(is_websocket, transport == Transport::WebSocket);
        let is_found_out = transport != Transport::WebSocket;
        assert_eq!(error.code() == Code::Unreachable, is_found_out);
        assert_eq!(error.hint().contains("the port"), is_found_out, "{}", error.hint());
    }
}

#[wasm_bindgen_test]
async fn an_attempt_that_takes_too_long_is_a_timeout() {
    let error = {
        let socket = Socket::builder(URL)
            .transports([Transport::Polling])
            .timeout(ms(0))
            .reconnection(false)
            .connect()
            .unwrap();
        soon("an answer", socket.connected()).await.unwrap_err()
    };
    assert_eq!(error.code(), Code::Timeout);
}

#[wasm_bindgen_test]
async fn waiting_can_have_a_limit() {
    let socket = connected(socket("")).await;
    assert_eq!(socket.connected_within(Duration::MAX).await, Ok(()));

    let socket = Socket::builder(NOWHERE)
        .reconnection_delay(ms(60_000))
        .connect()
        .unwrap();
    let error = soon("the limit", socket.connected_within(ms(50))).await.unwrap_err();
    assert_eq!(error.code(), Code::Timeout);
    assert!(socket.is_active());
    socket.disconnect();
    let error = soon("an answer", socket.connected_within(ms(60_000)))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::Disconnected);
}
