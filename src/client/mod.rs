//! The Rust API: sockets, managers, streams and futures, for apps that are WebAssembly themselves.
//!
//! Everything an app needs is at the root of the crate.

mod ack;
#[cfg(feature = "serde")]
mod arguments;
mod auth;
mod bearer;
mod builder;
pub(crate) mod core;
mod emission;
mod error;
mod manager;
pub mod options;
mod payload;
mod queue;
mod reply;
mod socket;
mod stream;
mod waiting;

pub use ack::Ack;
pub use auth::Auth;
pub use bearer::Token;
pub use builder::{Builder, Transport};
pub use emission::Emission;
pub use error::Error;
pub use manager::{Manager, ManagerEvent};
pub use options::Options;
pub use reply::{Reply, Request};
pub use socket::{Lifecycle, Socket};
pub use stream::EventStream;
