//! What the tests have in common: where the server is, and waiting with a deadline.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use gloo_timers::callback::Timeout;
use serde::Deserialize;
use socketio_wasm::{Builder, Lifecycle, Reason, Socket, Transport};

/// The server.
pub const URL: &str = match option_env!("SOCKETIO_TEST_URL") {
    Some(url) => url,
    None => "http://127.0.0.1:46100",
};

/// An address at which nobody listens.
pub const NOWHERE: &str = "http://127.0.0.1:9";

/// Every way of carrying a connection, upgrades apart.
pub const TRANSPORTS: [Transport; 3] = [Transport::Polling, Transport::Fetch, Transport::WebSocket];

/// A socket of a namespace that connects on WebSocket.
pub fn socket(namespace: &str) -> Builder {
    Socket::builder(&[URL, namespace].concat()).transports([Transport::WebSocket])
}

/// The same, connected.
pub async fn connected(builder: Builder) -> Socket {
    let socket = builder.connect().unwrap();
    soon("the connection", socket.connected()).await.unwrap();
    socket
}

/// What the server knows of a socket.
#[derive(Debug, Deserialize)]
pub struct WhoAmI {
    pub id: String,
    pub nsp: String,
    pub headers: BTreeMap<String, String>,
    pub query: BTreeMap<String, String>,
    pub auth: BTreeMap<String, String>,
    pub restored: Vec<Restored>,
    #[serde(rename = "rawHeaders")]
    pub raw_headers: BTreeMap<String, String>,
    pub transport: String,
}

/// A header that the server put back.
#[derive(Debug, Deserialize, PartialEq, Eq)]
pub struct Restored {
    pub name: String,
    pub from: String,
}

/// Asks the server.
pub async fn who_am_i(socket: &Socket) -> WhoAmI {
    soon("whoami", socket.emit_with_ack("whoami", &())).await.unwrap()
}

/// Waits until the connection has moved to WebSocket on both sides.
pub async fn upgraded(socket: &Socket) {
    let transport: String = soon("the upgrade", socket.emit_with_ack("server-upgraded", &()))
        .await
        .unwrap();
    assert_eq!(transport, "websocket");
}

/// Waits for the next disconnection.
pub async fn disconnection(lifecycle: &mut socketio_wasm::EventStream<Lifecycle>) -> Reason {
    loop {
        if let Lifecycle::Disconnect { reason, .. } = soon("a disconnection", lifecycle.next()).await.unwrap() {
            return reason;
        }
    }
}

/// The result of a future; a test that waits longer than 15 s for it has failed.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let mut deadline = pin!(sleep(15_000));
    let mut future = pin!(future);
    poll_fn(|context| {
        if let Poll::Ready(result) = future.as_mut().poll(context) {
            return Poll::Ready(result);
        }
        assert!(deadline.as_mut().poll(context).is_pending(), "never happened: {what}");
        Poll::Pending
    })
    .await
}

/// Waits until something is the case.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    soon(what, async {
        while !is_so().await {
            sleep(5).await;
        }
    })
    .await;
}

/// Waits a while.
pub async fn sleep(milliseconds: u32) {
    let is_over = Rc::new(Cell::new(false));
    let waker = Rc::new(Cell::new(None::<Waker>));
    let _timer = Timeout::new(milliseconds, {
        let (is_over, waker) = (Rc::clone(&is_over), Rc::clone(&waker));
        move || {
            is_over.set(true);
            if let Some(waker) = waker.take() {
                waker.wake();
            }
        }
    });
    poll_fn(|context| {
        if is_over.get() {
            return Poll::Ready(());
        }
        waker.set(Some(context.waker().clone()));
        Poll::Pending
    })
    .await;
}

pub const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}
