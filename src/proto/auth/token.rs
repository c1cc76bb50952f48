//! What credentials say of themselves: whose they are, and how long they are good.

use crate::proto::engine::url::cut;
use crate::proto::timer::Millis;
use crate::proto::{Data, Shape};

/// The members of a payload, and the keys of a query, that may hold a token.
const MEMBERS: &str = "token accessToken access_token jwt bearer";

/// What may stand in front of a token, in lower case.
const SCHEME: &str = "bearer ";

/// What stands between the parts of a JWT.
const DOT: u16 = b'.' as u16;

/// Numbers below this are seconds since 1970, others milliseconds (the year 5138 and March 1973).
const SECONDS: f64 = 1e11;

/// What is known of credentials. The host has the texts: nothing here shows them.
#[derive(Debug, PartialEq)]
pub struct Claims<D> {
    /// Whose they are: issuer and subject of a JWT, or the credential itself where it says nothing.
    pub subject: Option<D>,
    /// When they expire by the host's clock; infinity where that is not known.
    pub expires_at: Millis,
    /// For how long they are good, from now on.
    lifetime: Millis,
}

impl<D> Default for Claims<D> {
    fn default() -> Self {
        Self {
            subject: None,
            expires_at: Millis::INFINITY,
            lifetime: Millis::INFINITY,
        }
    }
}

impl<D: Data> Claims<D> {
    /// What a token says, one of the form of a JWT (RFC 7519) or another one, with or without `Bearer` in front.
    pub fn of_token(now: Millis, token: D) -> Self {
        let mut claims = Self::default();
        claims.add_token(now, token);
        claims
    }

    /// What a CONNECT's payload (a JSON text) says.
    pub fn of_payload(now: Millis, payload: &D) -> Self {
        let mut object = payload.share();
        if object.parse(0) != Shape::Object {
            return Self::default();
        }
        let mut claims = Self::of_request(now, &object);
        let expiry = object.get("expiresAt");
        if let Some(expiry) = expiry.and_then(|expiry| expiry.as_number().or_else(|| expiry.as_time())) {
            claims.expire(now, expiry);
        }
        // Who has no token, and does not say who it is, is somebody else when anything changes.
        let subject = object.text_at("subject").or_else(|| claims.subject.take());
        claims.subject = Some(subject.unwrap_or_else(|| payload.share()));
        claims
    }

    /// What the request of a handshake says: tokens in its query, whose parameters are the members of an object, and in the header
    /// `authorization` of its member `headers`.
    pub fn of_request(now: Millis, request: &D) -> Self {
        let mut claims = Self::default();
        let headers = request.get("headers");
        if let Some(token) = headers.and_then(|headers| headers.text_at("authorization")) {
            claims.add_token(now, token);
        }
        let mut members = MEMBERS;
        while !members.is_empty() {
            let name;
            (name, members) = cut(members, b' ');
            if let Some(token) = request.text_at(name) {
                claims.add_token(now, token);
            }
        }
        claims
    }

    /// Adds what a token says: the first to expire counts.
    #[inline(never)]
    fn add_token(&mut self, now: Millis, mut token: D) {
        let scheme = token.slice(0, SCHEME.len()).fold();
        if scheme.is_some_and(|scheme| scheme.is(SCHEME)) {
            token = token.slice(SCHEME.len(), usize::MAX);
        }
        let Some(jwt) = decode(&token) else {
            return self.add_subject(token);
        };
        self.add_subject(match jwt.text_at("sub") {
            Some(subject) => join(jwt.text_at("iss"), " ", &subject),
            None => token,
        });
        if let Some(expiry) = jwt.number_at("exp") {
            let issued = jwt
                .number_at("iat")
                .map_or(Millis::INFINITY, |issued| (expiry - issued) * 1_000.0);
            self.limit(now, lifetime(expiry * 1_000.0 - now, issued));
        }
    }

    /// Where two credentials travel together, both say who it is.
    fn add_subject(&mut self, subject: D) {
        self.subject = Some(match self.subject.take() {
            Some(other) if !D::equals(Some(&other), Some(&subject)) => join(Some(other), "\n", &subject),
            _ => subject,
        });
    }

    /// Another reference to the same.
    #[must_use]
    pub fn share(&self) -> Self {
        let subject = self.subject.as_ref().map(D::share);
        Self { subject, ..*self }
    }

    /// Says that they expire at `expiry`, a time in seconds or milliseconds since 1970.
    pub fn expire(&mut self, now: Millis, expiry: f64) {
        self.limit(now, milliseconds(expiry) - now);
    }

    /// The same by a clock that is ahead of the one that they were read by.
    #[must_use]
    pub fn shift(mut self, ahead: Millis) -> Self {
        self.expires_at += ahead;
        self
    }

    /// The claims of two credentials that travel together: the first to expire counts.
    pub fn join(&mut self, other: Self) {
        if other.expires_at < self.expires_at {
            (self.expires_at, self.lifetime) = (other.expires_at, other.lifetime);
        }
        if let Some(subject) = other.subject {
            self.add_subject(subject);
        }
    }

    /// When to renew them: this long before they expire, but not before two thirds of their time are over. Infinity where
    /// it is not known when they expire.
    pub fn renew_at(&self, before: Millis) -> Millis {
        if self.expires_at == Millis::INFINITY {
            return Millis::INFINITY;
        }
        self.expires_at - before.min(self.lifetime / 3.0)
    }

    fn limit(&mut self, now: Millis, lifetime: Millis) {
        // What has expired already tells nothing: either clock may be wrong, and the server decides.
        let expires_at = now + lifetime;
        if expires_at > now && expires_at < self.expires_at {
            self.lifetime = lifetime;
            self.expires_at = expires_at;
        }
    }
}

/// How long a token that the app has just given is good: what is `left` by the host's clock, unless that cannot be, because
/// it is longer than the whole time from its issue to its end, or over. Then one of the clocks is wrong, and the token counts
/// as new.
fn lifetime(left: Millis, whole: Millis) -> Millis {
    if left > 0.0 && left <= whole || whole == Millis::INFINITY {
        left
    } else {
        whole
    }
}

fn milliseconds(time: f64) -> Millis {
    if time < SECONDS { time * 1_000.0 } else { time }
}

/// The claims of a JWT: the second of its three parts.
fn decode<D: Data>(token: &D) -> Option<D> {
    let start = token.find(DOT, 0)? + 1;
    let end = token.find(DOT, start).unwrap_or(usize::MAX);
    let mut claims = token.slice(start, end).decode_base64url()?;
    (claims.parse(0) == Shape::Object).then_some(claims)
}

/// Two texts with another between them.
fn join<D: Data>(first: Option<D>, between: &str, second: &D) -> D {
    let between = D::text(between);
    let start = match first {
        Some(first) => first.concat(&between),
        None => between,
    };
    start.concat(second)
}
