//! The `auth` payload: a value or a function that finds one.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect};
use socketio_wasm::{Auth, Code, Error, Lifecycle, Placement, Transport};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{connected, disconnection, ms, sleep, socket, soon, who_am_i};

type Payload = BTreeMap<&'static str, String>;

fn token(token: impl Into<String>) -> Payload {
    BTreeMap::from([("token", token.into())])
}

#[wasm_bindgen_test]
async fn a_value_is_sent_with_each_connection() {
    let socket = connected(socket("/admin").auth(&token("demo-valid"))).await;
    assert_eq!(who_am_i(&socket).await.auth["token"], "demo-valid");
    let plan = socket.plan().unwrap();
    assert!(
        plan.entries
            .iter()
            .any(|entry| entry.name == "auth" && entry.placement == Placement::Payload)
    );
    socket.disconnect();
    socket.connect();
    soon("the connection", socket.connected()).await.unwrap();
    assert_eq!(who_am_i(&socket).await.auth["token"], "demo-valid");
}

#[wasm_bindgen_test]
async fn a_provider_is_asked_before_each_connection() {
    let asked = Rc::new(Cell::new(0));
    let count = Rc::clone(&asked);
    let socket = socket("/chat").reconnection_delay(ms(1)).auth_with(move || {
        count.set(count.get() + 1);
        let number = count.get();
        async move {
            sleep(5).await;
            Ok::<_, Error>(token(format!("number {number}")))
        }
    });
    let socket = socket.build().unwrap();
    assert_eq!(asked.get(), 0);
    let mut lifecycle = socket.lifecycle();
    socket.connect();
    soon("the connection", socket.connected()).await.unwrap();
    assert_eq!(who_am_i(&socket).await.auth["token"], "number 1");

    socket.emit("kick-close", &()).unwrap();
    disconnection(&mut lifecycle).await;
    soon("the connection", socket.connected()).await.unwrap();
    assert_eq!(who_am_i(&socket).await.auth["token"], "number 2");
    assert_eq!(asked.get(), 2);
}

#[wasm_bindgen_test]
async fn a_provider_that_fails_says_why_and_is_asked_again() {
    let fails = Cell::new(true);
    let socket = socket("/admin").reconnection_delay(ms(1)).auth_with(move || {
        let fails = fails.replace(false);
        async move {
            if fails {
                Err("no network")
            } else {
                Ok(token("demo-valid"))
            }
        }
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
    assert_eq!(error.code(), Code::AuthFailed);
}

#[wasm_bindgen_test]
async fn a_rejected_token_is_renewed_on_the_same_connection() {
    let asked = Rc::new(Cell::new(0));
    let count = Rc::clone(&asked);
    let socket = socket("/admin").auth_with(move || {
        count.set(count.get() + 1);
        let token = token(if count.get() == 1 { "expired" } else { "demo-valid" });
        async move { Ok::<_, String>(token) }
    });
    let socket = socket.connect().unwrap();
    let mut lifecycle = socket.lifecycle();
    soon("the connection", socket.connected()).await.unwrap();
    assert!(
        matches!(lifecycle.try_next(), Some(Lifecycle::Connect { .. })),
        "no error is told"
    );
    assert_eq!(asked.get(), 2);
}

#[wasm_bindgen_test]
async fn without_reconnection_a_provider_that_fails_is_asked_again_by_the_app() {
    let fails = Rc::new(Cell::new(true));
    let does_fail = Rc::clone(&fails);
    let socket = socket("/admin").reconnection(false).auth_with(move || {
        let result = if does_fail.get() {
            Err("signed out")
        } else {
            Ok(token("demo-valid"))
        };
        async move { result }
    });
    let socket = socket.connect().unwrap();
    let mut lifecycle = socket.lifecycle();
    let error = soon("an error", socket.connected()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Auth { message } if message == "signed out"),
        "{error:?}"
    );
    assert_eq!(error.code(), Code::AuthFailed);
    let Some(Lifecycle::ConnectError { will_retry: false, .. }) = lifecycle.try_next() else {
        panic!("not told");
    };
    assert!(!socket.is_active());

    fails.set(false);
    socket.connect();
    soon("the connection", socket.connected()).await.unwrap();
}

#[wasm_bindgen_test]
async fn a_provider_that_never_answers_is_given_up() {
    let socket = socket("")
        .auth_timeout(ms(300))
        .reconnection(false)
        .auth_with(std::future::pending::<Result<Payload, String>>);
    let socket = socket.connect().unwrap();
    let error = soon("an error", socket.connected()).await.unwrap_err();
    assert_eq!(error.code(), Code::AuthFailed);
    assert!(error.message().contains("in time"), "{error}");
}

#[wasm_bindgen_test]
async fn the_payload_is_an_object() {
    assert_eq!(
        socket("").auth("s3cret").build().unwrap_err().code(),
        Code::InvalidOption
    );
    assert_eq!(
        socket("").auth(&vec![1]).build().unwrap_err().code(),
        Code::InvalidOption
    );
    let too_big = BTreeMap::from([("s3cret", u64::MAX)]);
    let error = socket("").auth(&too_big).build().unwrap_err();
    assert!(!error.message().contains(&u64::MAX.to_string()) && !error.message().contains("s3cret"));
    assert!(socket("").auth(&()).build().is_ok());
    assert!(socket("").auth(&None::<Payload>).build().is_ok());
    assert_eq!(Auth::from_js(JsValue::from(1)).unwrap_err().code(), Code::InvalidOption);

    let socket = socket("")
        .reconnection(false)
        .auth_with(async || Ok::<_, String>("s3cret"))
        .connect()
        .unwrap();
    let error = soon("an error", socket.connected()).await.unwrap_err();
    assert_eq!(error.code(), Code::AuthFailed);
    assert!(!error.message().contains("s3cret"), "{error}");
}

#[wasm_bindgen_test]
async fn javascript_values_need_no_types() {
    let object = Object::new();
    Reflect::set(&object, &"token".into(), &"demo-valid".into()).unwrap();
    let auth = Auth::from_js(object.clone().into()).unwrap();
    let by_value = connected(socket("/admin").auth_from(auth)).await;
    let auth = Auth::with_js(move || {
        let object = object.clone();
        async move { Ok::<_, String>(object.into()) }
    });
    let by_provider = connected(socket("/admin").auth_from(auth)).await;
    for socket in [by_value, by_provider] {
        assert_eq!(who_am_i(&socket).await.auth["token"], "demo-valid");
    }
    let socket = socket("")
        .reconnection(false)
        .auth_from(Auth::with_js(async || Ok::<_, String>(Array::new().into())));
    let socket = socket.connect().unwrap();
    assert_eq!(
        soon("an error", socket.connected()).await.unwrap_err().code(),
        Code::AuthFailed
    );
}

#[wasm_bindgen_test]
async fn a_provider_may_use_the_client_itself() {
    // One socket's token comes from another socket.
    let office = Rc::new(connected(socket("/chat")).await);
    let provider = Rc::clone(&office);
    let socket = socket("/admin").auth_with(move || {
        let office = Rc::clone(&provider);
        async move {
            office
                .emit_with_ack::<_, String>("echo-ack", "demo-valid")
                .await
                .map(token)
        }
    });
    let socket = connected(socket.transports([Transport::Polling])).await;
    assert_eq!(who_am_i(&socket).await.auth["token"], "demo-valid");
}
