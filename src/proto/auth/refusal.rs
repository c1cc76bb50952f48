//! Which refusals are about authentication.

use crate::proto::Data;

/// Codes that servers give such a refusal, compared without case and with `_` for `-`.
const CODES: [&str; 10] = [
    "authentication_error",
    "authentication_required",
    "credentials_required",
    "expired_token",
    "invalid_credentials",
    "invalid_token",
    "jwt_expired",
    "token_expired",
    "unauthenticated",
    "unauthorized",
];

/// Types of errors of well-known middleware.
const TYPES: [&str; 4] = [
    "AuthenticationError",
    "JsonWebTokenError",
    "TokenExpiredError",
    "UnauthorizedError",
];

/// Whether the `data` of a refusal says that it is about authentication: its `status` (or `statusCode`) is 401 or 403, or its
/// `code` or `type` is one that says so.
pub fn is_about_authentication<D: Data>(data: &D) -> bool {
    let is_status = |name: &str| {
        let status = data.number_at(name);
        status.is_some_and(|status| status == 401.0 || status == 403.0)
    };
    is_status("status")
        || is_status("statusCode")
        || is_status("code")
        || data
            .text_at("code")
            .is_some_and(|code| CODES.iter().any(|other| is_code(&code, other)))
        || data.text_at("type").is_some_and(|kind| TYPES.contains(&kind.as_str()))
}

fn is_code(code: &str, other: &str) -> bool {
    let is = |(byte, wanted): (u8, u8)| byte.to_ascii_lowercase() == wanted || byte == b'-' && wanted == b'_';
    code.len() == other.len() && code.bytes().zip(other.bytes()).all(is)
}
