//! An executor may do anything while it is woken: nothing of the client is borrowed then.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use socketio_wasm::{Ack, EventStream, Lifecycle, Socket};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{connected, ms, socket, soon, until};

thread_local! {
    /// What a waker does.
    static ACT: RefCell<Option<Box<dyn Fn()>>> = const { RefCell::new(None) };
    static WOKEN: Cell<u32> = const { Cell::new(0) };
}

/// Wakes nobody, and uses the client at once.
struct Rude;

impl Wake for Rude {
    fn wake(self: Arc<Self>) {
        WOKEN.set(WOKEN.get() + 1);
        let act = ACT.take();
        if let Some(act) = act {
            act();
            ACT.replace(Some(act));
        }
    }
}

/// Has a future wait with the waker.
fn wait(future: impl Future) {
    let waker = Waker::from(Arc::new(Rude));
    let poll = pin!(future).poll(&mut Context::from_waker(&waker));
    assert!(matches!(poll, Poll::Pending));
}

fn act(act: impl Fn() + 'static) {
    WOKEN.set(0);
    ACT.replace(Some(Box::new(act)));
}

/// Everything that an app can do.
fn use_all(socket: &Socket) {
    socket.emit("echo", &1).unwrap();
    drop(socket.emit_with_ack::<_, u32>("echo-ack", &1).timeout(ms(5)));
    let _: EventStream<_> = socket.on::<u32>("echo");
    let _ = (socket.id(), socket.is_connected(), socket.is_active(), socket.plan());
    let _: EventStream<_> = socket.lifecycle();
    let _: EventStream<_> = socket.manager().events();
    let chat = socket.manager().socket("/chat").unwrap();
    chat.connect();
    socket.manager().update(|options| options.timeout += 1.0);
}

#[wasm_bindgen_test]
async fn a_waker_may_use_the_client() {
    let socket = connected(socket("")).await;
    let mut echoes = socket.on::<u32>("echo");
    let (mut lifecycle, mut events) = (socket.lifecycle(), socket.manager().events());
    let used = socket.clone();
    act(move || use_all(&used));
    wait(echoes.next());
    wait(lifecycle.next());
    wait(events.next());
    socket.emit("echo", &1).unwrap();
    until("the event", async || WOKEN.get() > 0).await;

    let used = socket.clone();
    act(move || {
        use_all(&used);
        used.disconnect();
        used.connect();
    });
    while echoes.try_next().is_some() {}
    wait(echoes.next());
    let mut ack: Ack<u32> = socket.emit_with_ack("echo-ack", &1);
    wait(&mut ack);
    socket.emit("echo", &1).unwrap();
    until("the event", async || WOKEN.get() > 1).await;
    ACT.replace(None);
    soon("the connection", socket.connected()).await.unwrap();
    let answer: u32 = soon("echo", socket.emit_with_ack("echo-ack", &2)).await.unwrap();
    assert_eq!(answer, 2);
}

#[wasm_bindgen_test]
async fn a_waker_may_drop_the_last_handle() {
    for name in ["echo", "kick", "kick-close"] {
        let socket = connected(socket("").reconnection_delay(ms(1))).await;
        let (mut echoes, mut lifecycle) = (socket.on::<u32>("echo"), socket.lifecycle());
        wait(echoes.next());
        wait(lifecycle.next());
        socket.emit(name, &1).unwrap();
        let last = RefCell::new(Some(socket));
        act(move || drop(last.take()));
        until("the end", async || WOKEN.get() > 1).await;
        ACT.replace(None);
        while soon("the end", lifecycle.next()).await.is_some() {}
    }
}

#[wasm_bindgen_test]
async fn a_waker_may_disconnect_while_connecting() {
    let socket = socket("").build().unwrap();
    let mut lifecycle = socket.lifecycle();
    let used = socket.clone();
    act(move || used.disconnect());
    socket.connect();
    wait(socket.connected());
    wait(lifecycle.next());
    until("the connection", async || WOKEN.get() > 1).await;
    ACT.replace(None);
    assert!(!socket.is_active());
    assert!(matches!(lifecycle.try_next(), Some(Lifecycle::Connect { .. })));
    assert!(matches!(lifecycle.try_next(), Some(Lifecycle::Disconnect { .. })));
}
