//! The server's acknowledgement, as a future.

use std::fmt;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use js_sys::Array;

use crate::web::Driver;

use super::error::Error;
use super::queue::{Receiver, queue};
use super::socket::{Settle, Socket, SocketState, millis};

/// The server's answer to an event ([`Socket::emit_with_ack`]), once it comes.
///
/// The event is on its way already. Without [`timeout`](Self::timeout) (and without
/// [`Builder::ack_timeout`](super::Builder::ack_timeout)) it waits as long as the connection lasts. Dropping it stops waiting.
///
/// # Errors
///
/// [`Error::Timeout`]; [`Error::Disconnected`] where the connection ends first, or a volatile event was not sent;
/// [`Error::Payload`] where the event could not be sent or the answer is not of the type that was asked for.
#[must_use = "an acknowledgement that is dropped is not waited for; use `emit` where none is wanted"]
pub struct Ack<T> {
    receiver: Receiver<Result<T, Error>>,
    ticket: Option<Ticket>,
}

/// What is waited for. Dropped, it is not any longer.
struct Ticket {
    driver: Weak<Driver>,
    state: Rc<SocketState>,
    socket: usize,
    id: u32,
}

impl<T: 'static> Ack<T> {
    /// What takes the answer to the future.
    pub(super) fn settle(read: fn(&Array) -> Result<T, Error>) -> (Settle, Receiver<Result<T, Error>>) {
        let (sender, receiver) = queue();
        let settle = move |answer: Result<Array, Error>| {
            if sender.is_live() {
                sender.send(answer.and_then(|answer| read(&answer)));
            }
        };
        (Box::new(settle), receiver)
    }

    pub(super) fn new(receiver: Receiver<Result<T, Error>>, socket: &Socket, id: u32) -> Self {
        let ticket = Ticket {
            driver: Rc::downgrade(socket.driver()),
            state: Rc::clone(socket.state()),
            socket: socket.index(),
            id,
        };
        Self {
            receiver,
            ticket: Some(ticket),
        }
    }

    pub(super) fn failed(error: Error) -> Self {
        let (sender, receiver) = queue();
        sender.send(Err(error));
        Self { receiver, ticket: None }
    }
}

impl<T> Ack<T> {
    /// Waits no longer than this, from now on: then it yields [`Error::Timeout`], and the event is not sent any more where it
    /// still waits for the connection.
    pub fn timeout(self, timeout: Duration) -> Self {
        if let Some(ticket) = &self.ticket
            && let Some(driver) = ticket.driver.upgrade()
        {
            driver.run(|manager, now| manager.limit_ack(now, ticket.socket, ticket.id, millis(timeout)));
        }
        self
    }
}

impl<T> Future for Ack<T> {
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.receiver
            .poll(context)
            .map(|answer| answer.unwrap_or_else(|| Err(Error::disconnected("The acknowledgement was given already"))))
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        // What is not waited for any more was answered.
        if self.state.forget(self.id).is_some()
            && let Some(driver) = self.driver.upgrade()
        {
            driver.look(|manager| manager.forget_ack(self.socket, self.id));
        }
    }
}

impl<T> fmt::Debug for Ack<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Ack")
    }
}
