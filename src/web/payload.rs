//! A JavaScript value that Rust holds by number.

use std::num::NonZeroI32;

use wasm_bindgen::JsValue;

use crate::proto::{Data, Shape};

use super::edge;

/// A value in the table of `edge.js`: the text of a packet, a binary, parsed JSON. Dropped, it leaves the table.
#[derive(Debug)]
pub struct Payload(NonZeroI32);

impl Payload {
    /// Takes over a number that JavaScript gave; 0 is nothing.
    pub fn from_slot(slot: i32) -> Option<Self> {
        NonZeroI32::new(slot).map(Self)
    }

    /// Takes over a number that stands for a value in any case.
    pub fn held(slot: i32) -> Self {
        Self(NonZeroI32::new(slot).unwrap_or(NonZeroI32::MAX))
    }

    /// A list of texts.
    pub fn list(texts: &[&str]) -> Self {
        let list = Self::held(edge::list());
        for text in texts {
            list.append(text);
        }
        list
    }

    /// Adds a text to a list.
    pub fn append(&self, text: &str) {
        self.push(Some(Self::text(text)));
    }

    /// Adds to a list, `undefined` where there is nothing.
    pub fn push(&self, item: Option<Self>) {
        edge::push(self.slot(), item.map_or(0, Self::into_slot));
    }

    /// Adds the items of another list.
    pub fn extend(&self, other: &Self) {
        edge::extend(self.slot(), other.slot());
    }

    /// Adds the members of an object (a JSON text) as the names and values of a query.
    pub fn extend_with_query(&self, object: &Self) {
        edge::extend_with_query(self.slot(), object.slot());
    }

    /// The names and values of a query in turn, decoded.
    #[cfg(not(feature = "js"))]
    pub fn parameters(query: &str) -> Self {
        Self::held(edge::parameters(edge::hold_text(query)))
    }

    /// How many items a list has.
    pub fn count(&self) -> usize {
        edge::count(self.slot()) as usize
    }

    /// Another reference to an item of a list. `None` where it is `undefined`.
    pub fn item(&self, index: usize) -> Option<Self> {
        Self::from_slot(edge::item(self.slot(), index as i32))
    }

    /// The same URL with another scheme.
    pub fn with_scheme(&self, scheme: &str) -> Self {
        Self::held(edge::with_scheme(self.slot(), edge::hold_text(scheme)))
    }

    /// Adds parameters to a URL, in place: names and values in turn.
    pub fn add_parameters(&self, parameters: &Self) {
        edge::add_parameters(self.slot(), parameters.slot());
    }

    /// The texts of a list as one, with a separator between them.
    pub fn joined(&self, separator: &str) -> Self {
        Self::held(edge::join_texts(self.slot(), edge::hold_text(separator)))
    }

    /// Takes the first of a list.
    pub fn shift(&self) -> Option<Self> {
        Self::from_slot(edge::shift(self.slot()))
    }

    /// Gives the number away: whoever gets it takes the value out of the table.
    pub fn into_slot(self) -> i32 {
        let slot = self.slot();
        std::mem::forget(self);
        slot
    }

    /// The number, to look at.
    pub fn slot(&self) -> i32 {
        self.0.get()
    }

    /// The numbers of a list, as many as there is room for.
    #[cfg(feature = "js")]
    pub fn read_numbers(&self, numbers: &mut [f64]) {
        edge::read_numbers(self.slot(), numbers.as_mut_ptr() as i32, numbers.len() as i32);
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

    /// The string that it is. Lone surrogates are replaced.
    #[cfg(not(feature = "js"))]
    pub fn as_text(&self) -> Option<String> {
        let length = usize::try_from(edge::length_of(self.slot())).ok()?;
        let mut units = vec![0; length];
        self.read(0, &mut units);
        Some(String::from_utf16_lossy(&units))
    }

    /// The value.
    pub fn to_js(&self) -> JsValue {
        edge::peek(self.slot())
    }
}

impl From<&JsValue> for Payload {
    fn from(value: &JsValue) -> Self {
        Self::held(edge::hold(value))
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        edge::take(self.slot());
    }
}

impl Data for Payload {
    fn text(text: &str) -> Self {
        Self::held(edge::hold_text(text))
    }

    fn join(code: u32, label: Option<&Self>, id: Option<u32>, data: Option<&Self>) -> Self {
        Self::held(edge::join(code as i32, slot_of(label), number_of(id), slot_of(data)))
    }

    fn concat(&self, other: &Self) -> Self {
        Self::held(edge::concat(self.slot(), other.slot()))
    }

    fn fold(&self) -> Option<Self> {
        Self::from_slot(edge::fold(self.slot()))
    }

    fn empty_list() -> Self {
        Self::list(&[])
    }

    fn push(&mut self, item: Option<Self>) {
        Self::push(self, item);
    }

    fn is_binary(&self) -> bool {
        edge::is_binary(self.slot())
    }

    fn wire_len(&self) -> usize {
        edge::wire_length(self.slot()) as usize
    }

    fn read(&self, from: usize, units: &mut [u16]) -> usize {
        edge::read(self.slot(), from as i32, units.as_mut_ptr() as i32, units.len() as i32) as usize
    }

    fn find(&self, unit: u16, from: usize) -> Option<usize> {
        usize::try_from(edge::find(self.slot(), unit, from as i32)).ok()
    }

    fn slice(&self, from: usize, to: usize) -> Self {
        Self::held(edge::slice(self.slot(), from as i32, to as f64))
    }

    fn decode_utf8(&self) -> Option<Self> {
        Self::from_slot(edge::decode_utf8(self.slot()))
    }

    fn decode_base64(&self, from: usize) -> Option<Self> {
        Self::from_slot(edge::decode_base64(self.slot(), from as i32))
    }

    fn parse(&mut self, from: usize) -> Shape {
        shape_of(edge::parse(self.slot(), from as i32))
    }

    fn attach(&mut self, attachments: Self) -> bool {
        edge::attach(self.slot(), attachments.into_slot())
    }

    fn get(&self, name: &str) -> Option<Self> {
        Self::from_slot(edge::get(self.slot(), edge::hold_text(name)))
    }

    fn equals(one: Option<&Self>, other: Option<&Self>) -> bool {
        edge::equals(slot_of(one), slot_of(other))
    }

    fn is_text(&self) -> bool {
        edge::length_of(self.slot()) > 0
    }

    fn as_number(&self) -> Option<f64> {
        let number = edge::number_of(self.slot());
        (!number.is_nan()).then_some(number)
    }

    fn as_time(&self) -> Option<f64> {
        let time = edge::time_of(self.slot());
        (!time.is_nan()).then_some(time)
    }

    fn decode_base64url(&self) -> Option<Self> {
        Self::from_slot(edge::decode_base64url(self.slot()))
    }

    fn event(name: &Self, argument: Option<&Self>) -> Self {
        Self::held(edge::event(name.slot(), slot_of(argument)))
    }

    fn to_query(&self) -> Option<Self> {
        Self::from_slot(edge::to_query(self.slot()))
    }

    fn last_string(&self) -> Option<Self> {
        Self::from_slot(edge::last_string(self.slot()))
    }

    fn with_recovery(object: Option<Self>, pid: &Self, offset: Option<&Self>) -> Self {
        Self::held(edge::with_recovery(
            slot_of(object.as_ref()),
            pid.slot(),
            slot_of(offset),
        ))
    }
}

/// The shape that `edge.js` has a number for.
pub(crate) fn shape_of(number: i32) -> Shape {
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
pub(crate) fn slot_of(payload: Option<&Payload>) -> i32 {
    payload.map_or(0, Payload::slot)
}

/// An acknowledgement's id as it crosses: negative for none.
pub(crate) fn number_of(id: Option<u32>) -> f64 {
    id.map_or(-1.0, f64::from)
}
