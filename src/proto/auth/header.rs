//! Header fields, checked as a browser would check them, but loudly.

use std::fmt;

use super::{CredentialKind, Secret, join};
use crate::proto::engine::url::{cut, position};
use crate::proto::names::has_word;

/// A set of headers: each name once, compared without case, in the order in which the names were first set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<Header>);

impl Headers {
    /// Sets a header. It replaces one of the same name: set the general ones first, a transport's own ones after.
    pub fn set(&mut self, header: Header) {
        match self.0.iter_mut().find(|other| other.is_named(&header.name)) {
            Some(other) => *other = header,
            None => self.0.push(header),
        }
    }

    /// Adds a header. The values of one name are joined with commas, as browsers do (RFC 9110, section 5.3).
    pub fn add(&mut self, header: Header) {
        match self.0.iter_mut().find(|other| other.is_named(&header.name)) {
            Some(other) => other.value = Secret::new(join(&[other.value.expose(), ", ", header.value.expose()])),
            None => self.0.push(header),
        }
    }

    /// The headers in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, Header> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Headers {
    type Item = &'a Header;
    type IntoIter = std::slice::Iter<'a, Header>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A header field that a browser will send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    name: String,
    value: Secret,
}

impl Header {
    /// Checks a name and a value; leading and trailing whitespace of the value is cut off, as browsers do.
    ///
    /// # Errors
    /// - [`InvalidHeader::Name`]: not a token (RFC 9110, section 5.1).
    /// - [`InvalidHeader::Value`]: a control character other than a tab inside (RFC 9110, section 5.5), or a code point
    ///   above U+00FF, at which `setRequestHeader` throws.
    /// - [`InvalidHeader::Forbidden`]: a forbidden request-header (Fetch standard), which browsers drop silently.
    pub fn new(name: &str, value: &str) -> Result<Self, InvalidHeader> {
        let end = position(name, &|byte| !is_token(byte));
        if end.is_some() || name.is_empty() {
            let start = name.get(..end.unwrap_or_default()).unwrap_or_default();
            return Err(InvalidHeader::Name(start.into()));
        }
        let value = value.trim_ascii();
        if position(value, &|byte| !is_field(byte)).is_some() {
            return Err(InvalidHeader::Value(name.into()));
        }
        if is_forbidden(name, value) {
            return Err(InvalidHeader::Forbidden(name.into()));
        }
        Ok(Self {
            name: name.into(),
            value: value.into(),
        })
    }

    /// The name as the app wrote it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value, trimmed.
    pub const fn value(&self) -> &Secret {
        &self.value
    }

    /// Whether this is a bearer token or another header.
    pub fn kind(&self) -> CredentialKind {
        if self.bearer().is_some() {
            CredentialKind::Bearer
        } else {
            CredentialKind::Header
        }
    }

    /// Whether this header has `name`, compared without case.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The token of `Authorization: Bearer <token>`; the scheme is compared without case (RFC 9110, section 11.1).
    pub(super) fn bearer(&self) -> Option<&str> {
        const SCHEME: &str = "bearer ";
        let value = self.value.expose();
        let scheme = value.get(..SCHEME.len())?;
        let is_bearer = scheme.eq_ignore_ascii_case(SCHEME) && self.is_named("authorization");
        value.get(SCHEME.len()..).filter(|_| is_bearer)
    }
}

/// Why a header cannot be sent by any page. It never shows the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidHeader {
    /// The name is not a token. Holds what stands before the first bad character, and no more: apps put whole header
    /// lines here by mistake.
    Name(String),
    /// The value of the header of this name has a character that no header may have.
    Value(String),
    /// Browsers keep the header of this name to themselves.
    Forbidden(String),
}

impl InvalidHeader {
    /// What is wrong, for the app's developer.
    pub fn message(&self) -> String {
        match self {
            Self::Name(start) => join(&["invalid header name: bad character after \"", start, "\""]),
            Self::Value(name) => join(&["invalid header value: bad character in ", name]),
            Self::Forbidden(name) => join(&["forbidden header: browsers do not let a page send ", name]),
        }
    }
}

impl fmt::Display for InvalidHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for InvalidHeader {}

/// Whether `byte` may stand in a token (RFC 9110, section 5.6.2).
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
}

/// Whether a byte of UTF-8 may stand in a value: it is no control character but the tab, and part of no code point above
/// U+00FF, since those begin with 0xC4 or more.
const fn is_field(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~' | 0x80..=0xc3)
}

/// Whether this is what the Fetch standard calls a forbidden request-header.
fn is_forbidden(name: &str, value: &str) -> bool {
    const NAMES: &str = "accept-charset accept-encoding access-control-request-headers access-control-request-method \
        connection content-length cookie cookie2 date dnt expect host keep-alive origin referer set-cookie te trailer \
        transfer-encoding upgrade via";
    const OVERRIDES: &str = "x-http-method x-http-method-override x-method-override";
    const METHODS: &str = "connect trace track";

    let name = name.to_ascii_lowercase();
    if has_word(OVERRIDES, &name) {
        let mut methods = value;
        while !methods.is_empty() {
            let (method, rest) = cut(methods, b',');
            if has_word(METHODS, &method.trim_ascii().to_ascii_lowercase()) {
                return true;
            }
            methods = rest;
        }
    }
    has_word(NAMES, &name) || name.starts_with("proxy-") || name.starts_with("sec-")
}
