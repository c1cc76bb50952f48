//! What the JavaScript edge offers, by its JavaScript names. Slots are numbers in its table; 0 is none. Numbers are signed and flags are
//! numbers, because those cross as they are: anything else takes a function in between.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/web/edge.js")]
extern "C" {
    #[cfg(not(feature = "js"))]
    #[wasm_bindgen(js_name = connectEdge)]
    pub fn connect_edge(memory: &JsValue, dispatch: &JsValue);
    #[wasm_bindgen(js_name = showHead)]
    pub fn show_head(head: i32);

    pub fn hold(value: &JsValue) -> i32;
    #[wasm_bindgen(js_name = hold)]
    pub fn hold_text(text: &str) -> i32;
    pub fn peek(slot: i32) -> JsValue;
    pub fn take(slot: i32);
    pub fn list() -> i32;
    pub fn shift(list: i32) -> i32;
    #[cfg(not(feature = "js"))]
    pub fn parameters(query: i32) -> i32;
    pub fn extend(list: i32, other: i32);
    #[wasm_bindgen(js_name = extendWithQuery)]
    pub fn extend_with_query(list: i32, auth: i32);
    pub fn count(list: i32) -> i32;
    pub fn item(list: i32, index: i32) -> i32;
    #[wasm_bindgen(js_name = joinTexts)]
    pub fn join_texts(list: i32, separator: i32) -> i32;
    #[cfg(feature = "js")]
    #[wasm_bindgen(js_name = readNumbers)]
    pub fn read_numbers(list: i32, numbers: i32, room: i32);
    #[wasm_bindgen(js_name = decodeBase64url)]
    pub fn decode_base64url(text: i32) -> i32;

    pub fn read(slot: i32, from: i32, units: i32, room: i32) -> i32;
    pub fn find(slot: i32, unit: u16, from: i32) -> i32;
    pub fn slice(slot: i32, from: i32, to: f64) -> i32;
    #[wasm_bindgen(js_name = isBinary)]
    pub fn is_binary(slot: i32) -> bool;
    #[wasm_bindgen(js_name = wireLength)]
    pub fn wire_length(slot: i32) -> i32;
    #[wasm_bindgen(js_name = decodeUtf8)]
    pub fn decode_utf8(slot: i32) -> i32;
    #[wasm_bindgen(js_name = decodeBase64)]
    pub fn decode_base64(slot: i32, from: i32) -> i32;
    pub fn join(code: i32, label: i32, id: f64, data: i32) -> i32;
    pub fn concat(slot: i32, other: i32) -> i32;
    pub fn fold(slot: i32) -> i32;

    pub fn parse(slot: i32, from: i32) -> i32;
    pub fn attach(slot: i32, list: i32) -> bool;
    pub fn push(list: i32, slot: i32);
    pub fn get(slot: i32, name: i32) -> i32;
    pub fn equals(slot: i32, other: i32) -> bool;
    #[wasm_bindgen(js_name = numberOf)]
    pub fn number_of(slot: i32) -> f64;
    #[wasm_bindgen(js_name = lengthOf)]
    pub fn length_of(slot: i32) -> i32;
    #[wasm_bindgen(js_name = timeOf)]
    pub fn time_of(slot: i32) -> f64;
    pub fn event(name: i32, argument: i32) -> i32;
    #[wasm_bindgen(js_name = toQuery)]
    pub fn to_query(slot: i32) -> i32;
    #[wasm_bindgen(js_name = lastString)]
    pub fn last_string(slot: i32) -> i32;
    #[wasm_bindgen(js_name = withRecovery)]
    pub fn with_recovery(object: i32, pid: i32, offset: i32) -> i32;

    pub fn describe(text: i32) -> i32;
}

// Those of `js-sys` would bring all that it has into the module.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Date)]
    pub fn now() -> f64;
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub fn ticks() -> f64;
    #[wasm_bindgen(js_namespace = Math)]
    pub fn random() -> f64;
}

#[wasm_bindgen(module = "/src/web/network.js")]
extern "C" {
    #[wasm_bindgen(js_name = addParameters)]
    pub fn add_parameters(url: i32, parameters: i32);
    #[wasm_bindgen(js_name = withScheme)]
    pub fn with_scheme(url: i32, scheme: i32) -> i32;
    #[wasm_bindgen(js_name = openSocket)]
    pub fn open_socket(url: i32, stamp: i32, protocols: i32, driver: i32, transport: i32) -> i32;
    #[wasm_bindgen(js_name = closeSocket)]
    pub fn close_socket(socket: i32);
    pub fn write(socket: i32, data: i32, kind: i32, mark: i32);
    #[wasm_bindgen(js_name = bindTimers)]
    pub fn bind_timers(driver: i32, is_native: i32);
    #[wasm_bindgen(js_name = setTimer)]
    pub fn set_timer(driver: i32, delay: i32);
    #[wasm_bindgen(js_name = clearTimer)]
    pub fn clear_timer(driver: i32);
    #[wasm_bindgen(js_name = guardUnload)]
    pub fn guard_unload(driver: i32, is_guarding: i32);
    pub fn learn(server: i32, revision: i32);
    pub fn known(server: i32) -> i32;
    #[wasm_bindgen(js_name = finishBody)]
    pub fn finish_body(body: i32, separator: i32, mark: i32, driver: i32, transport: i32) -> bool;
    pub fn request(
        url: i32,
        stamp: i32,
        headers: i32,
        body: i32,
        fetches: i32,
        follows: i32,
        cookies: i32,
        timeout: f64,
        in_bytes: i32,
        driver: i32,
        transport: i32,
    ) -> i32;
    pub fn end(request: i32);

    #[wasm_bindgen(js_name = hasWebTransport)]
    pub fn has_webtransport() -> bool;
    #[wasm_bindgen(js_name = toText)]
    pub fn to_text(slot: i32) -> i32;
    #[wasm_bindgen(js_name = toBytes)]
    pub fn to_bytes(slot: i32) -> i32;
    #[wasm_bindgen(js_name = writeFrame)]
    pub fn write_frame(line: i32, header: i32, length: i32, content: i32);
}

#[wasm_bindgen(module = "/src/web/webtransport.js")]
extern "C" {
    #[wasm_bindgen(js_name = openSession)]
    pub fn open_session(url: i32, options: i32, driver: i32, transport: i32) -> i32;
}

#[wasm_bindgen(module = "/src/web/diagnosis.js")]
extern "C" {
    pub fn probe(kind: i32, url: i32, header: i32, with_credentials: i32, driver: i32, transport: i32);
    #[wasm_bindgen(js_name = awaitProbe)]
    pub fn await_probe(driver: i32, transport: i32);
    pub fn explain(slot: i32, code: i32, names: i32);
}

#[wasm_bindgen(module = "/src/web/jsonp.js")]
extern "C" {
    #[wasm_bindgen(js_name = sendJsonp)]
    pub fn send_jsonp(url: i32, stamp: i32, body: i32, driver: i32, transport: i32) -> i32;
}
