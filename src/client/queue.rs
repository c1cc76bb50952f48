//! A queue from what happens to who reads it. Its reading end owns it: what nobody can read any more is not kept.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

struct Queue<T> {
    items: VecDeque<T>,
    limit: usize,
    missed: u64,
    waker: Option<Waker>,
    is_closed: bool,
}

/// The end that is written to.
pub(super) struct Sender<T>(Weak<RefCell<Queue<T>>>);

/// The end that is read.
pub(super) struct Receiver<T>(Rc<RefCell<Queue<T>>>);

/// A new queue without a limit.
pub(super) fn queue<T>() -> (Sender<T>, Receiver<T>) {
    let queue = Rc::new(RefCell::new(Queue {
        items: VecDeque::new(),
        limit: usize::MAX,
        missed: 0,
        waker: None,
        is_closed: false,
    }));
    (Sender(Rc::downgrade(&queue)), Receiver(queue))
}

impl<T> Sender<T> {
    /// Whether there still is a reader.
    pub(super) fn is_live(&self) -> bool {
        self.0.strong_count() > 0
    }

    /// Adds an item. Beyond the limit, the oldest makes way.
    pub(super) fn send(&self, item: T) {
        self.change(|queue| {
            queue.items.push_back(item);
            queue.trim()
        });
    }

    /// Says that nothing more will come.
    pub(super) fn close(&self) {
        self.change(|queue| {
            queue.is_closed = true;
            Vec::new()
        });
    }

    fn change(&self, act: impl FnOnce(&mut Queue<T>) -> Vec<T>) {
        let Some(queue) = self.0.upgrade() else {
            return;
        };
        let mut borrowed = queue.borrow_mut();
        let trimmed = act(&mut borrowed);
        let waker = borrowed.waker.take();
        drop(borrowed);
        // Both may run code of the app, and nothing is borrowed any more.
        drop(trimmed);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Receiver<T> {
    /// The next item, once there is one; `None` where nothing more will come.
    pub(super) fn poll(&self, context: &Context<'_>) -> Poll<Option<T>> {
        // Copying a waker and dropping one may run code of the app: not while this is borrowed.
        let waker = context.waker().clone();
        let mut queue = self.0.borrow_mut();
        if let Some(item) = queue.items.pop_front() {
            return Poll::Ready(Some(item));
        }
        if queue.is_closed {
            return Poll::Ready(None);
        }
        let before = queue.waker.replace(waker);
        drop(queue);
        drop(before);
        Poll::Pending
    }

    /// The next item, where there is one already.
    pub(super) fn take(&self) -> Option<T> {
        self.0.borrow_mut().items.pop_front()
    }

    /// Whether nothing is left to read, nor will be.
    pub(super) fn is_finished(&self) -> bool {
        let queue = self.0.borrow();
        queue.is_closed && queue.items.is_empty()
    }

    /// Keeps at most this many items.
    pub(super) fn limit(&self, limit: usize) {
        let mut queue = self.0.borrow_mut();
        queue.limit = limit;
        let trimmed = queue.trim();
        drop(queue);
        drop(trimmed);
    }

    /// How many items have made way for newer ones.
    pub(super) fn missed(&self) -> u64 {
        self.0.borrow().missed
    }
}

impl<T> Queue<T> {
    /// Takes out what is too much, to be dropped by who holds no borrow.
    fn trim(&mut self) -> Vec<T> {
        let excess = self.items.len().saturating_sub(self.limit);
        self.missed = self.missed.saturating_add(excess as u64);
        self.items.drain(..excess).collect()
    }
}

/// One source with any number of readers, each of which gets everything.
pub(super) struct Broadcast<T>(RefCell<Vec<Rc<Sender<T>>>>);

impl<T> Default for Broadcast<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: Clone> Broadcast<T> {
    /// A new reader, of what comes from now on.
    pub(super) fn subscribe(&self) -> Receiver<T> {
        let (sender, receiver) = queue();
        let mut senders = self.0.borrow_mut();
        senders.retain(|sender| sender.is_live());
        senders.push(Rc::new(sender));
        receiver
    }

    /// Tells every reader.
    pub(super) fn send(&self, item: &T) {
        for sender in self.senders() {
            sender.send(item.clone());
        }
    }

    /// Tells every reader that nothing more will come.
    pub(super) fn close(&self) {
        for sender in self.senders() {
            sender.close();
        }
    }

    fn senders(&self) -> Vec<Rc<Sender<T>>> {
        self.0.borrow().clone()
    }
}
