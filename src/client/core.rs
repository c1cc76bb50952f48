//! What the Rust API and the npm API have in common: options become connections, and credentials find their place.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use crate::error::{Code, Error};
use crate::proto::auth::{self, AuthPlacement, Carried, Claims, CredentialKind, Placement, Plan, Secret};
use crate::proto::engine::Revision;
use crate::proto::engine::connection::Config;
use crate::proto::engine::packet::Packet;
use crate::proto::engine::transport::{Candidate, Kind};
use crate::proto::engine::url::Url;
use crate::proto::output::{Demand, EngineEvent, Event, Failure, Occasion, Reason, Report};
use crate::proto::socket::policy::Placed;
use crate::proto::{Data, join};
use crate::web::{App, Driver, Endpoint, Payload, edge};

use super::options::{self, AUTHORIZATION, Options, bearer_header};

/// The side of the app: it gives options and payloads, and is told what happens. Called while nothing is borrowed.
pub(crate) trait Host {
    /// The options of the next connection.
    fn options(&self) -> Result<Options, Error>;

    /// Whether any socket has a payload of its own for its CONNECT.
    fn has_auth(&self) -> bool;

    /// Find what the handshake carries and go on with [`Driver::configured`]: a bearer token, where a function of the app gives
    /// one, for [`Driver::bear`]; where `with_auth`, the payload of the root namespace for [`Driver::authorize`].
    fn bear(&self, driver: &Rc<Driver>, epoch: u32, occasion: Occasion, attempt: u32, with_auth: bool);

    /// Where the credentials of a session that is about to begin travel.
    fn placed(&self, plan: Plan);

    /// The headers that go into each payload from now on.
    fn carry(&self, payload_headers: &[(String, Secret)]);

    /// Find the payload of a socket's CONNECT and answer with [`Driver::answer`] or [`Driver::decline`].
    fn authenticate(&self, driver: &Rc<Driver>, socket: usize, epoch: u32, demand: Demand<Payload>);

    /// Make messages of a socket's packet, as [`App::encode`] says, where the app has a parser of its own.
    fn encode(&self, _connection: u32, _socket: usize, _packet: Packet<Payload>) -> Option<Vec<Payload>> {
        None
    }

    /// Something happened.
    fn event(&self, report: Report<Payload>);
}

/// A connection to one server, shared by sockets.
pub(crate) struct Core<H> {
    /// The side of the app.
    pub(crate) host: H,
    /// Of the present connection.
    url: RefCell<Url>,
    /// Of the next one, where the app has named another server.
    next_url: RefCell<Option<Url>>,
    options: RefCell<Rc<Options>>,
    /// The bearer token that the app's function gave last.
    bearer: RefCell<Option<Bearer>>,
    /// The payload of the root namespace, where it travels in the query of the handshake.
    auth: RefCell<Option<Payload>>,
    /// What the present session began on.
    candidate: Cell<Option<Candidate>>,
}

/// A bearer token, and when it expires where the app knows: in seconds or milliseconds since 1970.
struct Bearer {
    token: Secret,
    expires_at: Option<f64>,
}

impl<H: Host + 'static> Core<H> {
    /// A driver for `url`; the host's options are read anew for each connection.
    pub(crate) fn start(url: Url, options: Options, host: impl FnOnce(Weak<Driver>) -> H) -> Rc<Driver> {
        let seed = (edge::random() * f64::from(u32::MAX)) as u32;
        let policy = options.policy();
        let driver = Driver::new(options.reconnection(seed), options.native_timers, |driver| {
            Box::new(Self {
                host: host(driver),
                url: RefCell::new(url),
                next_url: RefCell::new(None),
                options: RefCell::new(Rc::new(options)),
                bearer: RefCell::new(None),
                auth: RefCell::new(None),
                candidate: Cell::new(None),
            })
        });
        driver.look(|manager| manager.policy = policy);
        driver
    }
}

impl<H: Host> Core<H> {
    /// Plans a session that begins on `candidate`: where each credential travels, and what travels there.
    fn place(&self, driver: &Driver, candidate: Candidate) -> Result<(Plan, Carried), Error> {
        let options = Rc::clone(&self.options.borrow());
        let kind = candidate.kind;
        let bearer = self.bearer.borrow();
        let bearer = bearer
            .as_ref()
            .filter(|_| matches!(options.bearer, options::Bearer::Provided));
        let token = bearer.map(|bearer| &bearer.token);
        let has_auth = self.host.has_auth();
        let credentials = options.credentials(&self.url.borrow(), candidate, has_auth, token)?;
        let known = options.protocol.or(self.known());
        let revision = known.unwrap_or(options.asked(kind));
        let (plan, mut carried) = auth::place(&credentials, kind, revision, options.header_fallback)
            .map_err(|error| Error::new(Code::HeaderImpossible, error.message()))?;
        let ahead = driver.ahead();
        let now = driver.now() - ahead;
        let mut claims = Claims::of_request::<Payload>(now, &credentials);
        let auth_in_query = plan.has(CredentialKind::Auth, Placement::Query);
        if auth_in_query && let Some(auth) = self.auth.borrow().as_ref() {
            claims.join(Claims::of_payload(now, auth));
            let query = auth.to_query().unwrap_or_default();
            carried.query.append(&mut Payload::parameters(&query));
        }
        if let Some(expires_at) = bearer.and_then(|bearer| bearer.expires_at) {
            claims.expire(now, expires_at);
        }
        let placed = Placed {
            claims: claims.shift(ahead),
            bearer_in_header: plan.has(CredentialKind::Bearer, Placement::Header),
            signs_in: plan.signs_in(),
            auth_in_query,
        };
        driver.look(|manager| manager.placed = placed);
        Ok((plan, carried))
    }
}

impl<H: Host> App for Core<H> {
    fn configure(&self, driver: &Rc<Driver>, epoch: u32, demand: Option<(Occasion, u32)>) {
        let mut options = match self.host.options() {
            Ok(options) => options,
            Err(error) => return driver.configured(epoch, Err(Failure::new(error))),
        };
        if let Some(url) = self.next_url.take() {
            self.url.replace(url);
        }
        // What waits for a connection was given for the parser that there was in the beginning.
        options.speech = self.options.borrow().speech;
        driver.look(|manager| manager.policy = options.policy());
        let provides = matches!(options.bearer, options::Bearer::Provided);
        // Servers 1.x take a query of the handshake for that of every namespace: who has named another one does not begin with it.
        let is_root = self.url.borrow().path == "/" || driver.look(|manager| manager.wants_root());
        let with_auth = options.auth_placement == AuthPlacement::Query && is_root;
        if !with_auth {
            self.auth.replace(None);
        }
        self.options.replace(Rc::new(options));
        match demand {
            Some((occasion, attempt)) if provides || with_auth => {
                self.host.bear(driver, epoch, occasion, attempt, with_auth);
            }
            _ => driver.configured(epoch, Ok(())),
        }
    }

    fn bear(&self, driver: &Driver, token: &str, expires_at: Option<f64>) -> Result<(), Error> {
        // Where it cannot be a header, that is told here and not in the middle of a connection.
        bearer_header(token)?;
        let token = Secret::from(token);
        self.bearer.replace(Some(Bearer { token, expires_at }));
        self.place_again(driver)
    }

    fn place_again(&self, driver: &Driver) -> Result<(), Error> {
        if let Some(candidate) = self.candidate.get() {
            let (plan, mut carried) = self.place(driver, candidate)?;
            if plan.has(CredentialKind::Bearer, Placement::Header) {
                // The handshake is past: later requests have the new one, and so have payloads.
                driver.put_headers(&carried.headers);
                for (name, value) in &carried.headers {
                    if name.eq_ignore_ascii_case(AUTHORIZATION) {
                        carried.payload_headers.push((AUTHORIZATION.to_owned(), value.clone()));
                    }
                }
            }
            self.host.carry(&carried.payload_headers);
        }
        Ok(())
    }

    fn authorize(&self, payload: Option<Payload>) {
        if self.options.borrow().auth_placement == AuthPlacement::Query {
            self.auth.replace(payload);
        }
    }

    fn relocate(&self, url: Url) {
        self.next_url.replace(Some(url));
    }

    fn config(&self) -> Config {
        self.options.borrow().config(self.known())
    }

    fn begin(&self, driver: &Driver, candidate: Candidate) -> Result<Endpoint, Error> {
        let (plan, carried) = self.place(driver, candidate)?;
        self.candidate.set(Some(candidate));
        self.host.carry(&carried.payload_headers);
        self.host.placed(plan);
        let options = self.options.borrow();
        Ok(options.endpoint(
            &self.url.borrow(),
            candidate.kind,
            options.asked(candidate.kind),
            carried,
        ))
    }

    fn upgrade(&self, endpoint: &Endpoint, kind: Kind) -> Endpoint {
        let options = self.options.borrow();
        let url = self.url.borrow();
        let own = options.query(&url, kind);
        let began_on = self.candidate.get().map_or(kind, |candidate| candidate.kind);
        let query = if own == options.query(&url, began_on) {
            endpoint.query.clone()
        } else {
            own
        };
        let carried = Carried {
            query,
            ..Carried::default()
        };
        options.endpoint(&url, kind, endpoint.revision, carried)
    }

    fn authenticate(&self, driver: &Rc<Driver>, socket: usize, epoch: u32, demand: Demand<Payload>) {
        self.host.authenticate(driver, socket, epoch, demand);
    }

    fn encode(&self, connection: u32, socket: usize, packet: Packet<Payload>) -> Option<Vec<Payload>> {
        self.host.encode(connection, socket, packet)
    }

    fn event(&self, report: Report<Payload>) {
        match report.event {
            Event::Engine(_, EngineEvent::Open { revision, .. }) => self.learn(Some(revision)),
            Event::Close(Reason::OtherProtocol) => self.learn(Some(Revision::V3)),
            // It may be another server by now.
            Event::Error => self.learn(None),
            _ => {}
        }
        self.host.event(report);
    }
}

impl<H: Host> Core<H> {
    /// What the server spoke the last time that anyone on this page or worker was connected to it.
    fn known(&self) -> Option<Revision> {
        Revision::from_number(edge::known(self.server()) as u32)
    }

    fn learn(&self, revision: Option<Revision>) {
        edge::learn(self.server(), revision.map_or(0, Revision::number) as i32);
    }

    /// Its origin and path, handed to the edge.
    fn server(&self) -> i32 {
        edge::hold_text(&join(&[&self.url.borrow().origin("http"), &self.options.borrow().path]))
    }
}
