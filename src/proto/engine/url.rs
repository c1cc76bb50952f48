//! The URL of a server, in all the forms that apps write.

use crate::error::{Code, Error};
use crate::proto::auth::Secret;

/// Where a server is, and what its URL says beside that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Whether the connection is encrypted (`https`, `wss`).
    pub is_secure: bool,
    /// The name or address, an IPv6 address in brackets.
    pub host: String,
    /// The port in digits; the protocol's own where the URL has none.
    pub port: String,
    /// The path, which names the namespace: `/` where the URL has none.
    pub path: String,
    /// The query, encoded.
    pub query: Secret,
    /// Whether this is the page's own origin.
    pub is_own_origin: bool,
    /// Whether browsers do not let the page talk to it: a page over https, a server over http, and not on the same machine.
    ///
    /// Source: Mixed Content, "Prohibited Security Contexts"; Secure Contexts, "potentially trustworthy origin".
    pub is_mixed: bool,
}

impl Url {
    /// Parses `text`: with or without protocol (`http`, `https`, `ws`, `wss`), `//host`, `host:port`, `/namespace`, or empty.
    /// What is left out is taken from `origin`, the page's own (`https://host:port`).
    ///
    /// # Errors
    ///
    /// [`Code::InvalidUrl`]; the text never repeats the URL, which may hold a secret.
    pub fn parse(text: &str, origin: Option<&str>) -> Result<Self, Error> {
        let (page_scheme, page_authority) = split_scheme(origin.unwrap_or_default());
        let (scheme, rest) = split_scheme(text);
        let is_secure = match if scheme.is_empty() { page_scheme } else { scheme } {
            "http" | "ws" => false,
            "https" | "wss" | "" => true,
            _ => return Err(invalid("The URL's protocol is none of http, https, ws and wss")),
        };
        let (mut authority, rest) = split(rest, &|byte| matches!(byte, b'/' | b'?' | b'#'));
        if scheme.is_empty() && authority.is_empty() && !text.starts_with("//") {
            authority = page_authority;
        }
        // A user's name and password are not sent: browsers refuse such requests.
        let user_end = last(authority, b'@').map_or(0, |at| at + 1);
        let address = authority.get(user_end..).unwrap_or_default();
        // The colons of an IPv6 address are in brackets.
        let is_of_port = |colon: &usize| last(address, b']') < Some(*colon);
        let colon = last(address, b':').filter(is_of_port).unwrap_or(address.len());
        let (host, port) = address.split_at_checked(colon).unwrap_or((address, ""));
        check_host(host)?;
        let port = match port {
            "" => default_port(is_secure),
            // A protocol without the slashes would be taken for a host.
            ":" if !scheme.is_empty() => default_port(is_secure),
            _ => port.get(1..).filter(|port| is_port(port)).unwrap_or_default(),
        };
        if port.is_empty() {
            return Err(invalid("The URL's port is not a number from 1 to 65535"));
        }

        let (rest, _) = cut(rest, b'#');
        let (path, query) = cut(rest, b'?');
        let mut url = Self {
            is_secure,
            host: host.to_owned(),
            port: port.to_owned(),
            path: if path.is_empty() { "/" } else { path }.to_owned(),
            query: query.into(),
            is_own_origin: false,
            is_mixed: page_scheme == "https" && !is_secure && !is_loopback(host),
        };
        url.is_own_origin = origin.is_some_and(|page| url.origin("http") == page);
        Ok(url)
    }

    /// The origin with a protocol of `http` or `ws`, encrypted or not, and the port where it is not the protocol's own.
    pub fn origin(&self, scheme: &str) -> String {
        let mut origin = String::from(scheme);
        if self.is_secure {
            origin.push_str("s");
        }
        origin.push_str("://");
        origin.push_str(&self.host);
        if self.port != default_port(self.is_secure) {
            origin.push_str(":");
            origin.push_str(&self.port);
        }
        origin
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "[::1]" || host.starts_with("127.") || host.ends_with(".localhost")
}

fn invalid(message: &'static str) -> Error {
    Error::new(Code::InvalidUrl, message)
}

const fn default_port(is_secure: bool) -> &'static str {
    if is_secure { "443" } else { "80" }
}

fn is_port(text: &str) -> bool {
    let mut number = 0;
    for byte in text.bytes() {
        if !byte.is_ascii_digit() || number > 65_535 {
            return false;
        }
        number = number * 10 + u32::from(byte - b'0');
    }
    (1..=65_535).contains(&number)
}

/// The protocol, empty where there is none, and what is behind its slashes.
fn split_scheme(text: &str) -> (&str, &str) {
    // `//` inside a path or a query is none of a protocol.
    let (scheme, rest) = split(text, &|byte| matches!(byte, b':' | b'/' | b'?' | b'#'));
    match rest.strip_prefix("://") {
        // One without a name is a wrong one.
        Some(rest) => (if scheme.is_empty() { ":" } else { scheme }, rest),
        None => ("", text.strip_prefix("//").unwrap_or(text)),
    }
}

// Searching for one byte at a time: the searchers of the standard library are larger than all of this module.

/// Where the first such byte is.
#[inline(never)]
pub(in crate::proto) fn position(text: &str, is_wanted: &dyn Fn(u8) -> bool) -> Option<usize> {
    text.bytes().position(is_wanted)
}

/// Where the last such byte is.
#[inline(never)]
fn last(text: &str, wanted: u8) -> Option<usize> {
    text.bytes().rposition(|byte| byte == wanted)
}

/// What is before the first such byte, which is ASCII, and the rest.
fn split<'a>(text: &'a str, is_wanted: &dyn Fn(u8) -> bool) -> (&'a str, &'a str) {
    let at = position(text, is_wanted).unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// What is before and behind the first `byte`, which is ASCII; nothing is behind where there is none.
pub(crate) fn cut(text: &str, byte: u8) -> (&str, &str) {
    match text.bytes().position(|other| other == byte) {
        Some(at) => (
            text.get(..at).unwrap_or_default(),
            text.get(at + 1..).unwrap_or_default(),
        ),
        None => (text, ""),
    }
}

fn check_host(host: &str) -> Result<(), Error> {
    if host.is_empty() {
        return Err(invalid("The URL names no host"));
    }
    let is_address = host.starts_with('[');
    let is_forbidden = |byte: u8| match byte {
        b'[' | b']' | b':' => !is_address,
        b'<' | b'>' | b'"' | b'^' | b'`' | b'{' | b'|' | b'}' | b'\\' | b'%' | b'@' | b',' | b';' => true,
        _ => byte <= b' ' || byte == 0x7f,
    };
    if position(host, &is_forbidden).is_some() || is_address != host.ends_with(']') {
        return Err(invalid("The URL's host has a character that no host may have"));
    }
    Ok(())
}
