//! What the Rust API and the npm API have in common: options become connections, and credentials find their place.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::error::Code;
use crate::proto::Data;
use crate::proto::auth::{AuthPlacement, Claims, Places, Terms, impossible};
use crate::proto::engine::Revision;
use crate::proto::engine::connection::Config;
use crate::proto::engine::packet::Packet;
use crate::proto::engine::transport::{Candidate, Kind};
use crate::proto::output::{Demand, EngineEvent, Event, Failure, Occasion, Reason, Report};
use crate::proto::socket::policy::{Placed, Policy};
use crate::proto::socket::reconnection::Reconnection;
use crate::web::{App, Driver, Endpoint, Flag, Payload, edge};

use super::settings::{Choices, Settings, Speech};

/// The side of the app: it has the options, the credentials and the payloads, and is told what happens. Called while nothing is
/// borrowed.
pub(crate) trait Host {
    /// The options of the next connection, and how its credentials are come by. All that is asked about them later is about these.
    fn settings(&self) -> Result<(Settings, Policy<Payload>), Rc<Failure<Payload>>>;

    /// Find what the handshake carries and go on with [`Driver::configured`]: a bearer token, where a function of the app gives
    /// one, for [`Driver::bear`]; where `with_auth`, the payload of the root namespace for [`Driver::authorize`].
    fn bear(&self, driver: &Rc<Driver>, epoch: u32, occasion: Occasion, attempt: u32, with_auth: bool);

    /// Which credentials there are for a session that begins on a transport.
    fn given(&self, kind: Kind) -> Given;

    /// The names of their headers, with commas between them.
    fn header_names(&self, kind: Kind) -> Payload;

    /// Put each of those credentials into its place.
    fn place(&self, kind: Kind, places: &Places, time: Time) -> Carried;

    /// Where a transport goes to, and what the app has for it: its own query and subprotocols, no headers.
    fn endpoint(&self, kind: Kind) -> Endpoint;

    /// Find the payload of a socket's CONNECT and answer with [`Driver::answer`] or [`Driver::decline`].
    fn authenticate(&self, driver: &Rc<Driver>, socket: usize, epoch: u32, demand: Demand<Payload>);

    /// Make messages of a socket's packet, as [`App::encode`] says, where the app has a parser of its own.
    fn encode(&self, _connection: u32, _socket: usize, _packet: Packet<Payload>) -> Option<Vec<Payload>> {
        None
    }

    /// Something happened.
    fn event(&self, report: Report<Payload>);
}

/// Which credentials there are, each a bit.
#[derive(Clone, Copy)]
pub(crate) struct Given(pub u32);

impl Given {
    /// Headers, a bearer token among them.
    pub(crate) const HEADERS: u32 = 1;
    /// A bearer token.
    pub(crate) const BEARER: u32 = 2;
    /// A payload of any socket for its CONNECT.
    pub(crate) const AUTH: u32 = 4;
    /// Cookies, which travel across origins.
    pub(crate) const COOKIES: u32 = 8;

    const fn has(self, kind: u32) -> bool {
        self.0 & kind != 0
    }
}

/// When credentials are placed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Time {
    /// Before a session begins: the app is told the plan.
    Beginning,
    /// In the middle of one.
    Later,
    /// In the middle of one whose handshake had the bearer token as a header: payloads have the new one too.
    LaterWithBearer,
}

/// What a session carries beside the payloads, whose headers the host keeps. A list that is not there is empty.
pub(crate) struct Carried {
    /// Header fields of the handshake: names and values in turn.
    pub headers: Option<Payload>,
    /// Query parameters: names and values in turn.
    pub query: Option<Payload>,
    /// Headers as subprotocols.
    pub protocols: Option<Payload>,
    /// The request as [`Claims::of_request`] reads it, with all that was given.
    pub request: Payload,
}

/// A connection to one server, shared by sockets.
pub(crate) struct Core<H> {
    /// The side of the app.
    pub(crate) host: H,
    settings: RefCell<Settings>,
    /// When the bearer token expires that the app's function gave last, where the app knows: in seconds or milliseconds since 1970.
    expires_at: Cell<Option<f64>>,
    /// The payload of the root namespace, where it travels in the query of the handshake.
    auth: RefCell<Option<Payload>>,
    /// What the present session began on.
    candidate: Cell<Option<Candidate>>,
}

impl<H: Host + 'static> Core<H> {
    /// A driver; the host's options are read anew for each connection, but for who writes and reads messages: what waits for a
    /// connection was given for the parser that there is in the beginning. Its timers are the browser's own where `is_native`.
    pub(crate) fn start(
        speech: Speech,
        is_native: bool,
        reconnection: Reconnection,
        host: impl FnOnce(usize) -> H,
    ) -> Rc<Driver> {
        Driver::new(reconnection, is_native, |number| {
            Box::new(Self {
                host: host(number),
                settings: RefCell::new(Settings::new(speech)),
                expires_at: Cell::new(None),
                auth: RefCell::new(None),
                candidate: Cell::new(None),
            })
        })
    }
}

/// What makes the jitter of one client's delays differ from another's.
pub(crate) fn seed() -> u32 {
    (edge::random() * f64::from(u32::MAX)) as u32
}

impl<H: Host> Core<H> {
    /// Places what a session carries that begins, or began, on `candidate`.
    fn place(&self, driver: &Driver, candidate: Candidate, begins: bool) -> Result<Carried, Rc<Failure<Payload>>> {
        let (choices, known) = {
            let settings = self.settings.borrow();
            (settings.choices, known(&settings))
        };
        let kind = candidate.kind;
        let given = self.host.given(kind);
        let terms = Terms {
            begins_on: kind,
            revision: choices.protocol.or(known).unwrap_or(asked(choices, kind)),
            engine_only: choices.speech == Speech::Engine,
            fallback: choices.header_fallback,
            auth_placement: choices.auth_placement,
            has_headers: given.has(Given::HEADERS),
            has_auth: given.has(Given::AUTH),
            // To the page's own origin XHR sends them unasked; `fetch` is told not to.
            with_cookies: given.has(Given::COOKIES)
                || (choices.flags.has(Flag::OwnOrigin) && kind == Kind::Polling && !candidate.fetch),
        };
        let places = terms.decide().map_err(|choices| {
            let text = impossible(kind, &self.host.header_names(kind), choices);
            Failure::told(Code::HeaderImpossible, Some(text), None)
        })?;
        let bearer_in_header = given.has(Given::BEARER) && places.keeps_headers();
        let time = match (begins, bearer_in_header) {
            (true, _) => Time::Beginning,
            (false, false) => Time::Later,
            (false, true) => Time::LaterWithBearer,
        };
        let mut carried = self.host.place(kind, &places, time);
        let driven = driver.now();
        let ahead = driver.ahead();
        let now = driven - ahead;
        let mut claims = Claims::of_request(now, &carried.request);
        let auth_in_query = places.has_auth_in_query();
        if auth_in_query && let Some(auth) = self.auth.borrow().as_ref() {
            claims.join(Claims::of_payload(now, auth));
            carried
                .query
                .get_or_insert_with(Payload::empty_list)
                .extend_with_query(auth);
        }
        if choices.flags.has(Flag::ProvidesBearer)
            && let Some(expires_at) = self.expires_at.get()
        {
            claims.expire(now, expires_at);
        }
        let placed = Placed {
            claims: claims.shift(ahead),
            bearer_in_header,
            signs_in: places.signs_in(),
            auth_in_query,
        };
        driver.look(|manager| manager.placed = placed);
        Ok(carried)
    }
}

impl<H: Host> App for Core<H> {
    fn configure(&self, driver: &Rc<Driver>, epoch: u32, demand: Option<(Occasion, u32)>) {
        let (mut settings, policy) = match self.host.settings() {
            Ok(settings) => settings,
            Err(failure) => return driver.configured(epoch, Err(failure)),
        };
        // Whoever was asked may have changed the app's mind.
        if !driver.look(|manager| manager.is_configuring(epoch)) {
            return;
        }
        settings.choices.speech = self.settings.borrow().choices.speech;
        driver.look(|manager| manager.follow(policy));
        self.settings.replace(settings);
        self.prepare(driver, epoch, demand);
    }

    fn prepare(&self, driver: &Rc<Driver>, epoch: u32, demand: Option<(Occasion, u32)>) {
        let (choices, known) = {
            let settings = self.settings.borrow();
            (settings.choices, known(&settings))
        };
        let renews = driver.look(|manager| manager.policy.reauth.renews());
        if (renews || choices.needs_rare(known)) && !driver.reach_for_connection(epoch, demand) {
            return;
        }
        let provides = choices.flags.has(Flag::ProvidesBearer);
        // Servers 1.x take a query of the handshake for that of every namespace: who has named another one does not begin with it.
        let is_root = choices.flags.has(Flag::Root) || driver.look(|manager| manager.wants_root());
        let with_auth = choices.auth_placement == AuthPlacement::Query && is_root;
        if !with_auth {
            self.auth.replace(None);
        }
        match demand {
            Some((occasion, attempt)) if provides || with_auth => {
                self.host.bear(driver, epoch, occasion, attempt, with_auth);
            }
            _ => driver.configured(epoch, Ok(())),
        }
    }

    fn bear(&self, driver: &Driver, expires_at: Option<f64>) -> Result<(), Rc<Failure<Payload>>> {
        self.expires_at.set(expires_at);
        self.place_again(driver)
    }

    fn place_again(&self, driver: &Driver) -> Result<(), Rc<Failure<Payload>>> {
        if let Some(candidate) = self.candidate.get() {
            let carried = self.place(driver, candidate, false)?;
            if driver.look(|manager| manager.placed.bearer_in_header) {
                // The handshake is past: later requests have the new one, and so have payloads.
                driver.put_headers(carried.headers.as_ref());
            }
        }
        Ok(())
    }

    fn authorize(&self, payload: Option<Payload>) {
        if self.settings.borrow().choices.auth_placement == AuthPlacement::Query {
            self.auth.replace(payload);
        }
    }

    fn config(&self) -> Config {
        let settings = self.settings.borrow();
        settings.config(known(&settings))
    }

    fn begin(&self, driver: &Driver, candidate: Candidate) -> Result<Endpoint, Rc<Failure<Payload>>> {
        let carried = self.place(driver, candidate, true)?;
        self.candidate.set(Some(candidate));
        let mut endpoint = self.host.endpoint(candidate.kind);
        endpoint.revision = asked(self.settings.borrow().choices, candidate.kind);
        endpoint.headers = carried.headers;
        endpoint.query = carried.query;
        if let Some(protocols) = carried.protocols {
            // Servers echo the first subprotocol that is offered: that must not be a credential.
            let offered = endpoint.protocols.take();
            let offered = offered.unwrap_or_else(|| Payload::list(&["socket.io"]));
            offered.extend(&protocols);
            endpoint.protocols = Some(offered);
        }
        Ok(endpoint)
    }

    fn upgrade(&self, endpoint: &Endpoint, kind: Kind) -> Endpoint {
        let mut other = self.host.endpoint(kind);
        other.revision = endpoint.revision;
        if !other.flags.has(Flag::OwnQuery) {
            other.query = endpoint.query.as_ref().map(Payload::share);
        }
        other
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
    fn learn(&self, revision: Option<Revision>) {
        let revision = revision.map_or(0, Revision::number);
        edge::learn(self.settings.borrow().server.slot(), revision as i32);
    }
}

/// What the server spoke the last time that anyone on this page or worker was connected to it.
fn known(settings: &Settings) -> Option<Revision> {
    Revision::from_number(edge::known(settings.server.slot()) as u32)
}

/// The revision that a session is asked for on a transport.
fn asked(choices: Choices, kind: Kind) -> Revision {
    choices.protocol.unwrap_or(match kind {
        // Only servers 1.x and 2.x answer a script with a script.
        Kind::Jsonp => Revision::V3,
        _ => Revision::V4,
    })
}
