//! One connection, and the sockets that share it.

use std::cell::RefCell;
use std::fmt;
use std::rc::{Rc, Weak};

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::proto::Data;
use crate::proto::auth::{CredentialKind, Credentials, Header, Places, Plan, Secret};
use crate::proto::engine::transport::Kind;
use crate::proto::engine::url::Url;
use crate::proto::output::{Demand, EngineEvent, Event, Failure, Occasion, Reason, Report};
use crate::proto::socket::namespace;
use crate::proto::socket::policy::Policy;
use crate::proto::timer::Millis;
use crate::web::driver::find;
use crate::web::{Driver, Endpoint, Payload};

use super::auth::Auth;
use super::bearer::{Provider, Token};
use super::builder::Builder;
use super::core::{Carried, Core, Given, Host, Time, seed};
use super::error::Error;
use super::lists;
use super::options::{self, AUTHORIZATION, Options};
use super::payload;
use super::queue::Broadcast;
use super::settings::{Settings, Speech};
use super::socket::{Socket, SocketState};
use super::stream::EventStream;

/// A connection to one server, which the sockets of several namespaces share: the `Manager` of the JavaScript client.
///
/// A copy is another handle of the same manager, and every [`Socket`] holds one. The connection opens when a socket
/// connects and closes when no socket wants it any more.
///
/// ```no_run
/// # fn run() -> Result<(), socketio_wasm::Error> {
/// use socketio_wasm::Manager;
///
/// let manager = Manager::builder("https://example.com").header("Authorization", "Bearer …").manager()?;
/// let chat = manager.socket("/chat")?;
/// let admin = manager.socket("/admin")?;
/// chat.connect();
/// admin.connect();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Manager {
    pub(super) inner: Rc<Inner>,
}

/// What the handles share. Dropped, it closes the connection.
pub(super) struct Inner {
    pub(super) driver: Rc<Driver>,
    pub(super) state: Rc<State>,
}

/// What the driver's side needs too, so that it does not keep the connection open.
pub(super) struct State {
    url: Url,
    options: RefCell<Options>,
    /// The same as they were when the present connection was configured.
    present: RefCell<Options>,
    auth: RefCell<Auth>,
    bearer: RefCell<Option<Provider>>,
    /// The token that it gave last.
    token: RefCell<Option<Secret>>,
    pub(super) ack_timeout: Millis,
    /// One of each namespace that was ever asked for: the protocol's sockets are never removed.
    slots: RefCell<Vec<Slot>>,
    plan: RefCell<Option<Plan>>,
    /// The headers that travel in each payload of the present connection.
    payload_headers: RefCell<Rc<[(String, Secret)]>>,
    events: Broadcast<ManagerEvent>,
}

struct Slot {
    namespace: String,
    /// The socket's number.
    index: usize,
    state: Rc<SocketState>,
    handle: Weak<super::socket::Inner>,
}

/// What happens to a connection and the attempts to open it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ManagerEvent {
    /// A session is about to begin: where each credential will travel. No value of a credential is in it.
    Placement(Plan),
    /// The connection is open; the sockets connect to their namespaces now.
    Open,
    /// The connection was open and is closed.
    Close(Reason),
    /// The connection could not be opened, or broke.
    Error(Error),
    /// The server gave a sign of life.
    Ping,
    /// Another transport has taken over.
    Upgrade(Kind),
    /// Another transport could not take over; the connection goes on as it was.
    UpgradeError(Error),
    /// An attempt to open the connection again begins, the n-th.
    ReconnectAttempt(u32),
    /// The n-th attempt succeeded.
    Reconnect(u32),
    /// An attempt failed.
    ReconnectError(Error),
    /// The last attempt that the options allow failed.
    ReconnectFailed,
    /// The credentials of the socket of this namespace were renewed before they expired.
    Renewal(String),
    /// The credentials of the socket of this namespace could not be renewed; that is tried again.
    RenewalError(String, Error),
}

impl Manager {
    /// The settings of a connection to `url`. See [`Builder`] for the forms of URLs.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }

    pub(super) fn start(url: Url, options: Options, auth: Auth, bearer: Option<Provider>, ack_timeout: Millis) -> Self {
        let state = Rc::new(State {
            url,
            options: RefCell::new(options.clone()),
            present: RefCell::new(options.clone()),
            auth: RefCell::new(auth),
            bearer: RefCell::new(bearer),
            token: RefCell::new(None),
            ack_timeout,
            slots: RefCell::new(Vec::new()),
            plan: RefCell::new(None),
            payload_headers: RefCell::new(Rc::new([])),
            events: Broadcast::default(),
        });
        let driver = Core::start(
            Speech::SocketIo,
            options.native_timers,
            options.reconnection(seed()),
            |number| Side {
                state: Rc::clone(&state),
                number,
            },
        );
        Self {
            inner: Rc::new(Inner { driver, state }),
        }
    }

    /// The socket of a namespace (`/` or empty for the root; a missing `/` in front is added): another handle of the one
    /// that there is, or a new one. It is not connected by this call.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for a name with a comma, which no server would read as it is meant.
    pub fn socket(&self, namespace: &str) -> Result<Socket, Error> {
        namespace::check(namespace)?;
        let namespace = match namespace.strip_prefix('/') {
            Some(_) => namespace.to_owned(),
            None => ["/", namespace].concat(),
        };
        let inner = &self.inner;
        let mut slots = inner.state.slots.borrow_mut();
        let found = slots.iter_mut().find(|slot| slot.namespace == namespace);
        if let Some(socket) = found.as_ref().and_then(|slot| slot.handle.upgrade()) {
            return Ok(Socket::from_inner(socket));
        }
        let state = Rc::new(SocketState::default());
        let index = match &found {
            Some(slot) => slot.index,
            None => inner
                .driver
                .look(|manager| manager.add_socket(Payload::text(&namespace))),
        };
        let socket = Socket::new(self.clone(), index, &namespace, Rc::clone(&state));
        let slot = Slot {
            namespace,
            index,
            state,
            handle: socket.downgrade(),
        };
        let before = match found {
            Some(found) => Some(std::mem::replace(found, slot)),
            None => {
                slots.push(slot);
                None
            }
        };
        drop(slots);
        drop(before);
        Ok(socket)
    }

    /// What happens to the connection from now on. The stream ends when the last handle of the manager and its sockets is
    /// dropped.
    pub fn events(&self) -> EventStream<ManagerEvent> {
        EventStream::new(self.inner.state.events.subscribe())
    }

    /// Where each credential travels: the plan of the present or latest session; `None` before the first.
    pub fn plan(&self) -> Option<Plan> {
        self.inner.state.plan.borrow().clone()
    }

    /// Changes the options. Those of the credentials and transports hold from the next session on, those of the
    /// reconnection at once.
    pub fn update(&self, change: impl FnOnce(&mut Options)) {
        let state = &self.inner.state;
        let mut options = state.options.borrow().clone();
        change(&mut options);
        let driver = &self.inner.driver;
        driver.look(|manager| options.reconfigure(&mut manager.reconnection));
        state.options.replace(options);
    }

    /// Sets a header field for the sessions to come, a renewed token for one. The present session goes on as it began.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] as for [`Builder::header`].
    pub fn set_header(&self, name: &str, value: &str) -> Result<(), Error> {
        let header = options::header(name, value)?;
        self.update(|options| options.headers.set(header));
        Ok(())
    }

    /// Gives another `auth` payload, for every socket without one of its own. It is sent from the next CONNECT on.
    pub fn set_auth(&self, auth: Auth) {
        self.inner.state.auth.replace(auth);
    }
}

impl fmt::Debug for Manager {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Manager")
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.driver.run(|manager, _| manager.close());
        self.driver.forget();
        self.state.events.close();
        // A provider may own what leads back to here.
        let auth = self.state.auth.take();
        let bearer = self.state.bearer.take();
        drop((auth, bearer));
    }
}

/// The driver's side.
struct Side {
    state: Rc<State>,
    /// The driver's number.
    number: usize,
}

impl State {
    fn socket(&self, index: usize) -> Option<Rc<SocketState>> {
        let slots = self.slots.borrow();
        let slot = slots.iter().find(|slot| slot.index == index);
        slot.map(|slot| Rc::clone(&slot.state))
    }

    fn namespace(&self, index: usize) -> String {
        let slots = self.slots.borrow();
        let slot = slots.iter().find(|slot| slot.index == index);
        slot.map(|slot| slot.namespace.clone()).unwrap_or_default()
    }

    fn auth_of(&self, index: usize) -> Auth {
        let own = self.socket(index).and_then(|socket| socket.auth.borrow().clone());
        own.unwrap_or_else(|| self.auth.borrow().clone())
    }

    fn has_auth(&self) -> bool {
        let slots = self.slots.borrow();
        let is_given = |auth: &Auth| !auth.is_none();
        is_given(&self.auth.borrow())
            || slots
                .iter()
                .any(|slot| slot.state.auth.borrow().as_ref().is_some_and(is_given))
    }

    fn credentials(&self, kind: Kind) -> Credentials {
        let token = self.token.borrow();
        let options = self.present.borrow();
        options.credentials(&self.url, kind, self.has_auth(), token.as_ref())
    }

    /// Takes a bearer token for the connection.
    fn take(&self, driver: &Driver, token: &Token) -> Result<(), Error> {
        // Where it cannot be a header, that is told here and not in the middle of a connection.
        options::bearer_header(token.text.expose()).map_err(|error| Error::Auth { message: error.message })?;
        self.token.replace(Some(token.text.clone()));
        driver.bear(token.expires_at).map_err(|failure| Error::Auth {
            message: Error::from(&*failure).message().to_owned().into(),
        })
    }
}

impl Host for Side {
    fn settings(&self) -> Result<(Settings, Policy<Payload>), Rc<Failure<Payload>>> {
        let options = self.state.options.borrow().clone();
        let settings = (options.settings(&self.state.url), options.policy());
        self.state.present.replace(options);
        Ok(settings)
    }

    fn given(&self, kind: Kind) -> Given {
        let credentials = self.state.credentials(kind);
        let mut kinds = credentials.headers.iter().map(Header::kind);
        let given = [
            (Given::HEADERS, kinds.len() > 0),
            (Given::BEARER, kinds.any(|kind| kind == CredentialKind::Bearer)),
            (Given::AUTH, credentials.has_auth),
            (Given::COOKIES, credentials.with_cookies),
        ];
        Given(
            given
                .into_iter()
                .filter(|(_, is)| *is)
                .fold(0, |bits, (bit, _)| bits | bit),
        )
    }

    fn header_names(&self, kind: Kind) -> Payload {
        let credentials = self.state.credentials(kind);
        let names: Vec<&str> = credentials.headers.iter().map(Header::name).collect();
        Payload::text(&names.join(", "))
    }

    fn place(&self, kind: Kind, places: &Places, time: Time) -> Carried {
        let credentials = self.state.credentials(kind);
        let (plan, mut carried) = places.apply(&credentials, kind);
        if time == Time::LaterWithBearer {
            for (name, value) in &carried.headers {
                if name.eq_ignore_ascii_case(AUTHORIZATION) {
                    carried.payload_headers.push((AUTHORIZATION.to_owned(), value.clone()));
                }
            }
        }
        self.state.payload_headers.replace(carried.payload_headers.into());
        if time == Time::Beginning {
            self.state.plan.replace(Some(plan.clone()));
            self.state.events.send(&ManagerEvent::Placement(plan));
        }
        Carried {
            headers: lists::pairs(&carried.headers),
            query: lists::pairs(&carried.query),
            protocols: lists::texts(carried.protocols.iter().map(Secret::expose)),
            request: payload::request(&credentials),
        }
    }

    fn endpoint(&self, kind: Kind) -> Endpoint {
        self.state.present.borrow().endpoint(&self.state.url, kind)
    }

    fn bear(&self, driver: &Rc<Driver>, epoch: u32, occasion: Occasion, _: u32, with_auth: bool) {
        let auth = with_auth.then(|| self.state.auth.borrow().clone());
        if self.state.bearer.borrow().is_none() {
            return authorize(driver, epoch, auth);
        }
        let (driver, state) = (Rc::downgrade(driver), Rc::clone(&self.state));
        self.ask(occasion, move |result| {
            if let Some(driver) = driver.upgrade() {
                match result.and_then(|token| state.take(&driver, &token)) {
                    Ok(()) => authorize(&driver, epoch, auth),
                    Err(error) => driver.configured(epoch, Err(failure(&error))),
                }
            }
        });
    }

    fn authenticate(&self, driver: &Rc<Driver>, socket: usize, epoch: u32, demand: Demand<Payload>) {
        let auth = self.state.auth_of(socket);
        let has_bearer = self.state.bearer.borrow().is_some();
        let renews = demand.occasion.renews();
        let can_renew = has_bearer || auth.value().is_none();
        let is_for_nothing = demand
            .refusal
            .is_some_and(|(_, is_about_authentication)| !is_about_authentication);
        if renews && (!can_renew || is_for_nothing) {
            driver.decline(socket, epoch);
        } else if renews && has_bearer {
            let (driver, state) = (Rc::downgrade(driver), Rc::clone(&self.state));
            self.ask(demand.occasion, move |result| {
                let Some(driver) = driver.upgrade() else {
                    return;
                };
                match result.and_then(|token| state.take(&driver, &token)) {
                    Ok(()) => answer(&driver, &state, socket, epoch, auth),
                    Err(error) => driver.answer(socket, epoch, Err(failure(&error))),
                }
            });
        } else {
            answer(driver, &self.state, socket, epoch, auth);
        }
    }

    fn event(&self, report: Report<Payload>) {
        let error = report.failure.as_deref().map(Error::from);
        let event = match (report.event, error) {
            (Event::Socket(index, event), error) => {
                if let (Some(socket), Some(driver)) = (self.state.socket(index), find(self.number)) {
                    socket.handle(event, report.data, error, &driver, index);
                }
                return;
            }
            (Event::Open, _) => ManagerEvent::Open,
            (Event::Error, Some(error)) => ManagerEvent::Error(error),
            (Event::Close(reason), _) => ManagerEvent::Close(reason),
            (Event::Ping, _) => ManagerEvent::Ping,
            (Event::ReconnectAttempt(attempt), _) => ManagerEvent::ReconnectAttempt(attempt),
            (Event::Reconnect(attempt), _) => ManagerEvent::Reconnect(attempt),
            (Event::ReconnectError, Some(error)) => ManagerEvent::ReconnectError(error),
            (Event::ReconnectFailed, _) => ManagerEvent::ReconnectFailed,
            (Event::Renewal(index), _) => ManagerEvent::Renewal(self.state.namespace(index)),
            (Event::RenewalError(index), Some(error)) => ManagerEvent::RenewalError(self.state.namespace(index), error),
            (Event::Engine(_, EngineEvent::Upgrade(kind)), _) => ManagerEvent::Upgrade(kind),
            (Event::Engine(_, EngineEvent::UpgradeError(_)), Some(error)) => ManagerEvent::UpgradeError(error),
            _ => return,
        };
        self.state.events.send(&event);
    }
}

impl Side {
    /// Asks the app for a bearer token.
    fn ask(&self, occasion: Occasion, done: impl FnOnce(Result<Token, Error>) + 'static) {
        let bearer = self.state.bearer.borrow().clone();
        if let Some(bearer) = bearer {
            bearer.ask(occasion, Box::new(done));
        }
    }
}

/// Goes on with a connection, whose handshake carries a payload where there is one.
fn authorize(driver: &Rc<Driver>, epoch: u32, auth: Option<Auth>) {
    let Some(auth) = auth else {
        return driver.configured(epoch, Ok(()));
    };
    let driver = Rc::downgrade(driver);
    spawn_local(async move {
        let payload = encode(auth.find().await, &[]);
        if let Some(driver) = driver.upgrade() {
            let given = payload.map(|payload| driver.authorize(payload));
            driver.configured(epoch, given);
        }
    });
}

/// Gives the payload of a socket, asking the app for it where it has to be asked.
fn answer(driver: &Rc<Driver>, state: &Rc<State>, socket: usize, epoch: u32, auth: Auth) {
    let headers = Rc::clone(&state.payload_headers.borrow());
    if let Some(value) = auth.value() {
        driver.answer(socket, epoch, encode(Ok(value), &headers));
        return;
    }
    let driver = Rc::downgrade(driver);
    // A task of its own: what the provider does is not done in the middle of an event.
    spawn_local(async move {
        let found = auth.find().await;
        if let Some(driver) = driver.upgrade() {
            driver.answer(socket, epoch, encode(found, &headers));
        }
    });
}

/// The payload as it is sent.
fn encode(auth: Result<JsValue, Error>, headers: &[(String, Secret)]) -> Result<Option<Payload>, Rc<Failure<Payload>>> {
    auth.and_then(|auth| payload::connect(&auth, headers))
        .map_err(|error| failure(&error))
}

fn failure(error: &Error) -> Rc<Failure<Payload>> {
    Failure::told(error.code(), Some(Payload::text(error.message())), None)
}
