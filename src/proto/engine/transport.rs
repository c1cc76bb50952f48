//! The transports, by name.

use crate::proto::names::texts;

/// A transport of Engine.IO, as far as credentials and the plan of a connection tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// HTTP long-polling through XHR or fetch.
    Polling,
    /// A WebSocket.
    WebSocket,
    /// A WebTransport session over HTTP/3.
    WebTransport,
    /// Long-polling through `<script>` elements. On the wire (`transport=`) this is `polling` too.
    Jsonp,
}

impl Kind {
    /// All of them, in the order by which hosts number them.
    pub const ALL: [Self; 4] = [Self::Polling, Self::WebSocket, Self::WebTransport, Self::Jsonp];

    /// The name that the API and messages use: `polling`, `websocket`, `webtransport` or `jsonp`.
    pub fn name(self) -> &'static str {
        texts!(
            self,
            Kind {
                Polling: "polling",
                WebSocket: "websocket",
                WebTransport: "webtransport",
                Jsonp: "jsonp",
            }
        )
    }

    /// The transport that a server or an app names so.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it is a series of requests rather than a stream.
    pub const fn is_polling(self) -> bool {
        matches!(self, Self::Polling | Self::Jsonp)
    }
}

/// A transport that the app allows, with the way in which the browser is to carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The transport.
    pub kind: Kind,
    /// For polling: through `fetch` rather than XHR.
    pub fetch: bool,
}
