//! The payload of a CONNECT: a value, or a function of the app that finds one.

use std::cell::RefCell;
use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::error::Code;

#[cfg(feature = "serde")]
use super::arguments;
use super::error::Error;

/// The `auth` payload: what a socket sends when it connects to its namespace, and what the server has in `handshake.auth`.
///
/// It must be an object to the server: a struct, a map, or a JavaScript object. Copies share the provider.
#[derive(Clone, Default)]
pub struct Auth(Source);

#[derive(Clone, Default)]
enum Source {
    #[default]
    Nothing,
    Value(JsValue),
    Provider(Rc<Provider>),
}

type Found = Pin<Box<dyn Future<Output = Result<JsValue, Error>>>>;
type Provider = RefCell<Option<Box<dyn FnMut() -> Found>>>;

impl Auth {
    /// No payload.
    pub const fn none() -> Self {
        Self(Source::Nothing)
    }

    /// A value that never changes.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] where it does not become a JavaScript object. The text says nothing of the value.
    #[cfg(feature = "serde")]
    pub fn new<T: serde::Serialize + ?Sized>(value: &T) -> Result<Self, Error> {
        Self::from_js(arguments::to_js(value).map_err(|_| unusable())?)
    }

    /// A function that is asked before each connection and each reconnection, and whose future yields the value. The socket
    /// waits for it, no longer than [`auth_timeout`](super::Builder::auth_timeout) allows.
    ///
    /// Where it fails, there is a [`Lifecycle::ConnectError`](super::Lifecycle::ConnectError) with [`Error::Auth`], whose
    /// text is the error's (so it should not contain the secret), and it is asked again after the delays of the
    /// reconnection. Where the server refuses the value and says that this is about authentication, it is asked once more.
    ///
    /// It must not own a handle of its own socket, which would keep the connection open for ever.
    #[cfg(feature = "serde")]
    pub fn with<F, R, T, E>(mut provider: F) -> Self
    where
        F: FnMut() -> R + 'static,
        R: Future<Output = Result<T, E>> + 'static,
        T: serde::Serialize,
        E: Into<Box<dyn StdError>>,
    {
        Self::provider(move || {
            let found = provider();
            Box::pin(async move {
                let value = found.await.map_err(failed)?;
                arguments::to_js(&value).map_err(|_| unusable_now())
            })
        })
    }

    /// As [`new`](Self::new), with a JavaScript object.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] where it is not an object.
    pub fn from_js(value: JsValue) -> Result<Self, Error> {
        if value.is_null() || value.is_undefined() {
            return Ok(Self::none());
        }
        if !value.is_object() || Array::is_array(&value) {
            return Err(unusable());
        }
        Ok(Self(Source::Value(value)))
    }

    /// As [`with`](Self::with), with a future of a JavaScript object.
    pub fn with_js<F, R, E>(mut provider: F) -> Self
    where
        F: FnMut() -> R + 'static,
        R: Future<Output = Result<JsValue, E>> + 'static,
        E: Into<Box<dyn StdError>>,
    {
        Self::provider(move || {
            let found = provider();
            Box::pin(async move { found.await.map_err(failed) })
        })
    }

    fn provider(provider: impl FnMut() -> Found + 'static) -> Self {
        Self(Source::Provider(Rc::new(RefCell::new(Some(Box::new(provider))))))
    }

    pub(super) const fn is_none(&self) -> bool {
        matches!(self.0, Source::Nothing)
    }

    /// The value, where it is there already.
    pub(super) fn value(&self) -> Option<JsValue> {
        match &self.0 {
            Source::Nothing => Some(JsValue::UNDEFINED),
            Source::Value(value) => Some(value.clone()),
            Source::Provider(_) => None,
        }
    }

    /// The value, asking for it where it has to be asked for.
    pub(super) async fn find(self) -> Result<JsValue, Error> {
        let Source::Provider(provider) = &self.0 else {
            return Ok(self.value().unwrap_or_default());
        };
        // The app's function is called while it is taken out: nothing is borrowed.
        let Some(mut call) = provider.borrow_mut().take() else {
            let message = "The auth provider was asked while it was running".into();
            return Err(Error::Auth { message });
        };
        let found = call();
        provider.replace(Some(call));
        found.await
    }
}

fn failed(error: impl Into<Box<dyn StdError>>) -> Error {
    let message = error.into().to_string().into();
    Error::Auth { message }
}

// What serde says of a value may repeat it.

fn unusable() -> Error {
    Error::configuration(Code::InvalidOption, "auth does not become a JavaScript object")
}

#[cfg(feature = "serde")]
fn unusable_now() -> Error {
    let message = "What the auth provider gave does not become a JavaScript object".into();
    Error::Auth { message }
}

impl fmt::Debug for Auth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.0 {
            Source::Nothing => "Auth(none)",
            Source::Value(_) => "Auth([redacted])",
            Source::Provider(_) => "Auth(provider)",
        })
    }
}
