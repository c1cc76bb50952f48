//! base64url without padding (RFC 4648, section 5): what fits into a subprotocol, which must be an HTTP token.

/// Encodes `bytes`; 3 of them become 4 characters, a rest of 1 or 2 becomes 2 or 3.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0, |bits, &byte| bits << 8 | u32::from(byte));
        let bits = bits << (24 - 8 * chunk.len());
        for digit in 0..=chunk.len() {
            text.push(character((bits >> (18 - 6 * digit)) & 63));
        }
    }
    text
}

/// The character for 6 bits.
fn character(sextet: u32) -> char {
    let sextet = sextet as u8;
    char::from(match sextet {
        0..=25 => b'A' + sextet,
        26..=51 => b'a' - 26 + sextet,
        52..=61 => sextet - 52 + b'0',
        62 => b'-',
        _ => b'_',
    })
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn encodes_the_vectors_of_rfc_4648() {
        let vectors = [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ];
        for (text, encoded) in vectors {
            assert_eq!(encode(text.as_bytes()), encoded);
        }
    }

    #[test]
    fn uses_the_whole_url_safe_alphabet() {
        let bytes: Vec<u8> = (0..64)
            .step_by(4)
            .flat_map(|n: u8| {
                [
                    n << 2 | (n + 1) >> 4,
                    (n + 1) << 4 | (n + 2) >> 2,
                    (n + 2) << 6 | (n + 3),
                ]
            })
            .collect();
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        assert_eq!(encode(&bytes), alphabet);
    }
}
