//! Which refusals are about authentication.

use crate::proto::Data;
use crate::proto::names::has_word;

/// Codes that servers give such a refusal, compared without case and with `_` for `-`.
const CODES: &str = "authentication_error authentication_required credentials_required expired_token invalid_credentials \
invalid_token jwt_expired token_expired unauthenticated unauthorized";

/// Types of errors of well-known middleware.
const TYPES: &str = "AuthenticationError JsonWebTokenError TokenExpiredError UnauthorizedError";

/// The length of the longest.
const LONGEST: usize = 23;

/// Whether the `data` of a refusal says that it is about authentication: its `status` (or `statusCode`) is 401 or 403, or its
/// `code` or `type` is one that says so.
pub fn is_about_authentication<D: Data>(data: &D) -> bool {
    let is_status = |name: &&str| {
        let status = data.number_at(name);
        status.is_some_and(|status| status == 401.0 || status == 403.0)
    };
    ["status", "statusCode", "code"].iter().any(is_status)
        || is_one_of(data.get("code"), CODES, |unit| match unit {
            b'-' => b'_',
            unit => unit.to_ascii_lowercase(),
        })
        || is_one_of(data.get("type"), TYPES, |unit| unit)
}

/// Whether a value is a word of a list, once each of its characters is folded.
fn is_one_of<D: Data>(value: Option<D>, words: &str, fold: fn(u8) -> u8) -> bool {
    let mut units = [0; LONGEST + 1];
    let mut bytes = [0; LONGEST + 1];
    let count = value.filter(D::is_text).map_or(0, |value| value.read(0, &mut units));
    for (byte, unit) in bytes.iter_mut().zip(units).take(count) {
        *byte = fold(u8::try_from(unit).unwrap_or_default());
    }
    let word = bytes.get(..count).and_then(|bytes| std::str::from_utf8(bytes).ok());
    word.is_some_and(|word| has_word(words, word))
}
