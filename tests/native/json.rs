//! The tests' own JSON, against serde_json's: what the other tests say is only as good as this.

use proptest::prelude::*;
use serde_json::Value;

use socketio_wasm::proto::{Data, Shape};

use crate::support::json::units;
use crate::support::{Json, Sample, base64, desk};

pub fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        // Fractions that serde_json reads exactly.
        any::<i32>().prop_map(|quarters| Value::from(f64::from(quarters) / 4.0)),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,4}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn every_value_survives_both_writers(value in any_value()) {
        let ours = Json::from(value.clone());
        prop_assert_eq!(Json::parse(&units(&value.to_string())), Some(ours.clone()));
        let (text, binaries) = ours.to_parts();
        prop_assert!(binaries.is_empty());
        let text = String::from_utf16(&text).unwrap();
        prop_assert_eq!(Json::from(serde_json::from_str::<Value>(&text).unwrap()), ours);
    }

    #[test]
    fn both_readers_refuse_the_same(text in "[\\[\\]{}\",:0-9a-f.eE+\\- \\\\ntru]{0,12}") {
        let serde = serde_json::from_str::<Value>(&text);
        // serde_json refuses what is no 64-bit float, and lone surrogates; JavaScript has them.
        let is_special = text.contains(['e', 'E', 'u']);
        if !is_special {
            prop_assert_eq!(Json::parse(&units(&text)).is_some(), serde.is_ok(), "{}", text);
        }
    }

    #[test]
    fn base64_survives(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let text = base64::encode(&bytes);
        prop_assert_eq!(1 + text.len(), Sample::binary(&bytes).wire_len());
        prop_assert_eq!(base64::decode(&units(&text)), Some(bytes.clone()));
        prop_assert_eq!(base64::decode(&units(text.trim_end_matches('='))), Some(bytes));
    }
}

#[test]
fn lone_surrogates_are_kept_and_written_as_escapes() {
    let raw = [0x22, 0xd83d, 0x22];
    let value = Json::parse(&raw).unwrap();
    assert_eq!(value, Json::String([0xd83d].as_slice().into()));
    assert_eq!(String::from_utf16(&value.to_parts().0).unwrap(), "\"\\ud83d\"");
    assert_eq!(Json::parse(&units("\"\\uD83D\"")), Some(value));
    assert_eq!(Json::parse(&units("\"\\ud83d\\ude80\"")), Some(Json::string("🚀")));
}

#[test]
fn the_shapes_that_the_protocol_tells_apart() {
    #[rustfmt::skip]
    let table = [
        ("",                      Shape::Nothing),
        (" ",                     Shape::Invalid),
        ("[",                     Shape::Invalid),
        ("[\"a\"] x",             Shape::Invalid),
        ("undefined",             Shape::Invalid),
        (" [\"a\"] ",             Shape::Event),
        ("[1]",                   Shape::Event),
        ("[\"connect\"]",         Shape::Array),
        ("[\"newListener\",1]",   Shape::Array),
        ("[\"Connect\"]",         Shape::Event),
        ("[]",                    Shape::Array),
        ("[null]",                Shape::Array),
        ("[[\"a\"]]",             Shape::Array),
        ("{}",                    Shape::Object),
        ("\"a\"",                 Shape::String),
        ("1",                     Shape::Other),
        ("null",                  Shape::Other),
        ("true",                  Shape::Other),
    ];
    for (text, expected) in table {
        assert_eq!(desk::shape(text), expected, "{text}");
    }
}

#[test]
fn positions_count_utf16_units() {
    let text = Sample::text("4🚀\u{1e}b");
    assert_eq!(text.find(0x1e, 0), Some(3));
    assert_eq!(text.find(0x1e, 4), None);
    assert_eq!(text.slice(1, 3), Sample::text("🚀"));
    assert_eq!(text.slice(4, usize::MAX), Sample::text("b"));
    assert_eq!(text.slice(9, usize::MAX), Sample::text(""));
    assert_eq!(text.wire_len(), 7);
    let mut head = [0; 2];
    assert_eq!(text.read(1, &mut head), 2);
    assert_eq!(head, [0xd83d, 0xde80]);
    assert_eq!(text.read(5, &mut head), 0);
}
