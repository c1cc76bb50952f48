//! A Socket.IO client for browsers, whose credentials reach the server whatever the transport.
//!
//! This crate is for apps that are WebAssembly themselves (Leptos, Yew, Dioxus, or plain `web-sys`), in a window or a worker,
//! and for servers of Socket.IO 3 and 4. For JavaScript there is the npm package `socketio-wasm`, a drop-in for
//! `socket.io-client`, made from the same code.
//!
#![cfg_attr(target_arch = "wasm32", doc = "```no_run")]
#![cfg_attr(not(target_arch = "wasm32"), doc = "```ignore")]
//! use std::time::Duration;
//! use socketio_wasm::{Error, Socket};
//!
//! async fn run() -> Result<(), Error> {
//!     let socket = Socket::builder("https://example.com/chat").header("Authorization", "Bearer …").connect()?;
//!     socket.connected().await?;
//!     let members: Vec<String> = socket.emit_with_ack("join", "rust").timeout(Duration::from_secs(5)).await?;
//!     let mut messages = socket.on::<(String, u32)>("message");
//!     socket.emit("message", &("hello", members.len()))?;
//!     while let Some(message) = messages.next().await {
//!         let (text, number) = message?;
//!         show(&text, number);
//!     }
//!     Ok(())
//! }
//! # fn show(_: &str, _: u32) {}
//! ```
//!
//! # Where to begin
//!
//! - `Socket::builder` has the settings and their defaults: those of `socket.io-client` 4.8.
//! - `Socket` says how Rust values become arguments, and how long a connection lives: as long as a handle of its socket.
//! - `Manager` shares one connection between namespaces.
//! - `EventStream`, `Ack` and `Reply` are what events, acknowledgements and requests come as. None of them spawns anything:
//!   they run in whatever executor polls them (`wasm_bindgen_futures::spawn_local`, or the framework's own).
//! - `Error` and its stable [`Code`] say what went wrong.
//!
//! # Credentials
//!
//! A browser sends custom headers with polling and cannot on a WebSocket or over WebTransport. Before it connects, this client plans where each
//! credential travels ([`Plan`]), moves headers where they cannot be sent ([`HeaderFallback`]) and says so; it never drops one
//! without a word. In the server, `socketio-wasm/server` of the npm package puts moved headers back where they belong.
//!
//! # Features
//!
//! - `serde` (default): typed payloads. Without it there are the methods that end in `_js`, for JavaScript values, and the
//!   app is some 15 KB smaller.
//! - `js`: the npm API. Of no use to Rust.
//!
//! On other targets than WebAssembly only [`proto`] and [`error`] are there: the protocol without a browser.

pub mod error;
pub mod proto;

#[cfg(target_arch = "wasm32")]
pub mod client;
#[cfg(all(target_arch = "wasm32", feature = "js"))]
mod js;
#[cfg(target_arch = "wasm32")]
pub mod web;

#[cfg(all(target_arch = "wasm32", not(feature = "js")))]
pub use client::{
    Ack, Auth, Builder, Emission, Error, EventStream, Lifecycle, Manager, ManagerEvent, Options, Reply, Request,
    Socket, Token, Transport,
};
pub use error::Code;
pub use proto::auth::{
    AuthPlacement, CredentialKind, Entry as PlanEntry, HeaderFallback, Placement, Plan, Warning as PlanWarning,
};
pub use proto::engine::Revision;
pub use proto::engine::transport::Kind as TransportKind;
pub use proto::output::{Occasion, Reason};
pub use proto::socket::outgoing::Emitted;
pub use proto::socket::policy::Reauth;
