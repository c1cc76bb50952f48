//! Options from a JavaScript object.

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
    let reader = Reader(object);
    let mut options = Options::default();
    for (name, field) in &FIELDS {
        match field {
            Field::Flag(member) => reader.flag(name, member(&mut options))?,
            Field::Number(member) => reader.number(name, member(&mut options))?,
            Field::Text(member) => reader.text(name, member(&mut options))?,
        }
    }
    reader.attempts(&mut options.reconnection_attempts)?;
    // What the façade reads for itself.
    for name in ["autoConnect", "forceNew", "multiplex"] {
        reader.flag(name, &mut false)?;
    }
    retries(object)?;
    if reader.get("timestampRequests").is_some() {
        let mut stamps = false;
        reader.flag("timestampRequests", &mut stamps)?;
        options.timestamp_requests = Some(stamps);
    }
    let mut has_slash = true;
    reader.flag("addTrailingSlash", &mut has_slash)?;
    if options.path.ends_with('/') {
        options.path.pop();
    }
    if has_slash {
        options.path.push('/');
    }
    options.check_path()?;
    if reader.get("headerFallback").is_some() {
        let mut fallback = String::new();
        reader.text("headerFallback", &mut fallback)?;
        options.header_fallback = HeaderFallback::parse(&fallback).ok_or_else(|| wrong("headerFallback"))?;
    }
    if let Some(requests) = reader.get("headersOn") {
        options.headers_once = match requests.as_string().as_deref() {
            Some("handshake") => true,
            Some("always") => false,
            _ => return Err(wrong("headersOn")),
        };
    }
    if let Some(placement) = reader.get("authPlacement") {
        options.auth_in_event = match placement.as_string().as_deref() {
            Some("event") => true,
            Some("payload") => false,
            _ => return Err(wrong("authPlacement")),
        };
    }
    if let Some(credentials) = reader.get("credentials") {
        options.bearer = bearer(&credentials)?;
    }
    if let Some(reauth) = reader.get("reauth") {
        options.reauth = if reauth.as_string().as_deref() == Some("connect") {
            Reauth::Connect
        } else {
            let mut event = String::new();
            Reader(&reauth).text("event", &mut event)?;
            if event.is_empty() {
                return Err(wrong("reauth"));
            }
            Reauth::Event(event)
        };
    }
    options.query = reader.query()?;
    if reader
        .get("auth")
        .is_some_and(|auth| !auth.is_object() && !auth.is_function())
    {
        return Err(wrong("auth"));
    }
    if reader.get("parser").is_some() {
        return Err(Error::new(
            Code::InvalidOption,
            "The option parser is not supported: this client has the default parser only",
        ));
    }
    options.headers = reader.headers()?;
    if let Some(own) = reader.get("transportOptions") {
        if !own.is_object() {
            return Err(wrong("transportOptions"));
        }
        for kind in [Kind::Polling, Kind::WebSocket, Kind::WebTransport] {
            if let Some(own) = Reader(&own).get(kind.name()) {
                for header in &Reader(&own).headers()? {
                    options.transport_headers.push((kind, header.clone()));
                }
            }
        }
    }
    if let Some(list) = reader.list("transports")? {
        options.transports.clear();
        for item in list.iter() {
            // A marker has the name as a member.
            let name = item.as_string().or_else(|| Reader(&item).get("transport")?.as_string());
            match name.as_deref() {
                // Known by name, and not carried yet.
                Some("webtransport" | "jsonp") => {}
                name => options
                    .transports
                    .push(name.and_then(transport).ok_or_else(|| wrong("transports"))?),
            }
        }
    }
    if let Some(protocol) = reader.get("protocols").and_then(|protocols| protocols.as_string()) {
        options.protocols.push(protocol);
    } else if let Some(list) = reader.list("protocols")? {
        for name in list.iter() {
            options
                .protocols
                .push(name.as_string().ok_or_else(|| wrong("protocols"))?);
        }
    }
    Ok(options)
}

/// Reads what the app gives once for every transport.
fn bearer(credentials: &JsValue) -> Result<Bearer, Error> {
    if !credentials.is_object() {
        return Err(wrong("credentials"));
    }
    let Some(bearer) = Reader(credentials).get("bearer") else {
        return Ok(Bearer::None);
    };
    if bearer.is_function() {
        return Ok(Bearer::Provided);
    }
    let token = bearer.as_string().ok_or_else(|| wrong("credentials.bearer"))?;
    bearer_header(&token)?;
    Ok(Bearer::Token(Secret::new(token)))
}

/// Reads a socket's own options, of which Rust needs how often its events are sent again.
pub fn retries(object: &JsValue) -> Result<u32, Error> {
    let reader = Reader(object);
    let mut retries = 0.0;
    reader.number("retries", &mut retries)?;
    reader.number("ackTimeout", &mut 0.0)?;
    // A cast of a float saturates.
    Ok(retries as u32)
}

/// Changes what the object has of the options of reconnection.
pub fn adjust(object: &JsValue, reconnection: &mut Reconnection) -> Result<(), Error> {
    let reader = Reader(object);
    reader.flag("reconnection", &mut reconnection.enabled)?;
    reader.attempts(&mut reconnection.attempts)?;
    reader.number("reconnectionDelay", &mut reconnection.backoff.min)?;
    reader.number("reconnectionDelayMax", &mut reconnection.backoff.max)?;
    reader.number("randomizationFactor", &mut reconnection.backoff.jitter)?;
    reader.number("timeout", &mut reconnection.timeout)
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

fn wrong(name: &str) -> Error {
    Error::new(
        Code::InvalidOption,
        ["The option ", name, " has a value that it cannot have"].concat(),
    )
}

/// Reads an object; what it does not have leaves the target as it is.
struct Reader<'a>(&'a JsValue);

impl Reader<'_> {
    fn get(&self, name: &str) -> Option<JsValue> {
        let value = Reflect::get(self.0, &JsValue::from_str(name)).ok()?;
        (!value.is_undefined() && !value.is_null()).then_some(value)
    }

    fn flag(&self, name: &str, flag: &mut bool) -> Result<(), Error> {
        if let Some(value) = self.get(name) {
            *flag = value.as_bool().ok_or_else(|| wrong(name))?;
        }
        Ok(())
    }

    fn text(&self, name: &str, text: &mut String) -> Result<(), Error> {
        if let Some(value) = self.get(name) {
            *text = value.as_string().ok_or_else(|| wrong(name))?;
        }
        Ok(())
    }

    /// A number that is not negative; `false` stands for no limit.
    fn number(&self, name: &str, number: &mut Millis) -> Result<(), Error> {
        if let Some(value) = self.get(name) {
            let given = if value.as_bool() == Some(false) {
                Some(Millis::INFINITY)
            } else {
                value.as_f64()
            };
            *number = given.filter(|given| *given >= 0.0).ok_or_else(|| wrong(name))?;
        }
        Ok(())
    }

    fn attempts(&self, attempts: &mut u32) -> Result<(), Error> {
        let mut number = f64::from(*attempts);
        self.number("reconnectionAttempts", &mut number)?;
        // A cast of a float saturates.
        *attempts = number as u32;
        Ok(())
    }

    fn list(&self, name: &str) -> Result<Option<Array>, Error> {
        match self.get(name) {
            Some(value) if Array::is_array(&value) => Ok(Some(value.unchecked_into())),
            Some(_) => Err(wrong(name)),
            None => Ok(None),
        }
    }

    /// The query, from a text or an object whose members may be of any type.
    fn query(&self) -> Result<Vec<(String, Secret)>, Error> {
        let mut query = Vec::new();
        let Some(value) = self.get("query") else {
            return Ok(query);
        };
        if let Some(text) = value.as_string() {
            for (key, value) in decode_query(&text) {
                query.push((key, Secret::new(value)));
            }
            return Ok(query);
        }
        for (key, value) in members(&value).ok_or_else(|| wrong("query"))? {
            query.push((key, Secret::new(to_text(&value).map_err(|_| wrong("query"))?)));
        }
        Ok(query)
    }

    fn headers(&self) -> Result<Headers, Error> {
        let mut headers = Headers::default();
        let Some(object) = self.get("extraHeaders") else {
            return Ok(headers);
        };
        for (name, value) in members(&object).ok_or_else(|| wrong("extraHeaders"))? {
            // The name first: it may be a whole line, with a value.
            header(&name, "")?;
            let is_plain = !value.is_object() && !value.is_undefined() && !value.is_null();
            let text = is_plain.then(|| to_text(&value).ok()).flatten().ok_or_else(|| {
                let message = ["The header ", &name, " has a value that is no string"].concat();
                Error::new(Code::InvalidHeader, message)
            })?;
            headers.add(header(&name, &text)?);
        }
        Ok(headers)
    }
}
