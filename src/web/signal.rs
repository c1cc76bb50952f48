//! What the browser tells: the one way from its events into Rust.

use std::cell::Cell;
use std::rc::Rc;

use crate::proto::Data;
use crate::proto::diagnosis::Outcome;
use crate::proto::engine::connection::Input;
use crate::proto::engine::frame::Piece;
use crate::proto::engine::payload::may_be_old;
use crate::proto::engine::refusal::code_of;
use crate::proto::engine::transport::Kind;
use crate::proto::output::Failure;
use crate::proto::socket::manager::HEAD;
use crate::proto::timer::Millis;

use super::diagnosis::Case;
use super::driver::{Driver, broken, count, find};
use super::edge;
use super::endpoint::Flag;
use super::line::Line;
use super::payload::Payload;
use super::rare::{Access, Waiting};

/// What `edge.js` tells, in the same order there.
#[derive(Clone, Copy)]
pub(super) enum Signal {
    Opened,
    Text,
    Binary,
    Closed,
    Broken,
    Answered,
    Accepted,
    Composed,
    Offline,
    Probed,
    Woken,
    Unloaded,
    Bytes,
    Reached,
}

impl Signal {
    fn from_number(number: u32) -> Option<Self> {
        const ALL: [Signal; 14] = [
            Signal::Opened,
            Signal::Text,
            Signal::Binary,
            Signal::Closed,
            Signal::Broken,
            Signal::Answered,
            Signal::Accepted,
            Signal::Composed,
            Signal::Offline,
            Signal::Probed,
            Signal::Woken,
            Signal::Unloaded,
            Signal::Bytes,
            Signal::Reached,
        ];
        ALL.get(number as usize).copied()
    }
}

thread_local! {
    /// Where `edge.js` writes the head of a text that arrived.
    static ARRIVED: [Cell<u16>; HEAD] = const { [const { Cell::new(0) }; HEAD] };
}

/// Has the edge tell what happens, from the first driver on.
pub fn listen() {
    #[cfg(not(feature = "js"))]
    callback::connect();
    edge::show_head(ARRIVED.with(|head| head.as_ptr() as i32));
}

// In the npm build the façade hands `dispatch` to the edge.
#[cfg(not(feature = "js"))]
mod callback {
    use std::cell::RefCell;

    use wasm_bindgen::prelude::*;

    use super::{dispatch, edge};

    type Dispatch = dyn Fn(usize, u32, u32, i32, u32) -> f64;

    thread_local! {
        /// What `edge.js` calls.
        static DISPATCH: RefCell<Option<Closure<Dispatch>>> = const { RefCell::new(None) };
    }

    pub(super) fn connect() {
        DISPATCH.with(|closure| {
            if closure.borrow().is_none() {
                let new: Closure<Dispatch> = Closure::new(dispatch);
                edge::connect_edge(&wasm_bindgen::memory(), new.as_ref());
                closure.replace(Some(new));
            }
        });
    }
}

/// Something happened: `signal` says what, to a transport of a driver. `slot` is taken. Gives how many bytes are wanted next of
/// a stream that carries them.
pub fn dispatch(driver: usize, transport: u32, signal: u32, slot: i32, number: u32) -> f64 {
    let payload = Payload::from_slot(slot);
    if matches!(Signal::from_number(signal), Some(Signal::Offline)) {
        for driver in (0..count()).filter_map(find) {
            driver.go_offline(payload.as_ref().map(|detail| detail.share()));
        }
        return 0.0;
    }
    if let (Some(driver), Some(signal)) = (find(driver), Signal::from_number(signal)) {
        match signal {
            Signal::Woken => driver.wake(),
            Signal::Unloaded => driver.hush(),
            Signal::Reached => driver.handle_reached(payload),
            _ => driver.handle(transport, signal, payload, number),
        }
        if matches!(signal, Signal::Opened | Signal::Bytes) {
            let line = driver.line(transport);
            let session = line.filter(|line| line.kind == Kind::WebTransport);
            return session.map_or(f64::INFINITY, |line| f64::from(line.wanted()));
        }
    }
    0.0
}

/// Puts the head of a text that had to wait back to where it was.
pub(super) fn restore_head(text: &Payload) {
    let mut head = [0; HEAD];
    text.read(0, &mut head);
    ARRIVED.with(|arrived| {
        for (unit, arrived) in head.iter().zip(arrived) {
            arrived.set(*unit);
        }
    });
}

impl Driver {
    pub(super) fn handle(self: &Rc<Self>, transport: u32, signal: Signal, payload: Option<Payload>, number: u32) {
        let now = self.enter();
        // One that is closed is not heard any more.
        if let Some(line) = self.line(transport) {
            match self.admit(&line, signal, payload.as_ref(), number) {
                Access::Granted => self.hear(&line, now, transport, signal, payload, number),
                Access::Awaited => self.hold(Waiting::Signal(transport, signal, payload, number)),
                Access::Denied(failure) => {
                    let mut manager = self.manager.borrow_mut();
                    manager.handle(now, transport, Input::Failed(failure));
                }
            }
        }
        self.leave();
    }

    /// Whether what happened has to wait for the second part of the module: it begins a session with a server of protocol 3, it
    /// is to be looked into why none begins, or it follows what waits.
    fn admit(&self, line: &Line, signal: Signal, payload: Option<&Payload>, number: u32) -> Access {
        if self.is_waiting() {
            return Access::Awaited;
        }
        let needs_rare = !line.has_joined.get()
            && match (signal, payload) {
                // Where that can't be had, the failure is told as it is.
                (Signal::Answered, _) if number == 0 => line.wants_reason() && !self.is_denied(),
                (Signal::Answered, Some(body)) => number == 200 && may_be_old(body),
                (Signal::Text | Signal::Binary, _) => self.look(|manager| manager.wait_to_decide()),
                _ => false,
            };
        if needs_rare { self.reach_rare() } else { Access::Granted }
    }

    fn hear(&self, line: &Line, now: Millis, transport: u32, signal: Signal, payload: Option<Payload>, number: u32) {
        let (signal, payload, number) = match (signal, payload) {
            (Signal::Bytes, Some(bytes)) => match take_piece(line, bytes, number) {
                Some((packet, head)) => (Signal::Text, Some(packet), head),
                None => return,
            },
            (_, payload) => (signal, payload, number),
        };
        if line.is_ending.get() {
            // Of a transport that was closed nothing is told: only its POST is left.
            match (signal, payload) {
                (Signal::Composed, Some(body)) => line.post(body),
                (Signal::Accepted | Signal::Broken, _) => self.remove(transport),
                _ => {}
            }
            return;
        }
        let input = match (signal, payload) {
            (Signal::Text | Signal::Binary, Some(data)) => {
                let mut head = [0; HEAD];
                ARRIVED.with(|arrived| {
                    for (unit, arrived) in head.iter_mut().zip(arrived) {
                        *unit = arrived.get();
                    }
                });
                // Of a binary there is none.
                let head = head.get(..number as usize).unwrap_or_default();
                return self.manager.borrow_mut().handle_packet(now, transport, head, data);
            }
            (Signal::Answered, Some(body)) if number == 200 => {
                line.get.set(None);
                return self.manager.borrow_mut().handle_polled(now, transport, &body);
            }
            (Signal::Composed, Some(body)) => return line.post(body),
            (Signal::Probed, _) => match line.diagnose(now, Outcome::from_number(number)) {
                Some(failure) => Input::Failed(failure),
                None => return,
            },
            (Signal::Opened, _) => Input::Opened,
            (Signal::Closed, detail) => Input::Closed(broken(line.describe_close(), detail)),
            (Signal::Accepted, _) if number == 200 => {
                line.post.set(None);
                Input::Posted
            }
            (_, detail) => {
                let is_get = matches!(signal, Signal::Answered);
                let begins = is_get && !line.has_joined.get();
                let answer = detail.as_ref().and_then(|detail| detail.get("data"));
                let code = code_of(number, answer, begins);
                let failure = Failure::with(code, line.describe(is_get), detail);
                if !is_get {
                    line.post.set(None);
                }
                if matches!(signal, Signal::Accepted) {
                    Input::Refused(failure)
                } else if is_get && number == 0 && line.wants_reason() && !self.is_denied() {
                    match line.look_into(now, failure) {
                        Some(known) => Input::Failed(known),
                        None => return,
                    }
                } else {
                    // A script says nothing of why it failed.
                    Input::Failed(failure)
                }
            }
        };
        self.manager.borrow_mut().handle(now, transport, input);
    }

    /// The browser says that there is no network. A server on the same machine is there all the same.
    fn go_offline(self: &Rc<Self>, detail: Option<Payload>) {
        let is_local = self
            .endpoint
            .borrow()
            .as_ref()
            .is_none_or(|endpoint| endpoint.flags.has(Flag::Local));
        if is_local {
            return;
        }
        let failure = broken("The network connection is lost", detail);
        self.run(|manager, now| manager.handle_offline(now, failure));
    }
}

/// A piece of a stream that carries bytes. Gives the packet that it is, and how long the head is that was copied of it.
// A way into the second part of the module: a session opens once that is there.
#[inline(never)]
fn take_piece(line: &Line, bytes: Payload, number: u32) -> Option<(Payload, u32)> {
    match line.advance(number) {
        Piece::Header => None,
        Piece::Text => {
            let head = edge::to_text(bytes.slot()) as u32;
            Some((bytes, head))
        }
        Piece::Binary => Some((bytes, 0)),
        // A text without a type is no packet.
        Piece::Nonsense => Some((Payload::text(""), 0)),
    }
}

impl Line {
    /// Whether the app wants to know why polling could not begin, where the browser does not say.
    fn wants_reason(&self) -> bool {
        self.endpoint.flags.has(Flag::Diagnose) && !self.has_joined.get() && self.kind == Kind::Polling
    }

    /// Finds that out. Gives the failure back where nothing is left to find out.
    fn look_into(&self, now: Millis, failure: Rc<Failure<Payload>>) -> Option<Rc<Failure<Payload>>> {
        let case = Case::new(Rc::clone(&self.endpoint), failure);
        self.case.set(Some(Box::new(case)));
        self.diagnose(now, Outcome::Unknown)
    }

    /// Goes on with a diagnosis, with what came of its last probe. Gives the failure where its reason is found.
    fn diagnose(&self, now: Millis, outcome: Outcome) -> Option<Rc<Failure<Payload>>> {
        let mut case = self.case.take()?;
        let failure = case.advance(now, outcome, self.driver, self.transport);
        if failure.is_none() {
            self.case.set(Some(case));
        }
        failure
    }
}
