//! Where each credential travels: one table of every case, the wire forms, the headers that are refused, and what holds
//! for all of them.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed")]

use proptest::prelude::*;
use socketio_wasm::proto::auth::{
    AuthPlacement, Carried, CredentialKind, Credentials, Entry, Header, HeaderFallback, Headers, Impossible,
    InvalidHeader, Placement, Plan, Secret, place,
};
use socketio_wasm::proto::engine::Revision::{self, V3, V4};
use socketio_wasm::proto::engine::transport::Kind::{self, Jsonp, Polling, WebSocket, WebTransport};

const FALLBACKS: [HeaderFallback; 6] = [
    HeaderFallback::Payload,
    HeaderFallback::Query,
    HeaderFallback::Subprotocol,
    HeaderFallback::Error,
    HeaderFallback::Drop,
    HeaderFallback::Event,
];

/// What becomes of each credential on a session that begins on a transport: `placement`, `placement+warning`, `refused`
/// (there is no plan) or `-` (no entry).
struct Row {
    begins_on: Kind,
    revision: Revision,
    /// A header, and alike a bearer token, by fallback in the order of `FALLBACKS`.
    headers: [&'static str; 6],
    auth: &'static str,
    query: &'static str,
    /// With `withCredentials`, and without.
    cookies: [&'static str; 2],
}

const MOVED: &str = "payload+header_moved";
const IN_URL: &str = "query+secret_in_url";
const READABLE: &str = "subprotocol+subprotocol_readable";
const LATE: &str = "event+header_late";
const DROPPED: &str = "none+header_dropped";
const REFUSED: &str = "refused";
const NO_AUTH: &str = "none+auth_impossible";
const NO_QUERY: &str = "none+query_impossible";
const NO_COOKIES: &str = "none+cookies_impossible";

#[rustfmt::skip]
const TABLE: [Row; 8] = [
    Row { begins_on: Polling, revision: V4, headers: ["header"; 6],
          auth: "payload", query: "query", cookies: ["cookie", "-"] },
    Row { begins_on: Polling, revision: V3, headers: ["header"; 6],
          auth: NO_AUTH, query: "query", cookies: ["cookie", "-"] },
    //                                                 payload  query    subprotocol error   drop     event
    Row { begins_on: WebSocket, revision: V4, headers: [MOVED, IN_URL, READABLE, REFUSED, DROPPED, LATE],
          auth: "payload", query: "query", cookies: ["cookie", "cookie"] },
    Row { begins_on: WebSocket, revision: V3, headers: [REFUSED, IN_URL, REFUSED, REFUSED, DROPPED, LATE],
          auth: NO_AUTH, query: "query", cookies: ["cookie", "cookie"] },
    Row { begins_on: WebTransport, revision: V4, headers: [MOVED, REFUSED, REFUSED, REFUSED, DROPPED, LATE],
          auth: "payload", query: NO_QUERY, cookies: [NO_COOKIES, "-"] },
    Row { begins_on: WebTransport, revision: V3, headers: [REFUSED, REFUSED, REFUSED, REFUSED, DROPPED, REFUSED],
          auth: NO_AUTH, query: NO_QUERY, cookies: [NO_COOKIES, "-"] },
    Row { begins_on: Jsonp, revision: V4, headers: [REFUSED, IN_URL, REFUSED, REFUSED, DROPPED, REFUSED],
          auth: "payload", query: "query", cookies: ["cookie", "cookie"] },
    Row { begins_on: Jsonp, revision: V3, headers: [REFUSED, IN_URL, REFUSED, REFUSED, DROPPED, REFUSED],
          auth: NO_AUTH, query: "query", cookies: ["cookie", "cookie"] },
];

#[test]
fn every_credential_has_its_place() {
    let header = credentials(&[("X-Api-Key", "k")]);
    let bearer = credentials(&[("Authorization", "Bearer t")]);
    let auth = with(|given| given.has_auth = true);
    let query = with(|given| given.query.push(("room".into(), "7".into())));
    let cookies = with(|given| given.with_cookies = true);
    let nothing = Credentials::default();
    for row in &TABLE {
        for (fallback, expected) in FALLBACKS.into_iter().zip(row.headers) {
            for (given, kind, expected) in [
                (&header, CredentialKind::Header, expected),
                (&bearer, CredentialKind::Bearer, expected),
                (&auth, CredentialKind::Auth, row.auth),
                (&query, CredentialKind::Query, row.query),
                (&cookies, CredentialKind::Cookies, row.cookies[0]),
                (&nothing, CredentialKind::Cookies, row.cookies[1]),
            ] {
                let place = match plan(given, row.begins_on, row.revision, fallback) {
                    Ok(plan) => place_in(&plan, kind),
                    Err(_) => REFUSED.into(),
                };
                let (begins_on, revision) = (row.begins_on, row.revision);
                assert_eq!(place, expected, "{begins_on:?} {revision:?} {fallback:?} {kind:?}");
            }
        }
    }
}

/// With Engine.IO alone there is neither a CONNECT nor an event.
#[test]
fn with_the_engine_alone_a_header_has_fewer_ways() {
    let alone = Credentials {
        engine_only: true,
        has_auth: true,
        ..credentials(&[("Authorization", "Bearer t")])
    };
    for (begins_on, allowed) in [
        (
            WebSocket,
            &[HeaderFallback::Query, HeaderFallback::Subprotocol, HeaderFallback::Drop][..],
        ),
        (WebTransport, &[HeaderFallback::Drop]),
        (Jsonp, &[HeaderFallback::Query, HeaderFallback::Drop]),
        (Polling, &FALLBACKS),
    ] {
        for fallback in FALLBACKS {
            let plan = plan(&alone, begins_on, V4, fallback);
            assert_eq!(plan.is_ok(), allowed.contains(&fallback), "{begins_on:?} {fallback:?}");
            match plan {
                Ok(plan) => assert_eq!(place_in(&plan, CredentialKind::Auth), NO_AUTH),
                Err(error) => assert!(error.choices.iter().all(|choice| allowed.contains(choice))),
            }
        }
    }
}

/// Servers that take credentials in an event take one such event: what can travel in it does.
#[test]
fn in_an_event_the_payload_travels_with_the_headers() {
    let both = |in_event| Credentials {
        has_auth: true,
        auth_placement: if in_event {
            AuthPlacement::Event
        } else {
            AuthPlacement::Payload
        },
        ..credentials(&[("Authorization", "Bearer t")])
    };
    for (begins_on, revision, fallback, asked, header, auth) in [
        // The app asks for the payload in an event: the headers that would travel in the CONNECT follow it.
        (Polling, V4, HeaderFallback::Payload, true, "header", "event"),
        (Polling, V3, HeaderFallback::Payload, true, "header", "event"),
        (WebSocket, V4, HeaderFallback::Payload, true, LATE, "event"),
        (WebSocket, V4, HeaderFallback::Query, true, IN_URL, "event"),
        (WebSocket, V4, HeaderFallback::Subprotocol, true, READABLE, "event"),
        (WebSocket, V4, HeaderFallback::Drop, true, DROPPED, "event"),
        (WebSocket, V3, HeaderFallback::Event, true, LATE, "event"),
        (WebTransport, V4, HeaderFallback::Payload, true, LATE, "event"),
        (Jsonp, V4, HeaderFallback::Query, true, IN_URL, "event"),
        // It asks for the headers in one: the payload follows them, where they do travel in it.
        (WebSocket, V4, HeaderFallback::Event, false, LATE, "event"),
        (WebSocket, V3, HeaderFallback::Event, false, LATE, "event"),
        (WebTransport, V4, HeaderFallback::Event, false, LATE, "event"),
        (Polling, V4, HeaderFallback::Event, false, "header", "payload"),
        (Polling, V3, HeaderFallback::Event, false, "header", NO_AUTH),
        (WebSocket, V4, HeaderFallback::Payload, false, MOVED, "payload"),
    ] {
        let given = both(asked);
        let plan = plan(&given, begins_on, revision, fallback).unwrap();
        let places = [CredentialKind::Bearer, CredentialKind::Auth].map(|kind| place_in(&plan, kind));
        assert_eq!(
            places,
            [header, auth],
            "{begins_on:?} {revision:?} {fallback:?} {asked}"
        );
        assert_eq!(plan.signs_in(), auth == "event");
        let moved = carried(&given, begins_on, revision, fallback).payload_headers;
        assert_eq!(moved.len(), usize::from(header == LATE || header == MOVED));
    }
    // Without a header there is nothing that the fallback could move.
    let auth = with(|given| given.has_auth = true);
    assert_eq!(
        place_in(
            &plan(&auth, WebSocket, V4, HeaderFallback::Event).unwrap(),
            CredentialKind::Auth
        ),
        "payload"
    );
}

#[test]
fn an_error_names_the_headers_the_transport_and_the_choices() {
    let given = credentials(&[("X-Api-Key", "k"), ("Authorization", "Bearer t")]);
    for row in &TABLE {
        let cells = || FALLBACKS.into_iter().zip(row.headers);
        let choices: Vec<_> = cells()
            .filter(|(_, place)| *place != REFUSED)
            .map(|(choice, _)| choice)
            .collect();
        for (fallback, _) in cells().filter(|(_, place)| *place == REFUSED) {
            let error = plan(&given, row.begins_on, row.revision, fallback).unwrap_err();
            assert_eq!(error.headers, ["X-Api-Key", "Authorization"]);
            assert_eq!(error.transport, row.begins_on);
            assert_eq!(error.choices, choices);

            let message = error.to_string();
            let choices = error.choices.iter().map(|choice| choice.name());
            for part in choices.chain(["X-Api-Key", "Authorization", row.begins_on.name()]) {
                assert!(message.contains(part), "{message}: {part}");
            }
        }
    }
}

#[test]
fn fallbacks_are_read_by_name() {
    for fallback in FALLBACKS {
        assert_eq!(HeaderFallback::parse(fallback.name()), Some(fallback));
    }
    assert_eq!(HeaderFallback::default(), HeaderFallback::Payload);
    for name in ["", "Payload", "header", "none"] {
        assert_eq!(HeaderFallback::parse(name), None, "{name}");
    }
}

#[test]
fn warnings_name_the_credential_and_the_transport() {
    let mut given = credentials(&[("X-Api-Key", "k")]);
    given.query.push(("room".into(), "7".into()));
    given.with_cookies = true;
    for row in &TABLE {
        for plan in FALLBACKS
            .iter()
            .filter_map(|&fallback| plan(&given, row.begins_on, row.revision, fallback).ok())
        {
            for entry in &plan.entries {
                if let Some(warning) = entry.warning {
                    let message = warning.message(&entry.name, plan.transport);
                    assert!(
                        message.contains(&entry.name) && message.contains(plan.transport.name()),
                        "{message}"
                    );
                    assert!(message.contains("server: "), "{message}");
                } else {
                    assert_ne!(entry.placement, Placement::None);
                }
            }
        }
    }
}

#[test]
fn values_travel_in_the_form_of_their_place() {
    let mut given = credentials(&[
        ("Authorization", "bearer a+b/c="),
        ("X-Name", "J\u{fc}rgen"),
        ("X-Empty", ""),
    ]);
    given.query = vec![("a".into(), "1".into()), ("a".into(), "2".into())];
    let carried = |begins_on, revision, fallback| carried(&given, begins_on, revision, fallback);
    let app_query = pairs(&[("a", "1"), ("a", "2")]);
    let lower = pairs(&[
        ("authorization", "bearer a+b/c="),
        ("x-name", "J\u{fc}rgen"),
        ("x-empty", ""),
    ]);

    let on_polling = carried(Polling, V4, HeaderFallback::Query);
    let as_written = pairs(&[
        ("Authorization", "bearer a+b/c="),
        ("X-Name", "J\u{fc}rgen"),
        ("X-Empty", ""),
    ]);
    assert_eq!((on_polling.headers, on_polling.query), (as_written, app_query.clone()));
    assert!(on_polling.payload_headers.is_empty() && on_polling.protocols.is_empty());

    let in_payload = carried(WebSocket, V4, HeaderFallback::Payload);
    assert_eq!(
        (in_payload.payload_headers, in_payload.query),
        (lower.clone(), app_query.clone())
    );
    assert!(in_payload.headers.is_empty());

    let in_query = carried(WebSocket, V4, HeaderFallback::Query);
    let moved = [
        ("header.authorization", "bearer a+b/c="),
        ("header.x-name", "J\u{fc}rgen"),
        ("header.x-empty", ""),
    ];
    assert_eq!(in_query.query, [app_query.clone(), pairs(&moved)].concat());

    let in_subprotocol = carried(WebSocket, V4, HeaderFallback::Subprotocol);
    let protocols = [
        "base64url.bearer.YStiL2M9",
        "base64url.header.eC1uYW1lOiBKw7xyZ2Vu",
        "base64url.header.eC1lbXB0eTog",
    ];
    assert_eq!(in_subprotocol.protocols, protocols.map(Secret::from));

    assert_eq!(carried(WebSocket, V3, HeaderFallback::Event).payload_headers, lower);

    assert_eq!(carried(WebTransport, V4, HeaderFallback::Drop), Carried::default());
}

#[test]
fn a_later_header_replaces_an_earlier_one() {
    let given = credentials(&[("X-Key", "1"), ("Accept", "a"), ("x-key", "2")]);
    let headers: Vec<_> = given
        .headers
        .iter()
        .map(|header| (header.name(), header.value().expose()))
        .collect();
    assert_eq!(headers, [("x-key", "2"), ("Accept", "a")]);
}

#[test]
fn headers_that_a_browser_sends_are_taken() {
    for name in [
        "Authorization",
        "x",
        "!#$%&'*+-.^_`|~09",
        "User-Agent",
        "Security",
        "Proxy",
        "Cookies",
    ] {
        assert_eq!(Header::new(name, "v").unwrap().name(), name);
    }
    for (value, kept) in [
        ("", ""),
        (" \t\r\n a b\t", "a b"),
        ("a\tb", "a\tb"),
        ("\u{80}\u{ff}", "\u{80}\u{ff}"),
    ] {
        assert_eq!(Header::new("X-Key", value).unwrap().value().expose(), kept);
    }
    assert!(Header::new("X-HTTP-Method-Override", "PATCH, TRACED").is_ok());
}

#[test]
fn headers_that_no_page_can_send_are_refused() {
    for (name, start) in [
        ("", ""),
        ("X Key", "X"),
        (" X", ""),
        ("Authorization: Bearer t", "Authorization"),
    ] {
        assert_eq!(
            Header::new(name, "v"),
            Err(InvalidHeader::Name(start.into())),
            "{name:?}"
        );
    }
    for byte in b"\"(),/:;<=>?@[\\]{}\x7f\0\t\r\n ".iter().copied().chain([0x80, 0xe9]) {
        let name = format!("X{}Y", char::from(byte));
        assert_eq!(
            Header::new(&name, "v"),
            Err(InvalidHeader::Name("X".into())),
            "{name:?}"
        );
    }
    for value in [
        "a\nb",
        "a\rb",
        "a\0b",
        "\0",
        "a\u{b}b",
        "\u{7f}",
        "\u{100}",
        "\u{1f511}",
    ] {
        assert_eq!(
            Header::new("X-Key", value),
            Err(InvalidHeader::Value("X-Key".into())),
            "{value:?}"
        );
    }
    let forbidden = "Accept-Charset Accept-Encoding Access-Control-Request-Headers Access-Control-Request-Method \
        Connection Content-Length Cookie Cookie2 Date DNT Expect Host Keep-Alive Origin Referer Set-Cookie TE Trailer \
        Transfer-Encoding Upgrade Via Proxy- Proxy-Authorization Sec- SEC-WebSocket-Protocol";
    for name in forbidden
        .split_whitespace()
        .flat_map(|name| [name.to_owned(), name.to_lowercase()])
    {
        assert_eq!(
            Header::new(&name, "v"),
            Err(InvalidHeader::Forbidden(name.clone())),
            "{name}"
        );
    }
    for (name, value) in [
        ("X-HTTP-Method", "TRACE"),
        ("x-method-override", "GET, track "),
        ("X-HTTP-Method-Override", "Connect"),
    ] {
        assert_eq!(
            Header::new(name, value),
            Err(InvalidHeader::Forbidden(name.into())),
            "{name}: {value}"
        );
    }
    assert_eq!(Header::new("Cookie", "\0"), Err(InvalidHeader::Value("Cookie".into())));
}

proptest! {
    /// Nothing that may be shown shows a value, be it as it is or encoded.
    #[test]
    fn no_secret_is_ever_shown(given in some_credentials(), at in some_place(), bad in "[a-z]{4}\u{0}SECRET[a-z]{8}") {
        let (begins_on, revision, fallback) = at;
        let mut shown = vec![format!("{given:?} {given:#?}")];
        let mut values: Vec<_> = given.headers.iter().map(|header| header.value().clone()).collect();
        match place(&given, begins_on, revision, fallback) {
            Err(impossible) => shown.push(format!("{impossible} {impossible:?} {}", impossible.message())),
            Ok((plan, carried)) => {
                shown.push(format!("{plan:?} {carried:?} {carried:#?}"));
                values.extend(carried.protocols);
                shown.extend(plan.entries.iter().filter_map(|entry| {
                    entry.warning.map(|warning| format!("{warning:?} {}", warning.message(&entry.name, plan.transport)))
                }));
            }
        }
        for header in &given.headers {
            shown.push(format!("{header:?} {} {:?}", header.value(), header.value()));
        }
        for error in [Header::new("X-Key", &bad), Header::new(&bad, "v")].map(Result::unwrap_err) {
            shown.push(format!("{error} {error:?}"));
        }
        for text in shown {
            prop_assert!(!text.contains("SECRET"), "{text}");
            prop_assert!(!values.iter().any(|value| text.contains(value.expose())), "{text}");
        }
    }

    /// Every header has exactly one place, or the error names it.
    #[test]
    fn no_header_is_forgotten(given in some_credentials(), at in some_place()) {
        let (begins_on, revision, fallback) = at;
        match plan(&given, begins_on, revision, fallback) {
            Ok(plan) => for header in &given.headers {
                let entries = plan.entries.iter().filter(|entry| is_header(entry) && entry.name == header.name());
                prop_assert_eq!(entries.map(|entry| entry.credential).collect::<Vec<_>>(), [header.kind()]);
            },
            Err(impossible) => for header in &given.headers {
                prop_assert!(impossible.headers.iter().any(|name| name == header.name()));
                prop_assert!(impossible.message().contains(header.name()));
            },
        }
    }

    /// What is carried is what the plan says, and the whole of it.
    #[test]
    fn what_is_carried_is_what_was_planned(given in some_credentials(), at in some_place()) {
        let (begins_on, revision, fallback) = at;
        if let Ok((plan, carried)) = place(&given, begins_on, revision, fallback) {
            let planned = |kind: fn(&Entry) -> bool, placement| {
                plan.entries.iter().filter(|entry| kind(entry) && entry.placement == placement).count()
            };
            let is_query = |entry: &Entry| entry.credential == CredentialKind::Query;
            prop_assert_eq!(carried.headers.len(), planned(is_header, Placement::Header));
            let moved = planned(is_header, Placement::Payload) + planned(is_header, Placement::Event);
            prop_assert_eq!(carried.payload_headers.len(), moved);
            prop_assert_eq!(carried.protocols.len(), planned(is_header, Placement::Subprotocol));
            let query = planned(is_header, Placement::Query) + planned(is_query, Placement::Query);
            prop_assert_eq!(carried.query.len(), query);
        }
    }

    /// No header gets into the URL unless the app asked for it by name.
    #[test]
    fn nothing_secret_gets_into_the_url_unasked(given in some_credentials(), at in some_place()) {
        let (begins_on, revision, fallback) = at;
        if let Ok((plan, carried)) = place(&given, begins_on, revision, fallback) {
            let in_url = plan.entries.iter().any(|entry| is_header(entry) && entry.placement == Placement::Query);
            prop_assert!(!in_url || fallback == HeaderFallback::Query);
            prop_assert!(fallback == HeaderFallback::Query || carried.query.iter().all(|pair| given.query.contains(pair)));
        }
    }

    /// Subprotocols are HTTP tokens, and decode to the header that went in.
    #[test]
    fn subprotocols_give_the_headers_back(given in some_credentials()) {
        let protocols = carried(&given, WebSocket, V4, HeaderFallback::Subprotocol).protocols;
        for (header, protocol) in given.headers.iter().zip(protocols) {
            prop_assert!(protocol.expose().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)));
            let (form, encoded) = protocol.expose().rsplit_once('.').unwrap();
            let text = String::from_utf8(decode(encoded)).unwrap();
            let line = if form == "base64url.bearer" {
                prop_assert_eq!(header.kind(), CredentialKind::Bearer);
                format!("authorization: Bearer {text}")
            } else {
                prop_assert_eq!(form, "base64url.header");
                text
            };
            prop_assert_eq!(line, format!("{}: {}", header.name().to_lowercase(), header.value().expose()));
        }
    }
}

/// Credentials whose values all contain `SECRET`, so that a leak cannot be mistaken for a coincidence.
fn some_credentials() -> impl Strategy<Value = Credentials> {
    let header = (
        "(Authorization|X-[A-Za-z0-9]{1,8})",
        "(Bearer |)[ -~\u{80}-\u{ff}]{0,9}SECRET[!-~]{0,9}",
    );
    let query = ("[a-z]{1,8}", "[ -~]{0,9}SECRET[ -~]{0,9}");
    let headers = proptest::collection::vec(header, 0..5);
    let placement = proptest::sample::select(vec![AuthPlacement::Payload, AuthPlacement::Event, AuthPlacement::Query]);
    let queries = proptest::collection::vec(query, 0..4);
    (headers, queries, placement, any::<[bool; 2]>()).prop_map(
        |(headers, query, auth_placement, [has_auth, with_cookies])| {
            let headers: Vec<_> = headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let query = query
                .into_iter()
                .map(|(key, value)| (key, Secret::new(value)))
                .collect();
            Credentials {
                query,
                has_auth,
                auth_placement,
                with_cookies,
                ..credentials(&headers)
            }
        },
    )
}

fn some_place() -> impl Strategy<Value = (Kind, Revision, HeaderFallback)> {
    use proptest::sample::select;
    (
        select(&[Polling, WebSocket, WebTransport, Jsonp][..]),
        select(&[V3, V4][..]),
        select(&FALLBACKS[..]),
    )
}

fn plan(
    given: &Credentials,
    begins_on: Kind,
    revision: Revision,
    fallback: HeaderFallback,
) -> Result<Plan, Impossible> {
    place(given, begins_on, revision, fallback).map(|(plan, _)| plan)
}

fn carried(given: &Credentials, begins_on: Kind, revision: Revision, fallback: HeaderFallback) -> Carried {
    place(given, begins_on, revision, fallback).unwrap().1
}

fn credentials(headers: &[(&str, &str)]) -> Credentials {
    let mut credentials = Credentials::default();
    for (name, value) in headers {
        credentials.headers.set(Header::new(name, value).unwrap());
    }
    credentials
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, Secret)> {
    pairs.iter().map(|&(name, value)| (name.into(), value.into())).collect()
}

fn is_header(entry: &Entry) -> bool {
    matches!(entry.credential, CredentialKind::Header | CredentialKind::Bearer)
}

fn with(change: impl FnOnce(&mut Credentials)) -> Credentials {
    let mut credentials = Credentials::default();
    change(&mut credentials);
    credentials
}

/// What became of a credential, as the table writes it.
fn place_in(plan: &Plan, kind: CredentialKind) -> String {
    let entry = plan.entries.iter().find(|entry| entry.credential == kind);
    entry.map_or("-".into(), shown)
}

/// An entry as the table writes it.
fn shown(entry: &Entry) -> String {
    let place = entry.placement.name();
    entry
        .warning
        .map_or(place.to_owned(), |warning| format!("{place}+{}", warning.code()))
}

/// Decodes base64url without padding, independently of the code under test.
fn decode(text: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: String = text
        .chars()
        .map(|c| format!("{:06b}", alphabet.find(c).unwrap()))
        .collect();
    let whole = bits.len() / 8 * 8;
    assert!(bits.chars().skip(whole).all(|bit| bit == '0'), "left-over bits");
    let bits: Vec<char> = bits.chars().take(whole).collect();
    bits.chunks(8)
        .map(|byte| u8::from_str_radix(&byte.iter().collect::<String>(), 2).unwrap())
        .collect()
}

#[test]
fn a_query_parameter_of_the_protocols_own_does_not_travel() {
    let query = ["EIO", "transport", "sid", "room"].map(|key| (key.to_owned(), Secret::from("x")));
    let credentials = Credentials {
        query: query.into(),
        ..Credentials::default()
    };
    let (plan, carried) = place(&credentials, Polling, V4, HeaderFallback::Payload).unwrap();
    let codes = plan
        .entries
        .iter()
        .map(|entry| entry.warning.map(|warning| warning.code()));
    let reserved = Some("query_reserved");
    assert_eq!(codes.collect::<Vec<_>>(), [reserved, reserved, reserved, None]);
    assert_eq!(carried.query, [("room".to_owned(), Secret::from("x"))]);
}

#[test]
fn headers_of_one_name_are_joined_where_an_app_gives_them_together() {
    let mut headers = Headers::default();
    headers.add(Header::new("X-Tenant", "1").unwrap());
    headers.add(Header::new("x-tenant", "2").unwrap());
    let all: Vec<_> = headers
        .iter()
        .map(|header| (header.name(), header.value().expose()))
        .collect();
    assert_eq!(all, [("X-Tenant", "1, 2")]);
}
