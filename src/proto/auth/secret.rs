//! Text that must not be shown.

use std::fmt;

/// A text that no log and no error may show: `Debug` and `Display` print `[redacted]`.
///
/// It is deliberately neither `Deref` nor serialisable: whoever needs the text says [`expose`](Self::expose), which is
/// easy to search for in a review. It does not wipe its memory, since the page holds copies anyway.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn shows_nothing() {
        let secret = Secret::from("hunter2");
        assert_eq!(secret.to_string(), "[redacted]");
        assert_eq!(format!("{secret:?}"), "[redacted]");
        assert_eq!(format!("{:#?}", Some(&secret)), "Some(\n    [redacted],\n)");
    }

    #[test]
    fn gives_the_text_when_asked() {
        assert_eq!(Secret::new("hunter2".into()).expose(), "hunter2");
    }
}
