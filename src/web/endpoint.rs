//! Where to connect to, and what travels there.

use std::rc::Rc;

use crate::proto::Data;
use crate::proto::auth::Secret;
use crate::proto::engine::Revision;
use crate::proto::engine::transport::Kind;
use crate::proto::engine::url::Url;

use super::payload::Payload;

/// All that a transport needs to know to begin or join a session.
#[derive(Debug)]
pub struct Endpoint {
    /// The server.
    pub url: Url,
    /// The path of its Engine.IO endpoint: `/socket.io/`.
    pub path: String,
    /// The revision that requests ask for. Servers 1.x and 2.x know only one, and look at nothing.
    pub revision: Revision,
    /// Query parameters, the app's own and those that carry credentials.
    pub query: Vec<(String, Secret)>,
    /// Header fields, for polling.
    pub headers: Vec<(String, Secret)>,
    /// Whether only the request that begins the session has them.
    pub headers_once: bool,
    /// The subprotocols that a WebSocket offers, a list.
    pub protocols: Payload,
    /// Options of a WebTransport session.
    pub session_options: Option<Rc<Payload>>,
    /// Whether cookies travel across origins.
    pub with_credentials: bool,
    /// Whether to find out why polling failed where the browser does not say.
    pub diagnoses: bool,
    /// How long a request may take, in milliseconds; 0 for as long as it likes.
    pub request_timeout: u32,
    /// The parameter that makes every URL of polling another one, so that no cache answers.
    pub timestamp: Option<String>,
    /// Whether WebSocket's URL has it too.
    pub stamps_streams: bool,
    /// Whether the connection is closed without a word when the page is left.
    pub closes_on_unload: bool,
    /// Whether binary is to travel as base64 on every transport but WebTransport.
    pub base64: bool,
}

impl Endpoint {
    /// The URL of a transport, without a time stamp.
    pub(super) fn address(&self, kind: Kind, sid: Option<Payload>) -> Payload {
        let is_polling = kind.is_polling();
        let mut address = self.url.origin(match kind {
            Kind::Polling | Kind::Jsonp => "http",
            Kind::WebSocket => "ws",
            // Always over TLS.
            Kind::WebTransport if self.url.is_secure => "http",
            Kind::WebTransport => "https",
        });
        address.push_str(&self.path);
        let query = Payload::list(&[]);
        if kind == Kind::WebTransport {
            // Servers see nothing of its query.
            return Payload::address(&address, query);
        }
        let add = |name: &str, value: &str| {
            query.append(name);
            query.append(value);
        };
        for (name, value) in &self.query {
            add(name, value.expose());
        }
        let revision = match self.revision {
            Revision::V3 => "3",
            Revision::V4 => "4",
        };
        add("EIO", revision);
        add("transport", if is_polling { Kind::Polling } else { kind }.name());
        if let Some(sid) = sid {
            query.append("sid");
            query.push(Some(sid));
        }
        if self.base64 || kind == Kind::Jsonp {
            add("b64", "1");
        }
        Payload::address(&address, query)
    }

    /// The parameter that makes a URL unlike every other; none where that is not wanted.
    pub(super) fn stamp(&self, is_polling: bool) -> Option<Payload> {
        let name = self.timestamp.as_deref()?;
        (is_polling || self.stamps_streams).then(|| Payload::text(name))
    }

    /// The URL of a probe: of a transport that no server has, so that it begins no session, and without the app's query.
    pub(super) fn probe_address(&self) -> String {
        let mut address = self.url.origin("http");
        address.push_str(&self.path);
        address.push_str("?EIO=4&transport=probe");
        address
    }
}
