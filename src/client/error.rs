//! What can go wrong, as the Rust API tells it.

use std::borrow::Cow;
use std::fmt;

use wasm_bindgen::JsValue;

use crate::error::{self, Code};
use crate::proto::Data;
use crate::proto::output::Failure;
use crate::web::Payload;

use super::payload;

/// What went wrong. The variants and the [`code`](Self::code) are stable, the texts are not.
///
/// No error ever holds a secret of the app's: no value of a header, of the query or of the `auth` payload. It is `Send` and
/// `Sync`, for error types that want that.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The app's own settings are at fault: a URL, an option, a header, or a header that cannot travel as the policy wants it
    /// ([`HeaderFallback`](crate::HeaderFallback)). Another attempt would end the same way.
    Configuration {
        /// [`Code::InvalidUrl`], [`Code::InvalidOption`], [`Code::InvalidHeader`], [`Code::HeaderImpossible`] or
        /// [`Code::NoTransport`].
        code: Code,
        /// What is wrong, and what to change.
        message: Cow<'static, str>,
    },
    /// The app's own provider of the `auth` payload failed, took too long, or gave something that is not an object.
    Auth {
        /// What the provider said, or what is wrong with what it gave.
        message: Cow<'static, str>,
    },
    /// The server refused the connection to the namespace.
    Rejected {
        /// The server's text.
        message: String,
        /// The server's `data`, as JSON; see [`Error::data`].
        data: Option<String>,
    },
    /// The network or the server failed below Socket.IO.
    Transport {
        /// What is known of it: [`Code::TransportFailed`], [`Code::Unauthorized`], [`Code::SessionUnknown`], [`Code::Unreachable`], [`Code::CorsMissing`] and
        /// so on.
        code: Code,
        /// Which transport failed at what, as the JavaScript client has it: `xhr poll error`, `websocket error` and so on.
        message: Cow<'static, str>,
        /// The HTTP status, where there was an answer. (0 where the browser keeps it to itself: no network, or no CORS.)
        status: Option<u16>,
        /// What to do about it, where that was found out.
        hint: Option<String>,
    },
    /// The server did not answer in time.
    Timeout {
        /// What was waited for.
        message: Cow<'static, str>,
    },
    /// The connection ended, or there is none.
    Disconnected {
        /// Why.
        message: Cow<'static, str>,
    },
    /// A value cannot be sent, or what arrived is not of the type that was asked for.
    Payload {
        /// What is wrong with it.
        message: Cow<'static, str>,
    },
    /// The server does not speak the protocol, or another revision of it.
    Protocol {
        /// [`Code::ParseError`] or [`Code::ProtocolMismatch`].
        code: Code,
        /// What it sent.
        message: Cow<'static, str>,
    },
}

impl Error {
    /// What kind of thing went wrong, as the npm API has it in `error.code`.
    pub const fn code(&self) -> Code {
        match self {
            Self::Configuration { code, .. } | Self::Transport { code, .. } | Self::Protocol { code, .. } => *code,
            Self::Auth { .. } => Code::AuthFailed,
            Self::Rejected { .. } => Code::Rejected,
            Self::Timeout { .. } => Code::Timeout,
            Self::Disconnected { .. } => Code::Disconnected,
            Self::Payload { .. } => Code::InvalidPayload,
        }
    }

    /// What happened, for a person.
    pub fn message(&self) -> &str {
        match self {
            Self::Rejected { message, .. } => message,
            Self::Configuration { message, .. }
            | Self::Auth { message }
            | Self::Transport { message, .. }
            | Self::Timeout { message }
            | Self::Disconnected { message }
            | Self::Payload { message }
            | Self::Protocol { message, .. } => message,
        }
    }

    /// What to do about it, in a sentence. Empty where the message says it.
    pub fn hint(&self) -> &str {
        match self {
            Self::Transport { hint: Some(hint), .. } => hint,
            _ => self.code().hint(),
        }
    }

    /// The `data` that a server gave with its refusal: `next(Object.assign(new Error("…"), { data }))`. `None` for other
    /// errors, where there is none, and where it is not a `T`.
    #[cfg(feature = "serde")]
    pub fn data<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_wasm_bindgen::from_value(self.data_js()?).ok()
    }

    /// As `data`, as a JavaScript value.
    pub fn data_js(&self) -> Option<JsValue> {
        match self {
            Self::Rejected { data: Some(json), .. } => js_sys::JSON::parse(json).ok(),
            _ => None,
        }
    }

    pub(super) fn configuration(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into();
        Self::Configuration { code, message }
    }

    pub(super) fn disconnected(message: &'static str) -> Self {
        let message = message.into();
        Self::Disconnected { message }
    }

    pub(super) fn payload(message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into();
        Self::Payload { message }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message())
    }
}

impl std::error::Error for Error {}

impl From<error::Error> for Error {
    fn from(error: error::Error) -> Self {
        let error::Error { code, message } = error;
        match code {
            Code::InvalidUrl
            | Code::InvalidOption
            | Code::InvalidHeader
            | Code::HeaderImpossible
            | Code::AuthImpossible
            | Code::NoTransport => Self::Configuration { code, message },
            Code::AuthFailed => Self::Auth { message },
            Code::Rejected => Self::Rejected {
                message: message.into_owned(),
                data: None,
            },
            Code::Unauthorized
            | Code::SessionUnknown
            | Code::TransportUnknown
            | Code::TransportFailed
            | Code::Unreachable
            | Code::CorsMissing
            | Code::CorsPreflight
            | Code::CorsHeader
            | Code::CorsCredentials
            | Code::MixedContent
            | Code::CspBlocked
            | Code::Redirected => Self::Transport {
                code,
                message,
                status: None,
                hint: None,
            },
            Code::Timeout => Self::Timeout { message },
            Code::ParseError | Code::ProtocolMismatch => Self::Protocol { code, message },
            Code::Disconnected => Self::Disconnected { message },
            Code::InvalidPayload => Self::Payload { message },
        }
    }
}

impl From<&Failure<Payload>> for Error {
    fn from(failure: &Failure<Payload>) -> Self {
        let text = failure.text.as_ref().and_then(Payload::as_text);
        let text = text.unwrap_or_else(|| failure.message.to_owned());
        let mut error = Self::from(error::Error::new(failure.code, text));
        match &mut error {
            Self::Rejected { data, .. } => {
                *data = failure
                    .detail
                    .as_ref()
                    .and_then(|detail| payload::json(&detail.to_js()));
            }
            Self::Transport { status, hint, .. } => {
                let detail = failure.detail.as_ref();
                *hint = detail.and_then(|detail| detail.get("hint")?.as_text());
                let description = failure.detail.as_ref().and_then(|detail| detail.get("description"));
                // A cast of a float saturates.
                *status = description
                    .and_then(|value| value.as_number())
                    .map(|number| number as u16);
            }
            _ => {}
        }
        error
    }
}
