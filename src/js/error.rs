//! Errors as JavaScript sees them.

use wasm_bindgen::prelude::*;

use crate::proto::Data;
use crate::proto::engine::transport::Kind;
use crate::proto::output::Failure;
use crate::web::{Payload, slot_of};

#[wasm_bindgen(module = "/src/js/errors.js")]
extern "C" {
    /// Makes an `Error` with the members that apps look at, and gives its number.
    #[wasm_bindgen(js_name = makeError)]
    fn make_error(texts: i32, is_transport: i32, detail: i32) -> i32;
}

/// The number of the `Error` of a failure, with what the server or the browser said of it.
#[inline(never)]
pub fn failure(failure: &Failure<Payload>, transport: Option<Kind>) -> i32 {
    let Failure {
        code,
        message,
        text,
        detail,
    } = failure;
    let texts = Payload::list(&[code.as_str()]);
    texts.push(Some(
        text.as_ref().map_or_else(|| Payload::text(message), Payload::share),
    ));
    texts.append(code.hint());
    texts.append(transport.map_or("", Kind::name));
    make_error(
        texts.into_slot(),
        i32::from(code.is_transport()),
        slot_of(detail.as_ref()),
    )
}
