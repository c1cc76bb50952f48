//! socketioxide on axum: `PORT=… interop-server`. What it does is in ../../README.md.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};

use axum::http::request::Parts;
use rmpv::Value;
use serde_json::{Map, Value as Json, json};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, Extension, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

/// What a socket has counted.
#[derive(Clone, Default)]
struct Count(Arc<(AtomicI64, AtomicBool)>);

#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("invalid token")
    }
}

/// Where credentials arrived.
fn handshake(parts: &Parts, auth: Json) -> Json {
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let query: Map<String, Json> = parts
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter_map(|parameter| parameter.split_once('='))
        .map(|(name, value)| (name.to_owned(), json!(value.replace("%20", " "))))
        .collect();
    json!({
        "headers": { "authorization": header("authorization"), "cookie": header("cookie") },
        "query": query,
        "auth": auth,
    })
}

fn bearer(value: &Json) -> Option<&str> {
    value.as_str()?.strip_prefix("Bearer ")
}

fn token(known: &Json) -> Option<&str> {
    let (auth, query) = (&known["auth"], &known["query"]);
    (auth["token"].as_str())
        .or(query["token"].as_str())
        .or(bearer(&auth["headers"]["authorization"]))
        .or(bearer(&query["header.authorization"]))
        .or(bearer(&known["headers"]["authorization"]))
}

async fn guard(socket: SocketRef, TryData(auth): TryData<Json>) -> Result<(), Refused> {
    let known = handshake(socket.req_parts(), auth.unwrap_or_default());
    (token(&known) == Some("good")).then_some(()).ok_or(Refused)
}

async fn listen(socket: SocketRef, TryData(auth): TryData<Json>) {
    let known = handshake(socket.req_parts(), auth.unwrap_or_default());
    let count = Count::default();
    count.0.1.store(true, Relaxed);
    socket.extensions.insert(count);
    socket.extensions.insert(known);

    socket.on("echo", async |socket: SocketRef, Data(value): Data<Value>| {
        socket.emit("echo", &value).ok();
    });
    socket.on("ask", async |Data(value): Data<Value>, ack: AckSender| {
        ack.send(&value).ok();
    });
    socket.on("question", async |socket: SocketRef, Data(value): Data<Value>| {
        if let Ok(answer) = socket.emit_with_ack::<_, Value>("question", &value)
            && let Ok(answer) = answer.await
        {
            socket.emit("answered", &answer).ok();
        }
    });
    socket.on(
        "count",
        async |Data(i): Data<i64>, Extension(Count(count)): Extension<Count>| {
            if count.0.fetch_add(1, Relaxed) != i {
                count.1.store(false, Relaxed);
            }
        },
    );
    socket.on(
        "counted",
        async |ack: AckSender, Extension(Count(count)): Extension<Count>| {
            // A list of one argument: a list by itself would be several.
            ack.send(&(json!([count.0.load(Relaxed), count.1.load(Relaxed)]),)).ok();
        },
    );
    socket.on("burst", async |socket: SocketRef, Data(n): Data<i64>| {
        for i in 0..n {
            socket.emit("burst", &i).ok();
        }
    });
    socket.on("whoami", async |ack: AckSender, Extension(known): Extension<Json>| {
        ack.send(&known).ok();
    });
    socket.on_disconnect(async |socket: SocketRef| {
        socket.broadcast().emit("left", &socket.id).await.ok();
    });
    socket.on("leave", async |socket: SocketRef| {
        socket.disconnect().ok();
    });
}

async fn listen_for_sign_in(socket: SocketRef, auth: TryData<Json>) {
    socket.on("authentication", async |socket: SocketRef, Data(given): Data<Json>| {
        let token = given["token"].as_str().or(bearer(&given["headers"]["authorization"]));
        if token == Some("good") {
            socket.emit("authenticated", &true).ok();
        } else {
            socket.emit("unauthorized", &json!({ "message": "invalid token" })).ok();
            socket.disconnect().ok();
        }
    });
    listen(socket, auth).await;
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // As many as one burst has.
    let (layer, io) = SocketIo::builder().max_buffer_size(4096).build_layer();
    io.ns("/", listen);
    io.ns("/guarded", listen.with(guard));
    io.ns("/sign-in", listen_for_sign_in);

    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::mirror_request())
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
        .allow_credentials(true);
    let app = axum::Router::new().layer(layer).layer(cors);
    let port = std::env::var("PORT")?;
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("READY");
    axum::serve(listener, app).await?;
    Ok(())
}
