//! Options from a JavaScript object.

use std::cell::RefCell;

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;

use crate::client::options::{Bearer, Options, bearer_header, header, transport};
use crate::error::{Code, Error};
use crate::proto::auth::{HeaderFallback, Headers, Secret};
use crate::proto::engine::transport::Kind;
use crate::proto::engine::url::decode_query;
use crate::proto::socket::policy::Reauth;
use crate::proto::socket::reconnection::Reconnection;
use crate::proto::timer::Millis;
use crate::web::edge::entries;

/// A member of [`Options`] that is read as it is.
enum Field {
    Flag(fn(&mut Options) -> &mut bool),
    Number(fn(&mut Options) -> &mut Millis),
    Text(fn(&mut Options) -> &mut String),
}

/// A table: one loop over it is smaller than a call for each.
const FIELDS: [(&str, Field); 16] = [
    ("upgrade", Field::Flag(|options| &mut options.upgrade)),
    (
        "tryAllTransports",
        Field::Flag(|options| &mut options.try_all_transports),
    ),
    ("rememberUpgrade", Field::Flag(|options| &mut options.remember_upgrade)),
    ("withCredentials", Field::Flag(|options| &mut options.with_credentials)),
    ("forceBase64", Field::Flag(|options| &mut options.force_base64)),
    ("reconnection", Field::Flag(|options| &mut options.reconnection)),
    (
        "reconnectionDelay",
        Field::Number(|options| &mut options.reconnection_delay),
    ),
    (
        "reconnectionDelayMax",
        Field::Number(|options| &mut options.reconnection_delay_max),
    ),
    (
        "randomizationFactor",
        Field::Number(|options| &mut options.randomization_factor),
    ),
    ("timeout", Field::Number(|options| &mut options.timeout)),
    ("diagnose", Field::Flag(|options| &mut options.diagnose)),
    ("renewBefore", Field::Number(|options| &mut options.renew_before)),
    ("authTimeout", Field::Number(|options| &mut options.auth_timeout)),
    ("requestTimeout", Field::Number(|options| &mut options.request_timeout)),
    ("timestampParam", Field::Text(|options| &mut options.timestamp_param)),
    ("path", Field::Text(|options| &mut options.path)),
];

#[wasm_bindgen]
extern "C" {
    /// JavaScript's own conversion. It runs code of the app (`toString`).
    #[wasm_bindgen(js_name = String, catch)]
    fn to_text(value: &JsValue) -> Result<String, JsValue>;
}

/// Reads the options that an app gave; what it left out is as in [`Options::default`].
///
/// # Errors
///
/// [`Code::InvalidOption`] and [`Code::InvalidHeader`], with a text that names the option or header, never its value.
pub fn read(object: &JsValue) -> Result<Options, Error> {
    let problem = Problem::default();
    let reader = Reader {
        object,
        problem: &problem,
    };
    let mut options = Options::default();
    for (name, field) in &FIELDS {
        match field {
            Field::Flag(member) => reader.flag(name, member(&mut options)),
            Field::Number(member) => reader.number(name, member(&mut options)),
            Field::Text(member) => reader.text(name, member(&mut options)),
        }
    }
    reader.attempts(&mut options.reconnection_attempts);
    // What the façade reads for itself.
    for name in ["autoConnect", "forceNew", "multiplex", "debug"] {
        reader.flag(name, &mut false);
    }
    reader.retries();
    if reader.get("timestampRequests").is_some() {
        let mut stamps = false;
        reader.flag("timestampRequests", &mut stamps);
        options.timestamp_requests = Some(stamps);
    }
    let mut has_slash = true;
    reader.flag("addTrailingSlash", &mut has_slash);
    if options.path.ends_with('/') {
        options.path.pop();
    }
    if has_slash {
        options.path.push('/');
    }
    problem.check(options.check_path());
    if reader.get("headerFallback").is_some() {
        let mut fallback = String::new();
        reader.text("headerFallback", &mut fallback);
        match HeaderFallback::parse(&fallback) {
            Some(fallback) => options.header_fallback = fallback,
            None => problem.wrong("headerFallback"),
        }
    }
    options.headers_once = reader.either("headersOn", "always", "handshake");
    options.auth_in_event = reader.either("authPlacement", "payload", "event");
    reader.bearer(&mut options.bearer);
    reader.reauth(&mut options.reauth);
    options.query = reader.query();
    if reader
        .get("auth")
        .is_some_and(|auth| !auth.is_object() && !auth.is_function())
    {
        problem.wrong("auth");
    }
    if reader.get("parser").is_some() {
        let message = "The option parser is not supported: this client has the default parser only";
        problem.set(Error::new(Code::InvalidOption, message));
    }
    options.headers = reader.headers();
    if let Some(own) = reader.object("transportOptions") {
        for kind in [Kind::Polling, Kind::WebSocket, Kind::WebTransport] {
            if let Some(own) = reader.of(&own).get(kind.name()) {
                if kind == Kind::WebTransport {
                    options.session_options = own.clone();
                }
                for header in &reader.of(&own).headers() {
                    options.transport_headers.push((kind, header.clone()));
                }
            }
        }
    }
    if let Some(list) = reader.list("transports") {
        options.transports.clear();
        for item in list.iter() {
            // A marker has the name as a member.
            let name = item
                .as_string()
                .or_else(|| reader.of(&item).get("transport")?.as_string());
            match name.as_deref() {
                // Known by name, and not carried yet.
                Some("jsonp") => {}
                name => match name.and_then(transport) {
                    Some(candidate) => options.transports.push(candidate),
                    None if name == Some(Kind::WebTransport.name()) => {}
                    None => problem.wrong("transports"),
                },
            }
        }
    }
    if let Some(protocol) = reader.get("protocols").and_then(|protocols| protocols.as_string()) {
        options.protocols.push(protocol);
    } else if let Some(list) = reader.list("protocols") {
        for name in list.iter() {
            match name.as_string() {
                Some(name) => options.protocols.push(name),
                None => problem.wrong("protocols"),
            }
        }
    }
    problem.result(options)
}

/// Reads a socket's own options, of which Rust needs how often its events are sent again.
pub fn retries(object: &JsValue) -> Result<u32, Error> {
    let problem = Problem::default();
    let reader = Reader {
        object,
        problem: &problem,
    };
    let retries = reader.retries();
    problem.result(retries)
}

/// Changes what the object has of the options of reconnection.
pub fn adjust(object: &JsValue, reconnection: &mut Reconnection) -> Result<(), Error> {
    let problem = Problem::default();
    let reader = Reader {
        object,
        problem: &problem,
    };
    reader.flag("reconnection", &mut reconnection.enabled);
    reader.attempts(&mut reconnection.attempts);
    reader.number("reconnectionDelay", &mut reconnection.backoff.min);
    reader.number("reconnectionDelayMax", &mut reconnection.backoff.max);
    reader.number("randomizationFactor", &mut reconnection.backoff.jitter);
    reader.number("timeout", &mut reconnection.timeout);
    problem.result(())
}

/// The members of an object, as the app has written them; none where it is no object.
fn members(object: &JsValue) -> Option<Vec<(String, JsValue)>> {
    if !object.is_object() {
        return None;
    }
    let list = entries(object).ok()?;
    let mut list = list.iter();
    let mut members = Vec::new();
    while let Some(key) = list.next() {
        members.push((key.as_string()?, list.next()?));
    }
    Some(members)
}

/// The first thing that is wrong. Reading goes on after it, because a way out of every line is much of a small module.
#[derive(Default)]
struct Problem(RefCell<Option<Error>>);

impl Problem {
    fn set(&self, error: Error) {
        self.0.borrow_mut().get_or_insert(error);
    }

    fn wrong(&self, name: &str) {
        let message = ["The option ", name, " has a value that it cannot have"].concat();
        self.set(Error::new(Code::InvalidOption, message));
    }

    fn check<T>(&self, result: Result<T, Error>) -> Option<T> {
        result.map_err(|error| self.set(error)).ok()
    }

    fn result<T>(self, value: T) -> Result<T, Error> {
        self.0.into_inner().map_or(Ok(value), Err)
    }
}

/// Reads an object; what it does not have leaves the target as it is.
#[derive(Clone, Copy)]
struct Reader<'a> {
    object: &'a JsValue,
    problem: &'a Problem,
}

impl<'a> Reader<'a> {
    /// Reads another object.
    fn of<'b>(&self, object: &'b JsValue) -> Reader<'b>
    where
        'a: 'b,
    {
        Reader {
            object,
            problem: self.problem,
        }
    }

    fn get(&self, name: &str) -> Option<JsValue> {
        let value = Reflect::get(self.object, &JsValue::from_str(name)).ok()?;
        (!value.is_undefined() && !value.is_null()).then_some(value)
    }

    /// A member, where it has the type that `read` wants.
    fn read<T>(&self, name: &str, read: impl FnOnce(&JsValue) -> Option<T>) -> Option<T> {
        let value = self.get(name)?;
        let read = read(&value);
        if read.is_none() {
            self.problem.wrong(name);
        }
        read
    }

    fn flag(&self, name: &str, flag: &mut bool) {
        if let Some(value) = self.read(name, JsValue::as_bool) {
            *flag = value;
        }
    }

    fn text(&self, name: &str, text: &mut String) {
        if let Some(value) = self.read(name, JsValue::as_string) {
            *text = value;
        }
    }

    /// A number that is not negative; `false` stands for no limit.
    fn number(&self, name: &str, number: &mut Millis) {
        let read = |value: &JsValue| {
            let given = if value.as_bool() == Some(false) {
                Some(Millis::INFINITY)
            } else {
                value.as_f64()
            };
            given.filter(|given| *given >= 0.0)
        };
        if let Some(value) = self.read(name, read) {
            *number = value;
        }
    }

    /// Whether an option has the second of its two values; the first is the default.
    fn either(&self, name: &str, first: &str, second: &str) -> bool {
        let mut text = first.to_owned();
        self.text(name, &mut text);
        if text != first && text != second {
            self.problem.wrong(name);
        }
        text == second
    }

    fn attempts(&self, attempts: &mut u32) {
        let mut number = f64::from(*attempts);
        self.number("reconnectionAttempts", &mut number);
        // A cast of a float saturates.
        *attempts = number as u32;
    }

    fn retries(&self) -> u32 {
        let mut retries = 0.0;
        self.number("retries", &mut retries);
        self.number("ackTimeout", &mut 0.0);
        // A cast of a float saturates.
        retries as u32
    }

    fn object(&self, name: &str) -> Option<JsValue> {
        self.read(name, |value| value.is_object().then(|| value.clone()))
    }

    fn list(&self, name: &str) -> Option<Array> {
        self.read(name, |value| {
            Array::is_array(value).then(|| value.clone().unchecked_into())
        })
    }

    /// The query, from a text or an object whose members may be of any type.
    fn query(&self) -> Vec<(String, Secret)> {
        let Some(value) = self.get("query") else {
            return Vec::new();
        };
        let parameters = match value.as_string() {
            Some(text) => Some(decode_query(&text)),
            None => members(&value).and_then(|members| {
                let text = |(key, value)| Some((key, to_text(&value).ok()?));
                members.into_iter().map(text).collect()
            }),
        };
        if parameters.is_none() {
            self.problem.wrong("query");
        }
        let parameters = parameters.unwrap_or_default().into_iter();
        parameters.map(|(key, value)| (key, Secret::new(value))).collect()
    }

    fn headers(&self) -> Headers {
        let mut headers = Headers::default();
        let Some(list) = self.read("extraHeaders", members) else {
            return headers;
        };
        for (name, value) in list {
            // The name first: it may be a whole line, with a value.
            if self.problem.check(header(&name, "")).is_none() {
                continue;
            }
            let is_plain = !value.is_object() && !value.is_undefined() && !value.is_null();
            match is_plain.then(|| to_text(&value).ok()).flatten() {
                Some(text) => {
                    if let Some(header) = self.problem.check(header(&name, &text)) {
                        headers.add(header);
                    }
                }
                None => {
                    let message = ["The header ", &name, " has a value that is no string"].concat();
                    self.problem.set(Error::new(Code::InvalidHeader, message));
                }
            }
        }
        headers
    }

    /// What the app gives once for every transport.
    fn bearer(&self, bearer: &mut Bearer) {
        let credentials = self.object("credentials");
        let Some(given) = credentials.and_then(|credentials| self.of(&credentials).get("bearer")) else {
            return;
        };
        if given.is_function() {
            *bearer = Bearer::Provided;
        } else if let Some(token) = given.as_string() {
            self.problem.check(bearer_header(&token));
            *bearer = Bearer::Token(Secret::new(token));
        } else {
            self.problem.wrong("credentials.bearer");
        }
    }

    fn reauth(&self, reauth: &mut Reauth) {
        let Some(given) = self.get("reauth") else {
            return;
        };
        let event = self.of(&given).get("event").and_then(|event| event.as_string());
        match (given.as_string().as_deref(), event) {
            (Some("connect"), _) => *reauth = Reauth::Connect,
            (None, Some(event)) if !event.is_empty() => *reauth = Reauth::Event(event),
            _ => self.problem.wrong("reauth"),
        }
    }
}
