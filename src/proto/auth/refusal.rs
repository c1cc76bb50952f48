//! Which refusals are about authentication.

use crate::proto::Data;
use crate::proto::engine::url::cut;

/// Codes that servers give such a refusal, compared without case and with `_` for `-`.
const CODES: &str = "authentication_error authentication_required credentials_required expired_token invalid_credentials \
invalid_token jwt_expired token_expired unauthenticated unauthorized";

/// Types of errors of well-known middleware.
const TYPES: &str = "AuthenticationError JsonWebTokenError TokenExpiredError UnauthorizedError";

/// Whether the `data` of a refusal says that it is about authentication: its `status` (or `statusCode`) is 401 or 403, or its
/// `code` or `type` is one that says so.
pub fn is_about_authentication<D: Data>(data: &D) -> bool {
    let is_status = |name: &&str| {
        let status = data.number_at(name);
        status.is_some_and(|status| status == 401.0 || status == 403.0)
    };
    ["status", "statusCode", "code"].iter().any(is_status)
        || is_one_of(data.get("code").and_then(|code| code.fold()), CODES)
        || is_one_of(data.get("type"), TYPES)
}

/// Whether a value is a word of a list.
fn is_one_of<D: Data>(value: Option<D>, words: &str) -> bool {
    let mut rest = words;
    while let (Some(value), false) = (&value, rest.is_empty()) {
        let word;
        (word, rest) = cut(rest, b' ');
        if value.is(word) {
            return true;
        }
    }
    false
}
