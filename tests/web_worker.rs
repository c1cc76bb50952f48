//! The Rust API in a dedicated worker, against the real server of `tests/servers/companion.mjs`.
#![cfg(all(target_arch = "wasm32", feature = "serde"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "a test that panics has failed, and the support is made for another file"
)]

#[path = "web/support.rs"]
mod support;

use serde_bytes::ByteBuf;
use socketio_wasm::{Ack, Code, HeaderFallback, Socket, Transport};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use support::{NOWHERE, TRANSPORTS, URL, connected, disconnection, ms, soon, upgraded, who_am_i};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
fn this_is_a_worker() {
    assert!(
        js_sys::Reflect::get(&js_sys::global(), &"document".into())
            .unwrap()
            .is_undefined()
    );
    // What a URL lacks is the worker's.
    assert_eq!(Socket::builder("/chat").build().unwrap().namespace(), "/chat");
}

#[wasm_bindgen_test]
async fn each_transport_carries_text_and_binary() {
    for transport in TRANSPORTS {
        let socket = connected(Socket::builder(URL).transports([transport]).header("X-Tenant", "acme")).await;
        let mut echoes = socket.on::<(String, ByteBuf)>("echo");
        let bytes = ByteBuf::from(vec![1, 2, 3]);
        socket.emit("echo", &("ü", &bytes)).unwrap();
        assert_eq!(
            soon("the echo", echoes.next()).await.unwrap().unwrap(),
            ("ü".into(), bytes),
            "{transport:?}"
        );
        assert_eq!(who_am_i(&socket).await.headers["x-tenant"], "acme");
    }
}

#[wasm_bindgen_test]
async fn polling_moves_to_a_websocket() {
    let socket = connected(Socket::builder(URL)).await;
    upgraded(&socket).await;
}

#[wasm_bindgen_test]
async fn timers_and_reconnection_work() {
    let socket = connected(
        Socket::builder(URL)
            .transports([Transport::WebSocket])
            .reconnection_delay(ms(10)),
    )
    .await;
    let silent: Ack<()> = socket.emit_with_ack("silent", &()).timeout(ms(10));
    assert_eq!(soon("the timeout", silent).await.unwrap_err().code(), Code::Timeout);
    let mut lifecycle = socket.lifecycle();
    socket.emit("kick-close", &()).unwrap();
    disconnection(&mut lifecycle).await;
    soon("the connection", socket.connected()).await.unwrap();
}

#[wasm_bindgen_test]
async fn a_provider_is_asked() {
    let provider = async || Ok::<_, String>(std::collections::BTreeMap::from([("token", "demo-valid")]));
    let socket = connected(support::socket("/admin").auth_with(provider)).await;
    assert_eq!(who_am_i(&socket).await.auth["token"], "demo-valid");
}

#[wasm_bindgen_test]
async fn errors_are_the_same() {
    let nobody = Socket::builder(NOWHERE)
        .transports([Transport::Fetch])
        .reconnection(false)
        .connect()
        .unwrap();
    assert_eq!(
        soon("an error", nobody.connected()).await.unwrap_err().code(),
        Code::Unreachable
    );
    let forbidden = Socket::builder(URL)
        .transports([Transport::WebSocket])
        .header("X-Tenant", "acme")
        .header_fallback(HeaderFallback::Error)
        .connect()
        .unwrap();
    assert_eq!(
        soon("an error", forbidden.connected()).await.unwrap_err().code(),
        Code::HeaderImpossible
    );
}
