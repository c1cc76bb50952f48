//! Bearer tokens: given once, placed as the transport allows, renewed when they are refused or about to expire.

use std::cell::RefCell;
use std::rc::Rc;

use socketio_wasm::{Code, Error, Lifecycle, Manager, ManagerEvent, Occasion, Reason, Reauth, Token};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{TRANSPORTS, URL, connected, disconnection, ms, socket, soon, who_am_i};

type Asked = Rc<RefCell<Vec<&'static str>>>;

/// A provider that gives these tokens in turn, and what it was asked for.
fn tokens(
    tokens: &'static [&'static str],
) -> (impl FnMut(Occasion) -> std::future::Ready<Result<Token, String>>, Asked) {
    let asked = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&asked);
    let provider = move |occasion: Occasion| {
        let number = noted.borrow().len();
        noted.borrow_mut().push(occasion.name());
        let token = tokens.get(number).or(tokens.last()).copied().unwrap_or_default();
        std::future::ready(Ok(Token::new(token)))
    };
    (provider, asked)
}

#[wasm_bindgen_test]
async fn a_token_is_a_header_or_travels_in_the_payload() {
    for transport in TRANSPORTS {
        let socket = connected(socket("/chat").transports([transport]).bearer("demo-valid")).await;
        let who = who_am_i(&socket).await;
        assert_eq!(who.headers["authorization"], "Bearer demo-valid");
        let is_header = who.raw_headers.contains_key("authorization");
        assert_eq!(is_header, transport != socketio_wasm::Transport::WebSocket);
    }
}

#[wasm_bindgen_test]
async fn a_token_that_cannot_be_a_header_is_an_error_at_once() {
    for token in ["", "two\nlines"] {
        let error = socket("/").bearer(token).build().unwrap_err();
        assert_eq!(error.code(), Code::InvalidHeader);
    }
}

#[wasm_bindgen_test]
async fn a_function_is_asked_before_each_connection() {
    let (provider, asked) = tokens(&["one", "two"]);
    let socket = socket("/chat").reconnection_delay(ms(1)).bearer_with(provider);
    let socket = connected(socket).await;
    assert_eq!(who_am_i(&socket).await.headers["authorization"], "Bearer one");
    let mut lifecycle = socket.lifecycle();
    socket.emit("kick-close", &()).unwrap();
    disconnection(&mut lifecycle).await;
    soon("the connection", socket.connected()).await.unwrap();
    assert_eq!(who_am_i(&socket).await.headers["authorization"], "Bearer two");
    assert_eq!(*asked.borrow(), ["connect", "reconnect"]);
}

#[wasm_bindgen_test]
async fn a_refused_token_is_renewed_before_anyone_hears_of_it() {
    for transport in TRANSPORTS {
        let (provider, asked) = tokens(&["expired", "demo-valid"]);
        let socket = socket("/admin").transports([transport]).bearer_with(provider);
        let socket = socket.connect().unwrap();
        let mut lifecycle = socket.lifecycle();
        soon("the connection", socket.connected()).await.unwrap();
        assert!(matches!(lifecycle.try_next(), Some(Lifecycle::Connect { .. })));
        assert_eq!(*asked.borrow(), ["connect", "rejected"], "{transport:?}");
    }
}

#[wasm_bindgen_test]
async fn a_function_that_fails_is_an_error_and_is_asked_again() {
    let mut fails = true;
    let socket = socket("/admin").reconnection_delay(ms(1)).bearer_with(move |_| {
        let result = if std::mem::take(&mut fails) {
            Err("no network")
        } else {
            Ok("demo-valid")
        };
        async move { result }
    });
    let socket = socket.connect().unwrap();
    let mut lifecycle = socket.lifecycle();
    soon("the connection", socket.connected()).await.unwrap();
    let Some(Lifecycle::ConnectError {
        will_retry: true,
        error,
        ..
    }) = lifecycle.try_next()
    else {
        panic!("not told");
    };
    assert_eq!((error.code(), error.message()), (Code::AuthFailed, "no network"));
}

#[wasm_bindgen_test]
async fn sockets_that_connect_together_ask_once() {
    let (provider, asked) = tokens(&["expired", "demo-valid"]);
    let manager = Manager::builder(URL)
        .bearer_with(provider)
        .transports([socketio_wasm::Transport::WebSocket]);
    let manager = manager.manager().unwrap();
    let sockets = ["/admin", "/chat", "/room-1"].map(|namespace| manager.socket(namespace).unwrap());
    for socket in &sockets {
        socket.connect();
    }
    for socket in &sockets {
        soon("the connection", socket.connected()).await.unwrap();
    }
    assert_eq!(*asked.borrow(), ["connect", "rejected"]);
}

#[wasm_bindgen_test]
async fn a_token_that_expires_is_renewed_by_connecting_again() {
    let asked = Rc::new(RefCell::new(0));
    let count = Rc::clone(&asked);
    let socket = socket("/admin").reauth(Reauth::Connect).bearer_with(move |_| {
        *count.borrow_mut() += 1;
        // The first one is good for a moment, the next for long.
        let expiry = js_sys::Date::now() + if *count.borrow() == 1 { 300.0 } else { 1e9 };
        async move { Ok::<_, Error>(Token::new("demo-valid").expires_at(expiry)) }
    });
    let socket = socket.connect().unwrap();
    let mut events = socket.manager().events();
    let mut lifecycle = socket.lifecycle();
    soon("the connection", socket.connected()).await.unwrap();
    assert_eq!(disconnection(&mut lifecycle).await, Reason::Renewal);
    soon("the connection", socket.connected()).await.unwrap();
    assert_eq!(*asked.borrow(), 2);
    while let Some(event) = events.try_next() {
        assert!(!matches!(event, ManagerEvent::Close(_)), "the transport stays");
    }
}
