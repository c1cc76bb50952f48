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
        let (page_scheme, page_authority) = origin.and_then(split_scheme).unzip();
        let (scheme, rest) = match split_scheme(text) {
            // `//` inside a path or a query is none of a protocol.
            Some((scheme, rest)) if position(scheme, &ends_authority).is_none() => (Some(scheme), rest),
            _ => (None, text),
        };
        let is_secure = match scheme.or(page_scheme) {
            Some("http" | "ws") => false,
            Some("https" | "wss") | None => true,
            Some(_) => return Err(invalid("The URL's protocol is none of http, https, ws and wss")),
        };
        let rest = match scheme {
            Some(_) => rest,
            None => rest.strip_prefix("//").unwrap_or(rest),
        };
        let end = position(rest, &ends_authority).unwrap_or(rest.len());
        let is_relative = scheme.is_none() && !text.starts_with("//") && end == 0;
        let (authority, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let authority = match page_authority {
            Some(page_authority) if is_relative => page_authority,
            _ => authority,
        };
        // A user's name and password are not sent: browsers refuse such requests.
        let user_end = last(authority, b'@').map_or(0, |at| at + 1);
        let address = authority.get(user_end..).unwrap_or_default();
        let (host, port) = split_port(address);
        check_host(host)?;
        let port = match port {
            // A protocol without the slashes would be taken for a host.
            Some("") if scheme.is_none() => return Err(invalid("The URL's port is not a number from 1 to 65535")),
            None | Some("") => {
                if is_secure {
                    "443"
                } else {
                    "80"
                }
            }
            Some(port) if port.parse::<u16>().is_ok_and(|port| port > 0) => port,
            Some(_) => return Err(invalid("The URL's port is not a number from 1 to 65535")),
        };

        let (rest, _) = cut(rest, b'#');
        let (path, query) = cut(rest, b'?');
        let mut url = Self {
            is_secure,
            host: host.to_owned(),
            port: port.to_owned(),
            path: if path.is_empty() {
                "/".to_owned()
            } else {
                path.to_owned()
            },
            query: query.into(),
            is_own_origin: false,
            is_mixed: page_scheme == Some("https") && !is_secure && !is_loopback(host),
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
        if self.port != if self.is_secure { "443" } else { "80" } {
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

/// Splits off a port, leaving alone the colons of an IPv6 address in brackets.
fn split_port(address: &str) -> (&str, Option<&str>) {
    match last(address, b':') {
        Some(colon) if colon >= last(address, b']').unwrap_or(0) => {
            let (host, port) = address.split_at_checked(colon).unwrap_or((address, ""));
            (host, port.strip_prefix(':'))
        }
        _ => (address, None),
    }
}

// Searching for one byte at a time: the searchers of the standard library are larger than all of this module.

fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = cut(text, b':');
    Some((scheme, rest.strip_prefix("//")?))
}

const fn ends_authority(byte: u8) -> bool {
    matches!(byte, b'/' | b'?' | b'#')
}

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

/// What is before and behind the first `byte`, which is ASCII; nothing is behind where there is none.
pub(in crate::proto) fn cut(text: &str, byte: u8) -> (&str, &str) {
    let at = position(text, &|other| other == byte).unwrap_or(text.len());
    (
        text.get(..at).unwrap_or_default(),
        text.get(at + 1..).unwrap_or_default(),
    )
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
