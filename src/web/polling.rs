//! HTTP long-polling over XHR or fetch: one GET waits for the server's packets while one POST carries the client's.

use crate::proto::auth::Secret;
use crate::proto::engine::Revision;
use crate::proto::engine::packet::Packet;
use crate::proto::engine::transport::{Candidate, Kind};

use super::diagnosis::Case;
use super::edge;
use super::payload::{Payload, number_of, slot_of};

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

/// How requests are made.
#[derive(Debug, Default)]
pub struct Http {
    /// The revision that requests ask for.
    pub revision: Revision,
    /// Header fields, where there are any.
    pub headers: Option<Payload>,
    /// Whether only the request that begins the session has them.
    pub headers_once: bool,
    /// The parameter that makes each URL another one.
    pub stamp: Option<Payload>,
    /// Whether the URL has parameters of the app's.
    pub has_query: bool,
    /// Whether cookies travel across origins.
    pub with_credentials: bool,
    /// How long a request may take, in milliseconds; 0 for as long as it likes. Only XHR has such a limit.
    pub timeout: u32,
}

/// Header fields as a list, where there are any.
pub fn fields(headers: &[(String, Secret)]) -> Option<Payload> {
    if headers.is_empty() {
        return None;
    }
    let list = Payload::list(&[]);
    for (name, value) in headers {
        list.append(name);
        list.append(value.expose());
    }
    Some(list)
}

/// The requests of one polling transport. Dropped, they are aborted.
pub struct Poller {
    /// The URL with all its parameters but the session's id.
    url: Payload,
    http: Http,
    candidate: Candidate,
    /// What the session speaks, as far as it is known.
    revision: Revision,
    driver: i32,
    transport: i32,
    get: Option<Request>,
    post: Option<Request>,
    body: Option<Payload>,
    /// Why it could not begin, which is being found out.
    pub case: Option<Case>,
    /// The session has its id.
    has_joined: bool,
    /// It ends when its POST has ended.
    is_ending: bool,
}

/// A request that is under way. Dropped, it is aborted.
struct Request(i32);

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

impl Poller {
    /// A transport without requests.
    pub fn new(url: Payload, http: Http, candidate: Candidate, driver: i32, transport: i32) -> Self {
        Self {
            url,
            revision: http.revision,
            http,
            candidate,
            driver,
            transport,
            get: None,
            post: None,
            body: None,
            case: None,
            has_joined: false,
            is_ending: false,
        }
    }

    /// The session has got its id, which all later requests carry, and its revision.
    pub fn join(&mut self, sid: &str, revision: Revision) {
        self.revision = revision;
        self.url.add_parameters(Payload::list(&["sid", sid]));
        self.has_joined = true;
    }

    /// Later requests have these header fields.
    pub fn put_headers(&mut self, headers: &[(String, Secret)]) {
        self.http.headers = fields(headers);
    }

    /// Whether the session has its id.
    pub fn has_joined(&self) -> bool {
        self.has_joined
    }

    /// How requests are made.
    pub fn candidate(&self) -> Candidate {
        self.candidate
    }

    /// Sends a GET.
    pub fn poll(&mut self) {
        self.get = self.send(None);
    }

    /// Puts the packets of a POST together. Says whether the body is complete; otherwise a signal says so later, because a
    /// Blob has to be read first.
    pub fn compose(&mut self, packets: &[Packet<Payload>]) -> bool {
        let body = Payload::list(&[]);
        for packet in packets {
            match packet {
                Packet::Text {
                    code, label, id, data, ..
                } => {
                    let (label, data) = (slot_of(label.as_deref()), slot_of(data.as_ref()));
                    edge::add_text(body.slot(), *code as i32, label, number_of(*id), data);
                }
                Packet::Binary(data) => edge::add_binary(body.slot(), data.slot()),
            }
        }
        let (separator, mark) = (separator(self.revision), edge::hold_text(binary_mark(self.revision)));
        if edge::finish_body(
            body.slot(),
            separator.map_or(0, edge::hold_text),
            mark,
            self.driver,
            self.transport,
        ) {
            self.body = Some(body);
        } else {
            // The signal brings it back.
            body.into_slot();
        }
        self.body.is_some()
    }

    /// Takes the body that a signal brings.
    pub fn set_body(&mut self, body: Payload) {
        self.body = Some(body);
    }

    /// Sends the composed body.
    pub fn post(&mut self) {
        let body = self.body.take();
        self.post = self.send(body);
    }

    /// Whether a packet could be posted at once.
    pub fn is_free(&self) -> bool {
        self.has_joined && self.post.is_none()
    }

    /// A GET has been answered, or its answer is not wanted.
    pub fn end_get(&mut self) {
        self.get = None;
    }

    /// A POST has been answered. Says whether the transport has come to its end.
    pub fn end_post(&mut self) -> bool {
        self.post = None;
        self.is_ending
    }

    /// Ends it after its POST. Says whether there is none, so that it can be dropped at once.
    pub fn end(&mut self) -> bool {
        self.is_ending = true;
        self.post.is_none()
    }

    /// Sends a GET, or a POST with a body. `None` where the browser refuses; a signal says so later.
    fn send(&self, body: Option<Payload>) -> Option<Request> {
        let http = &self.http;
        let (driver, transport) = (self.driver, self.transport);
        if self.candidate.kind == Kind::Jsonp {
            let body = body.map_or(0, Payload::into_slot);
            let slot = edge::send_jsonp(self.url.slot(), slot_of(http.stamp.as_ref()), body, driver, transport);
            return Some(Request(slot));
        }
        let fetch = self.candidate.fetch;
        let headers = http
            .headers
            .as_ref()
            .filter(|_| !(http.headers_once && self.has_joined));
        // A credential must not follow a redirect, and XHR follows every one.
        let follows = body.is_none() && !http.has_query && headers.is_none();
        let cookies = match (http.with_credentials, fetch) {
            (true, _) => Cookies::Include,
            (false, true) => Cookies::Omit,
            // As XHR does.
            (false, false) => Cookies::SameOrigin,
        };
        let slot = edge::request(
            self.url.slot(),
            slot_of(http.stamp.as_ref()),
            slot_of(headers),
            body.map_or(0, Payload::into_slot),
            i32::from(fetch || !follows),
            i32::from(follows),
            cookies as i32,
            if fetch { 0.0 } else { f64::from(http.timeout) },
            i32::from(self.revision == Revision::V3),
            driver,
            transport,
        );
        (slot != 0).then_some(Request(slot))
    }
}
