//! Credentials: what the app gives, and where each of them travels.
//!
//! A **credential** is a header, a bearer token (the header `Authorization: Bearer …`), the `auth` payload, a query
//! parameter or the cookies. A **placement** is where it travels: as the header that it is, in the CONNECT payload, the
//! query, a subprotocol, a cookie, an event after connecting, or nowhere. [`Terms::decide`] decides that before anything is sent,
//! for each kind of credential; [`place`] does so and puts the values there. A plan holds names and never values, and values are [`Secret`]s until they are sent.

mod base64url;
mod carry;
mod credential;
mod fallback;
mod header;
mod placement;
mod refusal;
mod secret;
mod token;
mod warning;

pub use carry::Carried;
pub use credential::{AuthPlacement, CredentialKind, Credentials};
pub use fallback::{HeaderFallback, Impossible, impossible};
pub use header::{Header, Headers, InvalidHeader};
pub use placement::{Entry, OF_RESERVED, Placed, Placement, Places, Plan, RESERVED, Terms, place};
pub use refusal::is_about_authentication;
pub use secret::Secret;
pub use token::Claims;
pub use warning::Warning;

use super::join;
