//! Where to connect to, and what travels there.

use js_sys::Date;
use wasm_bindgen::JsValue;

use crate::proto::auth::Secret;
use crate::proto::engine::Revision;
use crate::proto::engine::transport::{Candidate, Kind};
use crate::proto::engine::url::{Url, push_parameter};

use super::polling::Http;

/// All that a transport needs to know to begin or join a session.
#[derive(Debug)]
pub struct Endpoint {
    /// The server.
    pub url: Url,
    /// The path of its Engine.IO endpoint: `/socket.io/`.
    pub path: String,
    /// The revision to speak.
    pub revision: Revision,
    /// Query parameters, the app's own and those that carry credentials.
    pub query: Vec<(String, Secret)>,
    /// Header fields, for polling.
    pub headers: Vec<(String, Secret)>,
    /// Whether only the request that begins the session has them.
    pub headers_once: bool,
    /// Subprotocols, for WebSocket.
    pub protocols: Vec<Secret>,
    /// Options of a WebTransport session.
    pub session_options: JsValue,
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
    /// Whether binary is to travel as base64 on every transport but WebTransport.
    pub base64: bool,
}

impl Endpoint {
    /// The URL of a transport, without a time stamp.
    pub(super) fn address(&self, candidate: Candidate, sid: Option<&str>) -> String {
        let is_polling = candidate.kind.is_polling();
        let mut address = self.url.origin(match candidate.kind {
            Kind::Polling | Kind::Jsonp => "http",
            Kind::WebSocket => "ws",
            // Always over TLS.
            Kind::WebTransport if self.url.is_secure => "http",
            Kind::WebTransport => "https",
        });
        address.push_str(&self.path);
        if candidate.kind == Kind::WebTransport {
            // Servers see nothing of its query.
            return address;
        }
        address.push('?');
        let mut query = String::new();
        for (key, value) in &self.query {
            push_parameter(&mut query, key, value.expose());
        }
        let revision = match self.revision {
            Revision::V3 => "3",
            Revision::V4 => "4",
        };
        push_parameter(&mut query, "EIO", revision);
        let name = if is_polling { Kind::Polling } else { candidate.kind }.name();
        push_parameter(&mut query, "transport", name);
        if let Some(sid) = sid {
            push_parameter(&mut query, "sid", sid);
        }
        if self.base64 {
            push_parameter(&mut query, "b64", "1");
        }
        address.push_str(&query);
        address
    }

    /// Makes a URL unlike every other.
    pub(super) fn stamped(&self, mut url: String) -> String {
        if let Some(parameter) = &self.timestamp {
            url.push('&');
            url.push_str(parameter);
            url.push('=');
            // 40 bits of the clock and 25 random ones, in digits that need no encoding.
            let random = (js_sys::Math::random() * 33_554_432.0) as u64;
            let mut rest = ((Date::now() as u64) << 25) | random;
            while rest > 0 {
                let digit = char::from_digit((rest % 36) as u32, 36);
                url.extend(digit);
                rest /= 36;
            }
        }
        url
    }

    /// The URL of a probe: of a transport that no server has, so that it begins no session, and without the app's query.
    pub(super) fn probe_address(&self) -> String {
        let mut address = self.url.origin("http");
        address.push_str(&self.path);
        address.push_str("?EIO=4&transport=probe");
        address
    }

    pub(super) fn http(&self) -> Http {
        Http {
            headers: self.headers.clone(),
            headers_once: self.headers_once,
            has_query: !self.query.is_empty(),
            with_credentials: self.with_credentials,
            timeout: self.request_timeout,
        }
    }
}
