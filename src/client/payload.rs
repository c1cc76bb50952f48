//! JavaScript values on their way into packets and out of them.

use js_sys::{Array, JSON, Number, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::proto::auth::{Credentials, Secret};
use crate::proto::socket::namespace::Outgoing;
use crate::web::Payload;

use super::error::Error;

#[wasm_bindgen(module = "/src/web/edge.js")]
extern "C" {
    /// The JSON of arguments; their binaries are added to `attachments`. Runs code of the app (`toJSON`).
    #[wasm_bindgen(catch)]
    fn encode(arguments: &Array, attachments: &Array) -> Result<JsValue, JsValue>;

    /// The JSON of a CONNECT's payload, in the edge's table. Runs code of the app (`toJSON`).
    #[wasm_bindgen(js_name = connectPayload, catch)]
    fn connect_payload(auth: &JsValue, headers: &JsValue) -> Result<i32, JsValue>;
}

/// An event or an answer with its binaries taken out. Call it while nothing is borrowed.
///
/// # Errors
///
/// [`Error::Payload`] where JSON cannot hold a value (a `BigInt`, a cycle).
pub(super) fn outgoing(arguments: &Array, compress: bool) -> Result<Outgoing<Payload>, Error> {
    let attachments = Array::new();
    let json = encode(arguments, &attachments).map_err(|thrown| Error::payload(message(&thrown)))?;
    Ok(Outgoing {
        data: Payload::from(&json),
        attachments: attachments.iter().map(|value| Payload::from(&value)).collect(),
        compress,
    })
}

/// The payload of a CONNECT: `auth` and the headers that travel with it. Call it while nothing is borrowed.
///
/// # Errors
///
/// [`Error::Auth`] where `auth` is not an object.
pub(super) fn connect(auth: &JsValue, headers: &[(String, Secret)]) -> Result<Option<Payload>, Error> {
    let headers = if headers.is_empty() {
        JsValue::UNDEFINED
    } else {
        object(headers.iter().map(|(name, value)| (name.clone(), value)))
    };
    let slot = connect_payload(auth, &headers).map_err(|thrown| Error::Auth {
        message: message(&thrown).into(),
    })?;
    Ok(Payload::from_slot(slot))
}

/// The request of a handshake, as [`Claims::of_request`](crate::proto::auth::Claims::of_request) reads it.
pub(super) fn request(credentials: &Credentials) -> Payload {
    let request = object(credentials.query.iter().map(|(name, value)| (name.clone(), value)));
    let headers = credentials.headers.iter();
    let headers = object(headers.map(|header| (header.name().to_ascii_lowercase(), header.value())));
    // An object of our own lets itself be changed.
    let _ = Reflect::set(&request, &"headers".into(), &headers);
    Payload::from(&request)
}

/// An object with these members.
fn object<'a>(members: impl Iterator<Item = (String, &'a Secret)>) -> JsValue {
    let pairs: Array = members
        .map(|(name, value)| Array::of2(&name.into(), &value.expose().into()))
        .collect();
    // Not by setting members: a header may be called `__proto__`.
    Object::from_entries(&pairs).map_or(JsValue::UNDEFINED, JsValue::from)
}

/// The event's name, and what follows it.
pub(super) fn take_apart(event: &JsValue) -> Option<(String, Array)> {
    let event = event.dyn_ref::<Array>()?;
    let name = event.get(0);
    let name = match name.as_f64() {
        Some(_) => String::from(name.unchecked_ref::<Number>().to_string_with_radix(10).ok()?),
        None => name.as_string()?,
    };
    Some((name, event.slice(1, event.length())))
}

/// The text of an error that JavaScript threw.
fn message(thrown: &JsValue) -> String {
    let message = Reflect::get(thrown, &"message".into()).ok();
    let text = message.and_then(|message| message.as_string());
    text.unwrap_or_else(|| "The value can't be sent".to_owned())
}

/// A value as JSON; `None` where it has none.
pub(super) fn json(value: &JsValue) -> Option<String> {
    JSON::stringify(value).ok().and_then(|json| json.as_string())
}
