//! What happens, as a stream.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::stream::FusedStream;

use super::queue::Receiver;

/// A stream of what happens: of the events of a name (`Socket::on`), of a socket's life
/// ([`Socket::lifecycle`](super::Socket::lifecycle)), of a manager's ([`Manager::events`](super::Manager::events)).
///
/// It is a [`Stream`], and [`next`](Self::next) reads it where no combinators are needed. Dropping it unsubscribes. It does
/// **not** keep the connection open: once the last [`Socket`](super::Socket) is dropped it yields what it still holds, and
/// then `None`.
///
/// # How much it holds
///
/// Everything that happened since it was made and was not read yet, without a limit: a stream that is kept and never read
/// grows with every event. [`keep_last`](Self::keep_last) sets a limit, beyond which the oldest events make way; they are
/// counted by [`missed`](Self::missed).
#[must_use = "a stream that is dropped is unsubscribed"]
pub struct EventStream<T> {
    receiver: Receiver<T>,
}

impl<T> EventStream<T> {
    pub(super) const fn new(receiver: Receiver<T>) -> Self {
        Self { receiver }
    }

    /// Holds at most `count` unread events: older ones make way for newer ones. 0 holds none, so that nothing arrives.
    pub fn keep_last(self, count: usize) -> Self {
        self.receiver.limit(count);
        self
    }

    /// How many events have made way for newer ones since the stream was made.
    pub fn missed(&self) -> u64 {
        self.receiver.missed()
    }

    /// Waits for the next event; `None` where the socket or manager is gone.
    pub async fn next(&mut self) -> Option<T> {
        poll_fn(|context| self.receiver.poll(context)).await
    }

    /// The next event, where one has arrived already.
    pub fn try_next(&mut self) -> Option<T> {
        self.receiver.take()
    }
}

impl<T> Stream for EventStream<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.receiver.poll(context)
    }
}

impl<T> FusedStream for EventStream<T> {
    fn is_terminated(&self) -> bool {
        self.receiver.is_finished()
    }
}

impl<T> std::fmt::Debug for EventStream<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("EventStream")
    }
}
