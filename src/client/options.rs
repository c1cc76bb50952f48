//! The options of a connection, and what follows from them.

use std::rc::Rc;

use crate::error::{Code, Error};
use crate::proto::auth::{AuthPlacement, Carried, Credentials, Header, HeaderFallback, Headers, Secret};
use crate::proto::backoff::Backoff;
use crate::proto::engine::Revision;
use crate::proto::engine::connection::Config;
use crate::proto::engine::transport::{Candidate, Kind};
use crate::proto::engine::url::Url;
use crate::proto::join;
use crate::proto::socket::policy::{Policy, Reauth};
use crate::proto::socket::reconnection::Reconnection;
use crate::proto::timer::Millis;
use crate::web::driver::websocket_worked;
use crate::web::edge::has_webtransport;
use crate::web::{Endpoint, Payload};

/// The options of a manager and its connections. The defaults are those of `socket.io-client` 4.8.
#[derive(Clone, Debug)]
pub struct Options {
    /// The path of the server's endpoint (`/socket.io/`).
    pub path: String,
    /// Query parameters of every request. Visible in logs along the way: no place for secrets.
    pub query: Vec<(String, Secret)>,
    /// A bearer token, or whether a function of the app gives one before each connection. It becomes the header
    /// `Authorization`, in the place of another one.
    pub bearer: Bearer,
    /// Where the `auth` payload travels (in the CONNECT). In the event `authentication` it does for servers that let in whom they
    /// answer `authenticated`.
    pub auth_placement: AuthPlacement,
    /// The revision of Engine.IO to speak: 3 for servers 1.x and 2.x, 4 for 3.x and 4.x; `None` to find out.
    pub protocol: Option<Revision>,
    /// What becomes of credentials that are about to expire (nothing).
    pub reauth: Reauth,
    /// How long before they expire credentials are renewed, in milliseconds (60000); never before two thirds of their time
    /// are over.
    pub renew_before: Millis,
    /// Whether to find out why polling failed where the browser does not say.
    pub diagnose: bool,
    /// Header fields for every transport. Where one can't have headers, `header_fallback` says what becomes of them.
    pub headers: Headers,
    /// Header fields for sessions that begin on one transport; they come before `headers`.
    pub transport_headers: Vec<(Kind, Header)>,
    /// What is different for one transport: of its options those of [`Endpoint`] and the query count.
    pub own: Vec<(Kind, Options)>,
    /// What becomes of headers on a transport that can't have them.
    pub header_fallback: HeaderFallback,
    /// Whether only the request that begins a session has the header fields: across origins, each request that has some costs
    /// a preflight. Servers keep those of the first request; proxies and middleware of the engine see the others without.
    pub headers_once: bool,
    /// Whether cookies travel across origins.
    pub with_credentials: bool,
    /// The transports to use, in their order (polling, WebSocket, WebTransport). Those that the browser lacks are left out.
    pub transports: Vec<Candidate>,
    /// Who writes and reads messages.
    pub(crate) speech: Speech,
    /// Whether to move from polling to a better transport.
    pub upgrade: bool,
    /// Whether to try the next transport when one does not open.
    pub try_all_transports: bool,
    /// Whether to begin on a WebSocket when the last one worked.
    pub remember_upgrade: bool,
    /// Options of a WebTransport session, as the browser's constructor takes them (`serverCertificateHashes`).
    pub session_options: Option<Rc<Payload>>,
    /// Subprotocols of a WebSocket.
    pub protocols: Vec<String>,
    /// The parameter that makes each URL another one (`t`).
    pub timestamp_param: String,
    /// Whether URLs have it: by default those of polling.
    pub timestamp_requests: Option<bool>,
    /// Whether binary travels as base64 on every transport but WebTransport.
    pub force_base64: bool,
    /// Whether a connection is closed, without an event, when the page is left or loaded anew.
    pub close_on_beforeunload: bool,
    /// Whether the browser's own timers are used even where others are in their place when the manager is made.
    pub native_timers: bool,
    /// How long a polling request may take, in milliseconds; 0 for as long as it likes.
    pub request_timeout: Millis,
    /// Whether a lost connection is opened again.
    pub reconnection: bool,
    /// After how many failed attempts it is given up.
    pub reconnection_attempts: u32,
    /// The first delay before an attempt, in milliseconds (1000).
    pub reconnection_delay: Millis,
    /// The longest delay (5000).
    pub reconnection_delay_max: Millis,
    /// The share of the delay by which it may differ, from 0 to 1 (0.5).
    pub randomization_factor: f64,
    /// How long an attempt may take (20000); infinity for ever.
    pub timeout: Millis,
    /// How long a function may take to give the payload of a CONNECT (10000); infinity for ever.
    pub auth_timeout: Millis,
}

impl Default for Options {
    fn default() -> Self {
        let mut transports = vec![candidate(Kind::Polling), candidate(Kind::WebSocket)];
        if has_webtransport() {
            transports.push(candidate(Kind::WebTransport));
        }
        Self {
            path: "/socket.io/".to_owned(),
            query: Vec::new(),
            bearer: Bearer::default(),
            auth_placement: AuthPlacement::default(),
            protocol: None,
            reauth: Reauth::Never,
            renew_before: 60_000.0,
            diagnose: true,
            headers: Headers::default(),
            transport_headers: Vec::new(),
            own: Vec::new(),
            header_fallback: HeaderFallback::default(),
            headers_once: false,
            with_credentials: false,
            transports,
            speech: Speech::default(),
            upgrade: true,
            try_all_transports: false,
            remember_upgrade: false,
            session_options: None,
            protocols: Vec::new(),
            timestamp_param: "t".to_owned(),
            timestamp_requests: None,
            force_base64: false,
            close_on_beforeunload: false,
            native_timers: false,
            request_timeout: 0.0,
            reconnection: true,
            reconnection_attempts: u32::MAX,
            reconnection_delay: 1000.0,
            reconnection_delay_max: 5000.0,
            randomization_factor: 0.5,
            timeout: 20_000.0,
            auth_timeout: 10_000.0,
        }
    }
}

/// A bearer token (RFC 6750), as the app gives it.
#[derive(Clone, Debug, Default)]
pub enum Bearer {
    /// None.
    #[default]
    None,
    /// One that never changes.
    Token(Secret),
    /// A function of the app gives one when it is asked.
    Provided,
}

/// Who writes and reads the messages of a connection.
#[cfg_attr(
    not(feature = "js"),
    expect(dead_code, reason = "the Rust API has one parser, and sockets")
)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Speech {
    /// The parser here.
    #[default]
    SocketIo,
    /// A parser of the app's.
    OwnParser,
    /// The app: there is no Socket.IO on the connection.
    Engine,
}

/// The header that a bearer token becomes.
pub(crate) const AUTHORIZATION: &str = "authorization";

/// The header with a bearer token.
pub(crate) fn bearer_header(token: &str) -> Result<Header, Error> {
    if token.is_empty() {
        return Err(Error::new(Code::InvalidHeader, "The bearer token is empty"));
    }
    header("Authorization", &join(&["Bearer ", token]))
}

const fn candidate(kind: Kind) -> Candidate {
    Candidate { kind, fetch: false }
}

/// The transport of a name: `polling` (through XHR), `xhr`, `fetch` (polling through fetch), `websocket`, `jsonp` (polling through
/// `<script>` elements, for servers 1.x and 2.x), or `webtransport` where this page has that: not every browser does, nor any
/// for a page that came over http.
pub fn transport(name: &str) -> Option<Candidate> {
    let kind = match name {
        "xhr" | "fetch" => Kind::Polling,
        _ => Kind::parse(name)?,
    };
    let is_there = kind != Kind::WebTransport || has_webtransport();
    is_there.then_some(Candidate {
        kind,
        fetch: name == "fetch",
    })
}

/// A header field, checked.
///
/// # Errors
///
/// [`Code::InvalidHeader`] where HTTP does not allow it or a browser does not let a page set it. The text names the
/// header, never its value.
pub fn header(name: &str, value: &str) -> Result<Header, Error> {
    Header::new(name, value).map_err(|error| Error::new(Code::InvalidHeader, error.message()))
}

impl Options {
    /// # Errors
    ///
    /// [`Code::InvalidOption`] where the path would change the host or the query of the URL.
    pub(crate) fn check_path(&self) -> Result<(), Error> {
        if self.path.starts_with('/') && !self.path.bytes().any(|byte| matches!(byte, b'?' | b'#')) {
            return Ok(());
        }
        let message = "The option path has to begin with a slash, and to have neither ? nor #";
        Err(Error::new(Code::InvalidOption, message))
    }

    /// What the connection is made with.
    pub(crate) fn config(&self, known: Option<Revision>) -> Config {
        // A message that nobody has asked for tells the revision of Socket.IO's servers alone.
        let is_engine = self.speech == Speech::Engine;
        Config {
            revision: self.protocol,
            known: known.or(is_engine.then_some(Revision::V4)),
            transports: self.transports.clone(),
            upgrade: self.upgrade,
            try_all: self.try_all_transports,
            prefer_websocket: self.remember_upgrade && websocket_worked(),
            raw: self.speech != Speech::SocketIo,
        }
    }

    /// Whether a connection to a server, which is `known` to speak a revision, needs the second part of the module from the beginning on:
    /// what is in it is called for these alone.
    pub(crate) fn needs_rare(&self, known: Option<Revision>) -> bool {
        self.speech != Speech::SocketIo
            || self.reauth != Reauth::Never
            || self.auth_placement == AuthPlacement::Event
            || self.header_fallback == HeaderFallback::Event
            || self.protocol.or(known) == Some(Revision::V3)
    }

    /// How it is opened again. `seed` makes the jitter of one client differ from another's.
    pub(crate) fn reconnection(&self, seed: u32) -> Reconnection {
        let (min, max) = (self.reconnection_delay, self.reconnection_delay_max);
        Reconnection {
            enabled: self.reconnection,
            attempts: self.reconnection_attempts,
            timeout: self.timeout,
            backoff: Backoff::new(min, max, self.randomization_factor, seed),
        }
    }

    /// Changes how it is opened again, and leaves the count of attempts.
    pub(crate) fn reconfigure(&self, reconnection: &mut Reconnection) {
        reconnection.enabled = self.reconnection;
        reconnection.attempts = self.reconnection_attempts;
        reconnection.timeout = self.timeout;
        reconnection.backoff.min = self.reconnection_delay;
        reconnection.backoff.max = self.reconnection_delay_max;
        reconnection.backoff.jitter = self.randomization_factor;
    }

    /// How credentials are come by and kept good.
    pub(crate) fn policy(&self) -> Policy {
        Policy {
            timeout: self.auth_timeout,
            renews_bearer: matches!(self.bearer, Bearer::Provided),
            reauth: self.reauth.clone(),
            renew_before: self.renew_before,
        }
    }

    /// The credentials for a session that begins on `candidate`, with the bearer token that the app's function gave.
    pub(crate) fn credentials(
        &self,
        url: &Url,
        candidate: Candidate,
        has_auth: bool,
        bearer: Option<&Secret>,
    ) -> Result<Credentials, Error> {
        let kind = candidate.kind;
        let mut headers = self.headers.clone();
        for (transport, header) in &self.transport_headers {
            if *transport == Kind::Polling || *transport == kind {
                headers.set(header.clone());
            }
        }
        let bearer = bearer.or(match &self.bearer {
            Bearer::Token(token) => Some(token),
            _ => None,
        });
        if let Some(bearer) = bearer {
            headers.set(bearer_header(bearer.expose())?);
        }
        Ok(Credentials {
            headers,
            query: self.query(url, kind),
            has_auth,
            auth_placement: self.auth_placement,
            engine_only: self.speech == Speech::Engine,
            // To the page's own origin XHR sends them unasked; `fetch` is told not to.
            with_cookies: self.of(kind).with_credentials
                || (url.is_own_origin && kind == Kind::Polling && !candidate.fetch),
        })
    }

    /// The app's own query parameters for a transport.
    pub(crate) fn query(&self, url: &Url, kind: Kind) -> Vec<(String, Secret)> {
        let own = &self.of(kind).query;
        // The engine alone takes the URL's first.
        let is_of_url = self.speech == Speech::Engine && !url.query.expose().is_empty();
        if is_of_url || own.is_empty() {
            Payload::parameters(url.query.expose())
        } else {
            own.clone()
        }
    }

    /// The options of a transport.
    fn of(&self, kind: Kind) -> &Self {
        let own = self.own.iter().find(|(other, _)| *other == kind);
        own.map_or(self, |(_, own)| own)
    }

    /// The revision that a session is asked for on a transport.
    pub(crate) fn asked(&self, kind: Kind) -> Revision {
        self.protocol.unwrap_or(match kind {
            // Only servers 1.x and 2.x answer a script with a script.
            Kind::Jsonp => Revision::V3,
            _ => Revision::V4,
        })
    }

    /// Where a transport goes to, and what travels there.
    pub(crate) fn endpoint(&self, url: &Url, kind: Kind, revision: Revision, carried: Carried) -> Endpoint {
        let own = self.of(kind);
        let protocols = Payload::list(&[]);
        for name in &own.protocols {
            protocols.append(name);
        }
        if own.protocols.is_empty() && !carried.protocols.is_empty() {
            // Servers echo the first subprotocol that is offered: that must not be a credential.
            protocols.append("socket.io");
        }
        for protocol in &carried.protocols {
            protocols.append(protocol.expose());
        }
        Endpoint {
            url: url.clone(),
            path: own.path.clone(),
            revision,
            query: carried.query,
            headers: carried.headers,
            headers_once: self.headers_once,
            protocols,
            session_options: self.session_options.clone(),
            with_credentials: own.with_credentials,
            diagnoses: self.diagnose,
            request_timeout: own.request_timeout as u32,
            timestamp: (own.timestamp_requests != Some(false)).then(|| own.timestamp_param.clone()),
            stamps_streams: own.timestamp_requests == Some(true),
            closes_on_unload: self.close_on_beforeunload,
            base64: own.force_base64,
        }
    }
}
