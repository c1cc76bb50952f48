//! The settings of a connection, as an app gives them.

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Headers;

use crate::error::{self, Code};
use crate::proto::auth::{AuthPlacement, HeaderFallback, Secret};
use crate::proto::engine::Revision;
use crate::proto::engine::transport::{Candidate, Kind};
use crate::proto::engine::url::Url;
use crate::proto::output::Occasion;
use crate::proto::socket::policy::Reauth;
use crate::proto::timer::Millis;
use crate::web::Payload;
use crate::web::edge::has_webtransport;

use super::auth::Auth;
use super::bearer::{Provider, Token};
use super::error::Error;
use super::manager::Manager;
use super::options::{Bearer, Options, bearer_header, header};
use super::socket::{Socket, millis};

/// The settings of a connection and of its first socket. The defaults are those of `socket.io-client` 4.8.
///
/// The URL may be complete (`https://example.com:8443/namespace?key=value`, also with `http`, `ws` and `wss`), lack its
/// protocol (`//example.com`, `example.com`), or lack its host too (`/namespace`, empty): what is missing is the page's. Its
/// path is the namespace, not the [`path`](Self::path) of the endpoint.
///
/// A setting that cannot be used is kept as an error for [`connect`](Self::connect), [`build`](Self::build) or
/// [`manager`](Self::manager) to return; where there are several, the first.
///
/// # Credentials
///
/// | setting | travels | where that is impossible |
/// |---|---|---|
/// | [`bearer`](Self::bearer), [`bearer_with`](Self::bearer_with) | as the header `Authorization` | as any header |
/// | [`header`](Self::header) | in the headers of polling | [`header_fallback`](Self::header_fallback) decides |
/// | [`auth`](Self::auth), [`auth_with`](Self::auth_with) | in the payload of CONNECT | always possible |
/// | [`query`](Self::query) | in the URL | not sent where the session begins on WebTransport |
/// | [`with_credentials`](Self::with_credentials) | as the browser's cookies | a WebSocket has them in any case, WebTransport never |
///
/// [`Socket::plan`] says what became of each.
#[must_use = "nothing happens before `connect`, `build` or `manager`"]
pub struct Builder {
    url: Result<Url, Error>,
    options: Options,
    auth: Auth,
    bearer: Option<Provider>,
    ack_timeout: Millis,
    error: Option<Error>,
}

/// A transport, and the way in which the browser carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// HTTP long-polling through `XMLHttpRequest`.
    Polling,
    /// HTTP long-polling through `fetch`.
    Fetch,
    /// A WebSocket. The browser sends no headers there.
    WebSocket,
    /// A WebTransport session over HTTP/3. Neither headers nor a query nor cookies reach the server there. Left out where the
    /// browser lacks it.
    WebTransport,
}

impl From<Transport> for Candidate {
    fn from(transport: Transport) -> Self {
        let (kind, fetch) = match transport {
            Transport::Polling => (Kind::Polling, false),
            Transport::Fetch => (Kind::Polling, true),
            Transport::WebSocket => (Kind::WebSocket, false),
            Transport::WebTransport => (Kind::WebTransport, false),
        };
        Self { kind, fetch }
    }
}

impl Builder {
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: Url::parse(url, origin().as_deref()).map_err(Error::from),
            options: Options::default(),
            auth: Auth::none(),
            bearer: None,
            ack_timeout: Millis::INFINITY,
            error: None,
        }
    }

    // Credentials.

    /// Sets a header field of the handshake (the JavaScript option `extraHeaders`); it replaces one of the same name. Both
    /// are checked: a name or value that HTTP does not allow, and a name that browsers keep to themselves, is
    /// [`Code::InvalidHeader`].
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let header = header(name, value);
        if let Some(header) = self.check(header) {
            self.options.headers.set(header);
        }
        self
    }

    /// Sets every field of a `Headers` object of the browser's, as an app may have it for its own requests: see [`header`](Self::header).
    ///
    /// ```no_run
    /// # use socketio_wasm::Socket;
    /// # fn run(headers: &web_sys::Headers) -> Result<(), Box<dyn std::error::Error>> {
    /// let socket = Socket::builder("https://example.com").headers(headers).connect()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn headers(mut self, headers: &Headers) -> Self {
        for field in headers.entries().into_iter().flatten() {
            let field: Array = field.unchecked_into();
            if let (Some(name), Some(value)) = (field.get(0).as_string(), field.get(1).as_string()) {
                self = self.header(&name, &value);
            }
        }
        self
    }

    /// As [`header`](Self::header), for sessions that begin on `transport` only (the option `transportOptions`). Those of
    /// polling hold for a WebSocket that takes over, since they were sent before.
    pub fn transport_header(mut self, transport: Kind, name: &str, value: &str) -> Self {
        let header = header(name, value);
        if let Some(header) = self.check(header) {
            self.options.transport_headers.push((transport, header));
        }
        self
    }

    /// A bearer token: the header `Authorization`, wherever that has to travel. See [`header`](Self::header).
    pub fn bearer(mut self, token: &str) -> Self {
        let header = bearer_header(token);
        if self.check(header).is_some() {
            self.options.bearer = Bearer::Token(Secret::from(token));
        }
        self
    }

    /// A function that is asked for a bearer token before each connection, and again when the server refuses one or it is about
    /// to expire: its argument says why. The connection waits for it, no longer than [`auth_timeout`](Self::auth_timeout)
    /// allows; where it fails there is [`Error::Auth`], and it is asked again after the delays of the reconnection.
    ///
    /// ```no_run
    /// # use socketio_wasm::{Occasion, Socket};
    /// # async fn fetch_token(fresh: bool) -> Result<String, String> { Ok(String::new()) }
    /// Socket::builder("https://example.com").bearer_with(|reason| fetch_token(reason == Occasion::Rejected));
    /// ```
    pub fn bearer_with<F, R, T, E>(mut self, provider: F) -> Self
    where
        F: FnMut(Occasion) -> R + 'static,
        R: Future<Output = Result<T, E>> + 'static,
        T: Into<Token>,
        E: Into<Box<dyn std::error::Error>>,
    {
        self.options.bearer = Bearer::Provided;
        self.bearer = Some(Provider::new(provider));
        self
    }

    /// What becomes of credentials that are about to expire, as far as a function gives others (nothing). When they expire is
    /// known of a JWT (`exp`), of [`Token::expires_at`], and of a payload with a member `expiresAt`.
    pub fn reauth(mut self, reauth: Reauth) -> Self {
        self.options.reauth = reauth;
        self
    }

    /// How long before they expire credentials are renewed (a minute), and never before two thirds of their time are over.
    pub fn renew_before(mut self, time: Duration) -> Self {
        self.options.renew_before = millis(time);
        self
    }

    /// Where the `auth` payload travels (in the CONNECT): also in the event `authentication` after connecting, for servers that
    /// let in whom they answer `authenticated` (the module `socketio-auth`), or in the query, for servers 1.x and 2.x.
    pub fn auth_placement(mut self, placement: AuthPlacement) -> Self {
        self.options.auth_placement = placement;
        self
    }

    /// The revision of Engine.IO to speak (that is found out): [`Revision::V3`] for servers 1.x and 2.x.
    pub fn protocol(mut self, revision: Revision) -> Self {
        self.options.protocol = Some(revision);
        self
    }

    /// Whether to find out why polling failed where the browser does not say (`true`): a few requests to the server, which begin
    /// no session and carry no credential.
    pub fn diagnose(mut self, diagnose: bool) -> Self {
        self.options.diagnose = diagnose;
        self
    }

    /// What becomes of headers where the browser cannot send any: in the payload of CONNECT by default, for the server's
    /// `socketio-wasm/server` to put back.
    pub fn header_fallback(mut self, fallback: HeaderFallback) -> Self {
        self.options.header_fallback = fallback;
        self
    }

    /// Adds a parameter to the query of every request. Logs along the way show it: no place for secrets. Any parameter here
    /// takes the place of all that the URL has.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.options.query.push((name.to_owned(), Secret::from(value)));
        self
    }

    /// The `auth` payload, which the server has in `handshake.auth`: something that serializes to an object. It is read now,
    /// once.
    #[cfg(feature = "serde")]
    pub fn auth<T: serde::Serialize + ?Sized>(mut self, auth: &T) -> Self {
        let auth = Auth::new(auth);
        if let Some(auth) = self.check(auth) {
            self.auth = auth;
        }
        self
    }

    /// A function that is asked for the `auth` payload before each connection and reconnection; see [`Auth::with`].
    ///
    /// ```no_run
    /// # use socketio_wasm::Socket;
    /// # async fn fetch_token() -> Result<String, String> { Ok(String::new()) }
    /// # #[derive(serde::Serialize)] struct Token { token: String }
    /// Socket::builder("https://example.com").auth_with(|| async {
    ///     let token = fetch_token().await?;
    ///     Ok::<_, String>(Token { token })
    /// });
    /// ```
    #[cfg(feature = "serde")]
    pub fn auth_with<F, R, T, E>(self, provider: F) -> Self
    where
        F: FnMut() -> R + 'static,
        R: Future<Output = Result<T, E>> + 'static,
        T: serde::Serialize,
        E: Into<Box<dyn std::error::Error>>,
    {
        self.auth_from(Auth::with(provider))
    }

    /// The `auth` payload, made before: of a JavaScript value, for one.
    pub fn auth_from(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    /// Whether polling carries the browser's cookies to another origin (`false`). A WebSocket carries them in any case.
    pub fn with_credentials(mut self, with_credentials: bool) -> Self {
        self.options.with_credentials = with_credentials;
        self
    }

    // Transports.

    /// The transports to use, in their order (polling, WebSocket, WebTransport). Those that the browser lacks are left out.
    pub fn transports(mut self, transports: impl IntoIterator<Item = Transport>) -> Self {
        let is_there = |transport: &Transport| *transport != Transport::WebTransport || has_webtransport();
        self.options.transports = transports.into_iter().filter(is_there).map(Candidate::from).collect();
        self
    }

    /// Options of a WebTransport session (none): an object as the browser's constructor `WebTransport` takes it, with
    /// `serverCertificateHashes` for one. In JavaScript this is `transportOptions.webtransport`.
    pub fn webtransport_options(mut self, options: &JsValue) -> Self {
        self.options.session_options = Some(Rc::new(Payload::from(options)));
        self
    }

    /// Whether to move from polling to a better transport (`true`).
    pub fn upgrade(mut self, upgrade: bool) -> Self {
        self.options.upgrade = upgrade;
        self
    }

    /// Whether to begin on a WebSocket where the last one of this page worked (`false`).
    pub fn remember_upgrade(mut self, remember: bool) -> Self {
        self.options.remember_upgrade = remember;
        self
    }

    /// Whether to try the next transport when one does not open, or has not within the time-out (`false`).
    pub fn try_all_transports(mut self, try_all: bool) -> Self {
        self.options.try_all_transports = try_all;
        self
    }

    /// Subprotocols to offer on a WebSocket (none). Servers answer with the first.
    pub fn protocols<'a>(mut self, protocols: impl IntoIterator<Item = &'a str>) -> Self {
        self.options.protocols = protocols.into_iter().map(str::to_owned).collect();
        if !self.options.protocols.iter().all(|name| is_token(name)) {
            self.refuse("A subprotocol is not an HTTP token");
        }
        self
    }

    /// How long a function may take to give the `auth` payload (10 seconds).
    pub fn auth_timeout(mut self, timeout: Duration) -> Self {
        self.options.auth_timeout = timeout.as_secs_f64() * 1_000.0;
        self
    }

    /// Sends the header fields only with the request that begins a session, not with every request of polling: across origins
    /// each that has some costs a preflight. Servers keep those of the first request; proxies in between, and middleware of
    /// the engine, see the others without.
    pub fn headers_once(mut self, headers_once: bool) -> Self {
        self.options.headers_once = headers_once;
        self
    }

    /// The path of the server's endpoint (`/socket.io/`). A slash at its end is added where it lacks one.
    pub fn path(self, path: &str) -> Self {
        let path = path.strip_suffix('/').unwrap_or(path);
        self.exact_path(&[path, "/"].concat())
    }

    /// As [`path`](Self::path), without adding a slash (the option `addTrailingSlash: false`).
    pub fn exact_path(mut self, path: &str) -> Self {
        self.options.path = path.to_owned();
        let checked = self.options.check_path();
        self.check(checked);
        self
    }

    /// The parameter that makes each URL of polling another one, so that no cache answers (`t`).
    pub fn timestamp_param(mut self, name: &str) -> Self {
        self.options.timestamp_param = name.to_owned();
        self
    }

    /// Whether URLs have that parameter. By default those of polling have it, with `true` those of WebSocket too.
    pub fn timestamp_requests(mut self, timestamp: bool) -> Self {
        self.options.timestamp_requests = Some(timestamp);
        self
    }

    /// Whether binary travels as base64 on every transport but WebTransport (`false`).
    pub fn force_base64(mut self, force: bool) -> Self {
        self.options.force_base64 = force;
        self
    }

    /// Whether the connection is closed, without an event, when the page is left or loaded anew (it is not): then every browser
    /// does the same.
    pub fn close_on_beforeunload(mut self, closes: bool) -> Self {
        self.options.close_on_beforeunload = closes;
        self
    }

    /// Whether timers are the browser's own, even where others are in their place when the manager is made (they are not).
    pub fn native_timers(mut self, native: bool) -> Self {
        self.options.native_timers = native;
        self
    }

    // Times.

    /// How long an attempt to connect may take (20 s), and how long the provider of the `auth` payload.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = millis(timeout);
        self
    }

    /// How long one request of polling may take (as long as it likes). Longer than the server's `pingInterval`, or quiet
    /// connections break.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.options.request_timeout = timeout.as_secs_f64() * 1_000.0;
        self
    }

    /// How long an [`Ack`](super::Ack) waits if it is not told otherwise (as long as the connection lasts).
    pub fn ack_timeout(mut self, timeout: Duration) -> Self {
        self.ack_timeout = millis(timeout);
        self
    }

    // Reconnection.

    /// Whether a connection that failed or was lost is opened again (`true`).
    pub fn reconnection(mut self, reconnection: bool) -> Self {
        self.options.reconnection = reconnection;
        self
    }

    /// After how many failed attempts in a row that is given up (never).
    pub fn reconnection_attempts(mut self, attempts: u32) -> Self {
        self.options.reconnection_attempts = attempts;
        self
    }

    /// The first delay before an attempt (1 s); it doubles from attempt to attempt.
    pub fn reconnection_delay(mut self, delay: Duration) -> Self {
        self.options.reconnection_delay = millis(delay);
        self
    }

    /// The longest delay (5 s).
    pub fn reconnection_delay_max(mut self, delay: Duration) -> Self {
        self.options.reconnection_delay_max = millis(delay);
        self
    }

    /// The share of the delay by which it may differ, from 0 to 1 (0.5), so that clients do not return all at once.
    pub fn randomization_factor(mut self, factor: f64) -> Self {
        if !(0.0..=1.0).contains(&factor) {
            self.refuse("The randomization factor is a number from 0 to 1");
        }
        self.options.randomization_factor = factor;
        self
    }

    // The end.

    /// The socket of the URL's namespace, connecting.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`]. What only shows while connecting is told by [`Socket::connected`].
    pub fn connect(self) -> Result<Socket, Error> {
        let socket = self.build()?;
        socket.connect();
        Ok(socket)
    }

    /// The socket of the URL's namespace, not connecting before [`Socket::connect`]: whatever is subscribed to in between
    /// sees everything.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`].
    pub fn build(self) -> Result<Socket, Error> {
        let namespace = self.url.as_ref().map(|url| url.path.clone()).unwrap_or_default();
        self.manager()?.socket(&namespace)
    }

    /// The connection alone, for sockets of several namespaces; that of the URL is of no consequence.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`].
    pub fn manager(self) -> Result<Manager, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        Ok(Manager::start(
            self.url?,
            self.options,
            self.auth,
            self.bearer,
            self.ack_timeout,
        ))
    }

    fn check<T>(&mut self, result: Result<T, impl Into<Error>>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.error.get_or_insert_with(|| error.into());
                None
            }
        }
    }

    fn refuse(&mut self, message: &'static str) {
        let error = error::Error::new(Code::InvalidOption, message);
        let _: Option<()> = self.check(Err(error));
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Builder")
            .field("options", &self.options)
            .field("auth", &self.auth)
            .finish_non_exhaustive()
    }
}

/// The origin of the page or worker, where it has one.
fn origin() -> Option<String> {
    let location = Reflect::get(&js_sys::global(), &"location".into()).ok()?;
    Reflect::get(&location, &"origin".into()).ok()?.as_string()
}

/// Whether a text may stand where HTTP wants a token (RFC 9110, section 5.6.2).
fn is_token(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}
