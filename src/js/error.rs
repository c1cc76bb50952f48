//! Errors as JavaScript sees them.

use wasm_bindgen::prelude::*;

use crate::error::{Code, Error};
use crate::proto::output::Failure;
use crate::web::Payload;

#[wasm_bindgen(module = "/src/js/errors.js")]
extern "C" {
    /// Makes an `Error` with the members that apps look at.
    #[wasm_bindgen(js_name = makeError)]
    fn make_error(code: &str, message: &str, is_transport: bool, detail: u32) -> JsValue;
}

/// The `Error` to throw or to tell.
pub fn error(error: &Error) -> JsValue {
    make(error, 0)
}

/// The `Error` of a failure, with what the server or the browser said of it.
pub fn failure(failure: &Failure<Payload>) -> JsValue {
    make(&failure.error, failure.detail.as_ref().map_or(0, Payload::slot))
}

fn make(error: &Error, detail: u32) -> JsValue {
    let is_transport = error.code == Code::TransportFailed;
    make_error(error.code.as_str(), &error.message, is_transport, detail)
}
