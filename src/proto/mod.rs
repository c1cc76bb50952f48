//! The protocol, without IO: Engine.IO and Socket.IO as state machines that take inputs and yield outputs.
//!
//! Nothing here touches JavaScript, the browser, a clock or a random source; it all runs natively. The host is met in
//! one place, the trait [`Data`]: what packets carry stays with the host, and only the few code units of a header are
//! read here.

pub mod auth;
pub mod backoff;
pub mod data;
pub mod diagnosis;
pub mod engine;
mod fifo;
pub(crate) mod names;
pub mod output;
pub mod socket;
pub mod timer;

pub use data::{Data, Shape};

/// Joins `parts`. (The standard library's ways to do so are much larger.)
pub(crate) fn join(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}
