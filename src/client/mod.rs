//! The Rust API, on which the npm API stands.

pub(crate) mod core;
pub mod options;
