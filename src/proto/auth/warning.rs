//! What a plan warns of.

use super::join;
use crate::proto::engine::transport::Kind;
use crate::proto::names::texts;

/// Why a credential does not travel as what it is, and what that means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A header travels in the CONNECT payload.
    HeaderMoved,
    /// A header travels in the URL, which logs, proxies and the page's own performance entries show.
    SecretInUrl,
    /// A header travels as a subprotocol, readable for who undoes the base64.
    SubprotocolReadable,
    /// A header travels in an event, so that the server has accepted the connection before.
    HeaderLate,
    /// A header does not travel, as the app asked for.
    HeaderDropped,
    /// The `auth` payload does not travel: neither Socket.IO protocol 4 nor Engine.IO alone has one.
    AuthImpossible,
    /// A query parameter does not travel.
    QueryImpossible,
    /// A query parameter has a name that is Engine.IO's own, and does not travel.
    QueryReserved,
    /// The cookies do not travel.
    CookiesImpossible,
}

impl Warning {
    /// A stable code for programs.
    pub fn code(self) -> &'static str {
        texts!(
            self,
            Warning {
                HeaderMoved: "header_moved",
                SecretInUrl: "secret_in_url",
                SubprotocolReadable: "subprotocol_readable",
                HeaderLate: "header_late",
                HeaderDropped: "header_dropped",
                AuthImpossible: "auth_impossible",
                QueryImpossible: "query_impossible",
                QueryReserved: "query_reserved",
                CookiesImpossible: "cookies_impossible",
            }
        )
    }

    /// What stands between the transport and the name in the sentence of every warning.
    pub const CANNOT: &str = " cannot carry ";

    /// A sentence for the app's developer: what `name` is to `transport`, and what to do on the server.
    pub fn message(self, name: &str, transport: Kind) -> String {
        join(&[transport.name(), Self::CANNOT, name, self.remedy()])
    }

    /// What stands behind the name in that sentence.
    pub fn remedy(self) -> &'static str {
        texts!(
            self,
            Warning {
                HeaderMoved: ": moved to the CONNECT payload; server: restoreHeaders() or handshake.auth.headers",
                SecretInUrl: ": moved to the URL, which logs show; server: restoreHeaders() or handshake.query",
                SubprotocolReadable: ": moved to a readable subprotocol; server: restoreHeaders() or sec-websocket-protocol",
                HeaderLate: ": moved to an event; server: trust the client only after it",
                HeaderDropped: ": dropped, as headerFallback says; server: do without it",
                AuthImpossible: " without a CONNECT payload: send a header, or set authPlacement to query; server: read handshake.query",
                QueryImpossible: ": send a token in auth; server: read handshake.auth",
                QueryReserved: " for an app: the name is the protocol's own; give it another one",
                CookiesImpossible: ": send a token in auth; server: read handshake.auth",
            }
        )
    }
}
