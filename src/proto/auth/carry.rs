//! What a plan comes to: each value, in the form in which it travels.

use super::{Header, Placement, Secret, base64url, join};

/// What the connection has to send, by place. The `auth` payload and the cookies are the host's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Headers of the handshake request, with the names as the app wrote them.
    pub headers: Vec<(String, Secret)>,
    /// Query parameters, not percent-encoded: the app's own, then `header.<lower-case name>` for each moved header.
    pub query: Vec<(String, Secret)>,
    /// Moved headers with lower-case names, for the key `headers` of the CONNECT payload; or of what an event after connecting
    /// has, where the plan signs in.
    pub payload_headers: Vec<(String, Secret)>,
    /// Moved headers as subprotocols. Offer a plain one before them: servers answer with the first.
    pub protocols: Vec<Secret>,
}

impl Carried {
    /// Puts a header into its place.
    pub(super) fn put(&mut self, header: &Header, placement: Placement) {
        let mut name = header.name().to_ascii_lowercase();
        let list = match placement {
            Placement::Header => {
                name = header.name().into();
                &mut self.headers
            }
            Placement::Payload | Placement::Event => &mut self.payload_headers,
            Placement::Query => {
                name = join(&["header.", &name]);
                &mut self.query
            }
            Placement::Subprotocol => return self.protocols.push(subprotocol(header, &name)),
            Placement::Cookie | Placement::None => return,
        };
        list.push((name, header.value().clone()));
    }
}

/// `base64url.bearer.<token>` or `base64url.header.<name: value>`, the last part encoded from UTF-8.
fn subprotocol(header: &Header, name: &str) -> Secret {
    let (form, text) = match header.bearer() {
        Some(token) => ("bearer", token.to_owned()),
        None => ("header", join(&[name, ": ", header.value().expose()])),
    };
    Secret::new(join(&["base64url.", form, ".", &base64url::encode(text.as_bytes())]))
}
