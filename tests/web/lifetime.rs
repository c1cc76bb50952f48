//! Dropped is undone.

use socketio_wasm::{Ack, Emitted, Lifecycle, Manager, Socket, Transport};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{NOWHERE, TRANSPORTS, URL, connected, ms, sleep, socket, soon, until};

#[wasm_bindgen(inline_js = "
const timers = new Set();
let watched = 0;
export function watchTimers() {
    if (watched++) return;
    const { setTimeout, clearTimeout } = globalThis;
    globalThis.setTimeout = (callback, ...rest) => {
        const id = setTimeout((...args) => { timers.delete(id); callback(...args); }, ...rest);
        if (watched) timers.add(id);
        return id;
    };
    globalThis.clearTimeout = (id) => { timers.delete(id); clearTimeout(id); };
}
export const timersLeft = () => [...timers];

const sockets = [];
const NativeWebSocket = globalThis.WebSocket;
export function watchSockets() {
    globalThis.WebSocket = class extends NativeWebSocket {
        constructor(...args) { super(...args); sockets.push(this); }
    };
}
export function unwatchSockets() { globalThis.WebSocket = NativeWebSocket; }
export const socketsOpen = () => sockets.filter(({ readyState }) => readyState < 2).length;
export const socketsHeard = () => sockets.filter(({ onmessage, onopen, onclose, onerror }) =>
    onmessage || onopen || onclose || onerror).length;
")]
extern "C" {
    #[wasm_bindgen(js_name = watchTimers)]
    fn watch_timers();
    #[wasm_bindgen(js_name = timersLeft)]
    fn timers_left() -> Vec<f64>;
    #[wasm_bindgen(js_name = watchSockets)]
    fn watch_sockets();
    #[wasm_bindgen(js_name = unwatchSockets)]
    fn unwatch_sockets();
    #[wasm_bindgen(js_name = socketsOpen)]
    fn sockets_open() -> usize;
    #[wasm_bindgen(js_name = socketsHeard)]
    fn sockets_heard() -> usize;
}

#[wasm_bindgen_test]
async fn the_last_handle_closes_the_connection() {
    let observer = connected(socket("/room-3")).await;
    for transport in TRANSPORTS {
        let socket = Socket::builder(&[URL, "/room-3"].concat())
            .transports([transport])
            .upgrade(false);
        let socket = connected(socket).await;
        let id = socket.id().unwrap();
        let present = async || -> Vec<String> {
            soon("who is present", observer.emit_with_ack("present", &()))
                .await
                .unwrap()
        };
        assert!(present().await.contains(&id));

        let other = socket.clone();
        let manager = socket.manager().clone();
        drop(socket);
        assert!(other.is_connected());
        // A manager and streams do not hold it.
        let mut lifecycle = other.lifecycle();
        let _echoes = other.on_js("echo");
        drop(other);
        until("the departure", async || !present().await.contains(&id)).await;
        assert!(matches!(lifecycle.try_next(), Some(Lifecycle::Disconnect { .. })));
        drop(manager);
    }
}

#[wasm_bindgen_test]
async fn what_was_emitted_before_is_still_sent() {
    let observer = connected(socket("/room-4")).await;
    let mut said = observer.on::<String>("said");
    // The server ignores events that it reads in one go with the end of their socket: not on WebSocket, and over polling only
    // what has a request of its own.
    for transport in [Transport::Polling, Transport::Fetch] {
        let socket = Socket::builder(&[URL, "/room-4"].concat())
            .transports([transport])
            .upgrade(false);
        let socket = connected(socket).await;
        let goodbye = format!("goodbye from {transport:?}");
        let is_sent = async || socket.volatile().emit("say", &goodbye).unwrap() == Emitted::Sent;
        until("a request of its own", is_sent).await;
        drop(socket);
        let what = format!("the goodbye from {transport:?}");
        assert_eq!(
            soon(&what, said.next()).await.unwrap().unwrap(),
            format!("goodbye from {transport:?}")
        );
    }
}

#[wasm_bindgen_test]
async fn no_timer_is_left() {
    watch_timers();
    // Those of the test itself have ended by now, or are none of ours.
    let before = timers_left();
    let new = || timers_left().into_iter().filter(|id| !before.contains(id)).count();
    {
        let socket = socket("").connect().unwrap();
        assert_eq!(new(), 1, "the time that the attempt may take");
        drop(socket);
        assert_eq!(new(), 0);
    }
    {
        // Waiting for the next attempt.
        let socket = Socket::builder(NOWHERE)
            .reconnection_delay(ms(60_000))
            .connect()
            .unwrap();
        let mut lifecycle = socket.lifecycle();
        let failed = soon("the failure", lifecycle.next()).await.unwrap();
        assert!(matches!(failed, Lifecycle::ConnectError { will_retry: true, .. }));
        assert_eq!(new(), 1);
        drop(socket);
        assert_eq!(new(), 0);
    }
    {
        // Waiting for an acknowledgement and for the heartbeat.
        let socket = connected(socket("")).await;
        let ack: Ack<()> = socket.emit_with_ack("silent", &()).timeout(ms(60_000));
        assert_eq!(new(), 1);
        drop(socket);
        assert_eq!(new(), 0);
        soon("an error", ack).await.unwrap_err();
    }
}

#[wasm_bindgen_test]
async fn a_websocket_is_closed_and_not_heard_any_more() {
    watch_sockets();
    let opening = socket("").connect().unwrap();
    let open = connected(socket("")).await;
    let upgrading = Socket::builder(URL).connect().unwrap();
    soon("the connection", upgrading.connected()).await.unwrap();
    assert!(sockets_open() >= 2);
    drop((opening, open));
    assert_eq!(sockets_heard(), sockets_open());
    // An upgrade comes to its end before its connection does.
    drop(upgrading);
    until("the end", async || sockets_heard() == 0 && sockets_open() == 0).await;
    unwatch_sockets();
}

#[wasm_bindgen_test]
async fn many_sockets_come_and_go() {
    let manager = Manager::builder(URL)
        .transports([Transport::WebSocket])
        .manager()
        .unwrap();
    for _ in 0..50 {
        let chat = manager.socket("/chat").unwrap();
        chat.connect();
        soon("the connection", chat.connected()).await.unwrap();
    }
    for _ in 0..20 {
        drop(socket("").connect().unwrap());
        drop(connected(socket("")).await);
    }
    let answer: u32 = {
        let socket = connected(socket("")).await;
        soon("echo", socket.emit_with_ack("echo-ack", &1)).await.unwrap()
    };
    assert_eq!(answer, 1);
}

#[wasm_bindgen_test]
async fn a_task_may_drop_its_socket_in_the_middle_of_everything() {
    let kept = connected(socket("")).await;
    for _ in 0..10 {
        let socket = socket("").connect().unwrap();
        let mut lifecycle = socket.lifecycle();
        wasm_bindgen_futures::spawn_local(async move {
            lifecycle.next().await;
            let mut echoes = socket.on::<u32>("echo");
            socket.emit("echo", &1).unwrap();
            echoes.next().await;
            drop(socket);
        });
    }
    sleep(50).await;
    let answer: u32 = soon("echo", kept.emit_with_ack("echo-ack", &1)).await.unwrap();
    assert_eq!(answer, 1);
}
