//! The plan: where each credential travels on a transport.

use super::{AuthPlacement, Carried, CredentialKind, Credentials, HeaderFallback, Impossible, Warning};
use crate::proto::engine::{Revision, transport::Kind};
use crate::proto::names::{has_word, texts};

/// What decides where credentials travel: the session, what there is to carry, and what the app has chosen. Names and values
/// have no part in it.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The transport on which the session begins.
    pub begins_on: Kind,
    /// What it speaks.
    pub revision: Revision,
    /// Whether there is Engine.IO alone on the connection: neither a CONNECT nor an event can carry anything.
    pub engine_only: bool,
    /// What becomes of headers where a browser cannot send any.
    pub fallback: HeaderFallback,
    /// Where the `auth` payload is to travel.
    pub auth_placement: AuthPlacement,
    /// Whether there are headers.
    pub has_headers: bool,
    /// Whether there is an `auth` payload.
    pub has_auth: bool,
    /// Whether requests of polling carry cookies.
    pub with_cookies: bool,
}

/// Where each kind of credential travels; nothing for a kind that there is none of.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// The headers, a bearer token among them.
    pub headers: Option<Placed>,
    /// The `auth` payload.
    pub auth: Option<Placed>,
    /// Query parameters; those with a [reserved](RESERVED) name apart.
    pub query: Placed,
    /// The cookies.
    pub cookies: Option<Placed>,
}

/// A place, and what is to be said about it.
pub type Placed = (Placement, Option<Warning>);

/// Names of query parameters that are Engine.IO's own, with spaces between them.
pub const RESERVED: &str = "EIO transport sid";

/// What becomes of parameters with such a name.
pub const OF_RESERVED: Placed = (Placement::None, Some(Warning::QueryReserved));

impl Terms {
    /// Decides where each kind of credential travels.
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
    /// There is a place for the cookies where they are asked for or travel unasked. With Engine.IO alone there is neither a CONNECT
    /// nor an event.
    ///
    /// # Errors
    /// Where there are headers and the transport cannot carry them as `fallback` says: what that may be instead.
    pub fn decide(self) -> Result<Places, &'static [HeaderFallback]> {
        let moves_headers = self.has_headers && self.begins_on != Kind::Polling;
        if moves_headers {
            let choices = HeaderFallback::choices(self.begins_on, self.revision, self.engine_only);
            if !choices.contains(&self.fallback) {
                return Err(choices);
            }
        }
        let signs_in =
            self.auth_placement == AuthPlacement::Event || moves_headers && self.fallback == HeaderFallback::Event;
        let of_headers = if moves_headers {
            self.fallback.placed(signs_in)
        } else {
            (Placement::Header, None)
        };
        let unasked = matches!(self.begins_on, Kind::WebSocket | Kind::Jsonp);
        Ok(Places {
            headers: self.has_headers.then_some(of_headers),
            auth: self.has_auth.then(|| self.place_auth(signs_in)),
            query: self.place_query(),
            cookies: (self.with_cookies || unasked).then(|| self.place_cookies()),
        })
    }

    fn place_auth(self, signs_in: bool) -> Placed {
        match (self.auth_placement, self.begins_on, self.revision) {
            _ if self.engine_only => (Placement::None, Some(Warning::AuthImpossible)),
            _ if signs_in => (Placement::Event, None),
            (AuthPlacement::Query, Kind::WebTransport, _) => (Placement::None, Some(Warning::QueryImpossible)),
            (AuthPlacement::Query, ..) => (Placement::Query, None),
            (_, _, Revision::V4) => (Placement::Payload, None),
            (_, _, Revision::V3) => (Placement::None, Some(Warning::AuthImpossible)),
        }
    }

    const fn place_query(self) -> Placed {
        match self.begins_on {
            Kind::WebTransport => (Placement::None, Some(Warning::QueryImpossible)),
            Kind::Polling | Kind::WebSocket | Kind::Jsonp => (Placement::Query, None),
        }
    }

    const fn place_cookies(self) -> Placed {
        match self.begins_on {
            Kind::WebTransport => (Placement::None, Some(Warning::CookiesImpossible)),
            Kind::Polling | Kind::WebSocket | Kind::Jsonp => (Placement::Cookie, None),
        }
    }
}

impl Places {
    /// Whether the headers travel as what they are.
    pub fn keeps_headers(&self) -> bool {
        matches!(self.headers, Some((Placement::Header, _)))
    }

    /// Whether the `auth` payload travels in the query of the handshake.
    pub fn has_auth_in_query(&self) -> bool {
        matches!(self.auth, Some((Placement::Query, _)))
    }

    /// Whether anything travels in an event after connecting.
    pub fn signs_in(&self) -> bool {
        [self.headers, self.auth]
            .into_iter()
            .flatten()
            .any(|(placement, _)| placement == Placement::Event)
    }

    /// The plan for `credentials`, and their values in the form in which they travel.
    pub fn apply(&self, credentials: &Credentials, begins_on: Kind) -> (Plan, Carried) {
        let mut plan = Plan {
            transport: begins_on,
            entries: Vec::new(),
        };
        let mut carried = Carried::default();
        if let Some(of_headers) = self.headers {
            for header in &credentials.headers {
                plan.add(header.kind(), header.name(), of_headers);
            }
        }
        if let Some(placed) = self.auth {
            plan.add(CredentialKind::Auth, "auth", placed);
        }
        for (key, value) in &credentials.query {
            let placed = if has_word(RESERVED, key) {
                OF_RESERVED
            } else {
                self.query
            };
            plan.add(CredentialKind::Query, key, placed);
            if placed.0 == Placement::Query {
                carried.query.push((key.clone(), value.clone()));
            }
        }
        if let Some(placed) = self.cookies {
            plan.add(CredentialKind::Cookies, "cookies", placed);
        }
        if let Some((placement, _)) = self.headers {
            for header in &credentials.headers {
                carried.put(header, placement);
            }
        }
        (plan, carried)
    }
}

/// Decides where each credential travels on a session that begins on `begins_on`, as [`Terms::decide`] says, and gives the values in
/// the form in which they do.
///
/// # Errors
/// [`Impossible`] where there are headers and the transport cannot carry them as `fallback` says.
pub fn place(
    credentials: &Credentials,
    begins_on: Kind,
    revision: Revision,
    fallback: HeaderFallback,
) -> Result<(Plan, Carried), Impossible<'_>> {
    let terms = Terms {
        begins_on,
        revision,
        engine_only: credentials.engine_only,
        fallback,
        auth_placement: credentials.auth_placement,
        has_headers: credentials.headers.iter().next().is_some(),
        has_auth: credentials.has_auth,
        with_cookies: credentials.with_cookies,
    };
    match terms.decide() {
        Ok(places) => Ok(places.apply(credentials, begins_on)),
        Err(choices) => Err(Impossible {
            headers: &credentials.headers,
            transport: begins_on,
            choices,
        }),
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
