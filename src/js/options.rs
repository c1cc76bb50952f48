//! Options from a JavaScript object.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::client::options::{Options, header, transport};
use crate::error::{Code, Error};
use crate::proto::auth::{Header, HeaderFallback, Secret};
use crate::proto::engine::transport::Kind;
use crate::proto::engine::url::decode_query;
use crate::proto::timer::Millis;

/// Reads the options that an app gave; what it left out is as in [`Options::default`].
///
/// # Errors
///
/// [`Code::InvalidOption`] and [`Code::InvalidHeader`], with a text that names the option or header, never its value.
pub fn read(object: &JsValue) -> Result<Options, Error> {
    let reader = Reader(object);
    let mut options = Options::default();
    reader.flag("upgrade", &mut options.upgrade)?;
    reader.flag("tryAllTransports", &mut options.try_all_transports)?;
    reader.flag("rememberUpgrade", &mut options.remember_upgrade)?;
    reader.flag("withCredentials", &mut options.with_credentials)?;
    reader.flag("forceBase64", &mut options.force_base64)?;
    reader.flag("reconnection", &mut options.reconnection)?;
    reader.number("reconnectionDelay", &mut options.reconnection_delay)?;
    reader.number("reconnectionDelayMax", &mut options.reconnection_delay_max)?;
    reader.number("randomizationFactor", &mut options.randomization_factor)?;
    reader.number("timeout", &mut options.timeout)?;
    reader.text("timestampParam", &mut options.timestamp_param)?;

    let mut attempts = f64::INFINITY;
    reader.number("reconnectionAttempts", &mut attempts)?;
    // A cast of a float saturates.
    options.reconnection_attempts = attempts as u32;
    let mut timeout = 0.0;
    reader.number("requestTimeout", &mut timeout)?;
    options.request_timeout = timeout as u32;
    let mut stamps = false;
    if reader.flag("timestampRequests", &mut stamps)? {
        options.timestamp_requests = Some(stamps);
    }
    let mut slash = true;
    reader.flag("addTrailingSlash", &mut slash)?;
    reader.text("path", &mut options.path)?;
    let path = options.path.strip_suffix('/').unwrap_or(&options.path);
    options.path = if slash { [path, "/"].concat() } else { path.to_owned() };

    let mut fallback = String::new();
    if reader.text("headerFallback", &mut fallback)? {
        options.header_fallback = HeaderFallback::parse(&fallback).ok_or_else(|| wrong("headerFallback"))?;
    }
    if let Some(query) = reader.get("query") {
        options.query = match query.as_string() {
            Some(query) => {
                let parameters = decode_query(&query).into_iter();
                parameters.map(|(key, value)| (key, Secret::new(value))).collect()
            }
            None => {
                let parameters = members(&query).ok_or_else(|| wrong("query"))?.into_iter();
                parameters
                    .map(|(key, value)| (key, Secret::new(string(&value))))
                    .collect()
            }
        };
    }
    if reader
        .get("auth")
        .is_some_and(|auth| !auth.is_object() && !auth.is_function())
    {
        return Err(wrong("auth"));
    }
    for header in headers(&reader)? {
        options.headers.set(header);
    }
    if let Some(own) = reader.get("transportOptions") {
        if !own.is_object() {
            return Err(wrong("transportOptions"));
        }
        for kind in [Kind::Polling, Kind::WebSocket, Kind::WebTransport] {
            if let Some(own) = Reader(&own).get(kind.name()) {
                options
                    .transport_headers
                    .extend(headers(&Reader(&own))?.into_iter().map(|header| (kind, header)));
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
    if let Some(protocols) = reader.get("protocols") {
        options.protocols = match protocols.as_string() {
            Some(protocol) => vec![protocol],
            None => {
                let list = reader.list("protocols")?.unwrap_or_default();
                let names = list.iter();
                names
                    .map(|name| name.as_string())
                    .collect::<Option<_>>()
                    .ok_or_else(|| wrong("protocols"))?
            }
        };
    }
    Ok(options)
}

fn headers(reader: &Reader) -> Result<Vec<Header>, Error> {
    let Some(object) = reader.get("extraHeaders") else {
        return Ok(Vec::new());
    };
    let members = members(&object).ok_or_else(|| wrong("extraHeaders"))?;
    let mut headers = Vec::new();
    for (name, value) in members {
        if value.is_object() || value.is_undefined() || value.is_null() {
            let message = ["The header ", &name, " has a value that is no string"].concat();
            return Err(Error::new(Code::InvalidHeader, message));
        }
        headers.push(header(&name, &string(&value))?);
    }
    Ok(headers)
}

fn members(object: &JsValue) -> Option<Vec<(String, JsValue)>> {
    let object: &Object = object.is_object().then(|| object.unchecked_ref())?;
    let keys = Object::keys(object);
    let member = |key: JsValue| Some((key.as_string()?, Reflect::get(object, &key).ok()?));
    keys.iter().map(member).collect()
}

fn string(value: &JsValue) -> String {
    js_sys::JsString::from(value.clone()).into()
}

fn wrong(name: &str) -> Error {
    Error::new(
        Code::InvalidOption,
        ["The option ", name, " has a value that it cannot have"].concat(),
    )
}

struct Reader<'a>(&'a JsValue);

impl Reader<'_> {
    fn get(&self, name: &str) -> Option<JsValue> {
        let value = Reflect::get(self.0, &JsValue::from_str(name)).ok()?;
        (!value.is_undefined() && !value.is_null()).then_some(value)
    }

    fn flag(&self, name: &str, flag: &mut bool) -> Result<bool, Error> {
        let Some(value) = self.get(name) else {
            return Ok(false);
        };
        *flag = value.as_bool().ok_or_else(|| wrong(name))?;
        Ok(true)
    }

    fn text(&self, name: &str, text: &mut String) -> Result<bool, Error> {
        let Some(value) = self.get(name) else {
            return Ok(false);
        };
        *text = value.as_string().ok_or_else(|| wrong(name))?;
        Ok(true)
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

    fn list(&self, name: &str) -> Result<Option<Array>, Error> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        if !Array::is_array(&value) {
            return Err(wrong(name));
        }
        Ok(Some(value.unchecked_into()))
    }
}
