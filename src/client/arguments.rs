//! Typed arguments: what serde sees as a tuple is several arguments, `()` is none, and anything else is one.

use std::fmt;

use js_sys::Array;
use serde::de::value::SeqDeserializer;
use serde::de::{self, DeserializeOwned, Visitor};
use serde::ser::{self, Impossible, Serialize};
use serde_wasm_bindgen::Deserializer;
use wasm_bindgen::prelude::*;

use super::error::Error;

/// The arguments that a value stands for.
pub(super) fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Array, Error> {
    let kind = match value.serialize(Probe) {
        Ok(kind) | Err(kind) => kind,
    };
    if kind == Kind::Unit {
        return Ok(Array::new());
    }
    let value = to_js(value)?;
    Ok(match kind {
        Kind::Tuple => value.unchecked_into(),
        Kind::Unit | Kind::One => Array::of1(&value),
    })
}

/// A value as JSON would have it, except that bytes stay bytes.
pub(super) fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, Error> {
    let serializer = serde_wasm_bindgen::Serializer::new()
        .serialize_missing_as_null(true)
        .serialize_maps_as_objects(true);
    value.serialize(&serializer).map_err(payload_error)
}

/// The value that arguments stand for. Arguments that are too many are left out, as listeners in JavaScript do.
pub(super) fn decode<T: DeserializeOwned>(arguments: &Array) -> Result<T, Error> {
    T::deserialize(Arguments(arguments)).map_err(payload_error)
}

#[allow(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn payload_error(error: serde_wasm_bindgen::Error) -> Error {
    Error::payload(error.to_string())
}

/// What a value is to serde.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unit,
    Tuple,
    One,
}

impl fmt::Display for Kind {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Kind {}

impl ser::Error for Kind {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::One
    }
}

/// Finds out what a value is, and looks no further.
struct Probe;

macro_rules! all_are_one {
    ($($method:ident($($type:ty),*))*) => {
        $(fn $method(self, $(_: $type),*) -> Result<Kind, Kind> {
            Ok(Kind::One)
        })*
    };
}

impl ser::Serializer for Probe {
    type Ok = Kind;
    type Error = Kind;
    type SerializeSeq = Impossible<Kind, Kind>;
    type SerializeTuple = Impossible<Kind, Kind>;
    type SerializeTupleStruct = Impossible<Kind, Kind>;
    type SerializeTupleVariant = Impossible<Kind, Kind>;
    type SerializeMap = Impossible<Kind, Kind>;
    type SerializeStruct = Impossible<Kind, Kind>;
    type SerializeStructVariant = Impossible<Kind, Kind>;

    all_are_one! {
        serialize_bool(bool)
        serialize_i8(i8)
        serialize_i16(i16)
        serialize_i32(i32)
        serialize_i64(i64)
        serialize_i128(i128)
        serialize_u8(u8)
        serialize_u16(u16)
        serialize_u32(u32)
        serialize_u64(u64)
        serialize_u128(u128)
        serialize_f32(f32)
        serialize_f64(f64)
        serialize_char(char)
        serialize_str(&str)
        serialize_bytes(&[u8])
        serialize_none()
        serialize_unit_struct(&'static str)
        serialize_unit_variant(&'static str, u32, &'static str)
    }

    fn serialize_unit(self) -> Result<Kind, Kind> {
        Ok(Kind::Unit)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<Kind, Kind> {
        Ok(Kind::One)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, _: &T) -> Result<Kind, Kind> {
        Ok(Kind::One)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Kind, Kind> {
        Ok(Kind::One)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Kind> {
        Err(Kind::One)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Kind> {
        Err(Kind::Tuple)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Kind> {
        Err(Kind::One)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Kind> {
        Err(Kind::One)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Kind> {
        Err(Kind::One)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Kind> {
        Err(Kind::One)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Kind> {
        Err(Kind::One)
    }
}

/// The arguments of an event, to be read as a tuple, as `()`, or as what the first of them is.
struct Arguments<'a>(&'a Array);

impl Arguments<'_> {
    fn at(&self, index: u32) -> Deserializer {
        // `undefined` where there are fewer: that is `None`.
        Deserializer::from(self.0.get(index))
    }
}

macro_rules! read_the_first {
    ($($method:ident($($name:ident: $type:ty),*))*) => {
        $(fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value, Self::Error> {
            self.at(0).$method($($name,)* visitor)
        })*
    };
}

impl<'de> de::Deserializer<'de> for Arguments<'_> {
    type Error = serde_wasm_bindgen::Error;

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Self::Error> {
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        visitor.visit_seq(SeqDeserializer::new((0..len).map(|index| self.at(index))))
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_unit()
    }

    read_the_first! {
        deserialize_any()
        deserialize_bool()
        deserialize_i8()
        deserialize_i16()
        deserialize_i32()
        deserialize_i64()
        deserialize_i128()
        deserialize_u8()
        deserialize_u16()
        deserialize_u32()
        deserialize_u64()
        deserialize_u128()
        deserialize_f32()
        deserialize_f64()
        deserialize_char()
        deserialize_str()
        deserialize_string()
        deserialize_bytes()
        deserialize_byte_buf()
        deserialize_option()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_seq()
        deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_map()
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
        deserialize_identifier()
    }
}
