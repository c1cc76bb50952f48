//! Texts out of the fuzzer's bytes.

use std::rc::Rc;

/// Code units: of UTF-8, or where the first byte is 0xfe, two bytes each, lone surrogates among them.
pub fn units(bytes: &[u8]) -> Rc<[u16]> {
    match bytes.split_first() {
        Some((0xfe, rest)) => rest
            .chunks_exact(2)
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
            .collect(),
        _ => String::from_utf8_lossy(bytes).encode_utf16().collect(),
    }
}
