//! The second part of the npm module, with what few connections need: `scripts/build/split.mjs` says what that is. It is loaded when
//! a driver gets to where it may be needed, and what comes after waits for it. Nothing else waits: once it is there, or where the module
//! is whole, all goes on at once.

use std::rc::Rc;

use crate::proto::output::{Failure, Occasion};

use super::driver::{Driver, broken};
use super::payload::Payload;
use super::signal::{Signal, restore_head};

/// What waits for it.
pub(super) enum Waiting {
    /// A connection with the options that were read; with why another bearer token may be needed.
    Connection(u32, Option<(Occasion, u32)>),
    /// Something happened to a transport.
    Signal(u32, Signal, Option<Payload>, u32),
}

/// Whether it is there.
pub(crate) enum Access {
    Granted,
    /// It is being loaded: what wants it waits.
    Awaited,
    /// It could not be loaded.
    Denied(Rc<Failure<Payload>>),
}

#[cfg(feature = "js")]
mod edge {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(module = "/src/js/later.js")]
    extern "C" {
        /// Whether it is there. Where it is not, it is loaded, and a signal tells the driver what came of that.
        pub fn reach(driver: i32) -> i32;
    }
}

// The Rust API is a module in one part.
#[cfg(not(feature = "js"))]
mod edge {
    pub fn reach(_: i32) -> i32 {
        1
    }
}

impl Driver {
    /// Asks for it, to be called before anything of it is.
    pub(crate) fn reach_rare(&self) -> Access {
        if let Some(failure) = self.denied.borrow().as_ref() {
            return Access::Denied(Rc::clone(failure));
        }
        if edge::reach(self.number() as i32) != 0 {
            Access::Granted
        } else {
            Access::Awaited
        }
    }

    /// Asks for it for a connection, before it is made. Where it is not there yet, [`App::prepare`](super::App::prepare) is called
    /// again; where it can't be had, there is no connection. Says whether it is there.
    pub(crate) fn reach_for_connection(self: &Rc<Self>, epoch: u32, demand: Option<(Occasion, u32)>) -> bool {
        match self.reach_rare() {
            Access::Granted => return true,
            Access::Awaited => self.hold(Waiting::Connection(epoch, demand)),
            Access::Denied(failure) => self.configured(epoch, Err(failure)),
        }
        false
    }

    /// Has something wait for it.
    pub(super) fn hold(&self, waiting: Waiting) {
        self.waiting.borrow_mut().push(waiting);
    }

    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.borrow().is_empty()
    }

    /// Whether what waited goes on without it.
    pub(super) fn is_denied(&self) -> bool {
        self.denied.borrow().is_some()
    }

    /// It is there, or was not loaded for the reason that `detail` has. What waited goes on, in order.
    pub(super) fn handle_reached(self: &Rc<Self>, detail: Option<Payload>) {
        let message = "A part of the client could not be loaded";
        self.denied.replace(detail.map(|detail| broken(message, Some(detail))));
        for waiting in self.waiting.take() {
            match waiting {
                Waiting::Connection(epoch, demand) => self.app.prepare(self, epoch, demand),
                Waiting::Signal(transport, signal, payload, number) => {
                    if let (Signal::Text, Some(text)) = (signal, &payload) {
                        restore_head(text);
                    }
                    self.handle(transport, signal, payload, number);
                }
            }
        }
        self.denied.replace(None);
    }
}
