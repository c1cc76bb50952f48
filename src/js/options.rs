//! Options from a JavaScript object.

use std::cell::RefCell;
use std::rc::Rc;

use crate::client::options::{Bearer, Options, Speech, bearer_header, header, transport};
use crate::error::{Code, Error};
use crate::proto::auth::{AuthPlacement, HeaderFallback, Headers, Secret};
use crate::proto::engine::Revision;
use crate::proto::engine::transport::Kind;
use crate::proto::engine::url::cut;
use crate::proto::socket::policy::Reauth;
use crate::proto::socket::reconnection::Reconnection;
use crate::proto::timer::Millis;
use crate::proto::{Data, join};
use crate::web::Payload;

use super::value::Type;

/// What an option is, and where it goes.
enum Field {
    Flag(fn(&mut Options, bool)),
    /// A number that is not negative; `false` stands for no limit.
    Number(fn(&mut Options, Millis)),
    /// `false` where the text is none that the option can have.
    Text(fn(&mut Options, &str) -> bool),
    /// `None` where the value is none that the option can have; the problem may be told better.
    Other(fn(&mut Options, &Payload, &Problem) -> Option<()>),
}

/// What the façade reads for itself.
const FAÇADE: Field = Field::Flag(|_, _| {});

/// The names in one text, each on a line: a table would have an address and a length for each.
macro_rules! fields {
    ($($name:literal => $field:expr,)*) => {
        const NAMES: &str = concat!($($name, "\n"),*);
        const FIELDS: &[Field] = &[$($field),*];
    };
}

// A table: one loop over it is smaller than a call for each.
fields! {
    "upgrade" => Field::Flag(|options, is| options.upgrade = is),
    "tryAllTransports" => Field::Flag(|options, is| options.try_all_transports = is),
    "rememberUpgrade" => Field::Flag(|options, is| options.remember_upgrade = is),
    "withCredentials" => Field::Flag(|options, is| options.with_credentials = is),
    "forceBase64" => Field::Flag(|options, is| options.force_base64 = is),
    "closeOnBeforeunload" => Field::Flag(|options, is| options.close_on_beforeunload = is),
    "useNativeTimers" => Field::Flag(|options, is| options.native_timers = is),
    "diagnose" => Field::Flag(|options, is| options.diagnose = is),
    "timestampRequests" => Field::Flag(|options, is| options.timestamp_requests = Some(is)),
    "autoConnect" => FAÇADE,
    "forceNew" => FAÇADE,
    "multiplex" => FAÇADE,
    "debug" => FAÇADE,
    "addTrailingSlash" => FAÇADE,
    "reconnection" => Field::Flag(|options, is| options.reconnection = is),
    // A cast of a float saturates.
    "reconnectionAttempts" => Field::Number(|options, count| options.reconnection_attempts = count as u32),
    "reconnectionDelay" => Field::Number(|options, time| options.reconnection_delay = time),
    "reconnectionDelayMax" => Field::Number(|options, time| options.reconnection_delay_max = time),
    "randomizationFactor" => Field::Number(|options, share| options.randomization_factor = share),
    "timeout" => Field::Number(|options, time| options.timeout = time),
    "renewBefore" => Field::Number(|options, time| options.renew_before = time),
    "authTimeout" => Field::Number(|options, time| options.auth_timeout = time),
    "requestTimeout" => Field::Number(|options, time| options.request_timeout = time),
    "timestampParam" => Field::Text(|options, name| {
        options.timestamp_param = name.to_owned();
        true
    }),
    "path" => Field::Text(|options, path| {
        options.path = path.to_owned();
        true
    }),
    "headerFallback" => Field::Text(|options, name| {
        HeaderFallback::parse(name)
            .map(|fallback| options.header_fallback = fallback)
            .is_some()
    }),
    "headersOn" => Field::Text(|options, name| {
        options.headers_once = name == "handshake";
        options.headers_once || name == "always"
    }),
    "authPlacement" => Field::Text(|options, name| {
        AuthPlacement::parse(name)
            .map(|placement| options.auth_placement = placement)
            .is_some()
    }),
    "protocol" => Field::Other(protocol),
    "protocols" => Field::Other(protocols),
    "query" => Field::Other(query),
    "transports" => Field::Other(transports),
    "auth" => Field::Other(|_, auth, _| (auth.is_object() || auth.value_type() == Type::Function).then_some(())),
    "credentials" => Field::Other(bearer),
    "extraHeaders" => Field::Other(headers),
    "reauth" => Field::Other(reauth),
    "parser" => Field::Other(parser),
}

/// Reads the options that an app gave; what it left out is as in [`Options::default`].
///
/// # Errors
///
/// [`Code::InvalidOption`] and [`Code::InvalidHeader`], with a text that names the option or header, never its value.
pub fn read(object: &Payload) -> Result<Options, Error> {
    let problem = Problem::default();
    let reader = Reader::new(object, &problem);
    let mut options = reader.options();
    reader.retries();
    problem.check(options.check_path());
    if let Some(own) = reader.get("transportOptions").filter(Payload::is_truthy) {
        if !own.is_object() {
            problem.wrong("transportOptions");
        }
        for kind in [Kind::Polling, Kind::WebSocket, Kind::WebTransport] {
            if let Some(given) = own.member(kind.name()) {
                // What it leaves out is as it is for every transport, but the headers are apart.
                let mut own = reader.options();
                own.headers = Headers::default();
                Reader::new(&given, &problem).fields(&mut own);
                problem.check(own.check_path());
                for header in &own.headers {
                    options.transport_headers.push((kind, header.clone()));
                }
                options.own.push((kind, own));
                if kind == Kind::WebTransport {
                    options.session_options = Some(Rc::new(given));
                }
            }
        }
    }
    problem.result(options)
}

/// Reads a socket's own options, of which Rust needs how often its events are sent again.
pub fn retries(object: &Payload) -> Result<u32, Error> {
    let problem = Problem::default();
    let retries = Reader::new(object, &problem).retries();
    problem.result(retries)
}

/// Changes what the object has of the options of reconnection.
pub fn adjust(object: &Payload, reconnection: &mut Reconnection) -> Result<(), Error> {
    let problem = Problem::default();
    let mut options = Options {
        reconnection: reconnection.enabled,
        reconnection_attempts: reconnection.attempts,
        reconnection_delay: reconnection.backoff.min,
        reconnection_delay_max: reconnection.backoff.max,
        randomization_factor: reconnection.backoff.jitter,
        timeout: reconnection.timeout,
        ..Options::default()
    };
    Reader::new(object, &problem).fields(&mut options);
    options.reconfigure(reconnection);
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
    fn new(object: &'a Payload, problem: &'a Problem) -> Self {
        Self { object, problem }
    }

    fn get(&self, name: &str) -> Option<Payload> {
        self.object.member(name)
    }

    /// The options of the table, the path with its slash.
    fn options(&self) -> Options {
        let mut options = Options::default();
        self.fields(&mut options);
        if options.path.ends_with('/') {
            options.path.pop();
        }
        let slash = self.get("addTrailingSlash").and_then(|slash| slash.as_flag());
        if slash != Some(false) {
            options.path.push_str("/");
        }
        options
    }

    /// Reads what is in the table.
    fn fields(&self, options: &mut Options) {
        let mut names = NAMES;
        for field in FIELDS {
            let name;
            (name, names) = cut(names, b'\n');
            let Some(value) = self.get(name) else {
                continue;
            };
            // As of `token && { … }`.
            if matches!(field, Field::Text(_) | Field::Other(_)) && !value.is_truthy() {
                continue;
            }
            let taken = match field {
                Field::Flag(set) => value.as_flag().map(|flag| set(options, flag)),
                Field::Number(set) => number(&value).map(|number| set(options, number)),
                Field::Text(set) => value.as_text().filter(|text| set(options, text)).map(drop),
                Field::Other(set) => set(options, &value, self.problem),
            };
            if taken.is_none() {
                self.problem.wrong(name);
            }
        }
    }

    fn retries(&self) -> u32 {
        self.number("ackTimeout");
        // A cast of a float saturates.
        self.number("retries") as u32
    }

    /// A number; 0 where there is none.
    fn number(&self, name: &str) -> f64 {
        let Some(value) = self.get(name) else {
            return 0.0;
        };
        number(&value).unwrap_or_else(|| {
            self.problem.wrong(name);
            0.0
        })
    }
}

/// A number that is not negative; `false` stands for no limit.
fn number(value: &Payload) -> Option<f64> {
    let number = match value.as_flag() {
        Some(false) => Some(f64::INFINITY),
        _ => value.as_number(),
    };
    number.filter(|number| *number >= 0.0)
}

/// The option `protocol`: `"auto"`, 3 or 4.
fn protocol(options: &mut Options, value: &Payload, _: &Problem) -> Option<()> {
    options.protocol = match value.as_number() {
        Some(3.0) => Some(Revision::V3),
        Some(4.0) => Some(Revision::V4),
        _ if value.as_text()? == "auto" => None,
        _ => return None,
    };
    Some(())
}

/// The option `protocols`: a text or a list of texts.
fn protocols(options: &mut Options, value: &Payload, _: &Problem) -> Option<()> {
    options.protocols.clear();
    if let Some(name) = value.as_text() {
        options.protocols.push(name);
        return Some(());
    }
    let names = value.items()?;
    while let Some(name) = names.shift() {
        options.protocols.push(name.as_text()?);
    }
    Some(())
}

/// The option `query`: a text, or an object whose members may be of any type.
fn query(options: &mut Options, value: &Payload, _: &Problem) -> Option<()> {
    options.query = match value.as_text() {
        Some(text) => Payload::parameters(&text),
        None => value.members()?.to_texts()?.pairs()?,
    };
    Some(())
}

/// The option `transports`: a list of names, or of markers that have the name as a member.
fn transports(options: &mut Options, value: &Payload, _: &Problem) -> Option<()> {
    options.transports.clear();
    let list = value.items()?;
    while let Some(item) = list.shift() {
        let name = item.as_text().or_else(|| item.member("transport")?.as_text())?;
        match transport(&name) {
            Some(candidate) => options.transports.push(candidate),
            // Where the browser lacks it.
            None if name == Kind::WebTransport.name() => {}
            None => return None,
        }
    }
    Some(())
}

/// The option `extraHeaders`.
fn headers(options: &mut Options, value: &Payload, problem: &Problem) -> Option<()> {
    let members = value.members()?;
    options.headers = Headers::default();
    while let Some(name) = members.shift() {
        let (name, value) = (name.as_text()?, members.shift()?);
        let text = (!value.is_object()).then(|| value.to_text()?.as_text()).flatten();
        // The name first: it may be a whole line, with a value.
        let header = problem.check(header(&name, text.as_deref().unwrap_or_default()))?;
        // As of a token that is not there yet.
        if value.value_type() == Type::Nothing {
            continue;
        }
        if text.is_none() {
            let message = join(&["The header ", &name, " has a value that is no string"]);
            problem.set(Error::new(Code::InvalidHeader, message));
        }
        options.headers.add(header);
    }
    Some(())
}

/// The option `credentials`: what the app gives once for every transport.
fn bearer(options: &mut Options, value: &Payload, problem: &Problem) -> Option<()> {
    if !value.is_object() {
        return None;
    }
    let Some(given) = value.member("bearer") else {
        return Some(());
    };
    if given.value_type() == Type::Function {
        options.bearer = Bearer::Provided;
    } else if let Some(token) = given.as_text() {
        problem.check(bearer_header(&token))?;
        options.bearer = Bearer::Token(Secret::new(token));
    } else {
        problem.wrong("credentials.bearer");
    }
    Some(())
}

/// The option `reauth`: `"connect"`, or an object that names an event.
fn reauth(options: &mut Options, value: &Payload, _: &Problem) -> Option<()> {
    options.reauth = match value.as_text() {
        Some(name) if name == "connect" => Reauth::Connect,
        Some(_) => return None,
        None => Reauth::Event(value.member("event")?.as_text().filter(|event| !event.is_empty())?),
    };
    Some(())
}

/// The option `parser`: the app's own. The façade has put one in the place of a name that it knows.
fn parser(options: &mut Options, value: &Payload, problem: &Problem) -> Option<()> {
    if value.as_text().as_deref() == Some("msgpack") {
        let message = "For the parser msgpack, the app has to import socketio-wasm/msgpack";
        problem.set(Error::new(Code::InvalidOption, message));
    }
    for name in ["Encoder", "Decoder"] {
        if value.member(name)?.value_type() != Type::Function {
            return None;
        }
    }
    options.speech = Speech::OwnParser;
    Some(())
}
