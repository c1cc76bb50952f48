//! Values of the app's, looked at where they are.

use wasm_bindgen::prelude::*;

use crate::web::{Payload, edge};

#[wasm_bindgen(module = "/src/web/edge.js")]
extern "C" {
    fn member(slot: i32, name: i32) -> i32;
    #[wasm_bindgen(js_name = typeOf)]
    fn type_of(slot: i32) -> i32;
    #[wasm_bindgen(js_name = isTruthy)]
    fn is_truthy(slot: i32) -> bool;
    #[wasm_bindgen(js_name = stringOf)]
    fn string_of(slot: i32) -> i32;
    fn items(slot: i32) -> i32;
    fn entries(slot: i32) -> i32;
    fn texts(list: i32) -> i32;
}

/// What a value is; `edge.js` has the same order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Type {
    Nothing,
    Boolean,
    Number,
    String,
    Function,
    Array,
    Object,
    Other,
}

impl Payload {
    /// A member that is neither `undefined` nor `null`, wherever the object has it from.
    pub fn member(&self, name: &str) -> Option<Self> {
        Self::from_slot(member(self.slot(), edge::hold_text(name)))
    }

    /// What it is.
    pub fn value_type(&self) -> Type {
        const ALL: [Type; 7] = [
            Type::Nothing,
            Type::Boolean,
            Type::Number,
            Type::String,
            Type::Function,
            Type::Array,
            Type::Object,
        ];
        ALL.get(type_of(self.slot()) as usize).copied().unwrap_or(Type::Other)
    }

    /// Whether it is an object, a list among them.
    pub fn is_object(&self) -> bool {
        matches!(self.value_type(), Type::Object | Type::Array)
    }

    /// Whether a condition takes it for true.
    pub fn is_truthy(&self) -> bool {
        is_truthy(self.slot())
    }

    /// The boolean that it is.
    pub fn as_flag(&self) -> Option<bool> {
        (self.value_type() == Type::Boolean).then(|| self.is_truthy())
    }

    /// JavaScript's own conversion. It runs code of the app (`toString`).
    pub fn to_text(&self) -> Option<Self> {
        Self::from_slot(string_of(self.slot()))
    }

    /// Names and values in turn, each value converted so. Runs code of the app.
    pub fn to_texts(&self) -> Option<Self> {
        Self::from_slot(texts(self.slot()))
    }

    /// The items of an array, to be taken one by one.
    pub fn items(&self) -> Option<Self> {
        Self::from_slot(items(self.slot()))
    }

    /// Names and values in turn, to be taken one by one, of an object, a `Map`, `Headers`, `URLSearchParams` and the like.
    /// Runs code of the app.
    pub fn members(&self) -> Option<Self> {
        Self::from_slot(entries(self.slot()))
    }
}
