//! The URLs that apps write.

use proptest::prelude::*;
use socketio_wasm::error::Code;
use socketio_wasm::proto::engine::url::Url;

const PAGE: Option<&str> = Some("https://page.example:8443");

/// Scheme, host, port and path, as one text.
fn parse(text: &str, origin: Option<&str>) -> String {
    match Url::parse(text, origin) {
        Ok(url) => {
            let scheme = if url.is_secure { "https" } else { "http" };
            format!("{scheme} {} {} {} {}", url.host, url.port, url.path, url.query.expose())
                .trim_end()
                .into()
        }
        Err(error) => {
            assert_eq!(error.code, Code::InvalidUrl);
            "invalid".into()
        }
    }
}

#[test]
fn every_form_of_a_url_is_read() {
    #[rustfmt::skip]
    let table = [
        ("https://a.example",                       "https a.example 443 /"),
        ("http://a.example",                        "http a.example 80 /"),
        ("ws://a.example/chat",                     "http a.example 80 /chat"),
        ("wss://a.example:8080/",                   "https a.example 8080 /"),
        ("http://localhost:3000/a/b?x=1&y=2#z",     "http localhost 3000 /a/b x=1&y=2"),
        ("http://localhost?x=1",                    "http localhost 80 / x=1"),
        ("http://localhost#z",                      "http localhost 80 /"),
        ("http://[::1]:3000/a",                     "http [::1] 3000 /a"),
        ("http://[2001:db8::1]",                    "http [2001:db8::1] 80 /"),
        ("http://user:pass@a.example/",             "http a.example 80 /"),
        ("http://a.example/a?q=http://b.example/",  "http a.example 80 /a q=http://b.example/"),
        ("//b.example/x",                           "https b.example 443 /x"),
        ("b.example",                               "https b.example 443 /"),
        ("localhost:3000",                          "https localhost 3000 /"),
        ("b.example/a?next=http://c.example",       "https b.example 443 /a next=http://c.example"),
        ("/admin",                                  "https page.example 8443 /admin"),
        ("/admin?x=1",                              "https page.example 8443 /admin x=1"),
        ("?x=1",                                    "https page.example 8443 / x=1"),
        ("",                                        "https page.example 8443 /"),
        ("https://bücher.example/ä",                "https bücher.example 443 /ä"),
    ];
    for (text, expected) in table {
        assert_eq!(parse(text, PAGE), expected, "{text}");
    }
}

#[test]
fn what_is_left_out_comes_from_the_page() {
    assert_eq!(parse("//b.example", Some("http://page.example")), "http b.example 80 /");
    assert_eq!(parse("b.example", Some("http://page.example")), "http b.example 80 /");
    assert_eq!(parse("/x", Some("http://page.example")), "http page.example 80 /x");
    assert_eq!(parse("b.example", None), "https b.example 443 /");
    assert_eq!(parse("/x", None), "invalid");
    assert_eq!(parse("", None), "invalid");
}

#[test]
fn what_is_no_url_of_a_server_is_refused() {
    for text in [
        "ftp://a.example",
        "file:///etc",
        "javascript://x",
        "http://",
        "http:///x",
        "http://?x",
        "http://a b",
        "http://a\tb",
        "http://<a>",
        "http://a.example:x",
        "http://a.example:0",
        "http://a.example:65536",
        "http://a.example:-1",
        "http://a%20b",
        "http://[::1",
        "http://::1]",
        "http://a,b",
        "http://a;b",
        "http://\u{7f}",
        "http://a\\b",
    ] {
        assert_eq!(parse(text, PAGE), "invalid", "{text}");
    }
}

#[test]
fn an_error_does_not_repeat_a_secret() {
    let error = Url::parse("http://user:hunter2@a b/?token=hunter2", None).unwrap_err();
    assert!(!error.to_string().contains("hunter2"));
}

#[test]
fn origins_leave_out_the_protocols_own_port() {
    let origin = |text, scheme| Url::parse(text, None).unwrap().origin(scheme);
    assert_eq!(origin("https://a.example", "http"), "https://a.example");
    assert_eq!(origin("https://a.example:443", "ws"), "wss://a.example");
    assert_eq!(origin("https://a.example:80", "ws"), "wss://a.example:80");
    assert_eq!(origin("http://[::1]:3000", "ws"), "ws://[::1]:3000");
}

proptest! {
    #[test]
    fn no_text_whatsoever_is_too_much(text in ".{0,60}", origin in prop::option::of(".{0,30}")) {
        if let Ok(url) = Url::parse(&text, origin.as_deref()) {
            prop_assert!(!url.host.is_empty());
            prop_assert!(url.port.parse::<u16>().is_ok());
        }
    }
}
