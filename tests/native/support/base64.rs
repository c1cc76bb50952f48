//! Base64 as browsers write it, and as `atob` reads it.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..4 {
            text.push(if index <= chunk.len() {
                char::from(ALPHABET[(group >> (18 - 6 * index) & 63) as usize])
            } else {
                '='
            });
        }
    }
    text
}

/// Padding may be left out. `None` where it is not base64.
pub fn decode(text: &[u16]) -> Option<Vec<u8>> {
    let mut text = text;
    if text.len().is_multiple_of(4) {
        for _ in 0..2 {
            text = text.strip_suffix(&[u16::from(b'=')]).unwrap_or(text);
        }
    }
    if text.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::new();
    for chunk in text.chunks(4) {
        let mut group = 0;
        for unit in chunk {
            let digit = ALPHABET.iter().position(|digit| u16::from(*digit) == *unit)?;
            group = group << 6 | digit as u32;
        }
        group <<= 6 * (4 - chunk.len());
        bytes.extend(&group.to_be_bytes()[1..chunk.len()]);
    }
    Some(bytes)
}
