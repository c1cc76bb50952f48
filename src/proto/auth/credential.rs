//! What the app gives.

use super::{Headers, Secret};
use crate::proto::names::texts;

/// All that an app wants a server to know about it on one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// The headers (`extraHeaders`).
    pub headers: Headers,
    /// The app's own query parameters, key and value, not percent-encoded.
    pub query: Vec<(String, Secret)>,
    /// Whether the app gives an `auth` payload. What is in it stays with the host.
    pub has_auth: bool,
    /// Where that is to travel.
    pub auth_placement: AuthPlacement,
    /// Whether there is Engine.IO alone on the connection: neither a CONNECT nor an event can carry anything.
    pub engine_only: bool,
    /// Whether requests of polling carry cookies: to another origin, where the app asks for it.
    pub with_cookies: bool,
}

/// The option `authPlacement`: where the `auth` payload travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuthPlacement {
    /// In the CONNECT, which needs a server of Socket.IO protocol 5 (3.x, 4.x).
    #[default]
    Payload,
    /// In an event after connecting.
    Event,
    /// That of the root namespace in the query of the handshake, where logs show it. That of another namespace in its CONNECT: in
    /// the query behind its name on protocol 4 (servers 1.x, 2.x), which stays out of URLs, as the payload on protocol 5.
    Query,
}

impl AuthPlacement {
    /// All of them, in the order by which hosts number them.
    pub const ALL: [Self; 3] = [Self::Payload, Self::Event, Self::Query];
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
    pub fn name(self) -> &'static str {
        texts!(
            self,
            CredentialKind {
                Header: "header",
                Bearer: "bearer",
                Auth: "auth",
                Query: "query",
                Cookies: "cookies",
            }
        )
    }
}
