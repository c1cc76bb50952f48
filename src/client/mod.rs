//! The Rust API: sockets, managers, streams and futures, for apps that are WebAssembly themselves.
//!
//! Everything an app needs is at the root of the crate. The npm API has only `core` and `settings` of it: the rest, and above all
//! `js-sys` with it, would leave functions in the module that nothing calls.

pub(crate) mod core;
pub(crate) mod settings;

#[cfg(not(feature = "js"))]
mod ack;
#[cfg(all(feature = "serde", not(feature = "js")))]
mod arguments;
#[cfg(not(feature = "js"))]
mod auth;
#[cfg(not(feature = "js"))]
mod bearer;
#[cfg(not(feature = "js"))]
mod builder;
#[cfg(not(feature = "js"))]
mod emission;
#[cfg(not(feature = "js"))]
mod error;
#[cfg(not(feature = "js"))]
mod lists;
#[cfg(not(feature = "js"))]
mod manager;
#[cfg(not(feature = "js"))]
pub mod options;
#[cfg(not(feature = "js"))]
mod payload;
#[cfg(not(feature = "js"))]
mod queue;
#[cfg(not(feature = "js"))]
mod reply;
#[cfg(not(feature = "js"))]
mod socket;
#[cfg(not(feature = "js"))]
mod stream;
#[cfg(not(feature = "js"))]
mod waiting;

#[cfg(not(feature = "js"))]
pub use self::{
    ack::Ack,
    auth::Auth,
    bearer::Token,
    builder::{Builder, Transport},
    emission::Emission,
    error::Error,
    manager::{Manager, ManagerEvent},
    options::Options,
    reply::{Reply, Request},
    socket::{Lifecycle, Socket},
    stream::EventStream,
};
