//! An event on its way out, with what is said about it.

use js_sys::Array;

use crate::proto::socket::ack::Wanted;
use crate::proto::socket::outgoing::Emitted;

use super::ack::Ack;
#[cfg(feature = "serde")]
use super::arguments;
use super::error::Error;
use super::payload;
use super::socket::{Settle, Socket};

/// Names that are the client's own.
const RESERVED: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];

/// How one event is to be sent: `socket.volatile().compress(false).emit(…)`.
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is sent before `emit`"]
pub struct Emission<'a> {
    socket: &'a Socket,
    is_volatile: bool,
    compress: bool,
}

impl<'a> Emission<'a> {
    pub(super) const fn new(socket: &'a Socket) -> Self {
        Self {
            socket,
            is_volatile: false,
            compress: true,
        }
    }

    /// The event is lost rather than kept when the connection is not ready for it: [`Emitted::Discarded`].
    pub const fn volatile(mut self) -> Self {
        self.is_volatile = true;
        self
    }

    /// Whether the transport may compress the event (by default it may).
    pub const fn compress(mut self, compress: bool) -> Self {
        self.compress = compress;
        self
    }

    /// As [`Socket::emit`].
    ///
    /// # Errors
    ///
    /// As [`Socket::emit`].
    #[cfg(feature = "serde")]
    pub fn emit<T: serde::Serialize + ?Sized>(self, name: &str, arguments: &T) -> Result<Emitted, Error> {
        self.emit_js(name, &arguments::encode(arguments)?)
    }

    /// As [`Socket::emit_js`].
    ///
    /// # Errors
    ///
    /// As [`Socket::emit_js`].
    pub fn emit_js(self, name: &str, arguments: &Array) -> Result<Emitted, Error> {
        self.send(name, arguments, None).map(|(emitted, _)| emitted)
    }

    /// As [`Socket::emit_with_ack`].
    #[cfg(feature = "serde")]
    pub fn emit_with_ack<T, R>(self, name: &str, arguments: &T) -> Ack<R>
    where
        T: serde::Serialize + ?Sized,
        R: serde::de::DeserializeOwned + 'static,
    {
        let arguments = arguments::encode(arguments);
        self.request(name, arguments, |answer| arguments::decode(answer))
    }

    /// As [`Socket::emit_with_ack_js`].
    pub fn emit_with_ack_js(self, name: &str, arguments: &Array) -> Ack<Array> {
        self.request(name, Ok(arguments.clone()), |answer| Ok(answer.clone()))
    }

    fn request<R: 'static>(
        self,
        name: &str,
        arguments: Result<Array, Error>,
        read: fn(&Array) -> Result<R, Error>,
    ) -> Ack<R> {
        let (settle, receiver) = Ack::settle(read);
        match arguments.and_then(|arguments| self.send(name, &arguments, Some(settle))) {
            Ok((Emitted::Discarded, id)) => {
                let socket = self.socket;
                socket.driver().look(|manager| manager.forget_ack(socket.index(), id));
                drop(socket.state().forget(id));
                Ack::failed(Error::disconnected("The connection was not ready for a volatile event"))
            }
            Ok((_, id)) => Ack::new(receiver, self.socket, id),
            Err(error) => Ack::failed(error),
        }
    }

    fn send(self, name: &str, arguments: &Array, settle: Option<Settle>) -> Result<(Emitted, u32), Error> {
        if RESERVED.contains(&name) {
            return Err(Error::payload(["\"", name, "\" is a reserved event name"].concat()));
        }
        let event = Array::of1(&name.into()).concat(arguments);
        let event = payload::outgoing(&event, self.compress)?;
        let socket = self.socket;
        let wanted = settle.as_ref().map(|_| Wanted {
            timeout: socket.ack_timeout(),
            wants_error: true,
        });
        let state = socket.state();
        let sent = socket.driver().run(|manager, now| {
            let (emitted, id) = manager.emit(now, socket.index(), event, wanted, self.is_volatile);
            if let Some(settle) = settle {
                state.expect(id, settle);
            }
            (emitted, id)
        });
        Ok(sent)
    }
}
