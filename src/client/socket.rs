//! A socket: one namespace on a manager's connection.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::poll_fn;
use std::rc::{Rc, Weak};
use std::task::{Poll, Waker};
use std::time::Duration;

use js_sys::Array;
use wasm_bindgen::JsCast;

use crate::proto::auth::Plan;
use crate::proto::engine::transport::Kind;
use crate::proto::output::{Loss, Reason, SocketEvent};
use crate::proto::socket::outgoing::Emitted;
use crate::web::{Driver, Payload};

use super::ack::Ack;
#[cfg(feature = "serde")]
use super::arguments;
use super::auth::Auth;
use super::builder::Builder;
use super::emission::Emission;
use super::error::Error;
use super::manager::Manager;
use super::payload;
use super::queue::{Broadcast, Sender, queue};
use super::reply::{Reply, Request};
use super::stream::EventStream;

/// A socket: a namespace of a server, with events both ways.
///
/// A copy is another handle of the same socket. **The connection closes when the last handle is dropped**; streams,
/// acknowledgements and replies do not keep it open. What was emitted before is still written; but a server may ignore an
/// event that arrives in one go with the end of its socket, so wait for an acknowledgement where that matters.
///
/// # Arguments
///
/// An event has a name and any number of arguments. With the feature `serde` (on by default) they are Rust values:
///
/// | Rust | arguments |
/// |---|---|
/// | a tuple `(a, b)` (up to 16 members), a fixed-size array `[a, b]` | several, `a` and `b` |
/// | `()` | none |
/// | anything else: numbers, strings, structs, `Vec`, `Option`, maps with string keys | one |
///
/// So `&("a", 1)` is emitted as JavaScript's `emit(name, "a", 1)`, and `&(list,)` is one argument whatever `list` is. When
/// receiving, arguments that are too many are left out, and one that is missing is `None` to an `Option`. Values take the
/// form that `serde_json` gives them, except that bytes are binary: `serde_bytes::ByteBuf` is sent as a `Uint8Array` and
/// reads what arrives, an `ArrayBuffer`. `#[serde(with = "serde_wasm_bindgen::preserve")]` keeps a JavaScript value (a
/// `Blob`, an `ArrayBuffer`) as it is. The methods that end in `_js` take and give JavaScript values and need no feature.
#[derive(Clone)]
pub struct Socket {
    inner: Rc<Inner>,
}

/// What the handles share. Dropped, it disconnects.
pub(super) struct Inner {
    manager: Manager,
    index: usize,
    namespace: String,
    state: Rc<SocketState>,
}

/// What the driver's side needs too, so that it does not keep the connection open.
#[derive(Default)]
pub(super) struct SocketState {
    /// The socket's own payload; the manager's where there is none.
    pub(super) auth: RefCell<Option<Auth>>,
    id: RefCell<Option<String>>,
    recovered: Cell<bool>,
    /// Why it is not going to connect by itself.
    refusal: RefCell<Option<Error>>,
    listeners: RefCell<Listeners>,
    lifecycle: Broadcast<Lifecycle>,
    acks: RefCell<Vec<(u32, Settle)>>,
    waiting: RefCell<Vec<Waker>>,
}

/// Takes the answer of an acknowledgement to who waits for it.
pub(super) type Settle = Box<dyn FnOnce(Result<Array, Error>)>;

/// Who listens, and to which name.
type Listeners = Vec<(Box<str>, Rc<dyn Listen>)>;

/// Someone who listens to events of one name.
trait Listen {
    fn is_live(&self) -> bool;
    fn deliver(&self, arguments: &Array, reply: Option<&Reply>);
    fn close(&self);
}

/// What happens in the life of a socket.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Lifecycle {
    /// The server accepted the socket.
    Connect {
        /// The id that the server gave it, another one each time.
        id: String,
        /// Whether the server restored the session before (connection state recovery): rooms and missed events.
        recovered: bool,
    },
    /// The server or the connection did not accept it.
    ConnectError {
        /// Why.
        error: Error,
        /// Whether another attempt will follow by itself. Otherwise only [`Socket::connect`] makes one.
        will_retry: bool,
        /// The transport of the connection, where one was begun.
        transport: Option<Kind>,
    },
    /// It was connected and is not any longer. After [`Reason::ServerDisconnect`] and [`Reason::ClientDisconnect`] it does
    /// not connect again by itself.
    Disconnect {
        /// Why, in the words of the JavaScript client with `as_str()`.
        reason: Reason,
        /// What went wrong below, where something did.
        error: Option<Error>,
    },
}

impl Socket {
    /// The settings of a socket. `url`: where the server is, and in its path the namespace; see [`Builder`].
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }

    pub(super) fn new(manager: Manager, index: usize, namespace: &str, state: Rc<SocketState>) -> Self {
        Self::from_inner(Rc::new(Inner {
            manager,
            index,
            namespace: namespace.to_owned(),
            state,
        }))
    }

    pub(super) const fn from_inner(inner: Rc<Inner>) -> Self {
        Self { inner }
    }

    pub(super) fn downgrade(&self) -> Weak<Inner> {
        Rc::downgrade(&self.inner)
    }

    // What is the case.

    /// The manager of its connection.
    pub fn manager(&self) -> &Manager {
        &self.inner.manager
    }

    /// Its namespace: `/` or `/name`.
    pub fn namespace(&self) -> &str {
        &self.inner.namespace
    }

    /// The id that the server gave it; `None` while it is not connected.
    pub fn id(&self) -> Option<String> {
        self.inner.state.id.borrow().clone()
    }

    /// Whether it is connected.
    pub fn is_connected(&self) -> bool {
        self.driver().look(|manager| manager.is_connected(self.inner.index))
    }

    /// Whether it is connected, or will be without the app's doing if the server can be reached.
    pub fn is_active(&self) -> bool {
        self.driver().look(|manager| {
            let is_under_way = !manager.is_closed() || manager.is_reconnecting();
            is_under_way && manager.is_active(self.inner.index)
        })
    }

    /// Whether the server restored the session before when the socket connected last.
    pub fn recovered(&self) -> bool {
        self.inner.state.recovered.get()
    }

    /// Where each credential travels: the plan of the present or latest session; `None` before the first.
    pub fn plan(&self) -> Option<Plan> {
        self.manager().plan()
    }

    // Connecting.

    /// Connects, unless it is connected or connecting. What becomes of it is told by [`connected`](Self::connected) and
    /// [`lifecycle`](Self::lifecycle).
    pub fn connect(&self) {
        let refusal = self.inner.state.refusal.take();
        drop(refusal);
        let index = self.inner.index;
        self.driver().run(|manager, now| manager.connect(now, index));
    }

    /// Disconnects, and stops connecting by itself. The last socket of a manager that does so closes the connection.
    pub fn disconnect(&self) {
        let index = self.inner.index;
        self.driver().run(|manager, _| manager.disconnect(index));
        self.inner.state.wake();
    }

    /// Waits until it is connected.
    ///
    /// # Errors
    ///
    /// Why it will not connect without the app's doing: the server refused it, the attempts are used up, or it was
    /// disconnected.
    pub async fn connected(&self) -> Result<(), Error> {
        poll_fn(|context| {
            if self.is_connected() {
                return Poll::Ready(Ok(()));
            }
            if !self.is_active() {
                let refusal = self.inner.state.refusal.borrow().clone();
                let error = refusal.unwrap_or_else(|| Error::disconnected("The socket is not connecting"));
                return Poll::Ready(Err(error));
            }
            self.inner.state.wait(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// Gives it an `auth` payload of its own, sent from its next CONNECT on.
    pub fn set_auth(&self, auth: Auth) {
        self.inner.state.auth.replace(Some(auth));
    }

    /// What happens to it from now on: connected, not accepted, disconnected.
    pub fn lifecycle(&self) -> EventStream<Lifecycle> {
        EventStream::new(self.inner.state.lifecycle.subscribe())
    }

    // Sending.

    /// Sends an event. While the socket is not connected it is kept, without a limit, and sent in its turn; see
    /// [`volatile`](Self::volatile) for what may as well be lost.
    ///
    /// # Errors
    ///
    /// [`Error::Payload`] where the arguments do not become JavaScript values, and for the names that are the client's own
    /// (`connect`, `connect_error`, `disconnect`, `disconnecting`, `newListener`, `removeListener`).
    #[cfg(feature = "serde")]
    pub fn emit<T: serde::Serialize + ?Sized>(&self, name: &str, arguments: &T) -> Result<Emitted, Error> {
        Emission::new(self).emit(name, arguments)
    }

    /// As `emit`, with JavaScript values.
    ///
    /// # Errors
    ///
    /// [`Error::Payload`], also for what JSON cannot hold: a `BigInt`, a cycle.
    pub fn emit_js(&self, name: &str, arguments: &Array) -> Result<Emitted, Error> {
        Emission::new(self).emit_js(name, arguments)
    }

    /// Sends an event at once and yields the server's answer. Several arguments of the answer are a tuple.
    ///
    /// [`Ack::timeout`] limits how long it waits; dropping the [`Ack`] stops waiting.
    #[cfg(feature = "serde")]
    pub fn emit_with_ack<T, R>(&self, name: &str, arguments: &T) -> Ack<R>
    where
        T: serde::Serialize + ?Sized,
        R: serde::de::DeserializeOwned + 'static,
    {
        Emission::new(self).emit_with_ack(name, arguments)
    }

    /// As `emit_with_ack`, with JavaScript values.
    pub fn emit_with_ack_js(&self, name: &str, arguments: &Array) -> Ack<Array> {
        Emission::new(self).emit_with_ack_js(name, arguments)
    }

    /// The next event is lost rather than kept when the connection is not ready for it.
    pub fn volatile(&self) -> Emission<'_> {
        Emission::new(self).volatile()
    }

    /// Whether the transport may compress the next event (by default it may).
    pub fn compress(&self, compress: bool) -> Emission<'_> {
        Emission::new(self).compress(compress)
    }

    // Receiving.

    /// The events of a name, from now on. Each reader gets every event; events that nobody reads are dropped. An item is an
    /// error where the arguments are not a `T`.
    #[cfg(feature = "serde")]
    pub fn on<T: serde::de::DeserializeOwned + 'static>(&self, name: &str) -> EventStream<Result<T, Error>> {
        self.listen(name, |arguments, _| Some(arguments::decode(arguments)))
    }

    /// As `on`, with JavaScript values.
    pub fn on_js(&self, name: &str) -> EventStream<Array> {
        self.listen(name, |arguments, _| Some(arguments.clone()))
    }

    /// The events of a name that want an acknowledgement, each with a [`Reply`] to give it; those that want none are not
    /// among them. One whose arguments are not a `T` stays unanswered.
    #[cfg(feature = "serde")]
    pub fn on_request<T: serde::de::DeserializeOwned + 'static>(
        &self,
        name: &str,
    ) -> EventStream<Result<Request<T>, Error>> {
        self.listen(name, |arguments, reply| {
            let reply = reply?.share();
            Some(arguments::decode(arguments).map(|data| Request { data, reply }))
        })
    }

    /// As `on_request`, with JavaScript values.
    pub fn on_request_js(&self, name: &str) -> EventStream<Request<Array>> {
        self.listen(name, |arguments, reply| {
            let (data, reply) = (arguments.clone(), reply?.share());
            Some(Request { data, reply })
        })
    }

    fn listen<T: 'static>(&self, name: &str, read: Read<T>) -> EventStream<T> {
        let (sender, receiver) = queue();
        let mut listeners = self.inner.state.listeners.borrow_mut();
        listeners.retain(|(_, listener)| listener.is_live());
        listeners.push((name.into(), Rc::new(Listener { sender, read })));
        EventStream::new(receiver)
    }

    // For the other parts of the client.

    pub(super) fn driver(&self) -> &Rc<Driver> {
        &self.manager().inner.driver
    }

    pub(super) fn index(&self) -> usize {
        self.inner.index
    }

    pub(super) fn state(&self) -> &Rc<SocketState> {
        &self.inner.state
    }

    pub(super) fn ack_timeout(&self) -> f64 {
        self.manager().inner.state.ack_timeout
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Socket")
            .field("namespace", &self.inner.namespace)
            .field("id", &self.inner.state.id.borrow())
            .finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let index = self.index;
        self.manager.inner.driver.run(|manager, _| manager.reset(index));
        self.state.end();
    }
}

/// Reads an event's arguments; `None` where it is not for this listener.
type Read<T> = fn(&Array, Option<&Reply>) -> Option<T>;

struct Listener<T> {
    sender: Sender<T>,
    read: Read<T>,
}

impl<T> Listen for Listener<T> {
    fn is_live(&self) -> bool {
        self.sender.is_live()
    }

    fn deliver(&self, arguments: &Array, reply: Option<&Reply>) {
        if self.is_live()
            && let Some(item) = (self.read)(arguments, reply)
        {
            self.sender.send(item);
        }
    }

    fn close(&self) {
        self.sender.close();
    }
}

impl SocketState {
    /// Something happened. Called while nothing is borrowed.
    pub(super) fn handle(
        &self,
        event: SocketEvent,
        data: Option<Payload>,
        error: Option<Error>,
        driver: &Rc<Driver>,
        index: usize,
    ) {
        match (event, data) {
            // Events that came before the server's consent are told in between.
            (SocketEvent::Granted { recovered }, Some(id)) => self.grant(&id, recovered),
            (SocketEvent::Connect { recovered }, Some(id)) => {
                self.grant(&id, recovered);
                let id = self.id.borrow().clone().unwrap_or_default();
                self.tell(&Lifecycle::Connect { id, recovered });
            }
            (SocketEvent::ConnectError { will_retry, transport }, _) => {
                let Some(error) = error else {
                    return;
                };
                if !will_retry {
                    self.refusal.replace(Some(error.clone()));
                }
                self.tell(&Lifecycle::ConnectError {
                    error,
                    will_retry,
                    transport,
                });
            }
            (SocketEvent::Disconnect(reason), _) => {
                self.id.replace(None);
                self.tell(&Lifecycle::Disconnect { reason, error });
            }
            (SocketEvent::Message { ack, epoch }, Some(data)) => {
                let reply = ack.map(|id| Reply::new(Rc::downgrade(driver), index, epoch, id));
                self.deliver(&data, reply.as_ref());
            }
            (SocketEvent::Ack { id }, Some(data)) => self.settle(id, Ok(data.to_js().unchecked_into())),
            (SocketEvent::AckFailed { id, loss }, _) => self.settle(id, Err(lost(loss))),
            _ => {}
        }
    }

    fn grant(&self, id: &Payload, recovered: bool) {
        self.id.replace(id.as_text());
        self.recovered.set(recovered);
        self.refusal.replace(None);
    }

    fn tell(&self, event: &Lifecycle) {
        self.lifecycle.send(event);
        self.wake();
    }

    fn deliver(&self, data: &Payload, reply: Option<&Reply>) {
        if self.listeners.borrow().is_empty() {
            return;
        }
        let Some((name, arguments)) = payload::take_apart(&data.to_js()) else {
            return;
        };
        let listeners: Vec<_> = {
            let listeners = self.listeners.borrow();
            let wanted = listeners.iter().filter(|(wanted, _)| **wanted == *name);
            wanted.map(|(_, listener)| Rc::clone(listener)).collect()
        };
        for listener in listeners {
            listener.deliver(&arguments, reply);
        }
    }

    /// Waits for the acknowledgement of an event.
    pub(super) fn expect(&self, id: u32, settle: Settle) {
        self.acks.borrow_mut().push((id, settle));
    }

    /// Does not wait for it any longer.
    pub(super) fn forget(&self, id: u32) -> Option<Settle> {
        let mut acks = self.acks.borrow_mut();
        // Answers come mostly in order: removing from the front costs little for the few that are waited for.
        let index = acks.iter().position(|(waiting, _)| *waiting == id)?;
        Some(acks.remove(index).1)
    }

    fn settle(&self, id: u32, answer: Result<Array, Error>) {
        let settle = self.forget(id);
        if let Some(settle) = settle {
            settle(answer);
        }
    }

    fn wait(&self, waker: Waker) {
        let mut waiting = self.waiting.borrow_mut();
        if !waiting.iter().any(|other| other.will_wake(&waker)) {
            waiting.push(waker);
        }
    }

    fn wake(&self) {
        let waiting = self.waiting.take();
        for waker in waiting {
            waker.wake();
        }
    }

    /// The last handle is gone.
    fn end(&self) {
        self.id.replace(None);
        let acks = self.acks.take();
        for (_, settle) in acks {
            settle(Err(lost(Loss::Disconnected)));
        }
        let listeners = self.listeners.take();
        for (_, listener) in listeners {
            listener.close();
        }
        self.lifecycle.close();
        // A provider may own what leads back to here.
        let auth = self.auth.take();
        drop(auth);
    }
}

fn lost(loss: Loss) -> Error {
    match loss {
        Loss::TimedOut => Error::Timeout {
            message: "The server did not acknowledge the event in time".into(),
        },
        Loss::Disconnected | Loss::Forgotten => {
            Error::disconnected("The connection ended before the server acknowledged the event")
        }
    }
}

/// Milliseconds, as the protocol counts them.
pub(super) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
