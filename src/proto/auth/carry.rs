//! The plan carried out: each value, in the form in which it travels.

use super::{CredentialKind, Credentials, Entry, Header, Placement, Plan, Secret, base64url, join};

/// What the connection has to send, by place. The `auth` payload and the cookies are the host's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Headers of the handshake request, with the names as the app wrote them.
    pub headers: Vec<(String, Secret)>,
    /// Query parameters, not percent-encoded: the app's own, then `header.<lower-case name>` for each moved header.
    pub query: Vec<(String, Secret)>,
    /// Moved headers for the key `headers` of the CONNECT payload, with lower-case names.
    pub payload_headers: Vec<(String, Secret)>,
    /// Moved headers for an event after connecting, with lower-case names.
    pub event_headers: Vec<(String, Secret)>,
    /// Moved headers as subprotocols. Offer a plain one before them: servers answer with the first.
    pub protocols: Vec<Secret>,
}

impl Plan {
    /// Puts the values of `credentials` where this plan says. What has no entry in it stays behind: make a new plan when
    /// the app changes its credentials.
    pub fn apply(&self, credentials: &Credentials) -> Carried {
        let mut carried = Carried::default();
        for (key, value) in &credentials.query {
            let travels = |entry: &Entry| {
                entry.credential == CredentialKind::Query && entry.placement == Placement::Query && entry.name == *key
            };
            if self.entries.iter().any(travels) {
                carried.query.push((key.clone(), value.clone()));
            }
        }
        for header in &credentials.headers {
            let is_about = |entry: &&Entry| {
                matches!(entry.credential, CredentialKind::Header | CredentialKind::Bearer)
                    && header.is_named(&entry.name)
            };
            if let Some(entry) = self.entries.iter().find(is_about) {
                carried.put(header, entry.placement);
            }
        }
        carried
    }
}

impl Carried {
    /// Puts a header into its place.
    fn put(&mut self, header: &Header, placement: Placement) {
        let name = header.name().to_ascii_lowercase();
        let value = header.value().clone();
        match placement {
            Placement::Header => self.headers.push((header.name().into(), value)),
            Placement::Payload => self.payload_headers.push((name, value)),
            Placement::Query => self.query.push((join(&["header.", &name]), value)),
            Placement::Event => self.event_headers.push((name, value)),
            Placement::Subprotocol => self.protocols.push(subprotocol(header, &name)),
            Placement::Cookie | Placement::None => {}
        }
    }
}

/// `base64url.bearer.<token>` or `base64url.header.<name: value>`, the last part encoded from UTF-8.
fn subprotocol(header: &Header, name: &str) -> Secret {
    Secret::new(match header.bearer() {
        Some(token) => join(&["base64url.bearer.", &base64url::encode(token.as_bytes())]),
        None => {
            let line = join(&[name, ": ", header.value().expose()]);
            join(&["base64url.header.", &base64url::encode(line.as_bytes())])
        }
    })
}
