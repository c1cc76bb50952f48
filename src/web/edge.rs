//! What the JavaScript edge offers, by its JavaScript names. Slots are numbers in its table; 0 is none.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/web/edge.js")]
extern "C" {
    #[cfg(not(feature = "js"))]
    #[wasm_bindgen(js_name = connectEdge)]
    pub fn connect_edge(memory: &JsValue, dispatch: &JsValue);
    #[wasm_bindgen(js_name = showHead)]
    pub fn show_head(head: usize);

    pub fn hold(value: &JsValue) -> u32;
    #[wasm_bindgen(js_name = hold)]
    pub fn hold_text(text: &str) -> u32;
    pub fn peek(slot: u32) -> JsValue;
    pub fn take(slot: u32);
    pub fn list() -> u32;
    pub fn append(list: u32, text: &str);
    pub fn shift(list: u32) -> u32;
    pub fn parameters(query: &str) -> u32;
    #[wasm_bindgen(js_name = fromBase64url)]
    pub fn from_base64url(text: &str) -> u32;

    pub fn read(slot: u32, from: usize, units: usize, room: usize) -> usize;
    pub fn find(slot: u32, unit: u16, from: usize) -> i32;
    pub fn slice(slot: u32, from: usize, to: usize) -> u32;
    #[wasm_bindgen(js_name = isBinary)]
    pub fn is_binary(slot: u32) -> bool;
    #[wasm_bindgen(js_name = wireLength)]
    pub fn wire_length(slot: u32) -> usize;
    #[wasm_bindgen(js_name = decodeUtf8)]
    pub fn decode_utf8(slot: u32) -> u32;
    #[wasm_bindgen(js_name = decodeBase64)]
    pub fn decode_base64(slot: u32, from: usize) -> u32;
    pub fn join(code: u32, label: u32, id: f64, data: u32) -> u32;

    pub fn parse(slot: u32, from: usize) -> u32;
    pub fn attach(slot: u32, list: u32) -> bool;
    pub fn push(list: u32, slot: u32);
    pub fn get(slot: u32, name: &str) -> u32;
    #[wasm_bindgen(js_name = numberOf)]
    pub fn number_of(slot: u32) -> f64;
    #[wasm_bindgen(js_name = textOf)]
    pub fn text_of(slot: u32) -> Option<String>;
    #[wasm_bindgen(js_name = timeOf)]
    pub fn time_of(slot: u32) -> f64;
    pub fn event(name: &str, argument: u32) -> u32;
    #[wasm_bindgen(js_name = toQuery)]
    pub fn to_query(slot: u32) -> Option<String>;
    #[wasm_bindgen(js_name = lastString)]
    pub fn last_string(slot: u32) -> u32;
    #[wasm_bindgen(js_name = withRecovery)]
    pub fn with_recovery(object: u32, pid: u32, offset: u32) -> u32;

    pub fn describe(text: &str) -> u32;
}

#[wasm_bindgen(module = "/src/web/network.js")]
extern "C" {
    pub fn address(base: &str, query: u32) -> u32;
    #[wasm_bindgen(js_name = addParameter)]
    pub fn add_parameter(url: u32, name: &str, value: &str);

    #[wasm_bindgen(js_name = openSocket)]
    pub fn open_socket(url: u32, stamp: &str, protocols: u32, driver: usize, transport: u32) -> u32;
    #[wasm_bindgen(js_name = closeSocket)]
    pub fn close_socket(socket: u32);
    #[wasm_bindgen(js_name = writeText)]
    pub fn write_text(socket: u32, code: u32, label: u32, id: f64, data: u32);
    #[wasm_bindgen(js_name = writeBinary)]
    pub fn write_binary(socket: u32, data: u32, kind: u8);
    #[wasm_bindgen(js_name = writeBase64)]
    pub fn write_base64(socket: u32, mark: &str, data: u32);

    #[wasm_bindgen(js_name = bindTimers)]
    pub fn bind_timers(driver: usize, is_native: bool);
    #[wasm_bindgen(js_name = setTimer)]
    pub fn set_timer(driver: usize, delay: u32);
    #[wasm_bindgen(js_name = clearTimer)]
    pub fn clear_timer(driver: usize);
    #[wasm_bindgen(js_name = guardUnload)]
    pub fn guard_unload(driver: usize, is_guarding: bool);

    #[wasm_bindgen(js_name = addText)]
    pub fn add_text(body: u32, code: u32, label: u32, id: f64, data: u32);
    #[wasm_bindgen(js_name = addBinary)]
    pub fn add_binary(body: u32, data: u32);
    #[wasm_bindgen(js_name = finishBody)]
    pub fn finish_body(body: u32, separator: &str, mark: &str, driver: usize, transport: u32) -> bool;
    pub fn request(
        url: u32,
        stamp: &str,
        headers: u32,
        body: u32,
        fetches: bool,
        follows: bool,
        cookies: u32,
        timeout: u32,
        in_bytes: bool,
        driver: usize,
        transport: u32,
    ) -> u32;
    pub fn end(line: u32);

    #[wasm_bindgen(js_name = hasWebTransport)]
    pub fn has_webtransport() -> bool;
    #[wasm_bindgen(js_name = toText)]
    pub fn to_text(slot: u32) -> u32;
    #[wasm_bindgen(js_name = toBytes)]
    pub fn to_bytes(slot: u32) -> u32;
    #[wasm_bindgen(js_name = writeFrame)]
    pub fn write_frame(session: u32, header: usize, length: usize, content: u32);
}

#[wasm_bindgen(module = "/src/web/webtransport.js")]
extern "C" {
    #[wasm_bindgen(js_name = openSession)]
    pub fn open_session(url: u32, options: u32, driver: usize, transport: u32) -> u32;
}

#[wasm_bindgen(module = "/src/web/diagnosis.js")]
extern "C" {
    pub fn probe(kind: u32, url: &str, header: &str, with_credentials: bool, driver: usize, transport: u32);
    #[wasm_bindgen(js_name = awaitProbe)]
    pub fn await_probe(driver: usize, transport: u32);
    pub fn explain(slot: u32, code: &str, names: &str);
}

#[wasm_bindgen(module = "/src/web/jsonp.js")]
extern "C" {
    #[wasm_bindgen(js_name = sendJsonp)]
    pub fn send_jsonp(url: u32, stamp: &str, body: u32, driver: usize, transport: u32) -> u32;
}
