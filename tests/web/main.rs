//! The Rust API in a browser, against the real server of `tests/servers/companion.mjs`.
//!
//! `npm test wasm` starts the server and runs this; its address comes at compile time, in `SOCKETIO_TEST_URL`.
#![cfg(all(target_arch = "wasm32", feature = "serde"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics has failed"
)]

mod acks;
mod auth;
mod bearer;
mod binary;
mod connecting;
mod credentials;
mod events;
mod lifetime;
mod namespaces;
mod reconnection;
mod settings;
mod support;
mod transports;
mod wakers;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
