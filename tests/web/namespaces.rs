//! Several namespaces over one connection.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use socketio_wasm::{Auth, Code, Error, Lifecycle, Manager, ManagerEvent, Transport};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{URL, connected, socket, soon, until, who_am_i};

#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Refusal {
    code: String,
    status: u16,
}

#[derive(Serialize)]
struct Token<'a> {
    token: &'a str,
}

#[wasm_bindgen_test]
async fn the_path_of_the_url_is_the_namespace() {
    let socket = connected(socket("/chat")).await;
    assert_eq!(socket.namespace(), "/chat");
    assert_eq!(who_am_i(&socket).await.nsp, "/chat");
}

#[wasm_bindgen_test]
async fn namespaces_share_one_connection() {
    let manager = Manager::builder(URL)
        .transports([Transport::WebSocket])
        .manager()
        .unwrap();
    let mut events = manager.events();
    let chat = manager.socket("/chat").unwrap();
    let root = manager.socket("/").unwrap();
    let room = manager.socket("room-1").unwrap();
    for socket in [&chat, &root, &room] {
        assert!(!socket.is_active());
        socket.connect();
    }
    for (socket, namespace) in [(&chat, "/chat"), (&root, "/"), (&room, "/room-1")] {
        soon("the connection", socket.connected()).await.unwrap();
        assert_eq!(who_am_i(socket).await.nsp, namespace);
    }
    let mut opened = 0;
    while let Some(event) = events.try_next() {
        opened += usize::from(matches!(event, ManagerEvent::Open));
    }
    assert_eq!(opened, 1);

    // Events go to their own namespace.
    let mut in_chat = chat.on::<u32>("echo");
    let mut in_root = root.on::<u32>("echo");
    chat.emit("echo", &1).unwrap();
    root.emit("echo", &2).unwrap();
    assert_eq!(soon("the echo", in_chat.next()).await.unwrap().unwrap(), 1);
    assert_eq!(soon("the echo", in_root.next()).await.unwrap().unwrap(), 2);
    assert!(in_chat.try_next().is_none() && in_root.try_next().is_none());
}

#[wasm_bindgen_test]
async fn a_namespace_has_one_socket() {
    let manager = Manager::builder(URL)
        .transports([Transport::WebSocket])
        .manager()
        .unwrap();
    let one = manager.socket("/chat").unwrap();
    let two = manager.socket("chat").unwrap();
    one.connect();
    soon("the connection", two.connected()).await.unwrap();
    assert_eq!(one.id(), two.id());
    drop(one);
    assert!(two.is_connected());
}

#[wasm_bindgen_test]
async fn the_server_may_refuse_a_namespace_and_say_why() {
    let manager = Manager::builder(URL)
        .transports([Transport::WebSocket])
        .manager()
        .unwrap();
    let root = manager.socket("/").unwrap();
    let admin = manager.socket("/admin").unwrap();
    let mut lifecycle = admin.lifecycle();
    root.connect();
    admin.connect();
    let error = soon("the refusal", admin.connected()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Rejected { message, .. } if message == "invalid token"),
        "{error:?}"
    );
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        (Code::Rejected, "invalid token")
    );
    let refusal = Refusal {
        code: "invalid_token".into(),
        status: 401,
    };
    assert_eq!(error.data(), Some(refusal));
    assert!(error.data_js().unwrap().is_object());
    assert_eq!(error.data::<u32>(), None);
    let Some(Lifecycle::ConnectError { will_retry: false, .. }) = lifecycle.try_next() else {
        panic!("not told");
    };

    // The other namespaces go on, and with another token this one does too, on the same connection.
    soon("the connection", root.connected()).await.unwrap();
    let id = root.id();
    admin.set_auth(Auth::new(&Token { token: "demo-valid" }).unwrap());
    admin.connect();
    soon("the connection", admin.connected()).await.unwrap();
    assert_eq!(root.id(), id);
}

#[wasm_bindgen_test]
async fn each_socket_may_have_its_own_auth() {
    let manager = Manager::builder(URL)
        .transports([Transport::WebSocket])
        .auth(&Token { token: "everyone's" })
        .manager()
        .unwrap();
    let chat = manager.socket("/chat").unwrap();
    let admin = manager.socket("/admin").unwrap();
    admin.set_auth(Auth::new(&BTreeMap::from([("token", "demo-valid")])).unwrap());
    for (socket, token) in [(&chat, "everyone's"), (&admin, "demo-valid")] {
        socket.connect();
        soon("the connection", socket.connected()).await.unwrap();
        assert_eq!(who_am_i(socket).await.auth["token"], token);
    }
}

#[wasm_bindgen_test]
async fn the_socket_that_is_dropped_leaves_and_the_others_stay() {
    let manager = Manager::builder(URL)
        .transports([Transport::WebSocket])
        .manager()
        .unwrap();
    let (one, two) = (manager.socket("/").unwrap(), manager.socket("/room-2").unwrap());
    let observer = connected(socket("/room-2")).await;
    for socket in [&one, &two] {
        socket.connect();
        soon("the connection", socket.connected()).await.unwrap();
    }
    let id = two.id().unwrap();
    assert!(present(&observer).await.contains(&id));
    let mut before = two.on::<u32>("echo");
    two.emit("count", &(0, ())).unwrap();
    drop(two);
    until("the departure", async || !present(&observer).await.contains(&id)).await;
    assert!(one.is_connected());
    assert!(soon("the end", before.next()).await.is_none());

    // The namespace can be had again, as new.
    let again = manager.socket("/room-2").unwrap();
    assert!(!again.is_active() && again.id().is_none());
    again.emit("echo", &7).unwrap();
    let mut echoes = again.on::<u32>("echo");
    again.connect();
    assert_eq!(soon("the echo", echoes.next()).await.unwrap().unwrap(), 7);
    assert_ne!(again.id(), Some(id));
}

#[wasm_bindgen_test]
fn a_comma_is_no_part_of_a_name() {
    let manager = Manager::builder(URL).manager().unwrap();
    assert_eq!(manager.socket("/a,b").unwrap_err().code(), Code::InvalidUrl);
}

async fn present(socket: &socketio_wasm::Socket) -> Vec<String> {
    soon("who is present", socket.emit_with_ack("present", &()))
        .await
        .unwrap()
}
