//! The plan: where each credential travels on a transport.

use super::{AuthPlacement, Carried, CredentialKind, Credentials, HeaderFallback, Impossible, Warning};
use crate::proto::engine::{Revision, transport::Kind};
use crate::proto::names::texts;

/// Decides where each credential travels on a session that begins on `begins_on`, and gives the values in the form in which they
/// do.
///
/// | begins on | Engine.IO | headers travel in |
/// |---|---|---|
/// | polling | 3, 4 | the handshake request; servers keep them through an upgrade |
/// | WebSocket | 4 | `fallback`: payload, query, subprotocol, event, or dropped |
/// | WebSocket | 3 | `fallback`: query or event, or dropped |
/// | WebTransport | 4 | `fallback`: payload, event, or dropped |
/// | JSONP | 3, 4 | `fallback`: query, or dropped |
///
/// The `auth` payload travels in the CONNECT, which needs Engine.IO 4 (Socket.IO protocol 5), or in the query or in an event after
/// connecting, where the app asks for that; so do, in an event, headers that would travel in the CONNECT. Where a header travels in an event, so does
/// the payload: servers take one such event. WebTransport has neither a query nor cookies. Browsers
/// send cookies on a WebSocket and for a `<script>` without being asked; with polling, cross-origin, only if asked.
/// There is an entry for the cookies where they are asked for or travel unasked. With Engine.IO alone there is neither a CONNECT
/// nor an event.
///
/// # Errors
/// [`Impossible`] where there are headers and the transport cannot carry them as `fallback` says.
pub fn place(
    credentials: &Credentials,
    begins_on: Kind,
    revision: Revision,
    fallback: HeaderFallback,
) -> Result<(Plan, Carried), Impossible<'_>> {
    let mut plan = Plan {
        transport: begins_on,
        entries: Vec::new(),
    };
    let mut carried = Carried::default();
    let moves_headers = begins_on != Kind::Polling && credentials.headers.iter().next().is_some();
    if moves_headers {
        let choices = HeaderFallback::choices(begins_on, revision, credentials.engine_only);
        if !choices.contains(&fallback) {
            return Err(Impossible {
                headers: &credentials.headers,
                transport: begins_on,
                choices,
            });
        }
    }
    let signs_in =
        credentials.auth_placement == AuthPlacement::Event || moves_headers && fallback == HeaderFallback::Event;
    let of_headers = if moves_headers {
        fallback.placed(signs_in)
    } else {
        (Placement::Header, None)
    };
    for header in &credentials.headers {
        plan.add(header.kind(), header.name(), of_headers);
    }
    if credentials.has_auth {
        let placed = if credentials.engine_only {
            (Placement::None, Some(Warning::AuthImpossible))
        } else if signs_in {
            (Placement::Event, None)
        } else {
            place_auth(credentials.auth_placement, begins_on, revision)
        };
        plan.add(CredentialKind::Auth, "auth", placed);
    }
    for (key, value) in &credentials.query {
        let placed = place_query(key, begins_on);
        plan.add(CredentialKind::Query, key, placed);
        if placed.0 == Placement::Query {
            carried.query.push((key.clone(), value.clone()));
        }
    }
    let unasked = matches!(begins_on, Kind::WebSocket | Kind::Jsonp);
    if credentials.with_cookies || unasked {
        plan.add(CredentialKind::Cookies, "cookies", place_cookies(begins_on));
    }
    for header in &credentials.headers {
        carried.put(header, of_headers.0);
    }
    Ok((plan, carried))
}

/// A place, and what is to be said about it.
pub(super) type Placed = (Placement, Option<Warning>);

fn place_auth(wanted: AuthPlacement, begins_on: Kind, revision: Revision) -> Placed {
    match (wanted, begins_on, revision) {
        (AuthPlacement::Query, Kind::WebTransport, _) => (Placement::None, Some(Warning::QueryImpossible)),
        (AuthPlacement::Query, ..) => (Placement::Query, None),
        (_, _, Revision::V4) => (Placement::Payload, None),
        (_, _, Revision::V3) => (Placement::None, Some(Warning::AuthImpossible)),
    }
}

fn place_query(key: &str, begins_on: Kind) -> Placed {
    match begins_on {
        _ if matches!(key, "EIO" | "transport" | "sid") => (Placement::None, Some(Warning::QueryReserved)),
        Kind::WebTransport => (Placement::None, Some(Warning::QueryImpossible)),
        Kind::Polling | Kind::WebSocket | Kind::Jsonp => (Placement::Query, None),
    }
}

const fn place_cookies(begins_on: Kind) -> Placed {
    match begins_on {
        Kind::WebTransport => (Placement::None, Some(Warning::CookiesImpossible)),
        Kind::Polling | Kind::WebSocket | Kind::Jsonp => (Placement::Cookie, None),
    }
}

/// Where a credential travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// In a header of the handshake request.
    Header,
    /// In the payload of CONNECT.
    Payload,
    /// In the query of the URL.
    Query,
    /// In `Sec-WebSocket-Protocol`.
    Subprotocol,
    /// In the `Cookie` header, which the browser writes.
    Cookie,
    /// In an event after connecting.
    Event,
    /// Nowhere; the entry's warning says why.
    None,
}

impl Placement {
    /// `header`, `payload`, `query`, `subprotocol`, `cookie`, `event` or `none`.
    pub fn name(self) -> &'static str {
        texts!(
            self,
            Placement {
                Header: "header",
                Payload: "payload",
                Query: "query",
                Subprotocol: "subprotocol",
                Cookie: "cookie",
                Event: "event",
                None: "none",
            }
        )
    }
}

/// Where everything travels on one connection. It holds names, no values, and may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The transport on which the session begins.
    pub transport: Kind,
    /// The headers, `auth`, the query parameters and the cookies, in this order.
    pub entries: Vec<Entry>,
}

impl Plan {
    /// Whether a credential of this kind travels there.
    #[inline(never)]
    pub fn has(&self, credential: CredentialKind, placement: Placement) -> bool {
        let is = |entry: &Entry| entry.credential == credential && entry.placement == placement;
        self.entries.iter().any(is)
    }

    /// Whether anything travels in an event after connecting.
    pub fn signs_in(&self) -> bool {
        self.entries.iter().any(|entry| entry.placement == Placement::Event)
    }

    fn add(&mut self, credential: CredentialKind, name: &str, (placement, warning): Placed) {
        self.entries.push(Entry {
            credential,
            name: name.into(),
            placement,
            warning,
        });
    }
}

/// Where one credential travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub credential: CredentialKind,
    /// The header's name as the app wrote it, the query's key, `auth` or `cookies`.
    pub name: String,
    /// Where it travels.
    pub placement: Placement,
    /// What the app should know about that; [`Warning::message`] takes the entry's name and the plan's transport.
    pub warning: Option<Warning>,
}
