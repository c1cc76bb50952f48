//! Where to connect to, and what travels there.

use crate::proto::Data;
use crate::proto::engine::Revision;
use crate::proto::engine::transport::Kind;

use super::payload::Payload;

/// All that a transport needs to know to begin or join a session. Texts and lists stay with the host; a list that is not there is
/// empty.
#[derive(Debug)]
pub struct Endpoint {
    /// The server and the path of its Engine.IO endpoint: `https://example.com:8443/socket.io/`.
    pub server: Payload,
    /// What is so, and what is not.
    pub flags: Flags,
    /// The revision that requests ask for. Servers 1.x and 2.x know only one, and look at nothing.
    pub revision: Revision,
    /// Query parameters, the app's own and those that carry credentials: names and values in turn.
    pub query: Option<Payload>,
    /// Header fields, for polling: names and values in turn.
    pub headers: Option<Payload>,
    /// The subprotocols that a WebSocket offers.
    pub protocols: Option<Payload>,
    /// Options of a WebTransport session.
    pub session_options: Option<Payload>,
    /// How long a request may take, in milliseconds; 0 for as long as it likes.
    pub request_timeout: f64,
    /// The parameter that makes every URL another one, so that no cache answers.
    pub stamp: Option<Payload>,
}

/// Something that is so or not: of a server, of the options, or of those of a transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// The connection is encrypted.
    Secure,
    /// The server is the page's own origin.
    OwnOrigin,
    /// Browsers do not let the page talk to the server: the page came over https, and the server is another machine and has http.
    Mixed,
    /// The server is on the same machine.
    Local,
    /// The URL names the root namespace.
    Root,
    /// A function of the app gives a bearer token.
    ProvidesBearer,
    /// Only the request that begins the session has the headers.
    HeadersOnce,
    /// To move from polling to a better transport.
    Upgrade,
    /// To try the next transport when one does not open.
    TryAll,
    /// To begin on a WebSocket when the last one worked.
    RememberUpgrade,
    /// To find out why polling failed where the browser does not say.
    Diagnose,
    /// To close the connection without a word when the page is left.
    ClosesOnUnload,
    /// Of a transport: cookies travel across origins.
    WithCredentials,
    /// Of a transport: binary is to travel as base64, but over WebTransport.
    Base64,
    /// Of a transport: its query is another one than that of the transport which the session began on.
    OwnQuery,
}

/// Each [`Flag`], as a bit; `session.js` has the same order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags(u32);

impl Flags {
    /// Takes over the bits.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Sets one or not.
    #[must_use]
    pub const fn with(self, flag: Flag, is: bool) -> Self {
        Self(self.0 | (is as u32) << flag as u32)
    }

    /// Whether it is so.
    pub const fn has(self, flag: Flag) -> bool {
        self.0 & 1 << flag as u32 != 0
    }
}

impl Endpoint {
    /// The URL of a transport, without a time stamp.
    pub(super) fn address(&self, kind: Kind, sid: Option<Payload>) -> Payload {
        let scheme = match (kind, self.flags.has(Flag::Secure)) {
            (Kind::WebSocket, false) => "ws",
            (Kind::WebSocket, true) => "wss",
            // Always over TLS.
            (Kind::WebTransport, _) | (_, true) => "https",
            (_, false) => "http",
        };
        let address = self.server.with_scheme(scheme);
        if kind == Kind::WebTransport {
            // Servers see nothing of its query.
            return address;
        }
        if let Some(query) = &self.query {
            address.add_parameters(query);
        }
        let revision = match self.revision {
            Revision::V3 => "3",
            Revision::V4 => "4",
        };
        let transport = if kind.is_polling() { Kind::Polling } else { kind };
        let query = Payload::list(&["EIO", revision, "transport", transport.name()]);
        if let Some(sid) = sid {
            query.append("sid");
            query.push(Some(sid));
        }
        if self.flags.has(Flag::Base64) || kind == Kind::Jsonp {
            query.append("b64");
            query.append("1");
        }
        address.add_parameters(&query);
        address
    }

    /// The URL of a probe: of a transport that no server has, so that it begins no session, and without the app's query.
    pub(super) fn probe_address(&self) -> Payload {
        let address = self.server.share();
        address.add_parameters(&Payload::list(&["EIO", "4", "transport", "probe"]));
        address
    }

    /// How many header fields there are.
    pub(super) fn count_headers(&self) -> usize {
        self.headers.as_ref().map_or(0, Payload::count) / 2
    }

    /// The name of a header field.
    pub(super) fn header_name(&self, index: usize) -> Option<Payload> {
        self.headers.as_ref()?.item(index * 2)
    }
}
