//! Options from a JavaScript object.

use std::cell::RefCell;
use std::rc::Rc;

use crate::client::options::{Bearer, Options, Speech, bearer_header, header, transport};
use crate::error::{Code, Error};
use crate::proto::auth::{AuthPlacement, HeaderFallback, Headers, Secret};
use crate::proto::engine::Revision;
use crate::proto::engine::transport::Kind;
use crate::proto::socket::policy::Reauth;
use crate::proto::socket::reconnection::Reconnection;
use crate::proto::timer::Millis;
use crate::proto::{Data, join};
use crate::web::Payload;

use super::value::Type;

/// A member of [`Options`] that is read as it is.
enum Field {
    Flag(fn(&mut Options) -> &mut bool),
    Number(fn(&mut Options) -> &mut Millis),
    Text(fn(&mut Options) -> &mut String),
}

/// A table: one loop over it is smaller than a call for each.
const FIELDS: [(&str, Field); 18] = [
    ("upgrade", Field::Flag(|options| &mut options.upgrade)),
    (
        "tryAllTransports",
        Field::Flag(|options| &mut options.try_all_transports),
    ),
    ("rememberUpgrade", Field::Flag(|options| &mut options.remember_upgrade)),
    ("withCredentials", Field::Flag(|options| &mut options.with_credentials)),
    ("forceBase64", Field::Flag(|options| &mut options.force_base64)),
    (
        "closeOnBeforeunload",
        Field::Flag(|options| &mut options.close_on_beforeunload),
    ),
    ("useNativeTimers", Field::Flag(|options| &mut options.native_timers)),
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

/// Reads the options that an app gave; what it left out is as in [`Options::default`].
///
/// # Errors
///
/// [`Code::InvalidOption`] and [`Code::InvalidHeader`], with a text that names the option or header, never its value.
pub fn read(object: &Payload) -> Result<Options, Error> {
    let problem = Problem::default();
    let reader = Reader {
        object,
        problem: &problem,
    };
    let mut options = Options::default();
    reader.plain(&mut options);
    reader.attempts(&mut options.reconnection_attempts);
    // What the façade reads for itself.
    for name in ["autoConnect", "forceNew", "multiplex", "debug"] {
        reader.flag(name, &mut false);
    }
    reader.retries();
    let mut has_slash = true;
    reader.flag("addTrailingSlash", &mut has_slash);
    if options.path.ends_with('/') {
        options.path.pop();
    }
    if has_slash {
        options.path.push_str("/");
    }
    problem.check(options.check_path());
    if let Some(fallback) = reader.read("headerFallback", |value| HeaderFallback::parse(&value.as_text()?)) {
        options.header_fallback = fallback;
    }
    options.headers_once = reader.either("headersOn", "always", "handshake");
    if let Some(placement) = reader.read("authPlacement", |value| AuthPlacement::parse(&value.as_text()?)) {
        options.auth_placement = placement;
    }
    if let Some(protocol) = reader.read("protocol", revision) {
        options.protocol = protocol;
    }
    reader.bearer(&mut options.bearer);
    reader.reauth(&mut options.reauth);
    reader.read("auth", |auth| {
        (auth.is_object() || auth.value_type() == Type::Function).then_some(())
    });
    reader.parser(&mut options.speech);
    options.headers = reader.headers();
    if let Some(list) = reader.list("transports") {
        options.transports.clear();
        while let Some(item) = list.shift() {
            // A marker has the name as a member.
            let name = item.as_text().or_else(|| reader.of(&item).get("transport")?.as_text());
            let name = name.as_deref();
            match name.and_then(transport) {
                Some(candidate) => options.transports.push(candidate),
                None if name == Some(Kind::WebTransport.name()) => {}
                None => problem.wrong("transports"),
            }
        }
    }
    // Last, because what it leaves out is as read so far.
    if let Some(own) = reader.get("transportOptions") {
        if !own.is_object() {
            problem.wrong("transportOptions");
        }
        for kind in [Kind::Polling, Kind::WebSocket, Kind::WebTransport] {
            if let Some(own) = reader.of(&own).get(kind.name()) {
                let given = Rc::new(own);
                if kind == Kind::WebTransport {
                    options.session_options = Some(Rc::clone(&given));
                }
                let reader = reader.of(&given);
                for header in &reader.headers() {
                    options.transport_headers.push((kind, header.clone()));
                }
                let mut own = options.clone();
                reader.plain(&mut own);
                problem.check(own.check_path());
                options.own.push((kind, own));
            }
        }
    }
    problem.result(options)
}

/// Reads a socket's own options, of which Rust needs how often its events are sent again.
pub fn retries(object: &Payload) -> Result<u32, Error> {
    let problem = Problem::default();
    let reader = Reader {
        object,
        problem: &problem,
    };
    let retries = reader.retries();
    problem.result(retries)
}

/// Changes what the object has of the options of reconnection.
pub fn adjust(object: &Payload, reconnection: &mut Reconnection) -> Result<(), Error> {
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

/// The first thing that is wrong. Reading goes on after it, because a way out of every line is much of a small module.
#[derive(Default)]
struct Problem(RefCell<Option<Error>>);

impl Problem {
    fn set(&self, error: Error) {
        self.0.borrow_mut().get_or_insert(error);
    }

    fn wrong(&self, name: &str) {
        let message = join(&["The option ", name, " has a value that it cannot have"]);
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
    object: &'a Payload,
    problem: &'a Problem,
}

impl<'a> Reader<'a> {
    /// Reads another object.
    fn of<'b>(&self, object: &'b Payload) -> Reader<'b>
    where
        'a: 'b,
    {
        Reader {
            object,
            problem: self.problem,
        }
    }

    fn get(&self, name: &str) -> Option<Payload> {
        self.object.member(name)
    }

    /// Reads what can differ from transport to transport, and all else that is read as it is.
    fn plain(&self, options: &mut Options) {
        for (name, field) in &FIELDS {
            match field {
                Field::Flag(member) => self.flag(name, member(options)),
                Field::Number(member) => self.number(name, member(options)),
                Field::Text(member) => self.text(name, member(options)),
            }
        }
        let stamps = self.read("timestampRequests", Payload::as_flag);
        options.timestamp_requests = stamps.or(options.timestamp_requests);
        if self.get("query").is_some() {
            options.query = self.query();
        }
        if let Some(protocol) = self.get("protocols").and_then(|protocols| protocols.as_text()) {
            options.protocols = vec![protocol];
        } else if let Some(list) = self.list("protocols") {
            options.protocols.clear();
            while let Some(name) = list.shift() {
                match name.as_text() {
                    Some(name) => options.protocols.push(name),
                    None => self.problem.wrong("protocols"),
                }
            }
        }
    }

    /// A member, where it has the type that `read` wants.
    fn read<T>(&self, name: &str, read: impl FnOnce(&Payload) -> Option<T>) -> Option<T> {
        let value = self.get(name)?;
        let read = read(&value);
        if read.is_none() {
            self.problem.wrong(name);
        }
        read
    }

    fn flag(&self, name: &str, flag: &mut bool) {
        if let Some(value) = self.read(name, Payload::as_flag) {
            *flag = value;
        }
    }

    fn text(&self, name: &str, text: &mut String) {
        if let Some(value) = self.read(name, Payload::as_text) {
            *text = value;
        }
    }

    /// A number that is not negative; `false` stands for no limit.
    fn number(&self, name: &str, number: &mut Millis) {
        let read = |value: &Payload| {
            let given = match value.as_flag() {
                Some(false) => Some(Millis::INFINITY),
                _ => value.as_number(),
            };
            given.filter(|given| *given >= 0.0)
        };
        if let Some(value) = self.read(name, read) {
            *number = value;
        }
    }

    /// Whether an option has the second of its two values; the first is the default.
    fn either(&self, name: &str, first: &str, second: &str) -> bool {
        let choose = |text: String| (text == first || text == second).then(|| text == second);
        self.read(name, |value| value.as_text().and_then(choose))
            .unwrap_or(false)
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

    fn list(&self, name: &str) -> Option<Payload> {
        self.read(name, Payload::items)
    }

    /// The query, from a text or an object whose members may be of any type.
    fn query(&self) -> Vec<(String, Secret)> {
        let Some(value) = self.get("query") else {
            return Vec::new();
        };
        let mut query = Vec::new();
        if let Some(text) = value.as_text() {
            query = Payload::parameters(&text);
        } else if let Some(members) = value.members() {
            while let Some(name) = members.shift() {
                let text = members.shift().and_then(|value| value.to_text()?.as_text());
                match (name.as_text(), text) {
                    (Some(name), Some(text)) => query.push((name, Secret::new(text))),
                    _ => self.problem.wrong("query"),
                }
            }
        } else {
            self.problem.wrong("query");
        }
        query
    }

    fn headers(&self) -> Headers {
        let mut headers = Headers::default();
        let Some(members) = self.read("extraHeaders", Payload::members) else {
            return headers;
        };
        while let (Some(name), Some(value)) = (members.shift(), members.shift()) {
            let Some(name) = name.as_text() else {
                self.problem.wrong("extraHeaders");
                continue;
            };
            // The name first: it may be a whole line, with a value.
            if self.problem.check(header(&name, "")).is_none() {
                continue;
            }
            let is_plain = !value.is_object() && value.value_type() != Type::Nothing;
            let text = value.to_text().filter(|_| is_plain);
            match text.and_then(|text| text.as_text()) {
                Some(text) => {
                    if let Some(header) = self.problem.check(header(&name, &text)) {
                        headers.add(header);
                    }
                }
                None => {
                    let message = join(&["The header ", &name, " has a value that is no string"]);
                    self.problem.set(Error::new(Code::InvalidHeader, message));
                }
            }
        }
        headers
    }

    /// What the app gives once for every transport.
    fn bearer(&self, bearer: &mut Bearer) {
        let Some(credentials) = self.get("credentials") else {
            return;
        };
        if !credentials.is_object() {
            self.problem.wrong("credentials");
        }
        let Some(given) = self.of(&credentials).get("bearer") else {
            return;
        };
        if given.value_type() == Type::Function {
            *bearer = Bearer::Provided;
        } else if let Some(token) = given.as_text() {
            self.problem.check(bearer_header(&token));
            *bearer = Bearer::Token(Secret::new(token));
        } else {
            self.problem.wrong("credentials.bearer");
        }
    }

    /// Whether the app has a parser of its own. The façade has put one in the place of a name that it knows.
    fn parser(&self, speech: &mut Speech) {
        let Some(given) = self.get("parser") else {
            return;
        };
        let is_class = |name| {
            given
                .member(name)
                .is_some_and(|class| class.value_type() == Type::Function)
        };
        if given.as_text().as_deref() == Some("msgpack") {
            let message = "For the parser msgpack, the app has to import socketio-wasm/msgpack";
            self.problem.set(Error::new(Code::InvalidOption, message));
        } else if is_class("Encoder") && is_class("Decoder") {
            *speech = Speech::OwnParser;
        } else {
            self.problem.wrong("parser");
        }
    }

    fn reauth(&self, reauth: &mut Reauth) {
        let Some(given) = self.get("reauth") else {
            return;
        };
        let event = self.of(&given).get("event").and_then(|event| event.as_text());
        match (given.as_text().as_deref(), event) {
            (Some("connect"), _) => *reauth = Reauth::Connect,
            (None, Some(event)) if !event.is_empty() => *reauth = Reauth::Event(event),
            _ => self.problem.wrong("reauth"),
        }
    }
}

/// The option `protocol`: `"auto"`, 3 or 4.
fn revision(value: &Payload) -> Option<Option<Revision>> {
    match value.as_number() {
        Some(3.0) => Some(Some(Revision::V3)),
        Some(4.0) => Some(Some(Revision::V4)),
        _ => (value.as_text()? == "auto").then_some(None),
    }
}
