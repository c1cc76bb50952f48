//! base64url without padding (RFC 4648, section 5): what fits into a subprotocol, which must be an HTTP token.

/// The characters for 6 bits.
const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Encodes `bytes`; 3 of them become 4 characters, a rest of 1 or 2 becomes 2 or 3.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0, |bits, &byte| bits << 8 | u32::from(byte));
        let bits = bits << (24 - 8 * chunk.len());
        for digit in 0..=chunk.len() {
            let at = ((bits >> (18 - 6 * digit)) & 63) as usize;
            text.push_str(ALPHABET.get(at..=at).unwrap_or_default());
        }
    }
    text
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
        assert_eq!(encode(&bytes), super::ALPHABET);
    }
}
