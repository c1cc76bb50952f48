//! What can go wrong, with codes that stay.

use std::borrow::Cow;
use std::fmt;

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
    /// The function that gives the credentials failed.
    AuthFailed,
    /// The server refused the connection to the namespace.
    Rejected,
    /// The network or the server failed below Socket.IO.
    TransportFailed,
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
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidUrl => "invalid_url",
            Self::InvalidOption => "invalid_option",
            Self::InvalidHeader => "invalid_header",
            Self::HeaderImpossible => "header_impossible",
            Self::AuthFailed => "auth_failed",
            Self::Rejected => "rejected",
            Self::TransportFailed => "transport_failed",
            Self::Timeout => "timeout",
            Self::ParseError => "parse_error",
            Self::NoTransport => "no_transport",
            Self::ProtocolMismatch => "protocol_mismatch",
            Self::Disconnected => "disconnected",
            Self::InvalidPayload => "invalid_payload",
        }
    }

    /// Whether the app's own configuration is at fault, so that another attempt would end the same way.
    pub const fn is_configuration(self) -> bool {
        matches!(
            self,
            Self::InvalidUrl | Self::InvalidOption | Self::InvalidHeader | Self::HeaderImpossible | Self::NoTransport
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
