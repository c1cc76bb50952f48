//! The policy for headers where a browser cannot send any.

use std::fmt;

use super::placement::Placed;
use super::{Headers, Placement, Warning, join};
use crate::proto::Data;
use crate::proto::engine::{Revision, transport::Kind};
use crate::proto::names::texts;

/// The option `headerFallback`: what to do with headers where a browser cannot send any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeaderFallback {
    /// Move them to the CONNECT payload.
    #[default]
    Payload,
    /// Move them to the query, in the URL.
    Query,
    /// Move them to subprotocols of the WebSocket.
    Subprotocol,
    /// Do not connect.
    Error,
    /// Connect without them, and warn.
    Drop,
    /// Send them in an event after connecting.
    Event,
}

impl HeaderFallback {
    /// All of them, in the order by which hosts number them.
    pub const ALL: [Self; 6] = [
        Self::Payload,
        Self::Query,
        Self::Subprotocol,
        Self::Error,
        Self::Drop,
        Self::Event,
    ];

    /// Reads the option's value. `None` where there is no such fallback.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fallback| fallback.name() == name)
    }

    /// The option's value: `payload`, `query`, `subprotocol`, `error`, `drop` or `event`.
    pub fn name(self) -> &'static str {
        texts!(
            self,
            HeaderFallback {
                Payload: "payload",
                Query: "query",
                Subprotocol: "subprotocol",
                Error: "error",
                Drop: "drop",
                Event: "event",
            }
        )
    }

    /// Where it puts a header, and what is to be said about that. What would travel in the CONNECT does in the event after it where
    /// there is one.
    pub(super) const fn placed(self, signs_in: bool) -> Placed {
        let (placement, warning) = match self {
            Self::Payload if !signs_in => (Placement::Payload, Warning::HeaderMoved),
            Self::Payload | Self::Event => (Placement::Event, Warning::HeaderLate),
            Self::Query => (Placement::Query, Warning::SecretInUrl),
            Self::Subprotocol => (Placement::Subprotocol, Warning::SubprotocolReadable),
            Self::Drop | Self::Error => (Placement::None, Warning::HeaderDropped),
        };
        (placement, Some(warning))
    }

    /// The fallbacks that can be carried out on a transport; none where headers can be sent.
    pub(super) const fn choices(begins_on: Kind, revision: Revision, engine_only: bool) -> &'static [Self] {
        use HeaderFallback::{Drop, Event, Payload, Query, Subprotocol};
        match (begins_on, revision) {
            (Kind::Polling, _) => &[],
            (Kind::WebSocket, _) if engine_only => &[Query, Subprotocol, Drop],
            (Kind::WebTransport, _) if engine_only => &[Drop],
            (Kind::WebSocket, Revision::V4) => &[Payload, Query, Subprotocol, Drop, Event],
            (Kind::WebSocket, Revision::V3) => &[Query, Drop, Event],
            (Kind::WebTransport, Revision::V4) => &[Payload, Drop, Event],
            (Kind::WebTransport, Revision::V3) => &[Drop],
            (Kind::Jsonp, _) => &[Query, Drop],
        }
    }
}

/// The app's headers cannot travel as it asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impossible<'a> {
    /// The headers; at least one.
    pub headers: &'a Headers,
    /// The transport on which the session would begin.
    pub transport: Kind,
    /// What `headerFallback` may be instead.
    pub choices: &'static [HeaderFallback],
}

impl Impossible<'_> {
    /// A sentence for the app's developer: names the headers, the transport and the choices.
    pub fn message(&self) -> String {
        let mut names = String::new();
        for header in self.headers {
            names.push_str(if names.is_empty() { "" } else { ", " });
            names.push_str(header.name());
        }
        let (start, end) = (start(self.transport), end(self.choices));
        join(&[&start, &names, &end])
    }
}

/// The same sentence, of headers whose names are one text of the host's.
pub fn impossible<D: Data>(transport: Kind, names: &D, choices: &[HeaderFallback]) -> D {
    let (start, end) = (start(transport), end(choices));
    D::text(&start).concat(names).concat(&D::text(&end))
}

fn start(transport: Kind) -> String {
    join(&[transport.name(), Warning::CANNOT, "the header "])
}

fn end(choices: &[HeaderFallback]) -> String {
    let mut text = String::from("; begin on polling, or set headerFallback to");
    for (index, choice) in choices.iter().enumerate() {
        text.push_str(match index {
            0 => " ",
            _ if index + 1 == choices.len() => " or ",
            _ => ", ",
        });
        text.push_str(choice.name());
    }
    text
}

impl fmt::Display for Impossible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Impossible<'_> {}
