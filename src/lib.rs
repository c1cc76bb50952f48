//! A Socket.IO client for browsers.

pub mod error;
pub mod proto;

#[cfg(target_arch = "wasm32")]
pub mod client;
#[cfg(all(target_arch = "wasm32", feature = "js"))]
mod js;
#[cfg(target_arch = "wasm32")]
pub mod web;
