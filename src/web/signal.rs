//! What the browser tells: the one way from its events into Rust.

use std::cell::Cell;
use std::rc::Rc;

use crate::error::Error;
use crate::proto::Data;
use crate::proto::diagnosis::Outcome;
use crate::proto::engine::connection::Input;
use crate::proto::engine::frame::Piece;
use crate::proto::engine::refusal::code_of;
use crate::proto::engine::transport::Kind;
use crate::proto::output::Failure;
use crate::proto::socket::manager::HEAD;
use crate::proto::timer::Millis;

use super::diagnosis::Case;
use super::driver::{Driver, broken, count, find};
use super::edge;
use super::payload::Payload;
use super::polling::Poller;
use super::webtransport::Session;

/// What `edge.js` tells, in the same order there.
#[derive(Clone, Copy)]
enum Signal {
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
}

impl Signal {
    fn from_number(number: u32) -> Option<Self> {
        const ALL: [Signal; 13] = [
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
            driver.go_offline(payload.as_ref().map(|detail| detail.slice(0, usize::MAX)));
        }
        return 0.0;
    }
    if let (Some(driver), Some(signal)) = (find(driver), Signal::from_number(signal)) {
        match signal {
            Signal::Woken => driver.wake(),
            Signal::Unloaded => driver.hush(),
            _ => driver.handle(transport, signal, payload, number),
        }
        if matches!(signal, Signal::Opened | Signal::Bytes) {
            return driver
                .with_session(transport, Session::wanted)
                .map_or(f64::INFINITY, f64::from);
        }
    }
    0.0
}

impl Driver {
    fn handle(self: &Rc<Self>, transport: u32, signal: Signal, payload: Option<Payload>, number: u32) {
        let now = self.enter();
        self.hear(now, transport, signal, payload, number);
        self.leave();
    }

    fn hear(self: &Rc<Self>, now: Millis, transport: u32, signal: Signal, payload: Option<Payload>, number: u32) {
        let (signal, payload, number) = match (signal, payload) {
            (Signal::Bytes, Some(bytes)) => match self.take_piece(transport, bytes, number) {
                Some((packet, head)) => (Signal::Text, Some(packet), head),
                None => return,
            },
            (_, payload) => (signal, payload, number),
        };
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
                self.with_poller(transport, Poller::end_get);
                return self.manager.borrow_mut().handle_polled(now, transport, &body);
            }
            (Signal::Composed, Some(body)) => {
                self.with_poller(transport, |poller| poller.set_body(body));
                return self.post(transport);
            }
            (Signal::Probed, _) => match self.diagnose(now, transport, Outcome::from_number(number)) {
                Some(failure) => Input::Failed(failure),
                None => return,
            },
            (Signal::Opened, _) => Input::Opened,
            (Signal::Closed, detail) => Input::Closed(broken(self.describe_close(transport), detail)),
            (Signal::Accepted, _) if number == 200 => {
                self.end_post(transport);
                Input::Posted
            }
            (_, detail) => {
                let is_get = matches!(signal, Signal::Answered);
                let has_joined = self.with_poller(transport, |poller| poller.has_joined());
                let begins = is_get && has_joined == Some(false);
                let answer = detail.as_ref().and_then(|detail| detail.get("data"));
                let error = Error::new(code_of(number, answer, begins), self.describe(transport, is_get));
                let mut failure = Failure::with(error, detail);
                if matches!(signal, Signal::Accepted) {
                    self.end_post(transport);
                    return self
                        .manager
                        .borrow_mut()
                        .handle(now, transport, Input::Refused(failure));
                }
                if !is_get {
                    self.end_post(transport);
                }
                // A script says nothing of why it failed.
                if begins && number == 0 && !self.is_jsonp(transport) {
                    match self.look_into(now, transport, failure) {
                        Some(known) => failure = known,
                        None => return,
                    }
                }
                Input::Failed(failure)
            }
        };
        self.manager.borrow_mut().handle(now, transport, input);
    }

    fn is_jsonp(&self, transport: u32) -> bool {
        self.with_poller(transport, |poller| poller.candidate().kind) == Some(Kind::Jsonp)
    }

    /// A piece of a stream that carries bytes. Gives the packet that it is, and how long the head is that was copied of it.
    fn take_piece(&self, transport: u32, bytes: Payload, number: u32) -> Option<(Payload, u32)> {
        match self.with_session(transport, |session| session.advance(number))? {
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

    /// A POST has ended: so has a poller that waited for nothing else.
    fn end_post(&self, transport: u32) {
        if self.with_poller(transport, Poller::end_post) == Some(true) {
            self.remove(transport);
        }
    }

    /// The browser says that there is no network. A server on the same machine is there all the same.
    fn go_offline(self: &Rc<Self>, detail: Option<Payload>) {
        let is_local = self
            .endpoint
            .borrow()
            .as_ref()
            .is_none_or(|endpoint| endpoint.url.host == "localhost");
        if is_local {
            return;
        }
        let failure = broken("The network connection is lost", detail);
        self.run(|manager, now| manager.handle_offline(now, failure));
    }

    /// Polling could not begin, and the browser does not say why: finds it out, where the app wants that. Gives the failure
    /// back where nothing is left to find out.
    fn look_into(
        self: &Rc<Self>,
        now: Millis,
        transport: u32,
        failure: Rc<Failure<Payload>>,
    ) -> Option<Rc<Failure<Payload>>> {
        let endpoint = self.endpoint.borrow().clone();
        let Some(endpoint) = endpoint.filter(|endpoint| endpoint.diagnoses) else {
            return Some(failure);
        };
        self.with_poller(transport, |poller| poller.case = Some(Case::new(endpoint, failure)));
        self.diagnose(now, transport, Outcome::Unknown)
    }

    /// Goes on with a diagnosis, with what came of its last probe. Gives the failure where its reason is found.
    fn diagnose(&self, now: Millis, transport: u32, outcome: Outcome) -> Option<Rc<Failure<Payload>>> {
        let number = self.number() as i32;
        self.with_poller(transport, |poller| {
            let failure = poller.case.as_mut()?.advance(now, outcome, number, transport as i32)?;
            poller.case = None;
            Some(failure)
        })
        .flatten()
    }
}
