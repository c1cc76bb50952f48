//! The browser: transports, timers, and the driver that joins them to the protocol.
//!
//! Strings and objects stay in JavaScript, in the table of `edge.js`; Rust holds their numbers ([`Payload`]).

mod alarm;
mod diagnosis;
pub mod driver;
pub(crate) mod edge;
mod encoding;
pub mod endpoint;
mod line;
pub mod payload;
pub(crate) mod polling;
pub(crate) mod rare;
pub(crate) mod signal;
mod webtransport;

pub use driver::{App, Driver};
pub use endpoint::{Endpoint, Flag, Flags};
pub use payload::Payload;
#[cfg(feature = "js")]
pub(crate) use payload::{number_of, shape_of, slot_of};
