//! Answers to events that want one.

use std::cell::Cell;
use std::fmt;
use std::rc::{Rc, Weak};

use js_sys::Array;

use crate::web::Driver;

#[cfg(feature = "serde")]
use super::arguments;
use super::error::Error;
use super::payload;

/// An event that wants an acknowledgement: `socket.on_request("…")`, in answer to the server's `emitWithAck`.
#[derive(Debug)]
pub struct Request<T> {
    /// Its arguments.
    pub data: T,
    /// What answers it.
    pub reply: Reply,
}

/// Answers one event, once: where several readers have the same event, the first answer counts. Dropped, it leaves the
/// event unanswered.
pub struct Reply {
    inner: Rc<Inner>,
}

struct Inner {
    driver: Weak<Driver>,
    socket: usize,
    epoch: u32,
    id: u32,
    is_given: Cell<bool>,
}

impl Reply {
    pub(super) fn new(driver: Weak<Driver>, socket: usize, epoch: u32, id: u32) -> Self {
        let inner = Inner {
            driver,
            socket,
            epoch,
            id,
            is_given: Cell::new(false),
        };
        Self { inner: Rc::new(inner) }
    }

    /// Another one for the same event.
    pub(super) fn share(&self) -> Self {
        let inner = Rc::clone(&self.inner);
        Self { inner }
    }

    /// Answers; several arguments are a tuple, as in [`Socket::emit`](super::Socket::emit). Nothing is sent where the
    /// connection on which the event came has ended.
    ///
    /// # Errors
    ///
    /// [`Error::Payload`] where the value does not become JavaScript values.
    #[cfg(feature = "serde")]
    pub fn send<T: serde::Serialize + ?Sized>(self, answer: &T) -> Result<(), Error> {
        let arguments = arguments::encode(answer)?;
        self.send_js(&arguments)
    }

    /// As `send`, with JavaScript values.
    ///
    /// # Errors
    ///
    /// [`Error::Payload`] for what JSON cannot hold: a `BigInt`, a cycle.
    pub fn send_js(self, arguments: &Array) -> Result<(), Error> {
        let answer = payload::outgoing(arguments, true)?;
        let inner = &self.inner;
        if !inner.is_given.replace(true)
            && let Some(driver) = inner.driver.upgrade()
        {
            driver.run(|manager, _| manager.acknowledge(inner.socket, inner.epoch, inner.id, answer));
        }
        Ok(())
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Reply")
    }
}
