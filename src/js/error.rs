//! Errors as JavaScript sees them.

use wasm_bindgen::prelude::*;

use crate::error::Error;
use crate::proto::engine::transport::Kind;
use crate::proto::output::Failure;
use crate::web::Payload;

#[wasm_bindgen(module = "/src/js/errors.js")]
extern "C" {
    /// Makes an `Error` with the members that apps look at.
    #[wasm_bindgen(js_name = makeError)]
    fn make_error(
        code: &str,
        message: &str,
        hint: &str,
        is_transport: bool,
        transport: Option<&str>,
        detail: u32,
    ) -> JsValue;
}

/// The `Error` to throw or to tell.
pub fn error(error: &Error) -> JsValue {
    make(error, None, 0)
}

/// The `Error` of a failure, with what the server or the browser said of it.
pub fn failure(failure: &Failure<Payload>, transport: Option<Kind>) -> JsValue {
    make(
        &failure.error,
        transport,
        failure.detail.as_ref().map_or(0, Payload::slot),
    )
}

fn make(error: &Error, transport: Option<Kind>, detail: u32) -> JsValue {
    let Error { code, message } = error;
    let transport = transport.map(Kind::name);
    make_error(
        code.as_str(),
        message,
        code.hint(),
        code.is_transport(),
        transport,
        detail,
    )
}
