//! Settings that cannot be used are errors before anything is sent.

use std::error::Error as _;

use socketio_wasm::{Code, Error, Manager, Socket, Transport};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{URL, connected, soon};

#[wasm_bindgen_test]
fn a_url_that_cannot_be_parsed_is_an_error() {
    for url in [
        "ftp://example.com",
        "http://",
        "http://a b",
        "http://example.com:99999",
        "http://[::1",
        "://x",
    ] {
        let error = Socket::builder(url).connect().unwrap_err();
        assert_eq!(error.code(), Code::InvalidUrl, "{url}");
        assert!(matches!(error, Error::Configuration { .. }));
        assert_eq!(Manager::builder(url).manager().unwrap_err().code(), Code::InvalidUrl);
    }
    let error = Socket::builder("http://s3cret@:x/").build().unwrap_err();
    assert!(!error.message().contains("s3cret"));
}

#[wasm_bindgen_test]
fn what_a_url_lacks_is_the_pages() {
    for url in [
        "",
        "/chat",
        "//127.0.0.1:1/chat",
        "127.0.0.1:1",
        "ws://127.0.0.1:1",
        "https://[::1]:1/chat?a=b",
    ] {
        assert!(Socket::builder(url).build().is_ok(), "{url}");
    }
    assert_eq!(Socket::builder("/chat").build().unwrap().namespace(), "/chat");
    assert_eq!(Socket::builder("").build().unwrap().namespace(), "/");
}

#[wasm_bindgen_test]
fn invalid_headers_are_errors_that_show_no_value() {
    for (name, value) in [
        ("", "s3cret"),
        ("X Y", "s3cret"),
        ("X-Y", "s3cret\n"),
        ("X-Y", "s3cret→"),
        ("Cookie", "s3cret"),
    ] {
        let value = value.replace('\n', "\nX-Z: 1");
        for builder in [
            Socket::builder(URL).header(name, &value),
            Socket::builder(URL).transport_header(socketio_wasm::TransportKind::Polling, name, &value),
        ] {
            let error = builder.connect().unwrap_err();
            assert_eq!(error.code(), Code::InvalidHeader, "{name}");
            assert!(!format!("{error} {error:?}").contains("s3cret"));
            assert!(error.source().is_none());
        }
    }
}

#[wasm_bindgen_test]
fn the_first_error_counts() {
    let error = Socket::builder(URL)
        .header("X-Y", "1")
        .randomization_factor(2.0)
        .header("Cookie", "a=b")
        .build()
        .unwrap_err();
    assert_eq!(error.code(), Code::InvalidOption);
}

#[wasm_bindgen_test]
fn options_out_of_range_are_errors() {
    for builder in [
        Socket::builder(URL).randomization_factor(f64::NAN),
        Socket::builder(URL).randomization_factor(-0.1),
        Socket::builder(URL).protocols(["a b"]),
        Socket::builder(URL).protocols([""]),
        Socket::builder(URL).path("relative"),
        Socket::builder(URL).path("/x?y"),
    ] {
        assert_eq!(builder.build().unwrap_err().code(), Code::InvalidOption);
    }
}

#[wasm_bindgen_test]
async fn no_transport_is_an_error() {
    let socket = Socket::builder(URL).transports([]).connect().unwrap();
    let error = soon("an error", socket.connected()).await.unwrap_err();
    assert_eq!(error.code(), Code::NoTransport);
    assert!(!socket.is_active());
}

#[wasm_bindgen_test]
async fn subprotocols_are_offered() {
    let socket = Socket::builder(URL)
        .transports([Transport::WebSocket])
        .protocols(["chat.v2", "chat.v1"]);
    let socket = connected(socket).await;
    let seen = crate::support::who_am_i(&socket).await;
    assert_eq!(seen.raw_headers["sec-websocket-protocol"], "chat.v2, chat.v1");
}

#[wasm_bindgen_test]
fn an_error_suits_error_types_that_want_threads() {
    fn suits<T: std::error::Error + Send + Sync + Clone + 'static>(_: &T) {}
    let error: Error = Socket::builder("http://").build().unwrap_err();
    suits(&error);
    assert_eq!(error.to_string(), error.message());
}
