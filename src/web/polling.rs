//! HTTP long-polling over XHR or fetch: one GET waits for the server's packets while one POST carries the client's.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::XmlHttpRequest;

use crate::proto::auth::Secret;
use crate::proto::engine::packet::Packet;
use crate::proto::engine::url::push_parameter;

use super::diagnosis::Case;
use super::edge::{self, AbortController};
use super::payload::{Payload, number_of, slot_of};

/// What separates the packets of a payload, and what marks a binary one (Engine.IO 4).
const SEPARATOR: &str = "\u{1e}";
pub(super) const BINARY_MARK: &str = "b";

/// How requests are made.
#[derive(Debug, Default)]
pub struct Http {
    /// Header fields.
    pub headers: Vec<(String, Secret)>,
    /// Whether only the request that begins the session has them.
    pub headers_once: bool,
    /// Whether the URL has parameters of the app's.
    pub has_query: bool,
    /// Whether cookies travel across origins.
    pub with_credentials: bool,
    /// How long a request may take, in milliseconds; 0 for as long as it likes. Only XHR has such a limit.
    pub timeout: u32,
}

/// The requests of one polling transport. Dropped, they are aborted.
pub struct Poller {
    /// The URL with all its parameters but the session's id.
    pub url: String,
    http: Http,
    fetch: bool,
    driver: usize,
    transport: u32,
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

enum Request {
    Xhr(XmlHttpRequest),
    Fetch(AbortController),
}

impl Drop for Request {
    fn drop(&mut self) {
        match self {
            Self::Xhr(request) => {
                request.set_onreadystatechange(None);
                // One that has ended would lose its status, which the app may look at.
                if request.ready_state() != XmlHttpRequest::DONE {
                    // Fails only where the request was never opened.
                    let _ = request.abort();
                }
            }
            Self::Fetch(controller) => controller.abort(),
        }
    }
}

impl Poller {
    /// A transport without requests.
    pub fn new(url: String, http: Http, fetch: bool, driver: usize, transport: u32) -> Self {
        Self {
            url,
            http,
            fetch,
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

    /// The session has got its id: all later requests carry it.
    pub fn join(&mut self, sid: &str) {
        push_parameter(&mut self.url, "sid", sid);
        self.has_joined = true;
    }

    /// Later requests have these header fields.
    pub fn put_headers(&mut self, headers: &[(String, Secret)]) {
        self.http.headers = headers.to_vec();
    }

    /// Whether the session has its id.
    pub fn has_joined(&self) -> bool {
        self.has_joined
    }

    /// Whether requests go through `fetch`.
    pub fn fetches(&self) -> bool {
        self.fetch
    }

    /// Sends a GET.
    pub fn poll(&mut self, url: &str) -> Result<(), JsValue> {
        self.get = Some(self.send("GET", url, None)?);
        Ok(())
    }

    /// Puts the packets of a POST together. Says whether the body is complete; otherwise a signal says so later, because a
    /// Blob has to be read first.
    pub fn compose(&mut self, packets: Vec<Packet<Payload>>) -> bool {
        let Some(body) = Payload::from_slot(edge::new_body()) else {
            return false;
        };
        for packet in packets {
            match packet {
                Packet::Text {
                    code, label, id, data, ..
                } => {
                    let data = data.map_or(0, Payload::into_slot);
                    edge::add_text(body.slot(), code, slot_of(label.as_deref()), number_of(id), data);
                }
                Packet::Binary(data) => edge::add_binary(body.slot(), data.into_slot()),
            }
        }
        if edge::finish_body(body.slot(), SEPARATOR, BINARY_MARK, self.driver, self.transport) {
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
    pub fn post(&mut self, url: &str) -> Result<(), JsValue> {
        let body = self.body.take();
        self.post = Some(self.send("POST", url, body)?);
        Ok(())
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

    fn send(&self, method: &str, url: &str, body: Option<Payload>) -> Result<Request, JsValue> {
        let is_post = body.is_some();
        let content_type = is_post.then_some(("Content-type", "text/plain;charset=UTF-8"));
        let has_headers = !(self.http.headers_once && self.has_joined);
        let headers = self.http.headers.iter().filter(|_| has_headers);
        let headers = headers.map(|(name, value)| (name.as_str(), value.expose()));
        let headers = headers.chain(content_type).chain(Some(("Accept", "*/*")));
        let body = body.map_or(0, Payload::into_slot);
        // A credential must not follow a redirect, and XHR follows every one.
        let is_secret = is_post || self.http.has_query || (has_headers && !self.http.headers.is_empty());
        // Service workers have none.
        let xhr = (!self.fetch && !is_secret)
            .then(|| XmlHttpRequest::new().ok())
            .flatten();
        let Some(request) = xhr else {
            let object = Object::new();
            for (name, value) in headers {
                Reflect::set(&object, &name.into(), &value.into())?;
            }
            let credentials = match (self.http.with_credentials, self.fetch) {
                (true, _) => "include",
                (false, true) => "omit",
                // As XHR does.
                (false, false) => "same-origin",
            };
            let timeout = if self.fetch { 0 } else { self.http.timeout };
            let (driver, transport) = (self.driver, self.transport);
            let controller = edge::send_fetch(url, &object, body, credentials, !is_secret, timeout, driver, transport);
            return Ok(Request::Fetch(controller));
        };
        request.open(method, url)?;
        for (name, value) in headers {
            request.set_request_header(name, value)?;
        }
        request.set_with_credentials(self.http.with_credentials);
        request.set_timeout(self.http.timeout);
        edge::send_request(&request, body, self.driver, self.transport)?;
        Ok(Request::Xhr(request))
    }
}
