//! Where headers, the query and the cookies travel, and what the plan says of it.

use socketio_wasm::{
    Code, CredentialKind, HeaderFallback, Lifecycle, ManagerEvent, Placement, Socket, Transport, TransportKind,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Restored, URL, connected, socket, soon, upgraded, who_am_i};

const TOKEN: &str = "Bearer demo-valid";

#[wasm_bindgen_test]
async fn the_headers_of_an_apps_own_requests_serve_here_too() {
    let headers = web_sys::Headers::new().unwrap();
    headers.set("Authorization", TOKEN).unwrap();
    headers.set("X-Tenant", "acme").unwrap();
    for transport in [Transport::Polling, Transport::WebSocket] {
        let socket = connected(socket("").transports([transport]).headers(&headers)).await;
        let headers = who_am_i(&socket).await.headers;
        assert_eq!((&*headers["authorization"], &*headers["x-tenant"]), (TOKEN, "acme"));
    }
}

#[wasm_bindgen_test]
async fn polling_sends_headers() {
    for transport in [Transport::Polling, Transport::Fetch] {
        let socket = Socket::builder(URL)
            .transports([transport])
            .header("Authorization", TOKEN)
            .header("X-Tenant", "  acme  ");
        let socket = connected(socket).await;
        let seen = who_am_i(&socket).await;
        assert_eq!(
            (&*seen.raw_headers["authorization"], &*seen.raw_headers["x-tenant"]),
            (TOKEN, "acme")
        );
        assert_eq!((seen.transport.as_str(), seen.restored.len()), ("polling", 0));

        let plan = socket.plan().unwrap();
        assert_eq!(plan.transport, TransportKind::Polling);
        let entries: Vec<_> = plan
            .entries
            .iter()
            .map(|entry| (entry.credential, entry.placement, &*entry.name))
            .collect();
        let bearer = (CredentialKind::Bearer, Placement::Header, "Authorization");
        assert_eq!(
            entries,
            [bearer, (CredentialKind::Header, Placement::Header, "X-Tenant")]
        );
    }
}

#[wasm_bindgen_test]
async fn headers_survive_the_upgrade() {
    let socket = Socket::builder(URL)
        .transports([Transport::Polling, Transport::WebSocket])
        .header("Authorization", TOKEN)
        .build()
        .unwrap();
    let mut events = socket.manager().events();
    socket.connect();
    soon("the connection", socket.connected()).await.unwrap();
    upgraded(&socket).await;
    let seen = who_am_i(&socket).await;
    assert_eq!(
        (seen.transport.as_str(), &*seen.headers["authorization"]),
        ("websocket", TOKEN)
    );

    let Some(ManagerEvent::Placement(plan)) = events.try_next() else {
        panic!("the plan comes first");
    };
    assert_eq!(Some(plan), socket.plan());
    loop {
        if let ManagerEvent::Upgrade(kind) = soon("the upgrade", events.next()).await.unwrap() {
            assert_eq!(kind, TransportKind::WebSocket);
            break;
        }
    }
}

#[wasm_bindgen_test]
async fn a_websocket_moves_headers_where_the_policy_says() {
    let cases = [
        (HeaderFallback::Payload, Placement::Payload, "payload", "header_moved"),
        (HeaderFallback::Query, Placement::Query, "query", "secret_in_url"),
        (
            HeaderFallback::Subprotocol,
            Placement::Subprotocol,
            "subprotocol",
            "subprotocol_readable",
        ),
    ];
    for (fallback, placement, from, warning) in cases {
        let socket = socket("").header("Authorization", TOKEN).header_fallback(fallback);
        let socket = connected(socket).await;
        let seen = who_am_i(&socket).await;
        assert!(!seen.raw_headers.contains_key("authorization"));
        assert_eq!(seen.headers["authorization"], TOKEN, "{fallback:?}");
        let restored = Restored {
            name: "authorization".into(),
            from: from.into(),
        };
        assert_eq!(seen.restored, [restored]);

        let plan = socket.plan().unwrap();
        let entry = &plan.entries[0];
        assert_eq!((entry.placement, entry.warning.unwrap().code()), (placement, warning));
        assert!(
            entry
                .warning
                .unwrap()
                .message(&entry.name, plan.transport)
                .contains("Authorization")
        );
    }
}

#[wasm_bindgen_test]
async fn a_moved_header_stands_beside_the_apps_own_payload() {
    #[derive(serde::Serialize)]
    struct Auth {
        user: &'static str,
    }
    let socket = connected(socket("").header("Authorization", TOKEN).auth(&Auth { user: "ada" })).await;
    let seen = who_am_i(&socket).await;
    assert_eq!((&*seen.auth["user"], &*seen.headers["authorization"]), ("ada", TOKEN));
}

#[wasm_bindgen_test]
async fn a_policy_can_drop_headers_with_a_warning() {
    let socket = connected(
        socket("")
            .header("X-Tenant", "acme")
            .header_fallback(HeaderFallback::Drop),
    )
    .await;
    let seen = who_am_i(&socket).await;
    assert!(!seen.headers.contains_key("x-tenant"));
    let plan = socket.plan().unwrap();
    assert_eq!(plan.entries[0].placement, Placement::None);
    assert_eq!(plan.entries[0].warning.unwrap().code(), "header_dropped");
}

#[wasm_bindgen_test]
async fn a_policy_can_forbid_to_connect_without_headers() {
    let socket = socket("")
        .header("Authorization", "Bearer s3cret")
        .header_fallback(HeaderFallback::Error)
        .connect()
        .unwrap();
    let mut lifecycle = socket.lifecycle();
    let error = soon("an error", socket.connected()).await.unwrap_err();
    assert_eq!(error.code(), Code::HeaderImpossible);
    for part in ["Authorization", "websocket", "payload", "query", "subprotocol", "drop"] {
        assert!(error.message().contains(part), "{error}");
    }
    assert!(!error.message().contains("s3cret"));
    let Some(Lifecycle::ConnectError { will_retry: false, .. }) = lifecycle.try_next() else {
        panic!("not told");
    };
    assert!(!socket.is_active());
}

#[wasm_bindgen_test]
async fn headers_may_be_meant_for_one_transport() {
    let polling = Socket::builder(URL)
        .transports([Transport::Polling])
        .header("X-Tenant", "general")
        .transport_header(TransportKind::Polling, "x-tenant", "special")
        .transport_header(TransportKind::WebSocket, "X-Request-Id", "1");
    let seen = who_am_i(&connected(polling).await).await;
    assert_eq!(seen.headers["x-tenant"], "special");
    assert!(!seen.headers.contains_key("x-request-id"));
}

#[wasm_bindgen_test]
async fn the_query_travels_in_every_url() {
    for transport in crate::support::TRANSPORTS {
        let socket = Socket::builder(URL)
            .transports([transport])
            .query("tenant", "acme & söhne")
            .query("empty", "");
        let socket = connected(socket).await;
        let seen = who_am_i(&socket).await;
        assert_eq!((&*seen.query["tenant"], &*seen.query["empty"]), ("acme & söhne", ""));
        let plan = socket.plan().unwrap();
        let names: Vec<_> = plan
            .entries
            .iter()
            .map(|entry| (&*entry.name, entry.placement))
            .collect();
        assert!(names.starts_with(&[("tenant", Placement::Query), ("empty", Placement::Query)]));
    }
    let in_url = connected(Socket::builder(&[URL, "/?from=url"].concat()).transports([Transport::WebSocket])).await;
    assert_eq!(who_am_i(&in_url).await.query["from"], "url");
}

#[wasm_bindgen_test]
async fn options_may_change_between_sessions() {
    let socket = Socket::builder(URL)
        .transports([Transport::Polling])
        .header("X-Tenant", "one");
    let socket = connected(socket).await;
    socket.manager().set_header("X-Tenant", "two").unwrap();
    assert_eq!(
        socket.manager().set_header("Cookie", "a=b").unwrap_err().code(),
        Code::InvalidHeader
    );
    socket
        .manager()
        .update(|options| options.query = vec![("later".into(), "yes".into())]);
    assert_eq!(who_am_i(&socket).await.headers["x-tenant"], "one");
    socket.disconnect();
    socket.connect();
    soon("the connection", socket.connected()).await.unwrap();
    let seen = who_am_i(&socket).await;
    assert_eq!((&*seen.headers["x-tenant"], &*seen.query["later"]), ("two", "yes"));
}

#[wasm_bindgen_test]
async fn nothing_that_can_be_printed_shows_a_secret() {
    let builder = socket("")
        .header("Authorization", "Bearer s3cret")
        .query("key", "s3cret")
        .auth(&std::collections::BTreeMap::from([("token", "s3cret")]));
    assert!(!format!("{builder:?}").contains("s3cret"));
    let socket = connected(builder).await;
    let printed = format!("{socket:?} {:?} {:?}", socket.manager(), socket.plan());
    assert!(!printed.contains("s3cret"), "{printed}");
}
