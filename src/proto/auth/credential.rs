//! What the app gives.

use super::{Headers, Secret};

/// All that an app wants a server to know about it on one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// The headers (`extraHeaders`).
    pub headers: Headers,
    /// The app's own query parameters, key and value, not percent-encoded.
    pub query: Vec<(String, Secret)>,
    /// Whether the app gives an `auth` payload. What is in it stays with the host.
    pub has_auth: bool,
    /// Whether that is to travel in an event after connecting, instead of the CONNECT.
    pub auth_in_event: bool,
    /// Whether there is Engine.IO alone on the connection: neither a CONNECT nor an event can carry anything.
    pub engine_only: bool,
    /// Whether requests of polling carry cookies: to another origin, where the app asks for it.
    pub with_cookies: bool,
}

/// What kind of credential an entry of a plan is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// A header other than a bearer token.
    Header,
    /// The header `Authorization: Bearer …` (RFC 6750).
    Bearer,
    /// The `auth` payload.
    Auth,
    /// A query parameter of the app's own.
    Query,
    /// All cookies that the browser holds for the server.
    Cookies,
}

impl CredentialKind {
    /// `header`, `bearer`, `auth`, `query` or `cookies`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Bearer => "bearer",
            Self::Auth => "auth",
            Self::Query => "query",
            Self::Cookies => "cookies",
        }
    }
}
