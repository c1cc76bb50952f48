//! A JavaScript value that Rust holds by number.

use wasm_bindgen::JsValue;

use crate::proto::auth::Secret;
use crate::proto::{Data, Shape};

use super::edge;

/// A value in the table of `edge.js`: the text of a packet, a binary, parsed JSON. Dropped, it leaves the table.
#[derive(Debug)]
pub struct Payload(u32);

impl Payload {
    /// Takes over a number that JavaScript gave; 0 is nothing.
    pub fn from_slot(slot: u32) -> Option<Self> {
        (slot != 0).then_some(Self(slot))
    }

    /// A list of texts.
    pub fn list(texts: &[&str]) -> Self {
        let list = Self(edge::list());
        for text in texts {
            list.append(text);
        }
        list
    }

    /// Adds a text to a list.
    pub fn append(&self, text: &str) {
        edge::append(self.0, text);
    }

    /// Adds to a list, `undefined` where there is nothing.
    pub fn push(&self, item: Option<Self>) {
        edge::push(self.0, item.map_or(0, Self::into_slot));
    }

    /// A URL with a query, of names and values in turn.
    pub fn address(base: &str, query: Self) -> Self {
        Self(edge::address(base, query.into_slot()))
    }

    /// The names and values of a query, decoded. A percent sign that encodes nothing stands for itself, and what encodes no
    /// UTF-8 is left as it is.
    pub fn parameters(query: &str) -> Vec<(String, Secret)> {
        let list = Self(edge::parameters(query));
        let mut parameters = Vec::new();
        while let (Some(name), Some(value)) = (list.shift(), list.shift()) {
            let (name, value) = (name.as_text(), value.as_text());
            parameters.push((name.unwrap_or_default(), Secret::new(value.unwrap_or_default())));
        }
        parameters
    }

    /// Takes the first of a list.
    pub fn shift(&self) -> Option<Self> {
        Self::from_slot(edge::shift(self.0))
    }

    /// Gives the number away: whoever gets it takes the value out of the table.
    pub fn into_slot(self) -> u32 {
        let slot = self.0;
        std::mem::forget(self);
        slot
    }

    /// The number, to look at.
    pub fn slot(&self) -> u32 {
        self.0
    }

    /// The items of a list, each on its own.
    #[cfg(feature = "js")]
    pub fn into_items(self) -> Vec<Self> {
        let mut items = Vec::new();
        while let Some(item) = self.shift() {
            items.push(item);
        }
        items
    }

    /// The value.
    pub fn to_js(&self) -> JsValue {
        edge::peek(self.0)
    }
}

impl From<&JsValue> for Payload {
    fn from(value: &JsValue) -> Self {
        Self(edge::hold(value))
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        edge::take(self.0);
    }
}

impl Data for Payload {
    fn text(text: &str) -> Self {
        Self(edge::hold_text(text))
    }

    fn join(code: u32, label: Option<&Self>, id: Option<u32>, data: Option<&Self>) -> Self {
        Self(edge::join(code, slot_of(label), number_of(id), slot_of(data)))
    }

    fn is_binary(&self) -> bool {
        edge::is_binary(self.0)
    }

    fn wire_len(&self) -> usize {
        edge::wire_length(self.0)
    }

    fn read(&self, from: usize, units: &mut [u16]) -> usize {
        edge::read(self.0, from, units.as_mut_ptr() as usize, units.len())
    }

    fn find(&self, unit: u16, from: usize) -> Option<usize> {
        usize::try_from(edge::find(self.0, unit, from)).ok()
    }

    fn slice(&self, from: usize, to: usize) -> Self {
        Self(edge::slice(self.0, from, to))
    }

    fn decode_utf8(&self) -> Option<Self> {
        Self::from_slot(edge::decode_utf8(self.0))
    }

    fn decode_base64(&self, from: usize) -> Option<Self> {
        Self::from_slot(edge::decode_base64(self.0, from))
    }

    fn parse(&mut self, from: usize) -> Shape {
        shape_of(edge::parse(self.0, from))
    }

    fn attach(&mut self, attachments: Vec<Self>) -> bool {
        let list = Self::list(&[]);
        for attachment in attachments {
            list.push(Some(attachment));
        }
        edge::attach(self.0, list.into_slot())
    }

    fn get(&self, name: &str) -> Option<Self> {
        Self::from_slot(edge::get(self.0, name))
    }

    fn as_number(&self) -> Option<f64> {
        let number = edge::number_of(self.0);
        (!number.is_nan()).then_some(number)
    }

    fn as_text(&self) -> Option<String> {
        edge::text_of(self.0)
    }

    fn as_time(&self) -> Option<f64> {
        let time = edge::time_of(self.0);
        (!time.is_nan()).then_some(time)
    }

    fn from_base64url(text: &str) -> Option<Self> {
        Self::from_slot(edge::from_base64url(text))
    }

    fn event(name: &str, argument: Option<&Self>) -> Self {
        Self(edge::event(name, slot_of(argument)))
    }

    fn to_query(&self) -> Option<String> {
        edge::to_query(self.0)
    }

    fn last_string(&self) -> Option<Self> {
        Self::from_slot(edge::last_string(self.0))
    }

    fn with_recovery(object: Option<Self>, pid: &Self, offset: Option<&Self>) -> Self {
        Self(edge::with_recovery(slot_of(object.as_ref()), pid.0, slot_of(offset)))
    }
}

/// The shape that `edge.js` has a number for.
pub(crate) fn shape_of(number: u32) -> Shape {
    match number {
        1 => Shape::Nothing,
        2 => Shape::Event,
        3 => Shape::Array,
        4 => Shape::Object,
        5 => Shape::String,
        6 => Shape::Other,
        _ => Shape::Invalid,
    }
}

/// The number of what may not be there.
pub(super) fn slot_of(payload: Option<&Payload>) -> u32 {
    payload.map_or(0, Payload::slot)
}

/// An acknowledgement's id as it crosses: negative for none.
pub(crate) fn number_of(id: Option<u32>) -> f64 {
    id.map_or(-1.0, f64::from)
}
