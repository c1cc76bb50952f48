//! What can go wrong, with codes that stay.

use std::borrow::Cow;
use std::fmt;

use crate::proto::engine::url::cut;
use crate::proto::names::texts;

/// What kind of thing went wrong. The code of an error stays from release to release; its text may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// The URL of the server can't be parsed.
    InvalidUrl,
    /// An option has a value of a type or range that it cannot have.
    InvalidOption,
    /// A header has a name or a value that HTTP does not allow, or that a browser does not let a page set.
    InvalidHeader,
    /// A header cannot travel on this transport, and the policy says that this is an error.
    HeaderImpossible,
    /// The `auth` payload, or a header in it, cannot travel to this server, whose protocol has no payload.
    AuthImpossible,
    /// The function that gives the credentials failed.
    AuthFailed,
    /// The server refused the connection to the namespace.
    Rejected,
    /// The server, or a proxy before it, answered the handshake with HTTP 401 or 403.
    Unauthorized,
    /// The server does not know the session, as where the requests of one session reach several servers.
    SessionUnknown,
    /// The server does not have the transport.
    TransportUnknown,
    /// The network or the server failed below Socket.IO.
    TransportFailed,
    /// Polling failed because nothing answers at the server's address.
    Unreachable,
    /// Polling failed because the server does not allow the page's origin.
    CorsMissing,
    /// Polling failed because the server refuses preflight requests, which headers of the app need.
    CorsPreflight,
    /// Polling failed because the server does not allow a header of the app.
    CorsHeader,
    /// Polling failed because the server allows every origin, which does not go with cookies.
    CorsCredentials,
    /// Polling failed because a page over https cannot talk to a server over http.
    MixedContent,
    /// Polling failed because of the page's Content-Security-Policy.
    CspBlocked,
    /// Polling failed because the server answers with a redirect, which credentials do not follow.
    Redirected,
    /// The server did not answer in time.
    Timeout,
    /// The server sent something that is not the protocol.
    ParseError,
    /// No transport is left to try.
    NoTransport,
    /// The server speaks another revision of the protocol.
    ProtocolMismatch,
    /// The connection ended before the answer came.
    Disconnected,
    /// A value can't be sent, or an answer is not of the type that was asked for.
    InvalidPayload,
}

impl Code {
    /// The code as it is written in JavaScript: `invalid_url` and so on.
    pub fn as_str(self) -> &'static str {
        cut(self.texts(), b' ').0
    }

    /// Whether the app's own configuration is at fault, so that another attempt would end the same way.
    pub const fn is_configuration(self) -> bool {
        matches!(
            self,
            Self::InvalidUrl
                | Self::InvalidOption
                | Self::InvalidHeader
                | Self::HeaderImpossible
                | Self::NoTransport
                | Self::MixedContent
                | Self::CspBlocked
        )
    }

    /// Whether a transport failed, for whatever reason: what the official client calls a `TransportError`.
    pub const fn is_transport(self) -> bool {
        matches!(
            self,
            Self::Unauthorized
                | Self::SessionUnknown
                | Self::TransportUnknown
                | Self::TransportFailed
                | Self::Unreachable
                | Self::CorsMissing
                | Self::CorsPreflight
                | Self::CorsHeader
                | Self::CorsCredentials
                | Self::MixedContent
                | Self::CspBlocked
                | Self::Redirected
        )
    }

    /// What to do about it, in a sentence. Empty where that depends on more than the code: the error itself says it then.
    pub fn hint(self) -> &'static str {
        cut(self.texts(), b' ').1
    }

    /// The code, and the hint where there is one.
    fn texts(self) -> &'static str {
        texts!(
            self,
            Code {
                InvalidUrl: "invalid_url",
                InvalidOption: "invalid_option",
                InvalidHeader: "invalid_header",
                HeaderImpossible: "header_impossible Begin on polling, or let headerFallback move the header",
                AuthImpossible: "auth_impossible Set authPlacement, or headerFallback, to query or event; or send \
                headers on polling",
                AuthFailed: "auth_failed The cause is what your function threw; it is asked again by itself",
                Rejected: "rejected The server's middleware decided this: connect again with other credentials",
                Unauthorized: "unauthorized Connect again with other credentials; server: allowRequest or a proxy \
                decided this",
                SessionUnknown: "session_unknown The server was restarted, or a load balancer spreads the requests of \
                a session over several servers: make its sessions sticky, or begin on WebSocket (transports: \
                [\"websocket\"])",
                TransportUnknown: "transport_unknown The server's option transports leaves this one out: begin on \
                another (transports: [\"websocket\"]), or set tryAllTransports",
                TransportFailed: "transport_failed The browser's console and the server's log may say more",
                Unreachable: "unreachable",
                CorsMissing: "cors_missing",
                CorsPreflight: "cors_preflight",
                CorsHeader: "cors_header",
                CorsCredentials: "cors_credentials",
                MixedContent: "mixed_content A page over https cannot talk to a server over http: serve the server \
                over https",
                CspBlocked: "csp_blocked",
                Redirected: "redirected",
                Timeout: "timeout Check that the server answers, or set a longer time",
                ParseError: "parse_error Check the path, and that a Socket.IO server answers there",
                NoTransport: "no_transport Allow polling or websocket in transports",
                ProtocolMismatch: "protocol_mismatch Leave the option protocol out, or set it to what the server speaks",
                Disconnected: "disconnected",
                InvalidPayload: "invalid_payload",
            }
        )
    }
}

/// An error with a stable [`Code`] and a text that says what happened and what to do. It never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What kind of thing went wrong.
    pub code: Code,
    /// What happened, and what to do.
    pub message: Cow<'static, str>,
}

impl Error {
    /// An error with its text.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
