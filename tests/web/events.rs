//! Events as streams.

use std::pin::pin;
use std::task::Poll;

use futures_core::Stream;
use js_sys::Array;
use serde::Deserialize;
use socketio_wasm::{Code, Error, EventStream, Socket};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{TRANSPORTS, URL, connected, socket, soon};

#[wasm_bindgen_test]
async fn events_arrive_with_their_types() {
    let socket = connected(socket("")).await;
    let mut echoes = socket.on::<(String, u32)>("echo");
    socket.emit("echo", &("a", 1)).unwrap();
    socket.emit("echo", &("b", 2)).unwrap();
    assert_eq!(soon("a", echoes.next()).await.unwrap().unwrap(), ("a".into(), 1));
    assert_eq!(soon("b", echoes.next()).await.unwrap().unwrap(), ("b".into(), 2));
}

#[wasm_bindgen_test]
async fn an_event_of_another_type_is_an_error_and_the_stream_goes_on() {
    let socket = connected(socket("")).await;
    let mut echoes = socket.on::<u32>("echo");
    socket.emit("echo", "no number").unwrap();
    socket.emit("echo", &2).unwrap();
    let error = soon("an error", echoes.next()).await.unwrap().unwrap_err();
    assert_eq!(error.code(), Code::InvalidPayload);
    assert_eq!(soon("two", echoes.next()).await.unwrap().unwrap(), 2);
}

#[wasm_bindgen_test]
async fn every_reader_gets_every_event_until_it_is_dropped() {
    let socket = connected(socket("")).await;
    let mut one = socket.on::<u32>("echo");
    let mut two = socket.on_js("echo");
    let mut others = socket.on::<u32>("other");
    socket.emit("echo", &1).unwrap();
    assert_eq!(soon("one", one.next()).await.unwrap().unwrap(), 1);
    assert_eq!(soon("two", two.next()).await.unwrap().get(0).as_f64(), Some(1.0));

    drop(two);
    socket.emit("echo", &2).unwrap();
    assert_eq!(soon("one", one.next()).await.unwrap().unwrap(), 2);
    assert!(others.try_next().is_none());
    // What nobody reads is dropped, not kept for a later reader.
    let mut late = socket.on::<u32>("echo");
    assert!(late.try_next().is_none());
}

#[wasm_bindgen_test]
async fn a_limit_keeps_the_newest() {
    let socket = connected(socket("")).await;
    let mut last = socket.on::<u32>("burst").keep_last(2);
    let mut none = socket.on::<u32>("burst").keep_last(0);
    let mut all = socket.on::<u32>("burst");
    let count: u32 = soon("the burst", socket.emit_with_ack("burst", &Burst::of(10)))
        .await
        .unwrap();
    assert_eq!((count, last.missed(), none.missed(), all.missed()), (10, 8, 10, 0));
    assert_eq!(last.try_next().unwrap().unwrap(), 8);
    assert_eq!(last.try_next().unwrap().unwrap(), 9);
    assert!(last.try_next().is_none() && none.try_next().is_none());
    assert_eq!(all.try_next().unwrap().unwrap(), 0);
}

#[wasm_bindgen_test]
async fn a_thousand_events_stay_in_order_on_each_transport() {
    for transport in TRANSPORTS {
        let socket = connected(Socket::builder(URL).transports([transport]).upgrade(false)).await;
        let mut burst = socket.on::<u32>("burst");
        let count: u32 = soon("the burst", socket.emit_with_ack("burst", &Burst::of(1000)))
            .await
            .unwrap();
        assert_eq!(count, 1000);
        for n in 0..1000 {
            assert_eq!(
                soon("an event", burst.next()).await.unwrap().unwrap(),
                n,
                "{transport:?}"
            );
        }

        for n in 0..999 {
            socket.emit("count", &(n, ())).unwrap();
        }
        let counted: Counted = soon("the count", socket.emit_with_ack("count", &(999, ())))
            .await
            .unwrap();
        assert_eq!(
            counted,
            Counted {
                received: 1000,
                ordered: true
            },
            "{transport:?}"
        );
    }
}

#[wasm_bindgen_test]
async fn unicode_arrives_as_it_was_sent() {
    let texts = [
        "",
        "ü€",
        "日本語",
        "👩‍👩‍👧‍👦 🇩🇪",
        "\u{0}\u{1}\n\t\"\\",
        "\u{2028}\u{2029}\u{feff}",
        "]}1-,/x",
    ];
    for transport in TRANSPORTS {
        let socket = connected(Socket::builder(URL).transports([transport]).upgrade(false)).await;
        for text in texts {
            let echo: (String, Vec<String>) = soon("echo", socket.emit_with_ack("echo-ack", &(text, [text, text])))
                .await
                .unwrap();
            assert_eq!(echo, (text.into(), vec![text.into(), text.into()]), "{transport:?}");
        }
    }
}

#[wasm_bindgen_test]
async fn names_may_be_any_text() {
    let socket = connected(socket("")).await;
    for name in ["", "ünï 👋", "\"quoted\"", "message", "error", "__proto__"] {
        let mut answers = socket.on_request::<String>("question");
        let ask = socket.emit_with_ack::<_, Asked>("ask", name);
        let request = soon("the question", answers.next()).await.unwrap().unwrap();
        assert_eq!(request.data, name);
        request.reply.send(name).unwrap();
        let asked = soon("the answer", ask).await.unwrap();
        assert_eq!(asked.answers, Some(vec![name.to_owned()]));
    }
}

#[wasm_bindgen_test]
async fn requests_are_answered_once() {
    let socket = connected(socket("")).await;
    let mut first = socket.on_request::<(u32, u32)>("question");
    let mut second = socket.on_request_js("question");
    let mut plain = socket.on::<(u32, u32)>("question");
    let ask = socket.emit_with_ack::<_, Asked<u32>>("ask", &(20, 22));

    let request = soon("the question", first.next()).await.unwrap().unwrap();
    let (a, b) = request.data;
    request.reply.send(&(a + b, a, b)).unwrap();
    let again = soon("the question", second.next()).await.unwrap();
    again.reply.send_js(&Array::of1(&JsValue::from(0))).unwrap();
    assert_eq!(soon("the question", plain.next()).await.unwrap().unwrap(), (20, 22));
    assert_eq!(soon("the answer", ask).await.unwrap().answers, Some(vec![42, 20, 22]));

    // What wants no acknowledgement is no request.
    let mut requests = socket.on_request::<u32>("echo");
    let mut echoes = socket.on::<u32>("echo");
    socket.emit("echo", &1).unwrap();
    soon("the echo", echoes.next()).await.unwrap().unwrap();
    assert!(requests.try_next().is_none());
}

#[wasm_bindgen_test]
async fn a_stream_ends_with_its_socket() {
    let socket = connected(socket("")).await;
    let mut echoes = socket.on::<u32>("echo");
    let mut burst = socket.on::<u32>("burst");
    let mut lifecycle = socket.lifecycle();
    let mut events = socket.manager().events();
    let _: u32 = soon("the burst", socket.emit_with_ack("burst", &Burst::of(2)))
        .await
        .unwrap();
    drop(socket);

    assert!(soon("the end", echoes.next()).await.is_none());
    assert_eq!(soon("what it still has", burst.next()).await.unwrap().unwrap(), 0);
    assert_eq!(soon("what it still has", burst.next()).await.unwrap().unwrap(), 1);
    assert!(soon("the end", burst.next()).await.is_none());
    assert!(soon("the end", burst.next()).await.is_none());
    while soon("the end", lifecycle.next()).await.is_some() {}
    while soon("the end", events.next()).await.is_some() {}
}

#[wasm_bindgen_test]
async fn a_stream_is_a_stream() {
    async fn first<S: Stream>(stream: S) -> Option<S::Item> {
        let mut stream = pin!(stream);
        std::future::poll_fn(|context| match stream.as_mut().poll_next(context) {
            Poll::Ready(item) => Poll::Ready(item),
            Poll::Pending => Poll::Pending,
        })
        .await
    }
    let socket = connected(socket("")).await;
    let echoes: EventStream<Result<u32, Error>> = socket.on("echo");
    socket.emit("echo", &1).unwrap();
    assert_eq!(soon("the echo", first(echoes)).await.unwrap().unwrap(), 1);
}

#[wasm_bindgen_test]
async fn values_of_javascript_need_no_types() {
    let socket = connected(socket("")).await;
    let mut echoes = socket.on_js("echo");
    let nested = js_sys::JSON::parse(r#"{"list":[1,{"deep":null}],"text":"ü"}"#).unwrap();
    socket.emit_js("echo", &Array::of2(&nested, &JsValue::TRUE)).unwrap();
    let echo = soon("the echo", echoes.next()).await.unwrap();
    assert_eq!(
        String::from(js_sys::JSON::stringify(&echo).unwrap()),
        r#"[{"list":[1,{"deep":null}],"text":"ü"},true]"#
    );

    let answer = soon("the answer", socket.emit_with_ack_js("echo-ack", &Array::of1(&nested)))
        .await
        .unwrap();
    assert_eq!(answer.length(), 1);
    assert!(answer.get(0).dyn_ref::<js_sys::Object>().is_some());
}

#[wasm_bindgen_test]
async fn what_cannot_be_sent_is_an_error_at_once() {
    let socket = connected(socket("")).await;
    for name in [
        "connect",
        "connect_error",
        "disconnect",
        "disconnecting",
        "newListener",
        "removeListener",
    ] {
        let error = socket.emit(name, &()).unwrap_err();
        assert_eq!(error.code(), Code::InvalidPayload);
        assert!(error.message().ends_with("is a reserved event name"), "{error}");
    }
    let cycle = Array::new();
    cycle.push(&cycle);
    assert_eq!(socket.emit_js("echo", &cycle).unwrap_err().code(), Code::InvalidPayload);
    let big = Array::of1(&js_sys::BigInt::from(1).into());
    assert_eq!(socket.emit_js("echo", &big).unwrap_err().code(), Code::InvalidPayload);
    let error = soon("an error", socket.emit_with_ack_js("echo", &big))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::InvalidPayload);
    assert_eq!(socket.emit("echo", &u64::MAX).unwrap_err().code(), Code::InvalidPayload);

    // And the socket goes on.
    let answer: u32 = soon("echo", socket.emit_with_ack("echo-ack", &1)).await.unwrap();
    assert_eq!(answer, 1);
}

#[derive(serde::Serialize)]
struct Burst {
    n: u32,
}

impl Burst {
    const fn of(n: u32) -> Self {
        Self { n }
    }
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Counted {
    received: u32,
    ordered: bool,
}

#[derive(Deserialize)]
struct Asked<T = String> {
    answers: Option<Vec<T>>,
}
