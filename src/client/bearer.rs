//! A bearer token: one that never changes, or a function of the app that gives one.

use std::cell::RefCell;
use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use crate::proto::auth::Secret;
use crate::proto::output::Occasion;

use super::error::Error;

/// A bearer token (RFC 6750), and when it expires where that is known. It does not show its text.
#[derive(Clone, Debug)]
pub struct Token {
    pub(super) text: Secret,
    pub(super) expires_at: Option<f64>,
}

impl Token {
    /// A token. When a JWT expires, it says itself.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: Secret::new(text.into()),
            expires_at: None,
        }
    }

    /// Says when it expires: in seconds or milliseconds since 1970.
    #[must_use]
    pub fn expires_at(mut self, time: f64) -> Self {
        self.expires_at = Some(time);
        self
    }
}

impl From<String> for Token {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Token {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

type Found = Pin<Box<dyn Future<Output = Result<Token, Error>>>>;
type Call = Box<dyn FnMut(Occasion) -> Found>;
type Done = Box<dyn FnOnce(Result<Token, Error>)>;

/// The app's function, and who waits for it.
#[derive(Clone)]
pub(super) struct Provider(Rc<Inner>);

struct Inner {
    call: RefCell<Option<Call>>,
    /// Why it is running, and who wants to hear.
    running: RefCell<Vec<(Occasion, Vec<Done>)>>,
}

impl Provider {
    pub(super) fn new<F, R, T, E>(mut provider: F) -> Self
    where
        F: FnMut(Occasion) -> R + 'static,
        R: Future<Output = Result<T, E>> + 'static,
        T: Into<Token>,
        E: Into<Box<dyn StdError>>,
    {
        let call = move |occasion| -> Found {
            let found = provider(occasion);
            Box::pin(async move {
                found.await.map(Into::into).map_err(|error| {
                    let message = error.into().to_string().into();
                    Error::Auth { message }
                })
            })
        };
        Self(Rc::new(Inner {
            call: RefCell::new(Some(Box::new(call))),
            running: RefCell::new(Vec::new()),
        }))
    }

    /// Asks for a token, or waits with others who ask for the same reason.
    pub(super) fn ask(&self, occasion: Occasion, done: Done) {
        let inner = Rc::clone(&self.0);
        let mut running = inner.running.borrow_mut();
        if let Some((_, waiting)) = running.iter_mut().find(|(reason, _)| *reason == occasion) {
            return waiting.push(done);
        }
        running.push((occasion, vec![done]));
        drop(running);
        // A task of its own: what the provider does is not done in the middle of an event.
        spawn_local(async move {
            // The app's function is called while it is taken out: nothing is borrowed.
            let call = inner.call.borrow_mut().take();
            let result = match call {
                Some(mut call) => {
                    let found = call(occasion);
                    inner.call.replace(Some(call));
                    found.await
                }
                None => {
                    let message = "The bearer provider was asked while it was running".into();
                    Err(Error::Auth { message })
                }
            };
            let mut running = inner.running.borrow_mut();
            let index = running.iter().position(|(reason, _)| *reason == occasion);
            let waiting = index.map(|index| running.swap_remove(index).1).unwrap_or_default();
            drop(running);
            for done in waiting {
                done(result.clone());
            }
        });
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Provider")
    }
}
