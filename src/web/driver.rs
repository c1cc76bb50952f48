//! The driver of one manager: the only place that turns outputs of the protocol into calls of the browser, and events of the
//! browser into inputs.
//!
//! No JavaScript is called while anything is borrowed, but for the functions of `edge.js` that are sure to run no code of the
//! app. What a call from inside an event wants done is done before that call returns; what the event had interrupted goes
//! on after it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::error::Code;
use crate::proto::Data;
use crate::proto::engine::Revision;
use crate::proto::engine::connection::{Config, Input};
use crate::proto::engine::packet::{Packet, PacketType};
use crate::proto::engine::transport::{Candidate, Kind};
use crate::proto::output::{Demand, EngineEvent, Event, Failure, Occasion, Output, Report};
use crate::proto::socket::manager::Manager;
use crate::proto::socket::reconnection::Reconnection;
use crate::proto::timer::Millis;

use super::alarm::Alarm;
use super::diagnosis;
use super::edge;
use super::endpoint::{Endpoint, Flag};
use super::line::Line;
use super::payload::Payload;
use super::rare::Waiting;
use super::signal;

/// How long nothing may happen, in milliseconds, before the clocks are compared.
const LEAP: Millis = 1_000.0;

/// What a driver asks of the layer above, and tells it. Called while nothing is borrowed.
pub trait App {
    /// Find the options of the next connection and answer with [`Driver::configured`]. `demand` says why another bearer
    /// token may be needed, where one may.
    fn configure(&self, driver: &Rc<Driver>, epoch: u32, demand: Option<(Occasion, u32)>);

    /// Goes on with these options: finds the bearer token, where one may be needed, and answers.
    fn prepare(&self, driver: &Rc<Driver>, epoch: u32, demand: Option<(Occasion, u32)>);

    /// The app gave another bearer token, which expires at a time in seconds or milliseconds since 1970.
    fn bear(&self, driver: &Driver, expires_at: Option<f64>) -> Result<(), Rc<Failure<Payload>>>;

    /// Credentials have been renewed: plan anew what travels in the session that there is, and how long that is good.
    fn place_again(&self, driver: &Driver) -> Result<(), Rc<Failure<Payload>>>;

    /// The app gave the payload of the root namespace.
    fn authorize(&self, payload: Option<Payload>);

    /// What a connection with the last options is made with.
    fn config(&self) -> Config;

    /// Where a session that begins on a transport goes to, and what travels there.
    fn begin(&self, driver: &Driver, candidate: Candidate) -> Result<Endpoint, Rc<Failure<Payload>>>;

    /// Where the session goes to on a transport that it may move to.
    fn upgrade(&self, endpoint: &Endpoint, kind: Kind) -> Endpoint;

    /// Find the payload of a socket's CONNECT and answer with [`Driver::answer`] or [`Driver::decline`].
    fn authenticate(&self, driver: &Rc<Driver>, socket: usize, epoch: u32, demand: Demand<Payload>);

    /// Make messages of a socket's packet for a connection; its data is as the app gave it, or JSON text. `None` where that fails.
    fn encode(&self, connection: u32, socket: usize, packet: Packet<Payload>) -> Option<Vec<Payload>>;

    /// Something happened.
    fn event(&self, report: Report<Payload>);
}

/// Drives one manager.
pub struct Driver {
    number: usize,
    // The first to be dropped of those that have the number.
    alarm: Alarm,
    pub(super) app: Box<dyn App>,
    pub(super) manager: RefCell<Manager<Payload>>,
    pub(super) endpoint: RefCell<Option<Rc<Endpoint>>>,
    lines: RefCell<Vec<(u32, Rc<Line>)>>,
    /// What went wrong in the middle of a call, to be told after it.
    broken: RefCell<Option<(u32, Rc<Failure<Payload>>)>>,
    /// When the alarm fires.
    armed: Cell<Millis>,
    /// What the page's clock said the last time.
    clock: Cell<Millis>,
    /// What it and the one that nobody sets said when they were last compared.
    compared: Cell<(Millis, Millis)>,
    /// By how much the page's clock has leapt, which the manager has still to hear.
    leap: Cell<Millis>,
    /// What the time here is more than the page's clock says; less, where it is negative.
    offset: Cell<Millis>,
    is_draining: Cell<bool>,
    /// What the present session speaks.
    revision: Cell<Revision>,
    /// What waits for the second part of the module (`rare.rs`).
    pub(super) waiting: RefCell<Vec<Waiting>>,
    /// Why that could not be loaded, while what waited goes on.
    pub(super) denied: RefCell<Option<Rc<Failure<Payload>>>>,
    /// Nobody wants it any more.
    is_forgotten: Cell<bool>,
}

thread_local! {
    /// All drivers of this page or worker, by their numbers. A number is free (`None`) when nothing is left of who had it.
    static DRIVERS: RefCell<Vec<Option<Option<Rc<Driver>>>>> = const { RefCell::new(Vec::new()) };
    /// Whether the last WebSocket of this page worked.
    static WEBSOCKET_WORKED: Cell<bool> = const { Cell::new(false) };
}

/// How many numbers of drivers there are.
pub(super) fn count() -> usize {
    DRIVERS.with(|drivers| drivers.borrow().len())
}

/// The driver of a number, where there is one.
#[inline(never)]
pub fn find(number: usize) -> Option<Rc<Driver>> {
    DRIVERS.with(|drivers| drivers.borrow().get(number).cloned().flatten().flatten())
}

/// Whether the last WebSocket of this page worked, for the option `rememberUpgrade`.
pub fn websocket_worked() -> bool {
    WEBSOCKET_WORKED.with(Cell::get)
}

impl Driver {
    /// A driver with a manager that has no connection yet, until it is [forgotten](Self::forget).
    /// Its timers are the page's as they are now, or the browser's own (`is_native`). `app` gets its number.
    pub fn new(reconnection: Reconnection, is_native: bool, app: impl FnOnce(usize) -> Box<dyn App>) -> Rc<Self> {
        signal::listen();
        DRIVERS.with(|drivers| {
            let mut drivers = drivers.borrow_mut();
            let number = match drivers.iter().position(Option::is_none) {
                Some(unused) => unused,
                None => {
                    drivers.push(None);
                    drivers.len() - 1
                }
            };
            let driver = Rc::new(Self {
                number,
                app: app(number),
                manager: RefCell::new(Manager::new(reconnection)),
                endpoint: RefCell::new(None),
                lines: RefCell::new(Vec::new()),
                broken: RefCell::new(None),
                alarm: Alarm::new(number as i32, is_native),
                armed: Cell::new(Millis::INFINITY),
                clock: Cell::new(0.0),
                compared: Cell::new((0.0, 0.0)),
                leap: Cell::new(0.0),
                offset: Cell::new(0.0),
                is_draining: Cell::new(false),
                revision: Cell::new(Revision::V4),
                waiting: RefCell::default(),
                denied: RefCell::default(),
                is_forgotten: Cell::new(false),
            });
            if let Some(entry) = drivers.get_mut(number) {
                *entry = Some(Some(Rc::clone(&driver)));
            }
            driver
        })
    }

    /// The number by which [`find`] knows it.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Whether the app is just told something.
    pub fn is_telling(&self) -> bool {
        self.is_draining.get()
    }

    /// Looks at the manager.
    pub fn look<T>(&self, look: impl FnOnce(&mut Manager<Payload>) -> T) -> T {
        look(&mut self.manager.borrow_mut())
    }

    /// Has the manager do something, and carries out what follows from it.
    pub fn run<T>(self: &Rc<Self>, act: impl FnOnce(&mut Manager<Payload>, Millis) -> T) -> T {
        let now = self.enter();
        let result = act(&mut self.manager.borrow_mut(), now);
        self.leave();
        result
    }

    // Apart from `run`, which is compiled anew for each of its callers.
    #[inline(never)]
    pub(super) fn enter(&self) -> Millis {
        if self.is_draining.get() {
            // A call from inside an event: its own effects come first.
            self.manager.borrow_mut().suspend();
        }
        let now = self.now();
        let leap = self.leap.replace(0.0);
        self.manager.borrow_mut().set_clock(now, self.offset.get(), leap);
        now
    }

    #[inline(never)]
    pub(super) fn leave(self: &Rc<Self>) {
        self.drain();
        if self.is_draining.get() {
            self.manager.borrow_mut().resume();
        }
    }

    /// Nobody wants it any more. What its manager still writes is written: it is there until its last transport has ended.
    pub fn forget(&self) {
        self.is_forgotten.set(true);
        if self.lines.borrow().is_empty() {
            self.rest();
        }
    }

    /// There is another bearer token: for the connection that is to be opened, and for what is sent on the one that is.
    pub fn bear(&self, expires_at: Option<f64>) -> Result<(), Rc<Failure<Payload>>> {
        self.app.bear(self, expires_at)
    }

    /// Takes the payload of the root namespace, where it travels in the query of the handshake.
    pub fn authorize(&self, payload: Option<Payload>) {
        self.app.authorize(payload);
    }

    /// The options of the next connection are there, or can't be had.
    pub fn configured(self: &Rc<Self>, epoch: u32, outcome: Result<(), Rc<Failure<Payload>>>) {
        let config = outcome.map(|()| self.app.config());
        self.run(|manager, now| manager.handle_configured(now, epoch, config));
    }

    /// Gives the payload of a socket's CONNECT (the JSON of an object), or says why there is none.
    pub fn answer(self: &Rc<Self>, socket: usize, epoch: u32, mut auth: Result<Option<Payload>, Rc<Failure<Payload>>>) {
        if let Ok(Some(payload)) = &auth
            && self.look(|manager| manager.is_root(socket))
        {
            self.app.authorize(Some(payload.share()));
            // What the query of the handshake says does not count any more.
            if self.look(|manager| manager.placed.auth_in_query)
                && let Err(failure) = self.app.place_again(self)
            {
                auth = Err(failure);
            }
        }
        self.run(|manager, now| manager.handle_auth(now, socket, epoch, auth));
    }

    /// Says that there is no other payload than the one that the server refused.
    pub fn decline(self: &Rc<Self>, socket: usize, epoch: u32) {
        self.run(|manager, _| manager.decline_auth(socket, epoch));
    }

    /// What that is more than the page's clock says; less, where it is negative.
    pub(crate) fn ahead(&self) -> Millis {
        self.offset.get()
    }

    /// The page's clock, which here never goes back and never leaps: where it was set, or stood still while the machine slept, it goes on
    /// from where it was.
    pub(crate) fn now(&self) -> Millis {
        let clock = edge::now();
        let before = self.clock.replace(clock);
        let last = before + self.offset.get();
        let passed = clock - before;
        // It is another clock that tells a leap from a time in which nothing happened.
        if !(0.0..LEAP).contains(&passed) {
            let ticks = edge::ticks();
            let (old_clock, old_ticks) = self.compared.replace((clock, ticks));
            let leap = (clock - old_clock) - (ticks - old_ticks);
            self.offset.set(self.offset.get() - leap);
            // The first time, it is the time since 1970.
            if before > 0.0 && leap > 0.0 {
                self.leap.set(self.leap.get() + leap);
            }
        }
        let back = last - (clock + self.offset.get());
        if before > 0.0 && back > 0.0 {
            self.offset.set(self.offset.get() + back);
        }
        clock + self.offset.get()
    }

    /// Carries out what the manager wants until it wants nothing more.
    fn drain(self: &Rc<Self>) {
        let was_draining = self.is_draining.replace(true);
        loop {
            let output = self.manager.borrow_mut().poll_output();
            match output {
                Some(output) => self.perform(output),
                None => break,
            }
        }
        self.is_draining.set(was_draining);
        self.arm();
    }

    fn perform(self: &Rc<Self>, output: Output<Payload>) {
        match output {
            Output::Write(transport, packet) => self.on(transport, |line| line.write(&packet)),
            Output::Encode {
                connection,
                socket,
                packet,
            } => self.encode(connection, socket, packet),
            Output::Report(report) => {
                self.observe(report.event);
                self.app.event(report);
            }
            Output::Configure { epoch, demand } => self.app.configure(self, epoch, demand),
            Output::Authenticate { socket, epoch, demand } => self.app.authenticate(self, socket, epoch, demand),
            Output::Open {
                transport,
                candidate,
                sid,
            } => self.open(transport, candidate, sid),
            Output::Join(transport, sid, revision) => {
                self.revision.set(revision);
                self.on(transport, |line| line.join(sid, revision));
            }
            Output::Poll(transport) => self.on(transport, Line::poll),
            Output::Post(transport, packets) => self.on(transport, |line| line.compose(&packets)),
            Output::Close(transport) => self.close(transport),
        }
    }

    fn observe(&self, event: Event) {
        if let Event::Engine(_, EngineEvent::Open { .. }) = event
            && let Some(endpoint) = self.endpoint.borrow().as_deref()
        {
            diagnosis::forget(endpoint);
        }
        match event {
            Event::Engine(_, EngineEvent::Open { kind, .. } | EngineEvent::Upgrading(kind)) => {
                WEBSOCKET_WORKED.with(|worked| worked.set(kind == Kind::WebSocket));
            }
            Event::Engine(_, EngineEvent::UpgradeError(_)) | Event::Error => {
                WEBSOCKET_WORKED.with(|worked| worked.set(false));
            }
            _ => {}
        }
    }

    fn open(self: &Rc<Self>, transport: u32, candidate: Candidate, sid: Option<Payload>) {
        let present = self.endpoint.borrow().clone();
        let endpoint = match present.filter(|_| sid.is_some()) {
            Some(endpoint) => Rc::new(self.app.upgrade(&endpoint, candidate.kind)),
            None => match self.app.begin(self, candidate) {
                Ok(endpoint) => {
                    self.alarm.guard(endpoint.flags.has(Flag::ClosesOnUnload));
                    let endpoint = Rc::new(endpoint);
                    self.endpoint.replace(Some(Rc::clone(&endpoint)));
                    endpoint
                }
                Err(failure) => {
                    self.broken.replace(Some((transport, failure)));
                    return;
                }
            },
        };
        let line = Line::open(endpoint, candidate, sid, self.revision.get(), self.number, transport);
        self.lines.borrow_mut().push((transport, Rc::new(line)));
    }

    /// Later requests of the present session have these header fields.
    pub(crate) fn put_headers(&self, headers: Option<&Payload>) {
        for (_, line) in self.lines.borrow().iter() {
            line.put_headers(headers);
        }
    }

    fn on(&self, transport: u32, act: impl FnOnce(&Line)) {
        if let Some(line) = self.line(transport) {
            act(&line);
        }
    }

    pub(super) fn line(&self, transport: u32) -> Option<Rc<Line>> {
        let lines = self.lines.borrow();
        lines
            .iter()
            .find(|(number, _)| *number == transport)
            .map(|(_, line)| Rc::clone(line))
    }

    /// Closes a transport, after its POST.
    fn close(&self, transport: u32) {
        if self.line(transport).is_some_and(|line| line.end()) {
            self.remove(transport);
        }
    }

    pub(super) fn remove(&self, transport: u32) {
        let mut lines = self.lines.borrow_mut();
        if let Some(index) = lines.iter().position(|(number, _)| *number == transport) {
            let line = lines.swap_remove(index);
            let is_last = lines.is_empty();
            drop(lines);
            drop(line);
            if is_last {
                self.rest();
            }
        }
    }

    /// The page is left: closes every transport, and nobody is told.
    pub(super) fn hush(&self) {
        for (transport, line) in self.lines.take() {
            if line.is_free() {
                line.compose(&[Packet::control(PacketType::Close)]);
            }
            if !line.end() {
                self.lines.borrow_mut().push((transport, line));
            }
        }
        if self.lines.borrow().is_empty() {
            self.rest();
        }
    }

    /// No transport is left.
    fn rest(&self) {
        self.alarm.guard(false);
        if self.is_forgotten.get() {
            // Who calls this holds the driver too.
            self.note(Some(None));
        }
    }

    fn note(&self, entry: Option<Option<Rc<Self>>>) {
        DRIVERS.with(|drivers| {
            if let Some(place) = drivers.borrow_mut().get_mut(self.number) {
                *place = entry;
            }
        });
    }

    /// Sets the one timer to the first deadline. One that is set for an earlier time is left: it costs less to wake up once
    /// too often than to set a timer for every message.
    fn arm(self: &Rc<Self>) {
        if self.is_draining.get() {
            return;
        }
        let next = if self.broken.borrow().is_none() {
            self.manager.borrow().poll_timeout()
        } else {
            self.now()
        };
        if next == Millis::INFINITY {
            self.armed.set(next);
            self.alarm.clear();
        } else if next < self.armed.get() || self.armed.get() < self.clock.get() + self.offset.get() {
            // The browser may be late with the one that is set: the page slept, or is in the background.
            let now = self.now();
            // The largest delay that browsers take.
            let next = next.min(now + 2_147_483_647.0);
            self.armed.set(next);
            // A cast of a float saturates.
            let delay = (next - now).ceil() as i32;
            self.alarm.set(delay);
        }
    }

    pub(super) fn wake(self: &Rc<Self>) {
        // Where the clock was set back, what was waited for has passed all the same.
        let early = self.armed.replace(Millis::INFINITY) - self.now();
        if early > 0.0 && early < Millis::INFINITY {
            self.offset.set(self.offset.get() + early);
            // A clock that was moved together with the timer has not leapt.
            self.leap.set((self.leap.get() - early).max(0.0));
        }
        let now = self.enter();
        if let Some((transport, failure)) = self.broken.take() {
            self.manager.borrow_mut().handle(now, transport, Input::Failed(failure));
        }
        self.manager.borrow_mut().handle_timeout(now);
        self.leave();
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.note(None);
    }
}

pub(super) fn broken(message: &'static str, detail: Option<Payload>) -> Rc<Failure<Payload>> {
    Failure::with(Code::TransportFailed, message, detail)
}
