//! What the app has decided about its credentials, and what the plan of a session says that a manager has to know.

use crate::proto::auth::Claims;
use crate::proto::timer::Millis;

/// How a manager comes by credentials and keeps them good.
#[derive(Debug)]
pub struct Policy<D> {
    /// How long the app may take to give them (10 seconds).
    pub timeout: Millis,
    /// Whether the app can give another bearer token.
    pub renews_bearer: bool,
    /// What becomes of credentials that are about to expire.
    pub reauth: Reauth<D>,
    /// How long before they expire they are renewed; never before two thirds of their time are over (a minute).
    pub renew_before: Millis,
}

impl<D> Default for Policy<D> {
    fn default() -> Self {
        Self {
            timeout: 10_000.0,
            renews_bearer: false,
            reauth: Reauth::Never,
            renew_before: 60_000.0,
        }
    }
}

/// How credentials that are about to expire are renewed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reauth<Name = String> {
    /// Not at all: the app sees to that, or the server does not mind.
    #[default]
    Never,
    /// The new ones are sent in this event, which the server acknowledges. Where it does not, as
    /// [`Connect`](Self::Connect).
    Event(Name),
    /// The socket leaves its namespace and connects to it with the new ones, on the same transport.
    Connect,
}

/// What the plan of a session says.
#[derive(Debug)]
pub struct Placed<D> {
    /// What the request of the handshake says of itself.
    pub claims: Claims<D>,
    /// A bearer token travels as the header that it is: another one needs another handshake.
    pub bearer_in_header: bool,
    /// Sockets send their credentials in an event after connecting.
    pub signs_in: bool,
    /// The root namespace's payload is in the query of the handshake: another one needs another handshake.
    pub auth_in_query: bool,
}

impl<D> Default for Placed<D> {
    fn default() -> Self {
        Self {
            claims: Claims::default(),
            bearer_in_header: false,
            signs_in: false,
            auth_in_query: false,
        }
    }
}

impl<Name> Reauth<Name> {
    /// Whether anything is renewed.
    pub const fn renews(&self) -> bool {
        !matches!(self, Self::Never)
    }
}
