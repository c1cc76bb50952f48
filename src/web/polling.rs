//! HTTP long-polling over XHR or fetch: one GET waits for the server's packets while one POST carries the client's.

use crate::proto::engine::Revision;
use crate::proto::engine::packet::Packet;
use crate::proto::engine::transport::Kind;

use super::edge;
use super::endpoint::Flag;
use super::line::Line;
use super::payload::{Payload, slot_of};

/// What separates the packets of a payload. In Engine.IO 3 nothing does: each has its length in front.
const fn separator(revision: Revision) -> Option<&'static str> {
    match revision {
        Revision::V3 => None,
        Revision::V4 => Some("\u{1e}"),
    }
}

/// What marks a binary packet in a text.
pub(super) const fn binary_mark(revision: Revision) -> &'static str {
    match revision {
        Revision::V3 => "b4",
        Revision::V4 => "b",
    }
}

/// A request that is under way. Dropped, it is aborted.
pub(super) struct Request(i32);

impl Drop for Request {
    fn drop(&mut self) {
        edge::end(self.0);
    }
}

/// What a request does about cookies, in the order of `network.js`.
#[derive(Clone, Copy)]
enum Cookies {
    SameOrigin,
    Omit,
    Include,
}

impl Line {
    /// Sends a GET.
    pub fn poll(&self) {
        self.get.set(self.send(None));
    }

    /// Sends a POST with packets: at once, or when a signal has brought its body, because a Blob has to be read first.
    pub fn compose(&self, packets: &[Packet<Payload>]) {
        let body = Payload::list(&[]);
        for packet in packets {
            body.push(Some(packet.describe()));
        }
        let revision = self.revision.get();
        let (separator, mark) = (
            separator(revision).map_or(0, edge::hold_text),
            edge::hold_text(binary_mark(revision)),
        );
        if edge::finish_body(body.slot(), separator, mark, self.driver, self.transport) {
            self.post(body);
        } else {
            // The signal brings it back.
            body.into_slot();
        }
    }

    /// Sends a POST.
    pub fn post(&self, body: Payload) {
        self.post.set(self.send(Some(body)));
    }

    /// Whether a packet could be posted at once.
    pub fn is_free(&self) -> bool {
        self.kind.is_polling() && self.has_joined.get() && !self.is_posting()
    }

    pub(super) fn is_posting(&self) -> bool {
        let post = self.post.take();
        let is_posting = post.is_some();
        self.post.set(post);
        is_posting
    }

    /// Sends a GET, or a POST with a body. `None` where the browser refuses; a signal says so later.
    fn send(&self, body: Option<Payload>) -> Option<Request> {
        let (url, stamp) = (self.url.slot(), slot_of(self.endpoint.stamp.as_ref()));
        let is_get = body.is_none();
        let body = body.map_or(0, Payload::into_slot);
        if self.kind == Kind::Jsonp {
            return Some(Request(edge::send_jsonp(url, stamp, body, self.driver, self.transport)));
        }
        let (endpoint, fetch) = (&self.endpoint, self.fetch);
        if endpoint.flags.has(Flag::HeadersOnce) && self.has_joined.get() {
            self.headers.set(None);
        }
        let headers = self.headers.take();
        // A credential must not follow a redirect, and XHR follows every one.
        let follows = is_get && endpoint.query.is_none() && headers.is_none();
        let cookies = match (endpoint.flags.has(Flag::WithCredentials), fetch) {
            (true, _) => Cookies::Include,
            (false, true) => Cookies::Omit,
            // As XHR does.
            (false, false) => Cookies::SameOrigin,
        };
        // Only XHR has such a limit.
        let timeout = if fetch { 0.0 } else { endpoint.request_timeout };
        let request = edge::request(
            url,
            stamp,
            slot_of(headers.as_ref()),
            body,
            if fetch { 2 } else { i32::from(!follows) },
            i32::from(follows),
            cookies as i32,
            timeout,
            i32::from(self.revision.get() == Revision::V3),
            self.driver,
            self.transport,
        );
        self.headers.set(headers);
        // Not `then_some`: one that is not there would be ended.
        (request != 0).then(|| Request(request))
    }
}
