//! XHR, fetch, WebSocket, and moving from one to another.

use js_sys::{Array, Function, Object, Reflect};
use socketio_wasm::{Code, ManagerEvent, Socket, Transport, TransportKind};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{NOWHERE, URL, connected, soon, upgraded, who_am_i};

#[wasm_bindgen_test]
async fn each_transport_carries_a_session() {
    for (transport, name) in [
        (Transport::Polling, "polling"),
        (Transport::Fetch, "polling"),
        (Transport::WebSocket, "websocket"),
    ] {
        let socket = connected(Socket::builder(URL).transports([transport])).await;
        assert_eq!(who_am_i(&socket).await.transport, name, "{transport:?}");
        for n in 0..20 {
            let answer: u32 = soon("echo", socket.emit_with_ack("echo-ack", &n)).await.unwrap();
            assert_eq!(answer, n);
        }
    }
}

#[wasm_bindgen_test]
async fn polling_moves_to_a_websocket() {
    for polling in [Transport::Polling, Transport::Fetch] {
        let socket = Socket::builder(URL)
            .transports([polling, Transport::WebSocket])
            .build()
            .unwrap();
        let mut events = socket.manager().events();
        socket.connect();
        let mut burst = socket.on::<u32>("burst");
        let count: u32 = soon(
            "the burst",
            socket.emit_with_ack("burst", &[("n", 500)].into_iter().collect::<Map>()),
        )
        .await
        .unwrap();
        assert_eq!(count, 500);
        upgraded(&socket).await;
        for n in 0..500 {
            assert_eq!(soon("an event", burst.next()).await.unwrap().unwrap(), n);
        }
        assert_eq!(who_am_i(&socket).await.transport, "websocket");
        let mut kinds = Vec::new();
        while let Some(event) = events.try_next() {
            if let ManagerEvent::Upgrade(kind) = event {
                kinds.push(kind);
            }
        }
        assert_eq!(kinds, [TransportKind::WebSocket]);
    }
}

type Map = std::collections::BTreeMap<&'static str, u32>;

#[wasm_bindgen_test]
async fn without_upgrade_polling_stays() {
    let socket = connected(Socket::builder(URL).upgrade(false)).await;
    for _ in 0..5 {
        assert_eq!(who_am_i(&socket).await.transport, "polling");
    }
}

#[wasm_bindgen_test]
async fn a_websocket_can_come_first() {
    let transports = [Transport::WebSocket, Transport::Polling];
    let socket = connected(Socket::builder(URL).transports(transports)).await;
    assert_eq!(who_am_i(&socket).await.transport, "websocket");
    assert_eq!(socket.plan().unwrap().transport, TransportKind::WebSocket);
}

#[wasm_bindgen_test]
async fn binary_may_travel_as_base64() {
    let socket = connected(
        Socket::builder(URL)
            .transports([Transport::WebSocket])
            .force_base64(true),
    )
    .await;
    let bytes = serde_bytes::ByteBuf::from(vec![0, 255, 10]);
    let answer: serde_bytes::ByteBuf = soon("echo", socket.emit_with_ack("echo-ack", &bytes)).await.unwrap();
    assert_eq!(answer, bytes);
}

/// Without a server: `tests/browser/webtransport.test.mjs` has one.
#[wasm_bindgen_test]
async fn webtransport_is_opened_with_its_options() {
    let calls: Array = Function::new_no_args(
        "const calls = [];
        const Original = WebTransport;
        globalThis.WebTransport = class extends Original {
            constructor(...given) {
                calls.push(...given);
                globalThis.WebTransport = Original;
                super(...given);
            }
        };
        return calls;",
    )
    .call0(&js_sys::global())
    .unwrap()
    .into();
    let options = Object::new();
    Reflect::set(&options, &"requireUnreliable".into(), &true.into()).unwrap();

    let socket = Socket::builder(NOWHERE)
        .transports([Transport::WebTransport])
        .webtransport_options(&options)
        .reconnection(false)
        .connect()
        .unwrap();
    let error = soon("an error", socket.connected()).await.unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (Code::TransportFailed, "webtransport error")
    );
    assert_eq!(socket.plan().unwrap().transport, TransportKind::WebTransport);
    assert_eq!(calls.get(0), "https://127.0.0.1:9/socket.io/");
    assert_eq!(calls.get(1), *options);
}
