//! What `edge.js` offers, by its JavaScript names. Slots are numbers in its table; 0 is none.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use web_sys::{WebSocket, XmlHttpRequest};

#[wasm_bindgen(module = "/src/web/edge.js")]
extern "C" {
    #[wasm_bindgen(js_name = connectEdge)]
    pub fn connect_edge(memory: &JsValue, head: usize, dispatch: &Function);

    pub fn hold(value: &JsValue) -> u32;
    pub fn peek(slot: u32) -> JsValue;
    pub fn take(slot: u32) -> JsValue;

    pub fn read(slot: u32, from: usize, units: &mut [u16]) -> usize;
    pub fn find(slot: u32, unit: u16, from: usize) -> i32;
    pub fn slice(slot: u32, from: usize, to: usize) -> u32;
    #[wasm_bindgen(js_name = isBinary)]
    pub fn is_binary(slot: u32) -> bool;
    #[wasm_bindgen(js_name = wireLength)]
    pub fn wire_length(slot: u32) -> usize;
    #[wasm_bindgen(js_name = decodeBase64)]
    pub fn decode_base64(slot: u32, from: usize) -> u32;
    pub fn join(code: u32, label: u32, id: f64, data: u32) -> u32;

    pub fn parse(slot: u32, from: usize) -> u32;
    pub fn attach(slot: u32, slots: &[u32]) -> bool;
    pub fn get(slot: u32, name: &str) -> u32;
    #[wasm_bindgen(js_name = numberOf)]
    pub fn number_of(slot: u32) -> f64;
    #[wasm_bindgen(js_name = textOf)]
    pub fn text_of(slot: u32) -> Option<String>;
    #[wasm_bindgen(js_name = timeOf)]
    pub fn time_of(slot: u32) -> f64;
    pub fn event(name: &str, argument: u32) -> u32;
    #[wasm_bindgen(js_name = lastString)]
    pub fn last_string(slot: u32) -> u32;
    #[wasm_bindgen(js_name = withRecovery)]
    pub fn with_recovery(object: u32, pid: u32, offset: u32) -> u32;

    #[wasm_bindgen(js_name = listenSocket)]
    pub fn listen_socket(socket: &WebSocket, driver: usize, transport: u32);
    #[wasm_bindgen(js_name = unlistenSocket)]
    pub fn unlisten_socket(socket: &WebSocket);
    #[wasm_bindgen(js_name = writeText)]
    pub fn write_text(socket: &WebSocket, code: u32, label: u32, id: f64, data: u32);
    #[wasm_bindgen(js_name = writeBinary)]
    pub fn write_binary(socket: &WebSocket, data: u32);
    #[wasm_bindgen(js_name = writeBase64)]
    pub fn write_base64(socket: &WebSocket, mark: &str, data: u32);

    pub fn detail(description: &JsValue, context: &JsValue) -> u32;

    #[wasm_bindgen(js_name = newBody)]
    pub fn new_body() -> u32;
    #[wasm_bindgen(js_name = addText)]
    pub fn add_text(body: u32, code: u32, label: u32, id: f64, data: u32);
    #[wasm_bindgen(js_name = addBinary)]
    pub fn add_binary(body: u32, data: u32);
    #[wasm_bindgen(js_name = finishBody)]
    pub fn finish_body(body: u32, separator: &str, mark: &str, driver: usize, transport: u32) -> bool;
    #[wasm_bindgen(js_name = sendRequest, catch)]
    pub fn send_request(request: &XmlHttpRequest, body: u32, driver: usize, transport: u32) -> Result<(), JsValue>;

    #[wasm_bindgen(catch)]
    pub fn entries(object: &JsValue) -> Result<Array, JsValue>;

    pub type AbortController;
    #[wasm_bindgen(js_name = sendFetch)]
    pub fn send_fetch(
        url: &str,
        headers: &JsValue,
        body: u32,
        credentials: &str,
        follows: bool,
        timeout: u32,
        driver: usize,
        transport: u32,
    ) -> AbortController;
    #[wasm_bindgen(method)]
    pub fn abort(this: &AbortController);
}

#[wasm_bindgen(module = "/src/web/webtransport.js")]
extern "C" {
    #[wasm_bindgen(js_name = hasWebTransport)]
    pub fn has_webtransport() -> bool;

    pub type SessionLine;
    #[wasm_bindgen(js_name = openSession, catch)]
    pub fn open_session(url: &str, options: &JsValue, driver: usize, transport: u32) -> Result<SessionLine, JsValue>;
    #[wasm_bindgen(js_name = toText)]
    pub fn to_text(slot: u32) -> u32;
    #[wasm_bindgen(js_name = toBytes)]
    pub fn to_bytes(slot: u32) -> u32;
    #[wasm_bindgen(js_name = writeFrame)]
    pub fn write_frame(line: &SessionLine, header: &[u8], content: u32);
    #[wasm_bindgen(js_name = closeSession)]
    pub fn close_session(line: &SessionLine);
}

#[wasm_bindgen(module = "/src/web/diagnosis.js")]
extern "C" {
    pub fn probe(kind: u32, url: &str, header: &str, with_credentials: bool, driver: usize, transport: u32);
    #[wasm_bindgen(js_name = awaitProbe)]
    pub fn await_probe(driver: usize, transport: u32);
    pub fn explain(slot: u32, code: &str, names: &str);
}
