//! The upgrade: a better transport is probed beside the one in use, and takes over when it answers.
//!
//! ```text
//!   AwaitLead ──lead is over──▶ AwaitOpen ──opened──▶ AwaitPong ──3probe──▶ AwaitPause ──paused──▶ takes over
//! ```
//!
//! Source: Engine.IO protocol 4, "Upgrade".

use super::transport::Candidate;

/// The text of the ping and the pong that a probe exchanges.
pub const PROBE: &str = "probe";

/// How long WebTransport may answer before a WebSocket is probed beside it, in milliseconds.
pub const WEBTRANSPORT_LEAD: f64 = 200.0;

/// How far a probe has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Gives WebTransport a lead.
    AwaitLead,
    /// The transport is opening.
    AwaitOpen,
    /// `2probe` was sent.
    AwaitPong,
    /// `3probe` came: the transport in use comes to rest.
    AwaitPause,
}

/// A transport that is tried beside the one in use.
#[derive(Debug)]
pub struct Probe {
    /// Its number.
    pub transport: u32,
    /// Which it is.
    pub candidate: Candidate,
    /// How far it has come.
    pub state: State,
}
