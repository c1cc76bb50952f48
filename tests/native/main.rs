//! The protocol core, natively: each module holds one behaviour.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unreachable,
    reason = "a test that panics has failed"
)]
#![allow(missing_docs, reason = "nobody reads the documentation of a test")]

mod support;

mod acks;
mod backoff;
mod batching;
mod claims;
mod closing;
mod connecting;
mod credentials;
mod custom;
mod diagnosis;
mod encoding;
mod frame;
mod handshake;
mod handshake_refused;
mod header;
mod heartbeat;
mod identity;
mod json;
mod namespaces;
mod nested;
mod old_renewal;
mod old_servers;
mod order;
mod parser;
mod payload;
mod reconnection;
mod recovery;
mod refusal;
mod rejoin;
mod renewal;
mod retries;
mod sign_in;
mod simulation;
mod transports;
mod unanswered_connect;
mod upgrade;
mod upgrade_close;
mod url;
mod volatile;
mod watching;
