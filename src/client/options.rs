//! The options of a connection, and what follows from them.

use std::rc::Rc;

use crate::error::{Code, Error};
use crate::proto::Data;
use crate::proto::auth::{AuthPlacement, Credentials, Header, HeaderFallback, Headers, Secret};
use crate::proto::backoff::Backoff;
use crate::proto::engine::Revision;
use crate::proto::engine::transport::{Candidate, Kind};
use crate::proto::engine::url::Url;
use crate::proto::join;
use crate::proto::socket::policy::{Policy, Reauth};
use crate::proto::socket::reconnection::Reconnection;
use crate::proto::timer::Millis;
use crate::web::edge::has_webtransport;
use crate::web::{Endpoint, Flag, Flags, Payload};

use super::lists;
use super::settings::{Choices, Settings, Speech};

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
    /// What becomes of headers on a transport that can't have them.
    pub header_fallback: HeaderFallback,
    /// Whether only the request that begins a session has the header fields: across origins, each request that has some costs
    /// a preflight. Servers keep those of the first request; proxies and middleware of the engine see the others without.
    pub headers_once: bool,
    /// Whether cookies travel across origins.
    pub with_credentials: bool,
    /// The transports to use, in their order (polling, WebSocket, WebTransport). Those that the browser lacks are left out.
    pub transports: Vec<Candidate>,
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
            header_fallback: HeaderFallback::default(),
            headers_once: false,
            with_credentials: false,
            transports,
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

    /// What they come to in numbers.
    pub(crate) fn settings(&self, url: &Url) -> Settings {
        Settings {
            server: self.server(url),
            transports: self.transports.clone(),
            choices: Choices {
                flags: self.flags(url),
                speech: Speech::SocketIo,
                protocol: self.protocol,
                header_fallback: self.header_fallback,
                auth_placement: self.auth_placement,
            },
        }
    }

    /// How credentials are come by and kept good.
    pub(crate) fn policy(&self) -> Policy<Payload> {
        Policy {
            timeout: self.auth_timeout,
            renews_bearer: matches!(self.bearer, Bearer::Provided),
            reauth: match &self.reauth {
                Reauth::Never => Reauth::Never,
                Reauth::Event(name) => Reauth::Event(Payload::text(name)),
                Reauth::Connect => Reauth::Connect,
            },
            renew_before: self.renew_before,
        }
    }

    fn server(&self, url: &Url) -> Payload {
        Payload::text(&join(&[&url.origin("http"), &self.path]))
    }

    fn flags(&self, url: &Url) -> Flags {
        [
            (Flag::Secure, url.is_secure),
            (Flag::OwnOrigin, url.is_own_origin),
            (Flag::Mixed, url.is_mixed),
            (Flag::Local, url.host == "localhost"),
            (Flag::Root, url.path == "/"),
            (Flag::ProvidesBearer, matches!(self.bearer, Bearer::Provided)),
            (Flag::Upgrade, self.upgrade),
            (Flag::TryAll, self.try_all_transports),
            (Flag::RememberUpgrade, self.remember_upgrade),
            (Flag::HeadersOnce, self.headers_once),
            (Flag::Diagnose, self.diagnose),
            (Flag::ClosesOnUnload, self.close_on_beforeunload),
            (Flag::WithCredentials, self.with_credentials),
            (Flag::Base64, self.force_base64),
        ]
        .into_iter()
        .fold(Flags::default(), |flags, (flag, is)| flags.with(flag, is))
    }

    /// The credentials for a session that begins on `kind`, with the bearer token that the app's function gave.
    pub(crate) fn credentials(&self, url: &Url, kind: Kind, has_auth: bool, bearer: Option<&Secret>) -> Credentials {
        let mut headers = self.headers.clone();
        for (transport, header) in &self.transport_headers {
            if *transport == Kind::Polling || *transport == kind {
                headers.set(header.clone());
            }
        }
        let bearer = match &self.bearer {
            Bearer::None => None,
            Bearer::Token(token) => Some(token),
            Bearer::Provided => bearer,
        };
        // It was checked when it was given.
        if let Some(header) = bearer.and_then(|bearer| bearer_header(bearer.expose()).ok()) {
            headers.set(header);
        }
        Credentials {
            headers,
            query: if self.query.is_empty() {
                lists::parameters(url.query.expose())
            } else {
                self.query.clone()
            },
            has_auth,
            auth_placement: self.auth_placement,
            engine_only: false,
            with_cookies: self.with_credentials,
        }
    }

    /// Where a transport goes to, and what is for it in the options but for credentials.
    pub(crate) fn endpoint(&self, url: &Url, kind: Kind) -> Endpoint {
        let is_stamped = self.timestamp_requests.unwrap_or(kind.is_polling());
        Endpoint {
            server: self.server(url),
            flags: self.flags(url),
            revision: Revision::default(),
            query: None,
            headers: None,
            protocols: lists::texts(self.protocols.iter().map(String::as_str)),
            session_options: self.session_options.as_deref().map(Payload::share),
            request_timeout: self.request_timeout,
            stamp: is_stamped.then(|| Payload::text(&self.timestamp_param)),
        }
    }
}
